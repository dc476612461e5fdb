//! How loudly findings are said, and libraries: over whole compilations.

use crate::file_system::Memory;
use crate::{Request, compile};
use std::path::Path;

const WORKSPACE: &str = "[workspace]\nmembers = [\"one\", \"two\"]\n";
const REPOSITORY: &str = "[repository]\nlevel = \"account\"\n";
const UNUSED: &str = "private let spare: Int = 1\n";

/// Two repositories with one warning each, with these tables in the manifests of the workspace and of the first.
#[track_caller]
fn check(workspace: &str, one: &str, expected: &[&str]) {
    let files = Memory::new()
        .with("solc.toml", format!("{WORKSPACE}{workspace}"))
        .with("one/solc.toml", format!("{REPOSITORY}{one}"))
        .with("one/a.sol", UNUSED)
        .with("two/solc.toml", REPOSITORY)
        .with("two/a.sol", UNUSED);
    said(&files, expected);
}

#[track_caller]
fn said(files: &Memory, expected: &[&str]) {
    let compilation = compile(files, Path::new(""), &Request::check());
    let shown = compilation.diagnostics.iter().map(|d| {
        let place = compilation.sources.place(d.span());
        format!("{place} {}[{}] {}", d.severity.word(), d.code, d.message)
    });
    assert_eq!(shown.collect::<Vec<_>>(), expected);
}

fn level(code: &str, level: &str) -> String {
    format!("[diagnostics]\n{code} = {{ level = \"{level}\", because = \"generated\" }}\n")
}

const ONE: &str = "one/a.sol:1:13 warning[unused-declaration] `spare` is never used";
const TWO: &str = "two/a.sol:1:13 warning[unused-declaration] `spare` is never used";

#[test]
fn a_workspace_speaks_of_all_files_and_a_member_of_its_own() {
    check("", "", &[ONE, TWO]);
    check(&level("unused-declaration", "off"), "", &[]);
    check("", &level("unused-declaration", "off"), &[TWO]);
    check(
        "",
        &level("unused-declaration", "note"),
        &["one/a.sol:1:13 note[unused-declaration] `spare` is never used", TWO],
    );
}

#[test]
fn the_nearest_manifest_has_the_last_word() {
    check(&level("unused-declaration", "off"), &level("unused-declaration", "warning"), &[ONE]);
}

#[test]
fn an_error_cannot_be_lowered() {
    check(
        &level("unknown-name", "off"),
        "",
        &["solc.toml:4:1 error[error-not-lowerable] `unknown-name` is an error, and cannot be lowered"],
    );
}

#[test]
fn a_reason_is_required_and_a_code_must_exist() {
    check(
        "[diagnostics]\nnaming = { level = \"off\" }\nunused-import = { level = \"off\", because = \"x\" }\n",
        "",
        &[
            "solc.toml:4:10 error[invalid-manifest] `naming` does not say why it is \"off\"",
            "solc.toml:5:1 error[unknown-code] no finding is called `unused-import`",
        ],
    );
    check(
        "[diagnostics]\nnaming = { level = \"of\", because = \"x\" }\n",
        "",
        &["solc.toml:4:20 error[invalid-manifest] `level` is \"off\", \"note\" or \"warning\", not \"of\""],
    );
}

#[test]
fn what_lowers_nothing_is_said() {
    check(
        &level("naming", "off"),
        "",
        &["solc.toml:4:1 warning[silences-nothing] there is no `naming` that this would lower", ONE, TWO],
    );
}

const LIBRARY: &str = "[repository]\nlevel = \"library\"\n";

fn libraries() -> Memory {
    Memory::new()
        .with(
            "app/solc.toml",
            "[repository]\nlevel = \"account\"\n[dependencies]\ncommon = { path = \"../common\" }\n",
        )
        .with("app/a.sol", "use common.numbers.three\nlet four: Int = three + 1\n")
        .with("common/solc.toml", format!("{LIBRARY}[dependencies]\nbase = {{ path = \"../base\" }}\n"))
        .with("common/numbers.sol", "use base.two\nuse parts.one\nlet three: Int = two + one\nprivate let zero: Int = two - two\nlet nothing: Int = zero\n")
        .with("common/parts.sol", "let one: Int = 1\n")
        .with("base/solc.toml", LIBRARY)
        .with("base/parts.sol", "let two: Int = 2\n")
}

