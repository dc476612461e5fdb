//! What a deployment is about to do, and what came of it: a file that only grows.
//!
//! Invariant: a record is `length ‖ CRC-32C ‖ JSON`; what follows the last whole record was never acted on, because
//! every call that changes something waits until its intent is durable, and is cut off. A damaged record with a sound
//! one after it is never stepped over: then the journal is refused, and the service is asked instead (`--adopt`).

mod deploys;
mod entry;
mod frame;
mod medium;

pub use deploys::{Deploys, Found};
pub use entry::{Begin, Entry, Operation, StepOutcome};
pub use medium::{FileMedium, Medium};

use crate::probe::{Died, Point, Probe};
use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a journal cannot be read or written.
#[derive(Debug)]
pub enum JournalError {
    /// The disk says no.
    Disk(PathBuf, io::Error),
    /// Another process writes it.
    Held(PathBuf),
    /// A record in the middle is damaged, or it is no journal.
    Corrupt(PathBuf, String),
    /// It was written by a later `solc`.
    Version(PathBuf, u32),
    /// The run ends here.
    Died,
}

impl From<Died> for JournalError {
    fn from(_: Died) -> Self {
        Self::Died
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(path, error) => {
                write!(formatter, "cannot use the journal `{}`: {error}", path.display())
            }
            Self::Held(path) => {
                write!(formatter, "another process works with the journal `{}`", path.display())
            }
            Self::Corrupt(path, what) => {
                write!(formatter, "the journal `{}` is damaged: {what}", path.display())
            }
            Self::Version(path, version) => write!(
                formatter,
                "the journal `{}` has the form {version}, which this `solc` does not read",
                path.display()
            ),
            Self::Died => formatter.write_str("the run ended"),
        }
    }
}

impl std::error::Error for JournalError {}

/// A journal that is being written.
pub struct Journal<'a> {
    medium: Box<dyn Medium + 'a>,
    path: PathBuf,
    probe: &'a dyn Probe,
    unsynced: bool,
    broken: bool,
}

impl fmt::Debug for Journal<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Journal({})", self.path.display())
    }
}

impl<'a> Journal<'a> {
    /// A journal on `medium`, which is empty or holds one, with what it says.
    ///
    /// # Errors
    /// Where it cannot be read, is damaged in the middle, or is of a later version.
    pub fn on(
        mut medium: Box<dyn Medium + 'a>,
        path: PathBuf,
        probe: &'a dyn Probe,
    ) -> Result<(Self, Vec<Entry>), JournalError> {
        let disk = |error| JournalError::Disk(path.clone(), error);
        let bytes = medium.read().map_err(disk)?;
        let (payloads, whole) = frame::read(&bytes).map_err(|problem| match problem {
            frame::Problem::Corrupt(what) => JournalError::Corrupt(path.clone(), what),
            frame::Problem::Version(version) => JournalError::Version(path.clone(), version),
        })?;
        let mut entries = Vec::with_capacity(payloads.len());
        for payload in payloads {
            let entry = serde_json::from_slice(payload).map_err(|error| {
                JournalError::Corrupt(path.clone(), format!("a record is no entry: {error}"))
            })?;
            entries.push(entry);
        }
        if whole < bytes.len() {
            medium.cut(whole).map_err(disk)?;
        }
        if whole == 0 {
            medium.append(&frame::header()).map_err(disk)?;
            medium.sync().map_err(disk)?;
        }
        Ok((Self { medium, path, probe, unsynced: false, broken: false }, entries))
    }

    /// Appends a record, which may be lost with the power until [`Self::sync`].
    ///
    /// # Errors
    /// Where the disk is full or broken; nothing can be appended afterwards.
    pub fn append(&mut self, entry: &Entry) -> Result<(), JournalError> {
        self.probe.reach(Point::BeforeAppend)?;
        let bytes = serde_json::to_vec(entry).map_err(|error| self.disk(error.into()))?;
        if self.broken {
            return Err(self.disk(io::Error::other("an earlier record could not be written")));
        }
        if let Err(error) = self.medium.append(&frame::record(&bytes)) {
            // Half a record may be there; a whole one after it would make it the damaged middle.
            self.broken = true;
            return Err(self.disk(error));
        }
        self.unsynced = true;
        self.probe.reach(Point::AfterAppend)?;
        Ok(())
    }

    /// Makes everything that was appended durable.
    ///
    /// # Errors
    /// Where the disk does not say that it is.
    pub fn sync(&mut self) -> Result<(), JournalError> {
        if !self.unsynced {
            return Ok(());
        }
        self.probe.reach(Point::BeforeSync)?;
        if let Err(error) = self.medium.sync() {
            // After a failed sync the system may have dropped what it could not write: nothing can be relied on.
            self.broken = true;
            return Err(self.disk(error));
        }
        self.unsynced = false;
        self.probe.reach(Point::AfterSync)?;
        Ok(())
    }

    fn disk(&self, error: io::Error) -> JournalError {
        JournalError::Disk(self.path.clone(), error)
    }
}

#[cfg(test)]
mod tests;
