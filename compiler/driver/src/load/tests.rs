use super::{Loaded, load};
use crate::file_system::Memory;
use crate::workspace::{Neighbours, discover};
use solc_source::Name;
use std::path::Path;

fn project() -> Memory {
    Memory::new()
        .with("solc.toml", "[repository]\nlevel = \"account\"\n[paths]\ninfrastructure = \"infra\"\n")
        .with("solutions/shop.sol", "")
        .with("accounts.sol", "")
        .with("nested/solc.toml", "[repository]\nlevel = \"account\"\n")
        .with("nested/other.sol", "")
        .with("README.md", "")
        .with("settings/integration/shop/api.worker.toml", "A = 1\n")
        .with("settings/integration/shop/api/cron.toml", "A = 1\n")
        .with("facts.json", "{\"a\": 1}")
        .with("infra/references/integration/shop-api.json", "{}")
        .with("infra/credentials/integration/shop/api.toml", "")
        .with("infra/state/integration/x.json", "{")
}

fn loaded(files: &Memory) -> Loaded {
    load(files, discover(files, Path::new(""), Neighbours::Seen))
}

/// What is wrong when `path` holds `content` too; unknown environments aside.
fn check(path: &str, content: impl Into<Vec<u8>>, expected: &[&str]) {
    let loaded = loaded(&project().with(path, content));
    let shown: Vec<String> = loaded
        .diagnostics
        .iter()
        .filter(|d| d.code.0 != "unknown-environment-folder")
        .map(|d| format!("{} {}: {}", loaded.workspace.sources.place(d.span()), d.code, d.message))
        .collect();
    assert_eq!(shown, expected);
}

/// What was read of the workspace; the embedded library stands before it.
fn names(loaded: &Loaded) -> Vec<String> {
    let names = loaded.workspace.sources.iter().map(|(_, file)| file.name().to_owned());
    names.filter(|name| !name.starts_with("std:")).collect()
}

#[test]
fn files_are_read_in_the_order_of_their_paths_whatever_the_disk_says() {
    let forwards = loaded(&project());
    assert_eq!(
        names(&forwards),
        [
            "solc.toml",
            "accounts.sol",
            "facts.json",
            "settings/integration/shop/api.worker.toml",
            "settings/integration/shop/api/cron.toml",
            "solutions/shop.sol",
            "infra/credentials/integration/shop/api.toml",
            "infra/references/integration/shop-api.json",
        ]
    );
    assert_eq!(names(&loaded(&project().reversed())), names(&forwards));
}

#[test]
fn a_path_says_environment_solution_and_component() {
    let loaded = loaded(&project());
    let [content] = loaded.contents.as_slice() else { panic!("one repository") };
    let paths: Vec<String> =
        content.settings.iter().map(|d| format!("{} {}", d.environment, d.path.join("/"))).collect();
    assert_eq!(paths, ["integration shop/api/worker", "integration shop/api/cron"]);
    assert_eq!(content.credentials.first().unwrap().path, [Name::from("shop"), Name::from("api")]);
    assert_eq!(content.images.first().unwrap().path, [Name::from("shop-api")]);
    assert!(content.facts.is_some());
    let modules: Vec<String> = content.files.iter().map(|file| file.module.join(".")).collect();
    assert_eq!(modules, ["accounts", "solutions.shop"]);
}

#[test]
fn a_folder_for_no_environment_is_reported_once_for_its_kind() {
    let loaded = loaded(&project());
    let messages: Vec<&str> = loaded.diagnostics.iter().map(|d| d.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "`settings/integration` is for no environment of this repository",
            "`credentials/integration` is for no environment of this repository",
            "`references/integration` is for no environment of this repository",
        ]
    );
}

#[test]
fn a_file_that_nothing_reads_is_reported() {
    let at = |path: &str| {
        format!("{path}:1:1 misplaced-file: nothing reads `{}`", path.trim_start_matches("infra/"))
    };
    for path in [
        "settings/integration/api.toml",
        "settings/integration/shop/api.json",
        "setings/integration/shop/api.toml",
        "credentials/integration/shop/api.toml",
        "infra/references/shop-api.json",
        "infra/credential/integration/shop/api.toml",
        "infra/settings/integration/shop/api.toml",
        "infra/shop.sol",
    ] {
        check(path, "", &[&at(path)]);
    }
    check("settings/README.md", "", &[]);
    check("docs/notes/x.toml", "", &[]);
}

#[test]
fn bytes_that_are_no_text_are_one_error_at_their_place() {
    check("z.sol", b"// fine\n\xff\xfe".to_vec(), &["z.sol:2:1 not-utf8: `z.sol` is not UTF-8 text"]);
    check(
        "settings/integration/shop/z.toml",
        b"A = \"\xff\"".to_vec(),
        &[
            "settings/integration/shop/z.toml:1:6 not-utf8: `settings/integration/shop/z.toml` is not UTF-8 text",
        ],
    );
}

#[test]
fn a_huge_file_is_one_error() {
    check("z.sol", vec![b' '; 17 << 20], &["z.sol:1:1 file-too-large: `z.sol` is too large: 17825792 bytes"]);
}

#[test]
fn a_broken_data_file_is_reported_at_its_line() {
    check(
        "facts.json",
        "{\n\"a\": }",
        &["facts.json:2:6 invalid-json: invalid JSON: unexpected close brace"],
    );
    check(
        "settings/integration/shop/z.toml",
        "A = 1\nA = 2\n",
        &["settings/integration/shop/z.toml:2:1 duplicate-key: `A` is set twice"],
    );
}
