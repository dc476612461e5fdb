//! `solc facts refresh` as people see it, as far as nobody is asked. What a server answers is in `tests/moto.rs`.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test lays out files, and fails by panicking"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Exit code, and what is printed and said; no credentials are to be found.
fn refresh(folder: &Path, words: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_solc"))
        .args(["facts", "refresh"])
        .args(words)
        .current_dir(folder)
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", folder.join("none"))
        .env("AWS_SHARED_CREDENTIALS_FILE", folder.join("none"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

fn product() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let words = ["init", ".", "--product", "demo"];
    let made = Command::new(env!("CARGO_BIN_EXE_solc")).args(words).current_dir(folder.path()).output();
    assert!(made.unwrap().status.success());
    folder
}

#[test]
fn an_environment_that_is_not_there_is_a_mistake_in_the_command() {
    let folder = product();
    let (code, said) = refresh(folder.path(), &["--env", "integratoin", "--backend", "aws"]);
    assert_eq!(code, 2);
    assert!(said.contains("no environment `integratoin`; did you mean `integration`?"), "{said}");
}

#[test]
fn who_is_asked_has_to_be_named() {
    let folder = product();
    for (words, missing) in [(["--env", "integration"], "--backend"), (["--backend", "aws"], "--env")] {
        let (code, said) = refresh(folder.path(), &words);
        assert!(code == 2 && said.contains("required") && said.contains(missing), "{said}");
    }
    let (code, said) = refresh(folder.path(), &["--env", "integration", "--backend", "local"]);
    assert!(code == 2 && said.contains("invalid value 'local'"), "{said}");
}

#[test]
fn a_broken_file_is_shown_at_its_place_and_left_alone() {
    let folder = product();
    let path = folder.path().join("demo-config/facts.json");
    for (text, code) in [("{ \"hosted_zones\": { }", "invalid-json"), ("{ \"zones\": {} }", "invalid-fact")] {
        fs::write(&path, text).unwrap();
        let (exit, said) = refresh(folder.path(), &["--env", "integration", "--backend", "aws"]);
        assert_eq!(exit, 1, "{said}");
        assert!(said.contains(code) && said.contains("demo-config/facts.json:1:"), "{said}");
        assert!(said.contains("nothing was looked up"), "{said}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
#[cfg(feature = "aws")]
fn without_credentials_nothing_is_written_and_the_way_out_is_said() {
    let folder = product();
    let (code, said) = refresh(folder.path(), &["--env", "integration", "--backend", "aws"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("NoCredentials") && said.contains("--profile"), "{said}");
    assert!(said.contains("nothing was written"), "{said}");
    assert!(!folder.path().join("demo-config/facts.json").exists());
}
