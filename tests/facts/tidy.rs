//! Rules of the repository that no linter knows.
//!
//! Invariant: each rule names every place that breaks it, not only the first.

use solc_tests::workspace::{files, text};
use std::path::{Path, PathBuf};

/// Longest file, in lines.
const LONGEST: usize = 800;

/// Words that mark work which is not finished; in pieces, so that this file does not hold them.
const UNFINISHED: &[(&str, &str)] = &[
    ("todo", "!("),
    ("unimplemented", "!("),
    ("FIX", "ME"),
    ("XX", "X"),
    ("HA", "CK"),
    ("for ", "now"),
    ("#[ig", "nore"),
    ("#[all", "ow("),
    ("not yet ", "implemented"),
    ("place", "holder implementation"),
];

/// Names of files that say nothing of what is in them.
const NAMELESS: &[&str] =
    &["util", "utils", "helper", "helpers", "common", "misc", "manager", "handler", "mod"];

fn sources(extensions: &[&str]) -> Vec<PathBuf> {
    let wanted = |path: &PathBuf| {
        path.extension().is_some_and(|e| extensions.iter().any(|wanted| e == *wanted))
            && !path.components().any(|part| part.as_os_str() == "expected")
    };
    files(".")
        .into_iter()
        .map(|path| path.strip_prefix(".").unwrap_or(&path).to_path_buf())
        .filter(wanted)
        .collect()
}

fn holds(broken: &[String]) {
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn no_file_is_too_long_to_find_anything_in() {
    let long = sources(&["rs", "sol", "pest", "py"]).into_iter().filter_map(|path| {
        let lines = text(&path).lines().count();
        (lines > LONGEST).then(|| format!("{}: {lines} lines", path.display()))
    });
    holds(&long.collect::<Vec<_>>());
}

#[test]
fn every_rust_file_opens_with_what_it_does() {
    let silent = sources(&["rs"]).into_iter().filter(|path| !text(path).starts_with("//! "));
    let silent = silent.filter(|path| path.file_stem().is_none_or(|stem| stem != "tests"));
    holds(&silent.map(|path| format!("{}: opens without `//!`", path.display())).collect::<Vec<_>>());
}

#[test]
fn no_file_is_named_after_nothing() {
    let nameless = sources(&["rs"]).into_iter().filter(|path| {
        path.file_stem().is_some_and(|stem| NAMELESS.iter().any(|nameless| stem == *nameless))
    });
    holds(&nameless.map(|path| format!("{}: names nothing", path.display())).collect::<Vec<_>>());
}

#[test]
fn nothing_is_left_unfinished() {
    let mut found = Vec::new();
    for path in sources(&["rs", "sol", "pest", "py"]) {
        for (number, line) in text(&path).lines().enumerate() {
            for (front, back) in UNFINISHED {
                let word = format!("{front}{back}");
                // What needs a server is run by the step that starts it, which the line names.
                if line.contains(&word) && !line.contains("cargo verify --only ") {
                    found.push(format!("{}:{}: `{word}`", path.display(), number + 1));
                }
            }
        }
    }
    holds(&found);
}

#[test]
fn no_file_names_a_machines_own_path() {
    let mut found = Vec::new();
    for path in sources(&["rs", "sol", "pest", "py", "md", "toml", "json", "yml", "yaml", "sh"]) {
        for (number, line) in text(&path).lines().enumerate() {
            if ["tmp", "work", "root", "home"].iter().any(|folder| machine_path(line, folder)) {
                found.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    holds(&found);
}

/// A path from the root of a disk, where nothing stands before it that makes it part of a longer path or of an address.
fn machine_path(line: &str, folder: &str) -> bool {
    let needle = format!("/{folder}/");
    line.match_indices(&needle).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line.get(at + needle.len()..).and_then(|text| text.chars().next());
        let begins =
            before.is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '}' | '*')));
        begins && after.is_some_and(|c| c.is_ascii_lowercase())
    })
}

#[test]
fn every_dependency_says_what_it_is_for() {
    let manifest = text(Path::new("Cargo.toml"));
    let dependencies = manifest.lines().skip_while(|line| *line != "[workspace.dependencies]").skip(1);
    let silent = dependencies
        .take_while(|line| !line.starts_with('['))
        .filter(|line| line.contains(" = ") && !line.contains("path = ") && !line.contains("# "))
        .map(|line| format!("Cargo.toml: {line}"));
    holds(&silent.collect::<Vec<_>>());
}

#[test]
fn members_take_their_dependencies_from_the_workspace() {
    let mut own = Vec::new();
    for path in sources(&["toml"]).into_iter().filter(|path| path.ends_with("Cargo.toml")) {
        let manifest = text(&path);
        let mut inside = false;
        for line in manifest.lines() {
            if line.starts_with('[') {
                inside = line.contains("dependencies") && !line.contains("workspace");
            } else if inside && line.contains('=') && !line.contains("workspace = true") {
                own.push(format!("{}: {line}", path.display()));
            }
        }
    }
    holds(&own);
}

#[test]
fn a_machines_path_is_told_from_others() {
    assert!(machine_path(&format!("see {}", "/tm".to_owned() + "p/wt/a"), "tmp"));
    assert!(!machine_path("https://example.com/work/a", "work"));
    assert!(!machine_path("target/tmp/a", "tmp"));
}
