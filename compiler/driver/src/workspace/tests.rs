use super::{Neighbours, RepositoryId, Workspace, discover};
use crate::file_system::Memory;
use std::path::Path;

mod levels;

const ACCOUNTS: &str = "[repository]\nlevel = \"account\"\n";
const DEVELOPMENT: &str = "\
[repository]
level = \"product\"
class = \"development\"
[paths]
accounts = \"../accounts\"
infrastructure = \"../shop-infrastructure\"
";
const PRODUCTION: &str = "\
[repository]
level = \"product\"
class = \"production\"
[paths]
accounts = \"../accounts\"
infrastructure = \"../production-infrastructure\"
development = \"../shop\"
";

fn shop() -> Memory {
    Memory::new()
        .with("w/solc.toml", "[workspace]\nmembers = [\"accounts\", \"shop\", \"production\"]\n")
        .with("w/accounts/solc.toml", ACCOUNTS)
        .with("w/shop/solc.toml", DEVELOPMENT)
        .with("w/shop/solutions/shop.sol", "")
        .with("w/shop-infrastructure/references/x/y.json", "{}")
        .with("w/production/solc.toml", PRODUCTION)
        .with("w/production-infrastructure/credentials/x/y/z.toml", "")
}

fn lines(workspace: &Workspace) -> Vec<String> {
    let place = |d: &solc_source::Diagnostic| workspace.sources.place(d.span());
    workspace.diagnostics.iter().map(|d| format!("{} {}: {}", place(d), d.code, d.message)).collect()
}

/// What is wrong when `path` of the shop holds `text` instead.
fn check(path: &str, text: &str, expected: &[&str]) {
    let workspace = discover(&shop().with(path, text), Path::new("w"), Neighbours::Seen);
    let shown: Vec<String> =
        lines(&workspace).into_iter().filter(|line| !line.contains("unpinned")).collect();
    assert_eq!(shown, expected);
}

#[test]
fn a_workspace_is_one_unit_of_a_product_with_both_classes() {
    let workspace = discover(&shop(), Path::new("w"), Neighbours::Seen);
    let [unit] = workspace.units().try_into().unwrap();
    assert_eq!(unit.name, "shop");
    assert_eq!(unit.repositories, [RepositoryId(0), RepositoryId(1), RepositoryId(2)]);
    assert_eq!(unit.compiled, [RepositoryId(1), RepositoryId(2)]);
    assert_eq!(
        lines(&workspace),
        [
            "production/solc.toml:7:15 unpinned: production takes product and solutions from a folder, not from a promoted revision"
        ]
    );
}

#[test]
fn the_nearest_manifest_upwards_decides() {
    let files = shop();
    for start in ["w/shop", "w/shop/solutions", "w/shop/solutions/shop.sol"] {
        let workspace = discover(&files, Path::new(start), Neighbours::Seen);
        assert_eq!(workspace.root, Path::new("w/shop"));
        let names: Vec<(&str, bool)> =
            workspace.repositories.iter().map(|r| (r.name.as_str(), r.member)).collect();
        assert_eq!(names, [(".", true), ("../accounts", false)]);
        assert_eq!(workspace.units().first().unwrap().compiled, [RepositoryId(0)]);
    }
}

#[test]
fn a_production_repository_alone_sees_the_product_but_compiles_its_own_environments() {
    let workspace = discover(&shop(), Path::new("w/production"), Neighbours::Seen);
    let [unit] = workspace.units().try_into().unwrap();
    let name = |id: &RepositoryId| workspace.repository(*id).unwrap().name.clone();
    assert_eq!(unit.repositories.iter().map(name).collect::<Vec<_>>(), ["../accounts", "../shop", "."]);
    assert_eq!(unit.compiled.iter().map(name).collect::<Vec<_>>(), ["."]);
}

#[test]
fn accounts_alone_are_a_unit() {
    let workspace = discover(&shop(), Path::new("w/accounts"), Neighbours::Seen);
    assert_eq!(lines(&workspace), Vec::<String>::new());
    assert_eq!(workspace.units().len(), 1);
}

#[test]
fn no_manifest_is_an_error_that_says_what_to_do() {
    let workspace = discover(&Memory::new().with("a.sol", ""), Path::new("x"), Neighbours::Seen);
    let diagnostic = workspace.diagnostics.first().unwrap();
    assert_eq!(diagnostic.code.0, "no-manifest");
    assert!(diagnostic.help.as_ref().unwrap().contains("solc init"));
}

