//! Files in memory: what tests, the fuzzer and an editor's unsaved buffers compile.

use super::{FileSystem, Kind, LARGEST_FILE, ReadError, normalized};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// Files in memory.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<PathBuf, Vec<u8>>,
    reversed: bool,
}

impl Memory {
    /// No files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces a file.
    pub fn insert(&mut self, path: impl AsRef<Path>, content: impl Into<Vec<u8>>) {
        self.files.insert(normalized(path.as_ref()), content.into());
    }

    /// Adds or replaces a file.
    #[must_use]
    pub fn with(mut self, path: impl AsRef<Path>, content: impl Into<Vec<u8>>) -> Self {
        self.insert(path, content);
        self
    }

    /// The files of both; where a path is in both, the other's.
    #[must_use]
    pub fn merged(mut self, other: Self) -> Self {
        self.files.extend(other.files);
        self
    }

    /// The same files in another folder.
    #[must_use]
    pub fn below(self, folder: impl AsRef<Path>) -> Self {
        let moved = |(path, content): (PathBuf, Vec<u8>)| (normalized(&folder.as_ref().join(path)), content);
        Self { files: self.files.into_iter().map(moved).collect(), ..self }
    }

    /// Lists files in the opposite order, as another disk might.
    #[must_use]
    pub fn reversed(mut self) -> Self {
        self.reversed = !self.reversed;
        self
    }
}

impl FileSystem for Memory {
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
        let path = normalized(path);
        let Some(content) = self.files.get(&path) else {
            return Err(ReadError::Io(io::ErrorKind::NotFound.into()));
        };
        match u64::try_from(content.len()) {
            Ok(size) if size > LARGEST_FILE => Err(ReadError::TooLarge(size)),
            Ok(_) | Err(_) => Ok(content.clone()),
        }
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let folder = normalized(folder);
        let below = |path: &PathBuf| path.strip_prefix(&folder).ok().map(Path::to_path_buf);
        let hidden =
            |path: &PathBuf| path.components().any(|c| c.as_os_str().as_encoded_bytes().starts_with(b"."));
        let mut found: Vec<PathBuf> = self.files.keys().filter_map(below).filter(|p| !hidden(p)).collect();
        if self.reversed {
            found.reverse();
        }
        Ok(found)
    }

    fn kind(&self, path: &Path) -> Kind {
        let path = normalized(path);
        if self.files.contains_key(&path) {
            Kind::File
        } else if self.files.range(path.clone()..).next().is_some_and(|(file, _)| file.starts_with(&path)) {
            Kind::Folder
        } else {
            Kind::Missing
        }
    }
}
