//! The deployments of one workspace on one backend: a folder for each, with its journal and its release.
//!
//! Invariant: the release lies beside the journal, whole, before the journal exists. What is resumed is therefore what
//! was begun, whatever has become of the sources since.

use super::{Entry, FileMedium, Journal, JournalError};
use crate::id::DeployId;
use crate::probe::Probe;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The file in a deployment's folder.
const JOURNAL: &str = "journal";
/// The folder in it that holds what is deployed.
const RELEASE: &str = "release";

/// Where deployments are kept.
#[derive(Clone, Debug)]
pub struct Deploys {
    folder: PathBuf,
}

/// A deployment that was begun.
#[derive(Debug)]
pub struct Found {
    /// Its id.
    pub id: DeployId,
    /// Its environment; nothing where that cannot be read.
    pub environment: Option<String>,
    /// Whether it is over; nothing where that cannot be read.
    pub over: Option<bool>,
}

impl Deploys {
    /// Those in `folder`.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf() }
    }

    /// The folder of one.
    #[must_use]
    pub fn folder(&self, id: &DeployId) -> PathBuf {
        self.folder.join(id.as_str())
    }

    /// Begins one: keeps the release, and makes the journal.
    ///
    /// # Errors
    /// Where the files cannot be written.
    pub fn create<'a>(
        &self,
        id: &DeployId,
        release: &BTreeMap<String, String>,
        probe: &'a dyn Probe,
    ) -> Result<Journal<'a>, JournalError> {
        let folder = self.folder(id).join(RELEASE);
        for (name, content) in release {
            let path = folder.join(name);
            solc_cmdb::put(&path, content).map_err(|error| JournalError::Disk(error.path, error.error))?;
        }
        let (journal, _) = self.open(id, probe)?;
        Ok(journal)
    }

    /// Goes on with one.
    ///
    /// # Errors
    /// Where its journal cannot be read, is damaged, or another process works with it.
    pub fn open<'a>(
        &self,
        id: &DeployId,
        probe: &'a dyn Probe,
    ) -> Result<(Journal<'a>, Vec<Entry>), JournalError> {
        let path = self.folder(id).join(JOURNAL);
        let medium = FileMedium::open(&path)?;
        Journal::on(Box::new(medium), path, probe)
    }

    /// What is deployed by one, as a build wrote it.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn release(&self, id: &DeployId) -> Result<BTreeMap<String, String>, JournalError> {
        let folder = self.folder(id).join(RELEASE);
        let disk = |error| JournalError::Disk(folder.clone(), error);
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(&folder).map_err(disk)? {
            let entry = entry.map_err(disk)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.starts_with('.') {
                files.insert(name, fs::read_to_string(entry.path()).map_err(disk)?);
            }
        }
        Ok(files)
    }

    /// All of them, the latest first.
    ///
    /// # Errors
    /// Where the folder cannot be read. A journal that cannot is found without its environment.
    pub fn all(&self) -> Result<Vec<Found>, JournalError> {
        let disk = |error| JournalError::Disk(self.folder.clone(), error);
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(disk(error)),
        };
        let mut ids: Vec<DeployId> = Vec::new();
        for entry in entries {
            let name = entry.map_err(disk)?.file_name();
            ids.extend(name.to_str().and_then(DeployId::parse));
        }
        ids.sort_by(|a, b| b.cmp(a));
        Ok(ids.into_iter().filter_map(|id| self.look(id)).collect())
    }

    /// The latest of an environment that is not over.
    ///
    /// # Errors
    /// As for [`Self::all`].
    pub fn latest_unfinished(&self, environment: &str) -> Result<Option<DeployId>, JournalError> {
        let mine = |found: &Found| found.environment.as_deref() == Some(environment);
        Ok(self
            .all()?
            .into_iter()
            .find(|found| mine(found) && found.over == Some(false))
            .map(|found| found.id))
    }

    /// What a journal says at both ends, read without its lock; nothing where none was begun.
    fn look(&self, id: DeployId) -> Option<Found> {
        let bytes = match fs::read(self.folder(&id).join(JOURNAL)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(_) => return Some(Found { id, environment: None, over: None }),
        };
        let Ok((payloads, _)) = super::frame::read(&bytes) else {
            return Some(Found { id, environment: None, over: None });
        };
        let entry = |payload: &&[u8]| serde_json::from_slice::<Entry>(payload).ok();
        let environment = match payloads.first().map(entry)? {
            Some(Entry::Begin(begin)) => Some(begin.environment),
            Some(_) | None => None,
        };
        let over = payloads.last().and_then(entry).map(|entry| entry.is_end());
        Some(Found { id, environment, over })
    }
}
