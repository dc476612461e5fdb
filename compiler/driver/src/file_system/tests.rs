use super::{Disk, FileSystem, Kind, LARGEST_FILE, Memory, ReadError, normalized, relative};
use std::path::{Path, PathBuf};

fn sorted(files: &dyn FileSystem, folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        files.list(folder).unwrap().iter().map(|path| path.display().to_string()).collect();
    names.sort();
    names
}

#[test]
fn a_disk_lists_files_below_a_folder_and_leaves_out_hidden_ones() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.sol", "solutions/b.sol", ".git/config", ".hidden", "deep/er/c.toml"] {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::File::create(path).unwrap();
    }
    assert_eq!(sorted(&Disk, folder.path()), ["a.sol", "deep/er/c.toml", "solutions/b.sol"]);
}

#[cfg(unix)]
#[test]
fn a_loop_of_symbolic_links_ends() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    for inner in [&a, &b] {
        std::fs::create_dir(inner).unwrap();
        std::fs::File::create(inner.join("x.sol")).unwrap();
    }
    std::os::unix::fs::symlink(folder.path(), a.join("up")).unwrap();
    std::os::unix::fs::symlink(&b, a.join("to_b")).unwrap();
    std::os::unix::fs::symlink(&a, b.join("to_a")).unwrap();
    std::os::unix::fs::symlink("nowhere", a.join("broken.sol")).unwrap();
    let names = sorted(&Disk, folder.path());
    assert_eq!(names, ["a/to_b/x.sol", "a/x.sol", "b/to_a/x.sol", "b/x.sol"]);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_file_is_a_file_and_a_pipe_is_not() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::File::create(folder.path().join("real.txt")).unwrap();
    std::os::unix::fs::symlink("real.txt", folder.path().join("link.sol")).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(folder.path().join("pipe.sol")).status();
    assert!(pipe.is_ok_and(|status| status.success()));
    assert_eq!(sorted(&Disk, folder.path()), ["link.sol", "real.txt"]);
    assert_eq!(Disk.kind(&folder.path().join("pipe.sol")), Kind::Missing);
}

#[test]
fn a_file_beyond_the_limit_is_refused_unread() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.sol");
    std::fs::File::create(&path).unwrap().set_len(LARGEST_FILE + 1).unwrap();
    assert!(matches!(Disk.read(&path), Err(ReadError::TooLarge(size)) if size == LARGEST_FILE + 1));
    let memory = Memory::new().with("huge.sol", vec![b' '; usize::try_from(LARGEST_FILE).unwrap() + 1]);
    assert!(matches!(memory.read(Path::new("huge.sol")), Err(ReadError::TooLarge(_))));
}

#[test]
fn memory_has_folders_where_files_stand_below() {
    let memory = Memory::new().with("shop/a.sol", "").with("shop-2/b.sol", "").with("shop/.git/c", "");
    assert_eq!(memory.kind(Path::new("shop")), Kind::Folder);
    assert_eq!(memory.kind(Path::new("shop/a.sol")), Kind::File);
    assert_eq!(memory.kind(Path::new("sho")), Kind::Missing);
    assert_eq!(sorted(&memory, Path::new("shop")), ["a.sol"]);
    assert_eq!(memory.clone().reversed().list(Path::new("")).unwrap().len(), 2);
    assert!(matches!(memory.read(Path::new("none")), Err(ReadError::Io(_))));
}

#[test]
fn paths_are_shortened_without_asking_the_disk() {
    assert_eq!(normalized(Path::new("a/./b/../c")), PathBuf::from("a/c"));
    assert_eq!(normalized(Path::new("../../a")), PathBuf::from("../../a"));
    assert_eq!(normalized(Path::new("/../a")), PathBuf::from("/a"));
    assert_eq!(normalized(Path::new("a/..")), PathBuf::from(""));
}

#[test]
fn a_path_is_shown_from_the_folder_one_stands_in() {
    let from = |path, folder| relative(Path::new(path), Path::new(folder));
    assert_eq!(from("/w/shop/a.sol", "/w"), "shop/a.sol");
    assert_eq!(from("/w/accounts/a.sol", "/w/shop"), "../accounts/a.sol");
    assert_eq!(from("/w", "/w"), "");
}
