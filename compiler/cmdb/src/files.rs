//! Files that are there whole or not at all.
//!
//! Invariant: what a reader sees is the old content or the new, also after a power loss: written beside its place,
//! synced, renamed, and the folder synced.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A file that could not be written.
#[derive(Debug)]
pub struct WriteError {
    /// Which.
    pub path: PathBuf,
    /// Why.
    pub error: io::Error,
}

impl fmt::Display for WriteError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "cannot write `{}`: {}", self.path.display(), self.error)
    }
}

impl std::error::Error for WriteError {}

/// Puts `content` at `path`, and makes the folders above it.
///
/// # Errors
/// Where it cannot be written; what was there before stays.
pub fn put(path: &Path, content: &str) -> Result<(), WriteError> {
    write(path, content).map_err(|error| WriteError { path: path.to_path_buf(), error })
}

/// Puts `content` at `path`, where nothing may be yet; the same content there already is what was wanted.
///
/// # Errors
/// Where it cannot be written, or something else is there; that stays.
pub(crate) fn put_new(path: &Path, content: &str) -> Result<(), WriteError> {
    let failed = |error| WriteError { path: path.to_path_buf(), error };
    match fs::read_to_string(path) {
        Ok(there) if there == content => return Ok(()),
        Ok(_) => {
            return Err(failed(io::Error::new(io::ErrorKind::AlreadyExists, "it is there, and differs")));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    place(path, content, |beside| {
        // Unlike renaming, linking never takes the place of what appeared meanwhile.
        fs::hard_link(beside, path).and_then(|()| fs::remove_file(beside))
    })
    .map_err(failed)
}

fn write(path: &Path, content: &str) -> io::Result<()> {
    place(path, content, |beside| fs::rename(beside, path))
}

fn place(path: &Path, content: &str, put: impl Fn(&Path) -> io::Result<()>) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}", std::process::id()));
    let written = File::create(&beside)
        .and_then(|mut file| file.write_all(content.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| put(&beside));
    if written.is_err() {
        // What is half there is nobody's; why it failed is said by the first error.
        let _ = fs::remove_file(&beside);
    }
    written?;
    File::open(folder)?.sync_all()
}
