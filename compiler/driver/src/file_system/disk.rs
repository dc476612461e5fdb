//! The real disk.
//!
//! Invariant: a listing ends. A symbolic link to a folder is followed unless it leads to a folder that it stands
//! in; pipes and devices are not files.
#![expect(clippy::disallowed_methods, reason = "this is the implementation of `FileSystem`")]

use super::{FileSystem, Kind, LARGEST_FILE, ReadError};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Folders deeper than this are not searched.
const DEEPEST: usize = 64;

/// The real disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl FileSystem for Disk {
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
        let mut file = fs::File::open(path).map_err(ReadError::Io)?;
        let size = file.metadata().map_err(ReadError::Io)?.len();
        if size > LARGEST_FILE {
            return Err(ReadError::TooLarge(size));
        }
        // As much as there was: the file may grow while it is read. One that says it is empty may be made as it is read.
        let limit = if size == 0 { LARGEST_FILE } else { size };
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        file.by_ref().take(limit).read_to_end(&mut bytes).map_err(ReadError::Io)?;
        Ok(bytes)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        list_into(folder, &PathBuf::new(), &mut Vec::new(), &mut found)?;
        Ok(found)
    }

    fn kind(&self, path: &Path) -> Kind {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => Kind::Folder,
            Ok(found) if found.is_file() => Kind::File,
            Ok(_) | Err(_) => Kind::Missing,
        }
    }
}

/// `links` holds the real folders that symbolic links on the way here stand in or lead to.
fn list_into(
    folder: &Path,
    below: &Path,
    links: &mut Vec<PathBuf>,
    found: &mut Vec<PathBuf>,
) -> io::Result<()> {
    if below.components().count() > DEEPEST {
        return Ok(());
    }
    for entry in fs::read_dir(folder.join(below))? {
        let entry = entry?;
        let name = entry.file_name();
        if name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = below.join(&name);
        let kind = entry.file_type()?;
        if kind.is_dir() {
            list_into(folder, &path, links, found)?;
        } else if kind.is_file() {
            found.push(path);
        } else if kind.is_symlink() {
            follow(folder, path, links, found)?;
        }
    }
    Ok(())
}

fn follow(
    folder: &Path,
    path: PathBuf,
    links: &mut Vec<PathBuf>,
    found: &mut Vec<PathBuf>,
) -> io::Result<()> {
    let full = folder.join(&path);
    // A link that leads nowhere is no file; what needs it will say so.
    let Ok(target) = fs::metadata(&full) else { return Ok(()) };
    if target.is_file() {
        found.push(path);
    } else if target.is_dir() {
        let (Ok(real), Some(parent)) = (fs::canonicalize(&full), full.parent()) else { return Ok(()) };
        let stands_in = fs::canonicalize(parent)?;
        let loops = stands_in.starts_with(&real) || links.iter().any(|seen| seen.starts_with(&real));
        if !loops {
            links.push(stands_in);
            list_into(folder, &path, links, found)?;
            links.pop();
        }
    }
    Ok(())
}
