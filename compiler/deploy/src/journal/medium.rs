//! What a journal lies on: a file, or what a test has in place of one.
//!
//! Invariant: one process writes a file at a time; the lock goes with the process.

use super::JournalError;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// Bytes that grow at the end.
pub trait Medium: Send {
    /// All of them.
    ///
    /// # Errors
    /// Where they cannot be read. So for every operation.
    fn read(&mut self) -> io::Result<Vec<u8>>;

    /// Adds to them; where it fails, some may have been added.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Makes what was added durable.
    fn sync(&mut self) -> io::Result<()>;

    /// Drops everything from `length` on.
    fn cut(&mut self, length: usize) -> io::Result<()>;
}

/// A file.
#[derive(Debug)]
pub struct FileMedium {
    file: File,
}

impl FileMedium {
    /// Opens a file, makes it where there is none, and locks it.
    ///
    /// # Errors
    /// Where that is not possible, or another process has locked it.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let disk = |error| JournalError::Disk(path.to_path_buf(), error);
        // A link could lead a journal to any file of its owner.
        if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
            return Err(JournalError::Corrupt(path.to_path_buf(), "it is no file".into()));
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(disk)?;
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .append(true)
            .open(path)
            .map_err(disk)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(JournalError::Held(path.to_path_buf())),
            Err(TryLockError::Error(error)) => return Err(disk(error)),
        }
        // Without this a power loss may take the file, and with it all that was synced.
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(disk)?;
        Ok(Self { file })
    }
}

impl Medium for FileMedium {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(0))?;
        self.file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_all()
    }

    fn cut(&mut self, length: usize) -> io::Result<()> {
        self.file.set_len(u64::try_from(length).unwrap_or(u64::MAX))?;
        self.file.sync_all()
    }
}
