//! The embedded database: records under a scope, a kind and a key, and events in the order in which they happened.
//!
//! Invariant: every call is one transaction, which takes the write lock at once; a process that is killed leaves the
//! world as it was before the call, or as it was after it.

use crate::backend::StackEvent;
use crate::clock::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use std::time::Duration;

/// The form of the tables.
const VERSION: i64 = 1;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS record (
  scope TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, due INTEGER, doc TEXT NOT NULL,
  PRIMARY KEY (scope, kind, key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS record_due ON record (scope, due) WHERE due IS NOT NULL;
CREATE TABLE IF NOT EXISTS version (
  scope TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, seq INTEGER NOT NULL, doc TEXT,
  PRIMARY KEY (scope, kind, key, at, seq)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, scope TEXT NOT NULL, stack TEXT NOT NULL, id TEXT NOT NULL,
  at INTEGER NOT NULL, doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS event_stack ON event (scope, stack, seq);
CREATE INDEX IF NOT EXISTS event_id ON event (scope, id);
";

/// What the database answers where it cannot do what it should.
pub(super) type Stored<T> = Result<T, StoreError>;

/// The database failed, or holds what this version cannot read.
#[derive(Debug)]
pub struct StoreError(pub String);

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self(format!("a record cannot be read: {error}"))
    }
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for StoreError {}

/// Opens the database at a path, or in memory, and makes its tables.
pub(super) fn open(path: Option<&Path>) -> Stored<Connection> {
    let mut connection = match path {
        Some(path) => Connection::open(path)?,
        None => Connection::open_in_memory()?,
    };
    connection.busy_timeout(Duration::from_secs(30))?;
    // The journal mode is answered with a row, and memory knows no other than its own.
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > VERSION {
        return Err(StoreError(format!(
            "the database has the form {found}; this `solc` reads {VERSION}: use a newer one, or another file"
        )));
    }
    transaction.execute_batch(SCHEMA)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(connection)
}

/// The records of one account in one region, within a transaction.
pub(super) struct Store<'c> {
    transaction: Transaction<'c>,
    scope: String,
    /// Whether what records were is kept, for reads that lag.
    keeps_versions: bool,
}

impl<'c> Store<'c> {
    pub(super) fn begin(connection: &'c mut Connection, scope: &str, keeps_versions: bool) -> Stored<Self> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        Ok(Self { transaction, scope: scope.to_owned(), keeps_versions })
    }

    pub(super) fn commit(self) -> Stored<()> {
        Ok(self.transaction.commit()?)
    }

    pub(super) fn get<T: DeserializeOwned>(&self, kind: &str, key: &str) -> Stored<Option<T>> {
        let mut statement = self
            .transaction
            .prepare_cached("SELECT doc FROM record WHERE scope = ?1 AND kind = ?2 AND key = ?3")?;
        let doc: Option<String> =
            statement.query_row(params![self.scope, kind, key], |row| row.get(0)).optional()?;
        Ok(match doc {
            Some(doc) => Some(serde_json::from_str(&doc)?),
            None => None,
        })
    }

    /// Whether there is a record.
    pub(super) fn has(&self, kind: &str, key: &str) -> Stored<bool> {
        let mut statement = self
            .transaction
            .prepare_cached("SELECT 1 FROM record WHERE scope = ?1 AND kind = ?2 AND key = ?3")?;
        Ok(statement.exists(params![self.scope, kind, key])?)
    }

    pub(super) fn put(
        &self,
        kind: &str,
        key: &str,
        due: Option<Timestamp>,
        record: &impl Serialize,
    ) -> Stored<()> {
        let doc = serde_json::to_string(record)?;
        let mut statement = self.transaction.prepare_cached(
            "INSERT OR REPLACE INTO record (scope, kind, key, due, doc) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        statement.execute(params![self.scope, kind, key, due.map(millis), doc])?;
        Ok(())
    }

    pub(super) fn delete(&self, kind: &str, key: &str) -> Stored<()> {
        self.transaction.execute(
            "DELETE FROM record WHERE scope = ?1 AND kind = ?2 AND key = ?3",
            params![self.scope, kind, key],
        )?;
        Ok(())
    }

    /// Everything of a kind, in the order of the keys.
    pub(super) fn all<T: DeserializeOwned>(&self, kind: &str) -> Stored<Vec<(String, T)>> {
        self.prefixed(kind, "")
    }

    /// Everything of a kind whose key starts so, in the order of the keys.
    pub(super) fn prefixed<T: DeserializeOwned>(&self, kind: &str, prefix: &str) -> Stored<Vec<(String, T)>> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT key, doc FROM record WHERE scope = ?1 AND kind = ?2 AND key >= ?3 ORDER BY key",
        )?;
        let rows = statement.query_map(params![self.scope, kind, prefix], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?;
        let mut found = Vec::new();
        for row in rows {
            let (key, doc) = row?;
            if !key.starts_with(prefix) {
                break;
            }
            found.push((key, serde_json::from_str(&doc)?));
        }
        Ok(found)
    }

    /// What of these kinds is due, soonest first.
    pub(super) fn due(&self, until: Timestamp) -> Stored<Vec<(Timestamp, String, String)>> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT due, kind, key FROM record WHERE scope = ?1 AND due <= ?2 ORDER BY due, kind, key",
        )?;
        let rows = statement.query_map(params![self.scope, millis(until)], |row| {
            Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?))
        })?;
        let mut found = Vec::new();
        for row in rows {
            let (due, kind, key) = row?;
            found.push((Timestamp(u64::try_from(due).unwrap_or(0)), kind, key));
        }
        Ok(found)
    }

    /// Keeps what a record is from a time on, where reads lag.
    pub(super) fn remember(
        &self,
        kind: &str,
        key: &str,
        at: Timestamp,
        record: Option<&impl Serialize>,
    ) -> Stored<()> {
        if !self.keeps_versions {
            return Ok(());
        }
        let doc = match record {
            Some(record) => Some(serde_json::to_string(record)?),
            None => None,
        };
        self.transaction.execute(
            "INSERT INTO version (scope, kind, key, at, seq, doc) VALUES (?1, ?2, ?3, ?4, \
             (SELECT COALESCE(MAX(seq), 0) + 1 FROM version), ?5)",
            params![self.scope, kind, key, millis(at), doc],
        )?;
        Ok(())
    }

    /// What a record was at a time; nothing where it was not there.
    pub(super) fn version<T: DeserializeOwned>(
        &self,
        kind: &str,
        key: &str,
        at: Timestamp,
    ) -> Stored<Option<T>> {
        let doc: Option<Option<String>> = self
            .transaction
            .query_row(
                "SELECT doc FROM version WHERE scope = ?1 AND kind = ?2 AND key = ?3 AND at <= ?4 \
                 ORDER BY at DESC, seq DESC LIMIT 1",
                params![self.scope, kind, key, millis(at)],
                |row| row.get(0),
            )
            .optional()?;
        Ok(match doc.flatten() {
            Some(doc) => Some(serde_json::from_str(&doc)?),
            None => None,
        })
    }

    pub(super) fn add_event(&self, event: &StackEvent) -> Stored<()> {
        let doc = serde_json::to_string(event)?;
        let mut statement = self
            .transaction
            .prepare_cached("INSERT INTO event (scope, stack, id, at, doc) VALUES (?1, ?2, ?3, ?4, ?5)")?;
        statement.execute(params![self.scope, event.stack, event.id, millis(event.time), doc])?;
        Ok(())
    }

    /// The events of a stack after another one, until a time, oldest first.
    pub(super) fn events(
        &self,
        stack: &str,
        since: Option<&str>,
        until: Timestamp,
    ) -> Stored<Vec<StackEvent>> {
        let after: i64 = match since {
            Some(id) => self
                .transaction
                .query_row(
                    "SELECT seq FROM event WHERE scope = ?1 AND id = ?2",
                    params![self.scope, id],
                    |row| row.get(0),
                )
                .optional()?
                .unwrap_or(0),
            None => 0,
        };
        let mut statement = self.transaction.prepare_cached(
            "SELECT doc FROM event WHERE scope = ?1 AND stack = ?2 AND seq > ?3 AND at <= ?4 ORDER BY seq",
        )?;
        let rows = statement
            .query_map(params![self.scope, stack, after, millis(until)], |row| row.get::<_, String>(0))?;
        let mut found = Vec::new();
        for row in rows {
            found.push(serde_json::from_str(&row?)?);
        }
        Ok(found)
    }
}

fn millis(time: Timestamp) -> i64 {
    i64::try_from(time.0).unwrap_or(i64::MAX)
}
