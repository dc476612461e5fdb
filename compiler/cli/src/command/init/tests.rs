use super::{files, product_name};
use crate::args::Init;
use solc_driver::{Memory, Request, compile};
use std::path::{Path, PathBuf};

fn init(folder: &str, product: Option<&str>) -> Init {
    Init { folder: PathBuf::from(folder), product: product.map(str::to_owned), production: false }
}

#[test]
fn a_product_is_named_after_its_folder() {
    assert_eq!(product_name(&init("here/Web Shop", None)).as_deref(), Ok("web_shop"));
    assert_eq!(product_name(&init("shop2-", None)).as_deref(), Ok("shop2"));
    assert_eq!(product_name(&init("2-shop/", None)).as_deref(), Ok("shop"));
    assert_eq!(product_name(&init("2-shop", Some("other"))).as_deref(), Ok("other"));
    assert!(product_name(&init("日本", None)).is_err());
    assert!(product_name(&init("x", Some("Web-Shop"))).is_err());
}

#[test]
fn what_is_laid_out_compiles() {
    for production in [false, true] {
        let mut memory = Memory::new();
        for (path, text) in files("web_shop", production) {
            assert!(
                !text.contains(['{', '}']) || !path.ends_with(".toml") && !path.ends_with(".md"),
                "{path}: {text}"
            );
            memory.insert(&path, text);
        }
        let compilation = compile(&memory, Path::new(""), &Request::build(&[]));
        let mistakes: Vec<String> = compilation
            .diagnostics
            .iter()
            .filter(|d| d.is_error())
            .map(|d| format!("{} {}", compilation.sources.place(d.span()), d.message))
            .collect();
        assert_eq!(mistakes, Vec::<String>::new());
        assert_eq!(compilation.environments.len(), if production { 3 } else { 2 });
    }
}
