use super::{summary, write};
use solc_driver::{BuiltEnvironment, OutputFile};
use std::fs::{self, File};
use std::io::Read as _;

fn environment(files: &[(&str, &str)]) -> BuiltEnvironment {
    let file = |(name, content): &(&str, &str)| OutputFile {
        name: (*name).to_owned(),
        content: (*content).to_owned(),
    };
    BuiltEnvironment {
        name: "production".into(),
        folder: "production".to_owned(),
        files: files.iter().map(file).collect(),
        stacks: 1,
        resources: 2,
        infrastructure: None,
    }
}

fn content(path: &std::path::Path) -> String {
    let mut text = String::new();
    File::open(path).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_build_replaces_its_own_files_and_removes_stale_templates_only() {
    let out = tempfile::tempdir().unwrap();
    write(
        out.path(),
        &environment(&[("a.template.json", "1"), ("b.template.json", "2"), ("manifest.json", "3")]),
    )
    .unwrap();
    let folder = out.path().join("production");
    File::create(folder.join("notes.txt")).unwrap();
    fs::create_dir(out.path().join("integration")).unwrap();
    File::create(out.path().join("integration/x.template.json")).unwrap();
    let bytes =
        write(out.path(), &environment(&[("a.template.json", "10"), ("manifest.json", "3")])).unwrap();
    assert_eq!(bytes, 3);
    assert_eq!(content(&folder.join("a.template.json")), "10");
    assert!(!folder.join("b.template.json").exists());
    assert!(folder.join("notes.txt").exists());
    assert!(out.path().join("integration/x.template.json").exists());
}

#[cfg(unix)]
#[test]
fn what_is_built_may_be_read_by_others() {
    use std::os::unix::fs::PermissionsExt as _;
    let out = tempfile::tempdir().unwrap();
    write(out.path(), &environment(&[("manifest.json", "{}")])).unwrap();
    let reference = out.path().join("reference");
    File::create(&reference).unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&out.path().join("production/manifest.json")), mode(&reference));
}

#[test]
fn what_cannot_be_written_is_named() {
    let out = tempfile::tempdir().unwrap();
    File::create(out.path().join("production")).unwrap();
    let (name, _) = write(out.path(), &environment(&[("manifest.json", "{}")])).unwrap_err();
    assert!(name.ends_with("production"));
}

#[test]
fn the_summary_is_one_line() {
    assert_eq!(summary(&environment(&[]), 1234), "production: 1 stack, 2 resources, 1234 bytes");
}
