//! The clone's own files: what the tests take as their corpus.
//!
//! Invariant: listings are sorted and leave out what is built, so that two machines test the same.

use crate::frame::Files;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of the root `Cargo.toml`.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("`tests` stands in the root").to_path_buf()
}

/// Every file below `folder` (relative to the root), as a path relative to the root, sorted.
#[must_use]
pub fn files(folder: &str) -> Vec<PathBuf> {
    let root = root();
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') && name != ".ci" && name != ".cargo" {
                continue;
            }
            if path.is_dir() {
                if !matches!(name.as_str(), "target" | "build" | "node_modules" | "__pycache__") {
                    folders.push(path);
                }
            } else {
                found.push(path.strip_prefix(&root).expect("below the root").to_path_buf());
            }
        }
    }
    found.sort();
    found
}

/// Files below `folder` with this extension, sorted.
#[must_use]
pub fn files_with(folder: &str, extension: &str) -> Vec<PathBuf> {
    files(folder).into_iter().filter(|path| path.extension().is_some_and(|e| e == extension)).collect()
}

/// The text of a file, named relative to the root.
#[must_use]
pub fn text(path: &Path) -> String {
    let full = root().join(path);
    fs::read_to_string(&full).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file below a folder, as full paths, sorted.
#[must_use]
pub fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() { folders.push(entry.path()) } else { found.push(entry.path()) }
        }
    }
    found.sort();
    found
}

/// Writes a project below a folder.
///
/// # Errors
/// Where the disk says no.
pub fn write(folder: &Path, files: &Files) -> io::Result<()> {
    for (path, text) in files {
        let full = folder.join(path);
        if let Some(parent) = full.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(full, text)?;
    }
    Ok(())
}

/// The release build of `solc`; `cargo xtask` has built it.
///
/// # Errors
/// Where there is none.
pub fn release_solc() -> io::Result<PathBuf> {
    let target = std::env::var("CARGO_TARGET_DIR").map_or_else(|_| root().join("target"), PathBuf::from);
    let solc = target.join("release/solc");
    if solc.exists() {
        return Ok(solc);
    }
    Err(io::Error::new(io::ErrorKind::NotFound, "no release build of `solc`: run this by `cargo xtask`"))
}
