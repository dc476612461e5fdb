//! The kinds of mistake that can be seen without knowing names or types.
//!
//! Invariant: every diagnostic of this crate carries one of these codes.

use solc_source::Code;

/// Something else belongs here.
pub const SYNTAX_ERROR: Code = Code("syntax-error");
/// A bracket or brace that is never closed.
pub const UNCLOSED_DELIMITER: Code = Code("unclosed-delimiter");
/// A string or regular expression without its closing mark.
pub const UNCLOSED_STRING: Code = Code("unclosed-string");
/// A backslash before a character that it does nothing to.
pub const UNKNOWN_ESCAPE: Code = Code("unknown-escape");
/// An operator of another language.
pub const WRONG_OPERATOR: Code = Code("wrong-operator");
/// Another language's way of writing: `;`, `#`, `'…'`, `null`, `:` for `=`.
pub const WRONG_NOTATION: Code = Code("wrong-notation");
/// `a < b < c`.
pub const CHAINED_COMPARISON: Code = Code("chained-comparison");
/// A comma too many, or one too few.
pub const MISPLACED_COMMA: Code = Code("misplaced-comma");
/// A declaration or statement that begins with a word nobody knows.
pub const UNKNOWN_DECLARATION: Code = Code("unknown-declaration");
/// Brackets within brackets beyond what anyone reads.
pub const NESTING_TOO_DEEP: Code = Code("nesting-too-deep");
/// A file beyond the size that is read.
pub const FILE_TOO_LARGE: Code = Code("file-too-large");
/// A number that does not fit 64 bits.
pub const NUMBER_TOO_LARGE: Code = Code("number-too-large");
/// A smart contract: the other language whose files end in `.sol`.
pub const SOLIDITY_SOURCE: Code = Code("solidity-source");

/// All of them.
pub const ALL: &[Code] = &[
    SYNTAX_ERROR,
    UNCLOSED_DELIMITER,
    UNCLOSED_STRING,
    UNKNOWN_ESCAPE,
    WRONG_OPERATOR,
    WRONG_NOTATION,
    CHAINED_COMPARISON,
    MISPLACED_COMMA,
    UNKNOWN_DECLARATION,
    NESTING_TOO_DEEP,
    FILE_TOO_LARGE,
    NUMBER_TOO_LARGE,
    SOLIDITY_SOURCE,
];
