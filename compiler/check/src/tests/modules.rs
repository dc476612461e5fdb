//! Modules and imports.

use super::{accepts, check, explains};

#[test]
fn a_module_is_a_file_or_a_folder() {
    accepts(
        "use components.carts.Carts\nuse components.Carts as Same\nsolution s {\n a: Carts {}\n b: Same {}\n}\n\
         //- components/carts\ncomponent Carts {}",
    );
}

#[test]
fn a_misspelt_module_is_corrected_once() {
    check(
        "use components.cart.{Carts, Other}\n//- components/carts\ncomponent Carts {}\ncomponent Other {}",
        "unknown-module «components.cart»: there is no module `components.cart` => components.carts",
    );
    check(
        "use std.comput.{Service, Function}",
        "unknown-module «std.comput»: there is no module `std.comput` => std.compute",
    );
}

#[test]
fn the_library_tells_its_modules() {
    explains(
        "use std.storage.Bucket",
        "^ std.storage | not part of the standard library
         help: use one of `std.cmdb`, `std.compute`, `std.data`, `std.messaging`, `std.network`, `std.platform` and `std.security`",
    );
}

#[test]
fn a_misspelt_import_is_corrected() {
    check(
        "use std.data.Buckt\nuse c.dayz\n//- c\nlet days: Int = 1",
        "unknown-import «Buckt»: nothing is called `Buckt` in `std.data` => Bucket
         unknown-import «dayz»: nothing is called `dayz` in `c` => days",
    );
}

#[test]
fn an_import_from_the_wrong_module_is_sent_to_the_right_one() {
    check(
        "use std.compute.Bucket",
        "unknown-import «Bucket»: nothing is called `Bucket` in `std.compute` => std.data",
    );
}

#[test]
fn a_module_is_not_imported_whole() {
    check("use std.data", "unknown-import «data»: `std.data` is a module: it cannot be imported whole");
}

#[test]
fn what_is_private_stays_in_its_file() {
    check(
        "use c.days\n//- c\nprivate let days: Int = 1",
        "private-import «days»: `days` is private to its file",
    );
}

#[test]
fn an_import_hides_nothing() {
    check("use std.data.Bucket\ncomponent Bucket {}", "duplicate-name «Bucket»: `Bucket` is declared twice");
    check(
        "use std.data.Bucket\nuse std.data.{Bucket, Postgres}",
        "duplicate-name «Bucket»: `Bucket` is declared twice",
    );
    accepts(
        "use std.data.Bucket as Files\ncomponent Bucket {}\nsolution s {\n a: Files {}\n b: Bucket {}\n}",
    );
}

#[test]
fn what_the_prelude_declares_may_be_imported_too() {
    accepts("use std.cmdb.Stage\nlet a: Stage = test");
}

#[test]
fn a_component_that_is_not_imported_is_one_edit_away() {
    check(
        "solution s {\n a: Bucket {}\n}",
        "unknown-component «Bucket»: there is no component `Bucket` here => use std.data.Bucket",
    );
    explains(
        "solution s {\n a: Bukket {}\n}",
        "^ Bukket | not found
         help: `Bucket` is in the standard library: `use std.data.Bucket`
         fix: add `use std.data.Bucket`",
    );
}

#[test]
fn one_solution_stands_in_one_file() {
    check("solution s {}\n//- b\nsolution s {}", "duplicate-name «s»: `s` is declared twice");
}

#[test]
fn what_a_wrong_import_would_have_brought_is_not_reported_again() {
    check(
        "use nowhere.{Box, Other as Same}\nuse std.data.{Nothing, nothing}\n\
         component C {\n param a: Box?\n let b = nothing(1)\n let c = nothing\n}\nsolution s {\n a: Box {}\n b: Same { size = 1 }\n default Nothing { size = 1 }\n}",
        "unknown-module «nowhere»: there is no module `nowhere`
         unknown-import «Nothing»: nothing is called `Nothing` in `std.data`
         unknown-import «nothing»: nothing is called `nothing` in `std.data`",
    );
}

#[test]
fn a_module_that_publishes_nothing_lists_nothing() {
    explains("use c.x\n//- c\nprivate let _days: Int = 1", "^ x | not found");
    explains(
        "use c.nothing\n//- c\nlet days: Int = 1\nlet hours: Int = 2",
        "^ nothing | not found
         help: use one of `days` and `hours`",
    );
}

#[test]
fn one_import_from_the_wrong_module_is_moved_and_several_are_told() {
    explains(
        "use std.compute.Bucket",
        "^ Bucket | not found
         fix: import it from `std.data`",
    );
    explains(
        "use std.compute.{Service, Bucket}",
        "^ Bucket | not found
         help: import it from `std.data`",
    );
}

/// A product and a library that it uses under the name `acme`, whose files stand behind the prefix `@acme`.
fn with_library(product: &str, library: &str) -> Vec<String> {
    use crate::{Files, Package, ProjectFile};
    use solc_source::{Name, SourceFile, Sources};
    use std::sync::Arc;
    let name = |text: &str| Name::from(text);
    let own = Package { dependencies: vec![(name("acme"), vec![name("@acme")])], ..Package::default() };
    let acme = Package { prefix: vec![name("@acme")], library: true, ..Package::default() };
    let mut sources = Sources::new();
    let mut files = Files::default();
    for (path, module, text, package) in [
        ("main.sol", vec![name("main")], product, own),
        ("acme.sol", vec![name("@acme"), name("parts"), name("box")], library, acme),
    ] {
        let file = sources.add(SourceFile::new(path, text));
        let (ast, mistakes) = solc_syntax::parse(file, text);
        assert!(mistakes.is_empty());
        files.project.push(ProjectFile { ast: Arc::new(ast), module, package: Arc::new(package) });
    }
    crate::check(&files).1.iter().map(|d| format!("{}: {}", d.code, d.message)).collect()
}

#[test]
fn a_library_is_used_by_the_name_that_the_product_gives_it() {
    let library = "let days: Int = half(60)\nprivate fn half(n: Int) -> Int = n / 2";
    let none: [&str; 0] = [];
    assert_eq!(with_library("use acme.parts.days\nlet a: Int = days", library), none);
    assert_eq!(with_library("use acme.parts.box.days\nlet a: Int = days", library), none);
    assert_eq!(
        with_library("use acme.part.days\nlet a: Int = days", library),
        ["unknown-module: there is no module `acme.part`"]
    );
    assert_eq!(
        with_library("use acme.parts.half\nlet a: Int = half(2)", library),
        ["private-import: `half` is private to its file"]
    );
    assert_eq!(
        with_library("use parts.days\nlet a: Int = days", library),
        ["unknown-module: there is no module `parts`"]
    );
}

#[test]
fn a_library_says_nothing_of_environments_and_deploys_nothing() {
    assert_eq!(
        with_library("", "solution s {}\naccount main {}"),
        [
            "misplaced-statement: a solution means nothing in a library",
            "misplaced-statement: `account` means nothing in a library"
        ]
    );
}
