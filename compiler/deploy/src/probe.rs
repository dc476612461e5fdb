//! The points at which a run may end without a word: what tests number, and die at, one after the other.
//!
//! Invariant: every append and sync of the journal, every call to the service and every file of evidence has a point
//! before it and one after it. A run that dies at a point touches nothing afterwards.

/// A point of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point<'a> {
    /// A record is about to be appended to the journal.
    BeforeAppend,
    /// It was, and may be lost with the power.
    AfterAppend,
    /// The journal is about to be made durable.
    BeforeSync,
    /// It is durable.
    AfterSync,
    /// A call is about to be sent.
    Send(&'a str),
    /// Its answer has come.
    Receive(&'a str),
    /// A file of state or audit is about to be written.
    BeforeFile,
    /// It was.
    AfterFile,
}

/// The run ends here, as though the process were killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Died;

/// What is told of each point.
pub trait Probe: Send + Sync {
    /// The run is at `point`.
    ///
    /// # Errors
    /// Where the run ends there.
    fn reach(&self, point: Point<'_>) -> Result<(), Died>;
}

/// Lets every run go on.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoProbe;

impl Probe for NoProbe {
    fn reach(&self, _: Point<'_>) -> Result<(), Died> {
        Ok(())
    }
}
