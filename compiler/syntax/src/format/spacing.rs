//! Whether a space stands between two tokens of one line.

use super::marks::Marks;
use crate::lexer::{Token, TokenKind};

/// Whether a space stands between `left` and `right`.
pub(super) fn between(text: &str, marks: &Marks, left: Token, right: Token) -> bool {
    let (l, r) = (left.text(text), right.text(text));
    let (at_left, at_right) = (left.lo as usize, right.lo as usize);
    if marks.attached.contains(&at_right) {
        return false;
    }
    if marks.angles.contains(&at_left) && l == "<" || marks.angles.contains(&at_right) {
        return false;
    }
    if marks.prefixes.contains(&at_left) {
        return left.kind == TokenKind::Word;
    }
    if matches!(l, "." | "?." | ".." | "..." | "(" | "[")
        || matches!(r, "." | "?." | ".." | "," | ":" | ")" | "]" | "?")
    {
        // A spread begins an entry, and `..` never stands after a word that wants a space.
        return false;
    }
    true
}
