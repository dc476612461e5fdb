//! Who sees each call that changes something, and what the journal said just before it.
//!
//! Invariant: nothing here helps the engine; a call that the journal does not announce ends the test.

use solc_deploy::backend::{Action, ChangeSet, Replacement};
use solc_deploy::engine::step::holds_data;
use solc_deploy::journal::{Entry, FileMedium, JournalError, Medium};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

/// Calls whose token the service gets.
const WITH_TOKEN: &[&str] = &[
    "CreateChangeSet",
    "ExecuteChangeSet",
    "DeleteStack",
    "ContinueUpdateRollback",
    "RollbackStack",
    "CancelUpdateStack",
];

/// Bytes of a record before its content.
const PREFIX: usize = 8;

#[derive(Default)]
pub(crate) struct Seen {
    /// The journal's last record, and whether it is durable.
    last: Option<Entry>,
    durable: bool,
    /// What was acknowledged of each change set that passed its gates.
    gated: BTreeMap<String, Vec<String>>,
    /// The file that says who holds the environment, and who must.
    lease: Option<(PathBuf, String)>,
    /// How many calls were seen.
    pub(crate) calls: usize,
    /// How many more appends and syncs the disk takes.
    pub(crate) appends_left: Option<usize>,
    pub(crate) syncs_left: Option<usize>,
}

#[derive(Default)]
pub(crate) struct Witness(Mutex<Seen>);

impl Witness {
    pub(crate) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Another process begins: it holds the environment, if `lease` says so.
    pub(crate) fn another(&self, lease: Option<(PathBuf, String)>) {
        let mut seen = self.seen();
        seen.last = None;
        seen.lease = lease;
    }

    /// I3 and I10: the intent of this call is the last record, it is durable, and the environment is ours.
    pub(crate) fn of_call(&self, operation: &str, token: &str) {
        let mut seen = self.seen();
        seen.calls += 1;
        let Some(Entry::Intent { operation: intended, token: written, .. }) = &seen.last else {
            panic!("I3: {operation} is called after {:?}", seen.last);
        };
        assert_eq!(intended.name(), operation, "I3: another call was announced");
        assert!(!WITH_TOKEN.contains(&operation) || written == token, "I3: {operation} has another token");
        assert!(seen.durable, "I3: the intent of {operation} may be lost");
        if let Some((path, deploy)) = &seen.lease {
            let held = std::fs::read_to_string(path).expect("I10: somebody holds the environment");
            assert!(held.contains(deploy), "I10: {operation} of {deploy}, and {held}");
        }
    }

    /// I1 and I6: this change set passed its gates, and whatever of it loses data was named.
    pub(crate) fn of_execution(&self, set: &ChangeSet) {
        let seen = self.seen();
        let acknowledged = seen.gated.get(&set.id).unwrap_or_else(|| panic!("I1: {} was not gated", set.id));
        let loses = |action, replacement| action == Action::Remove || replacement == Some(Replacement::True);
        for change in set.changes.iter().filter(|change| holds_data(&change.resource_type)) {
            let name = change.logical_id.to_lowercase();
            assert!(
                !loses(change.action, change.replacement)
                    || acknowledged.iter().any(|given| given.to_lowercase().ends_with(&name)),
                "I6: `{name}` goes, and only {acknowledged:?} was said"
            );
        }
    }

    fn append(&self, bytes: &[u8]) {
        let mut seen = self.seen();
        let entry: Option<Entry> =
            bytes.get(PREFIX..).and_then(|content| serde_json::from_slice(content).ok());
        if let Some(Entry::ChangeSetReady { change_set, acknowledged, .. }) = &entry {
            seen.gated.insert(change_set.clone(), acknowledged.clone());
        }
        seen.last = entry;
        seen.durable = false;
    }

    fn takes(left: &mut Option<usize>) -> io::Result<()> {
        let Some(more) = left else { return Ok(()) };
        *more = more.checked_sub(1).ok_or(io::ErrorKind::StorageFull)?;
        Ok(())
    }
}

/// A journal's file, on a disk that may be full.
pub(crate) struct Disk {
    file: FileMedium,
    witness: Arc<Witness>,
}

impl Disk {
    pub(crate) fn open(path: &Path, witness: Arc<Witness>) -> Result<Self, JournalError> {
        Ok(Self { file: FileMedium::open(path)?, witness })
    }
}

impl Medium for Disk {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        self.file.read()
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let room = Witness::takes(&mut self.witness.seen().appends_left);
        if room.is_err() {
            // A full disk takes what fits.
            self.file.append(bytes.get(..bytes.len() / 2).unwrap_or_default())?;
            return room;
        }
        self.file.append(bytes)?;
        self.witness.append(bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Witness::takes(&mut self.witness.seen().syncs_left)?;
        self.file.sync()?;
        self.witness.seen().durable = true;
        Ok(())
    }

    fn cut(&mut self, length: usize) -> io::Result<()> {
        self.file.cut(length)
    }
}

/// Bytes in memory.
pub(crate) struct Bytes(pub(crate) Vec<u8>);

impl Medium for Bytes {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        Ok(self.0.clone())
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn cut(&mut self, length: usize) -> io::Result<()> {
        self.0.truncate(length);
        Ok(())
    }
}
