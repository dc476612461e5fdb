//! `solc doctor` as people and programs see it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test lays out files")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

const SOLC: &str = env!("CARGO_BIN_EXE_solc");

/// Exit code and what is printed, with this before the rest of the PATH.
fn doctor(folder: &Path, first: &Path, words: &[&str]) -> (i32, String) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(first.to_path_buf()).chain(std::env::split_paths(&path));
    let output = Command::new(SOLC)
        .arg("doctor")
        .args(words)
        .current_dir(folder)
        .stdin(Stdio::null())
        .env("PATH", std::env::join_paths(folders).unwrap())
        .env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap())
        .output()
        .unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

fn own() -> &'static Path {
    Path::new(SOLC).parent().unwrap()
}

fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("solc.toml"), "[repository]\nlevel = \"account\"\n").unwrap();
    folder
}

fn git(folder: &Path, words: &[&str]) {
    let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-C"];
    let status = Command::new("git").args(identity).arg(folder).args(words).stdout(Stdio::null()).status();
    assert!(status.unwrap().success());
}

#[test]
fn without_a_workspace_it_says_how_to_get_one() {
    let folder = tempfile::tempdir().unwrap();
    let (exit, text) = doctor(folder.path(), own(), &[]);
    assert_eq!(exit, 1);
    assert!(
        text.contains("error    workspace: no `solc.toml`") && text.contains("help: run `solc init DIR`"),
        "{text}"
    );
}

#[test]
fn a_folder_outside_of_git_is_a_warning() {
    let folder = repository();
    let (exit, text) = doctor(folder.path(), own(), &[]);
    assert_eq!(exit, 0, "{text}");
    assert!(text.contains("warning  git: `.` is not in a git repository"), "{text}");
    assert!(text.contains("ok       repository: `.`"), "{text}");
}

#[test]
fn what_is_not_committed_is_counted_and_what_deployments_leave_is_kept_out() {
    let folder = repository();
    git(folder.path(), &["init", "--quiet"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "--quiet", "--message", "first"]);
    let (_, text) = doctor(folder.path(), own(), &[]);
    assert!(
        text.contains("ok       git: `.` is as committed in ") && text.contains("there is no `.solc` yet"),
        "{text}"
    );
    fs::create_dir(folder.path().join(".solc")).unwrap();
    fs::write(folder.path().join(".solc/local.db"), "").unwrap();
    let (_, text) = doctor(folder.path(), own(), &[]);
    assert!(text.contains("warning  git: `.` has 1 files that differ from "), "{text}");
    assert!(text.contains("warning  folder: git would commit `.solc`"), "{text}");
    fs::write(folder.path().join(".gitignore"), ".solc/\n").unwrap();
    let (_, text) = doctor(folder.path(), own(), &[]);
    assert!(text.contains("ok       folder: `.solc` is there, and git leaves it out"), "{text}");
}

#[cfg(unix)]
#[test]
fn soliditys_compiler_first_on_the_path_is_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = repository();
    let first = tempfile::tempdir().unwrap();
    let program = first.path().join("solc");
    fs::write(&program, "#!/bin/sh\necho 'solc, the solidity compiler commandline interface'\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let (_, text) = doctor(folder.path(), first.path(), &[]);
    assert!(text.contains("warning  program: `solc` on the PATH is Solidity's compiler"), "{text}");
    let (_, text) = doctor(folder.path(), own(), &[]);
    assert!(!text.contains("Solidity"), "{text}");
}

#[test]
fn programs_get_one_object_a_line() {
    let folder = repository();
    let (_, text) = doctor(folder.path(), own(), &["--format", "json"]);
    for line in text.lines() {
        let finding: serde_json::Value = serde_json::from_str(line).unwrap();
        let members: Vec<_> = finding.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["check", "state", "message", "help"]);
    }
    assert!(text.contains(r#""check":"repository","state":"ok""#), "{text}");
}

#[test]
#[cfg(feature = "aws")]
fn an_environment_that_is_not_there_is_an_error() {
    let folder = repository();
    let (exit, text) = doctor(folder.path(), own(), &["--env", "integration", "--backend", "aws"]);
    assert_eq!(exit, 1);
    assert!(text.contains("error    environment: "), "{text}");
}
