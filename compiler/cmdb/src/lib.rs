//! The machine-written side of the CMDB: state of stacks, and the records of operations, in the infrastructure
//! repositories.
//!
//! Invariant: a record is a new file, written whole or not at all, in canonical JSON; nothing here knows of AWS.
