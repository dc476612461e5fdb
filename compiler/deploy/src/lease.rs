//! One deployment of an environment at a time.
//!
//! Invariant: a lease has a number that only grows. Whoever finds another number than its own has lost it, and
//! changes nothing more: it is asked before each call that does.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Who holds a lease.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The deployment.
    pub deploy: String,
    /// Who and where, for people.
    pub owner: String,
    /// The number of the lease.
    pub fence: u64,
}

/// Why there is no lease.
#[derive(Debug)]
pub enum NoLease {
    /// Somebody else holds it.
    Held(Option<Holder>),
    /// It cannot be told.
    Unknown(String),
}

impl fmt::Display for NoLease {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Held(Some(holder)) => {
                write!(formatter, "deployment {} of {} holds the environment", holder.deploy, holder.owner)
            }
            Self::Held(None) => formatter.write_str("another deployment holds the environment"),
            Self::Unknown(why) => formatter.write_str(why),
        }
    }
}

impl std::error::Error for NoLease {}

/// The right to change an environment, until it is dropped or lost.
pub trait Lease: Send + Sync {
    /// Whether it is still ours.
    ///
    /// # Errors
    /// Where it is not, or that cannot be told.
    fn check(&self) -> Result<(), NoLease>;

    /// Gives it back, where it would outlive the process.
    ///
    /// # Errors
    /// Where that cannot be told: then it must be taken over.
    fn release(&self) -> Result<(), NoLease> {
        Ok(())
    }
}

/// Two that must both be held: one on this machine, and one that other machines see, where there is one.
pub struct Both<'a> {
    /// On this machine.
    pub here: FileLease,
    /// Between machines.
    pub shared: Option<Box<dyn Lease + 'a>>,
}

impl Lease for Both<'_> {
    fn check(&self) -> Result<(), NoLease> {
        self.here.check()?;
        self.shared.as_ref().map_or(Ok(()), |shared| shared.check())
    }

    fn release(&self) -> Result<(), NoLease> {
        self.shared.as_ref().map_or(Ok(()), |shared| shared.release())
    }
}

/// A lease on one machine: a file that is locked while the process lives, and that says who holds it.
#[derive(Debug)]
pub struct FileLease {
    // Held, not used: closing it gives the lock back.
    _lock: File,
    path: PathBuf,
    holder: Holder,
}

impl FileLease {
    /// Takes the lease of an environment.
    ///
    /// # Errors
    /// Where another process holds it, or the files cannot be written.
    pub fn take(folder: &Path, environment: &str, deploy: &str, owner: &str) -> Result<Self, NoLease> {
        let path = folder.join(format!("{environment}.json"));
        let unknown =
            |error: io::Error| NoLease::Unknown(format!("cannot lock `{}`: {error}", path.display()));
        fs::create_dir_all(folder).map_err(unknown)?;
        // The lock is on a file of its own, since the other is replaced.
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join(format!("{environment}.lock")))
            .map_err(unknown)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(NoLease::Held(read(&path).ok().flatten())),
            Err(TryLockError::Error(error)) => return Err(unknown(error)),
        }
        let before = read(&path).map_err(unknown)?.map_or(0, |holder| holder.fence);
        let holder =
            Holder { deploy: deploy.to_owned(), owner: owner.to_owned(), fence: before.saturating_add(1) };
        let text = serde_json::to_string(&holder).map_err(|error| unknown(error.into()))?;
        let mut beside = tempfile::NamedTempFile::new_in(folder).map_err(unknown)?;
        beside.write_all(text.as_bytes()).and_then(|()| beside.as_file().sync_all()).map_err(unknown)?;
        beside.persist(&path).map_err(|failed| unknown(failed.error))?;
        Ok(Self { _lock: lock, path, holder })
    }

    /// Its number.
    #[must_use]
    pub fn fence(&self) -> u64 {
        self.holder.fence
    }
}

impl Lease for FileLease {
    fn check(&self) -> Result<(), NoLease> {
        match read(&self.path) {
            Ok(Some(holder)) if holder == self.holder => Ok(()),
            Ok(holder) => Err(NoLease::Held(holder)),
            Err(error) => Err(NoLease::Unknown(format!("cannot read `{}`: {error}", self.path.display()))),
        }
    }
}

/// Who holds it; nothing where nobody does, or what is there cannot be read as a holder.
fn read(path: &Path) -> io::Result<Option<Holder>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(serde_json::from_str(&text).ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