#[test]
fn an_unknown_key_is_an_error_at_its_line_with_a_suggestion() {
    let text =
        DEVELOPMENT.replace("infrastructure =", "infrastucture =").replace("[paths]", "x = 1\n[paths]");
    check(
        "w/shop/solc.toml",
        &text,
        &[
            "shop/solc.toml:4:1 unknown-manifest-key: `[repository]` has no `x`",
            "shop/solc.toml:7:1 unknown-manifest-key: `[paths]` of this repository has no `infrastucture`",
            "shop/solc.toml:2:9 infrastructure-missing: `shop` names no infrastructure repository",
        ],
    );
    let workspace = discover(&shop().with("w/shop/solc.toml", text), Path::new("w"), Neighbours::Seen);
    assert_eq!(workspace.diagnostics[1].fixes[0].title, "write `infrastructure`");
}

#[test]
fn an_unknown_value_is_an_error_with_a_suggestion() {
    let text = DEVELOPMENT.replace("\"development\"", "\"developement\"");
    check(
        "w/shop/solc.toml",
        &text,
        &[
            "shop/solc.toml:3:9 invalid-manifest: `class` is \"development\" or \"production\", not \"developement\"",
        ],
    );
    check(
        "w/accounts/solc.toml",
        "[repository]\nlevel = 3\n",
        &[
            "accounts/solc.toml:2:9 invalid-manifest: `level` is \"account\" or \"product\" or \"library\", not a whole number",
        ],
    );
}

#[test]
fn a_manifest_is_of_a_workspace_or_of_a_repository() {
    check(
        "w/shop/solc.toml",
        "",
        &["shop/solc.toml:1:1 invalid-manifest: the manifest has neither `[workspace]` nor `[repository]`"],
    );
    check(
        "w/solc.toml",
        "[workspace]\nmembers = []\n[repository]\nlevel = \"account\"\n",
        &["solc.toml:3:1 invalid-manifest: a manifest is a workspace's or a repository's, not both"],
    );
}

#[test]
fn a_folder_that_is_no_repository_is_reported_where_it_is_named() {
    check(
        "w/shop/solc.toml",
        &DEVELOPMENT.replace("../accounts", "../acounts"),
        &["shop/solc.toml:5:12 missing-repository: there is no folder `../acounts`"],
    );
    check(
        "w/solc.toml",
        "[workspace]\nmembers = [\"shop-infrastructure\", \"shop\", \"shop\"]\n",
        &[
            "solc.toml:2:12 missing-repository: `shop-infrastructure` has no `solc.toml`",
            "solc.toml:2:43 invalid-manifest: `shop` is listed twice",
        ],
    );
}

#[test]
fn a_repository_of_the_wrong_kind_is_reported_where_it_is_named() {
    check(
        "w/production/solc.toml",
        &PRODUCTION
            .replace("\"../shop\"", "\"../accounts\"")
            .replace("accounts = \"../accounts\"", "accounts = \"..\""),
        &[
            "production/solc.toml:5:12 wrong-repository: `..` is a workspace, not a repository",
            "production/solc.toml:7:15 wrong-repository: `../accounts` is a repository of accounts, and a product's development repository is needed here",
        ],
    );
}

#[test]
fn a_missing_infrastructure_repository_is_one_warning() {
    check(
        "w/shop/solc.toml",
        &DEVELOPMENT.replace("../shop-infrastructure", "../gone"),
        &["shop/solc.toml:6:18 infrastructure-missing: the infrastructure repository `../gone` is not there"],
    );
}

#[test]
fn a_manifest_cut_anywhere_gives_a_workspace_and_says_what_is_wrong() {
    for (path, text) in [("w/shop/solc.toml", DEVELOPMENT), ("w/production/solc.toml", PRODUCTION)] {
        for (end, _) in text.char_indices() {
            let cut = text.get(..end).unwrap();
            let workspace = discover(&shop().with(path, cut), Path::new("w"), Neighbours::Seen);
            let whole = text.lines().count() == cut.lines().count() && cut.ends_with('"');
            assert!(whole || !workspace.diagnostics.is_empty(), "{cut}");
            assert!(workspace.units().len() <= 2, "{cut}");
        }
    }
}

#[test]
fn repositories_that_name_each_other_end() {
    let text = PRODUCTION.replace("\"../shop\"", "\"../production\"").replace("\"../accounts\"", "\".\"");
    let workspace =
        discover(&shop().with("w/production/solc.toml", text), Path::new("w/production"), Neighbours::Seen);
    let codes: Vec<&str> = workspace.diagnostics.iter().map(|d| d.code.0).collect();
    assert_eq!(codes, ["wrong-repository", "wrong-repository"]);
}
