//! The one trait through which the compiler sees files: a disk, an editor's unsaved text, a test's memory.
//!
//! Invariant: nothing else of the compiler reads a file. What a listing returns is sorted by whoever uses it, so
//! that the order of directory entries never reaches a result.

mod disk;
mod memory;
mod overlay;

pub use disk::Disk;
pub use memory::Memory;
pub use overlay::Overlay;

use std::io;
use std::path::{Path, PathBuf};

/// Larger files are refused: a person's file has some kilobytes.
pub const LARGEST_FILE: u64 = 16 * 1024 * 1024;

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Missing,
    /// A file.
    File,
    /// A folder.
    Folder,
}

/// Why a file cannot be read.
#[derive(Debug)]
pub enum ReadError {
    /// It has this many bytes.
    TooLarge(u64),
    /// The system says no.
    Io(io::Error),
}

/// Where source comes from.
pub trait FileSystem: Sync {
    /// The content of a file.
    ///
    /// # Errors
    /// Where there is none, it is too large, or it may not be read.
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError>;

    /// Every file below a folder, relative to it, in any order. Names that begin with a dot are left out.
    ///
    /// # Errors
    /// Where a folder may not be read.
    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>>;

    /// What stands at a path.
    fn kind(&self, path: &Path) -> Kind;
}

/// `a/b/../c` as `a/c`, without asking the disk; `..` at the start stays.
#[must_use]
pub fn normalized(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut parts: Vec<Component<'_>> = Vec::new();
    for part in path.components() {
        match (part, parts.last()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                parts.pop();
            }
            (Component::ParentDir, Some(Component::RootDir | Component::Prefix(_))) => {}
            (
                Component::Normal(_) | Component::RootDir | Component::Prefix(_) | Component::ParentDir,
                None
                | Some(
                    Component::Normal(_)
                    | Component::RootDir
                    | Component::Prefix(_)
                    | Component::ParentDir
                    | Component::CurDir,
                ),
            ) => parts.push(part),
        }
    }
    parts.iter().collect()
}

/// The way from one folder to a path, both normalized and both absolute or both relative, with `/`.
#[must_use]
pub fn relative(path: &Path, folder: &Path) -> String {
    let (path, folder): (Vec<_>, Vec<_>) = (path.components().collect(), folder.components().collect());
    let shared = path.iter().zip(&folder).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".to_owned(), folder.len() - shared);
    let down = path.iter().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests;
