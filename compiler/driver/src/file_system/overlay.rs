//! Files that are not written yet, over those that are: what a fix would make of a workspace.
//!
//! Invariant: an overlay replaces the content of files that stand below it, and neither adds nor removes one.

use super::{FileSystem, Kind, LARGEST_FILE, ReadError, normalized};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// Other contents for some of the files of another file system.
#[derive(Clone)]
pub struct Overlay<'f> {
    below: &'f dyn FileSystem,
    changed: BTreeMap<PathBuf, Vec<u8>>,
}

impl<'f> Overlay<'f> {
    /// Everything as it is.
    #[must_use]
    pub fn over(below: &'f dyn FileSystem) -> Self {
        Self { below, changed: BTreeMap::new() }
    }

    /// Replaces what a file holds.
    pub fn replace(&mut self, path: &Path, content: impl Into<Vec<u8>>) {
        self.changed.insert(normalized(path), content.into());
    }

    /// What was replaced, by path.
    pub fn changed(&self) -> impl Iterator<Item = (&Path, &[u8])> {
        self.changed.iter().map(|(path, content)| (path.as_path(), content.as_slice()))
    }
}

impl FileSystem for Overlay<'_> {
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
        match self.changed.get(&normalized(path)) {
            Some(content) => match u64::try_from(content.len()) {
                Ok(size) if size > LARGEST_FILE => Err(ReadError::TooLarge(size)),
                Ok(_) | Err(_) => Ok(content.clone()),
            },
            None => self.below.read(path),
        }
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        self.below.list(folder)
    }

    fn kind(&self, path: &Path) -> Kind {
        self.below.kind(path)
    }
}