#[track_caller]
fn app(files: &Memory, expected: &[&str]) {
    let compilation = compile(files, Path::new("app"), &Request::check());
    let shown = compilation.diagnostics.iter().map(|d| {
        let place = compilation.sources.place(d.span());
        format!("{place} {}[{}] {}", d.severity.word(), d.code, d.message)
    });
    assert_eq!(shown.collect::<Vec<_>>(), expected);
}

#[test]
fn a_library_is_used_by_the_name_that_its_user_gives_it() {
    app(&libraries(), &[]);
}

#[test]
fn what_a_library_uses_is_not_seen_by_its_user() {
    app(
        &libraries().with("app/a.sol", "use base.two\nlet four: Int = two\n"),
        &["a.sol:1:5 error[unknown-module] there is no module `base`"],
    );
    app(
        &libraries().with("app/a.sol", "use parts.one\nlet four: Int = one\n"),
        &["a.sol:1:5 error[unknown-module] there is no module `parts`"],
    );
}

#[test]
fn what_is_private_stays_in_its_file_across_repositories() {
    app(
        &libraries().with("app/a.sol", "use common.numbers.zero\nlet four: Int = zero\n"),
        &["a.sol:1:20 error[private-import] `zero` is private to its file"],
    );
}

#[test]
fn a_misspelt_module_of_a_library_is_suggested_as_its_user_writes_it() {
    let files = libraries().with("app/a.sol", "use common.number.three\nlet four: Int = three\n");
    let compilation = compile(&files, Path::new("app"), &Request::check());
    let titles: Vec<&str> =
        compilation.diagnostics.iter().flat_map(|d| &d.fixes).map(|fix| fix.title.as_str()).collect();
    assert_eq!(titles, ["write `common.numbers`"]);
}

#[test]
fn libraries_that_depend_on_each_other_are_reported_with_the_chain() {
    let base = format!("{LIBRARY}[dependencies]\nagain = {{ path = \"../common\" }}\n");
    let files = libraries().with("base/solc.toml", base);
    let compilation = compile(&files, Path::new("app"), &Request::check());
    let shown: Vec<String> =
        compilation.diagnostics.iter().map(|d| format!("{} {}", d.code, d.notes.join(" "))).collect();
    assert_eq!(shown, ["dependency-cycle the chain: `../common` → `../base` → `../common`"]);
}

#[test]
fn a_library_declares_nothing_that_is_built() {
    app(
        &libraries().with("base/more.sol", "solution shop {}\nteam dev { }\n"),
        &[
            "../base/more.sol:1:10 error[misplaced-statement] a solution means nothing in a library",
            "../base/more.sol:2:6 error[misplaced-statement] `team` means nothing in a library",
        ],
    );
}

#[test]
fn only_a_library_can_be_depended_on() {
    app(
        &libraries().with("common/solc.toml", REPOSITORY),
        &[
            "solc.toml:4:19 error[wrong-repository] `../common` is a repository of accounts, and a library is needed here",
        ],
    );
}

#[test]
fn what_was_not_fetched_says_how_to_fetch_it() {
    let manifest = "[repository]\nlevel = \"account\"\n[dependencies]\ncommon = { git = \"file:///x/common.git\", rev = \"v1\" }\n";
    app(
        &libraries().with("app/solc.toml", manifest),
        &[
            "solc.toml:4:1 error[unfetched-dependency] `solc.lock` does not record `v1` of `file:///x/common.git`",
        ],
    );
    app(
        &libraries().with("app/solc.toml", manifest.replace(", rev = \"v1\"", "")),
        &["solc.toml:4:10 error[invalid-manifest] `common` does not say which revision"],
    );
}

#[test]
fn alone_a_library_that_is_left_out_is_one_warning_for_each_use() {
    let compilation = compile(&libraries(), Path::new("app"), &Request::isolated());
    let shown: Vec<String> =
        compilation.diagnostics.iter().map(|d| format!("{} {}", d.severity.word(), d.code)).collect();
    assert_eq!(shown, ["warning not-checked-here"]);
}
