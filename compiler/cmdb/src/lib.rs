//! The machine-written side of the CMDB: state of stacks, and the records of operations, in the infrastructure
//! repositories.
//!
//! Invariant: a record is a new file, written whole or not at all, in canonical JSON; nothing here knows of AWS.

pub mod canonical;
mod files;
mod records;
mod state;

pub use files::{WriteError, put};
pub use records::{Intent, Outcome, Records, Result, StackIntent, StackResult};
pub use state::{ReadError, StackState, States};

/// SHA-256 in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    use std::fmt::Write as _;
    sha2::Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
