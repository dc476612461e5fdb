//! The codes of mistakes that only the command line can see.

use solc_source::Code;

/// A file or folder cannot be written.
pub const CANNOT_WRITE: Code = Code("cannot-write");
/// A file is not as the formatter would write it.
pub const NOT_FORMATTED: Code = Code("not-formatted");

/// All of them.
pub const ALL: &[Code] = &[CANNOT_WRITE, NOT_FORMATTED];
