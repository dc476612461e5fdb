//! The codes of mistakes that only the command line can see.

use solc_source::Code;

/// A file or folder cannot be written.
pub const CANNOT_WRITE: Code = Code("cannot-write");
/// A library cannot be fetched.
pub const CANNOT_FETCH: Code = Code("cannot-fetch");
/// A file is not as the formatter would write it.
pub const NOT_FORMATTED: Code = Code("not-formatted");
/// A page of the reference is not what the doc comments say now.
pub const STALE_REFERENCE: Code = Code("stale-reference");

/// All of them.
pub const ALL: &[Code] = &[CANNOT_FETCH, CANNOT_WRITE, NOT_FORMATTED, STALE_REFERENCE];
