use super::{Mended, mend};
use crate::file_system::Memory;
use std::path::Path;

fn mended(text: &str) -> Mended {
    let files = Memory::new()
        .with("/w/repo/solc.toml", "[repository]\nlevel = \"account\"\n")
        .with("/w/repo/a.sol", text);
    mend(&files, Path::new("/w/repo"))
}

/// What becomes of a file, and how many findings are left.
#[track_caller]
fn check(before: &str, after: &str, left: usize) {
    let mended = mended(before);
    let text = mended.files.first().map_or(before, |file| file.after.as_str());
    let findings: Vec<&str> = mended.compilation.diagnostics.iter().map(|d| d.message.as_str()).collect();
    assert_eq!((text, findings.len()), (after, left), "{findings:?} {:?}", mended.refused);
}

#[test]
fn a_misspelt_name_is_written_right() {
    check("let limit: Int = 3\nlet a: Int = limt\n", "let limit: Int = 3\nlet a: Int = limit\n", 0);
}

#[test]
fn what_becomes_unused_by_a_fix_is_removed_in_turn() {
    let before =
        "private let a: Int = 1\nprivate let b: Int = a\n/// Kept.\nprivate let c: Int = b\nlet d: Int = 4\n";
    check(before, "let d: Int = 4\n", 0);
}

#[test]
fn a_rename_reaches_every_use_in_the_file() {
    check(
        "private let MaxAge: Int = 3 // MaxAge\nlet b: String = \"MaxAge ${MaxAge}\"\nlet c: Int = MaxAge\n",
        "private let max_age: Int = 3 // MaxAge\nlet b: String = \"MaxAge ${max_age}\"\nlet c: Int = max_age\n",
        0,
    );
}

#[test]
fn a_rename_that_breaks_something_is_refused_and_says_what() {
    let before = "let MaxAge: Int = 3\nlet max_age: Int = 4\nlet b: Int = MaxAge + max_age\n";
    check(before, before, 1);
    let refused = mended(before).refused;
    assert_eq!(refused[0].because, "it would bring duplicate-name: `max_age` is declared twice");
    assert_eq!((refused[0].place.as_str(), refused[0].code), ("a.sol:1:5", "naming"));
}

#[test]
fn one_harmful_edit_among_many_does_not_hold_up_the_others() {
    let lets: String = (0..9).map(|i| format!("let v{i}: Int = limt\n")).collect();
    let before = format!("let limit: Int = 3\nlet Bad: Int = 1\nlet bad: Int = 1\n{lets}");
    check(&before, &before.replace("limt", "limit"), 1);
}

#[test]
fn line_ends_and_byte_order_mark_survive() {
    check(
        "\u{feff}let limit: Int = 3\r\nprivate let x: Int = 1\r\nlet a: Int = limt\r\n",
        "\u{feff}let limit: Int = 3\r\nlet a: Int = limit\r\n",
        0,
    );
}

#[test]
fn what_lies_outside_the_workspace_is_left_alone() {
    let product =
        "[repository]\nlevel = \"product\"\nclass = \"development\"\n[paths]\naccounts = \"../accounts\"\n";
    let wrong = "private let x: Int = 1\n";
    let files = Memory::new()
        .with("/w/repo/solc.toml", product)
        .with("/w/repo/a.sol", wrong)
        .with("/w/accounts/solc.toml", "[repository]\nlevel = \"account\"\n")
        .with("/w/accounts/b.sol", wrong);
    let mended = mend(&files, Path::new("/w/repo"));
    let names: Vec<&str> = mended.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["a.sol"]);
}

#[test]
fn a_file_that_is_not_wholly_text_is_left_alone() {
    let files = Memory::new()
        .with("/w/solc.toml", "[repository]\nlevel = \"account\"\n")
        .with("/w/a.sol", b"let limit: Int = 3\nlet a: Int = limt\n// \xff\n".to_vec());
    assert!(mend(&files, Path::new("/w")).files.is_empty());
}
