//! Products drawn at random, valid by construction, are clean and build in every environment.

use solc_tests::{product, project, synthetic};

#[test]
fn every_product_that_is_valid_by_construction_builds() {
    for (number, files) in product::drawn(40, 10).into_iter().enumerate() {
        let compilation = project::build(&files);
        let said = project::said(&compilation);
        let solution = files.get("shop-config/solutions/drawn.sol").map_or("", String::as_str);
        assert!(said.is_empty(), "product {number}:\n{}\n{solution}", said[0]);
        assert_eq!(compilation.built.len(), 3, "product {number}");
    }
}

#[test]
fn synthetic_products_of_the_benchmarks_build() {
    for size in [1, 10, 100] {
        let compilation = project::build(&synthetic::product(size));
        let said: Vec<String> = project::said(&compilation).iter().map(ToString::to_string).collect();
        assert!(said.is_empty(), "{size} components:\n{}", said.join("\n"));
        assert_eq!(compilation.built.len(), 3);
    }
}
