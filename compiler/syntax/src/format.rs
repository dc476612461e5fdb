//! `solc fmt`: the one layout of a file.
//!
//! Invariants: formatting twice changes nothing more; the tree before and after is the same but for spans; every
//! comment stays where it stood. A file with mistakes is not touched.
//!
//! The layout keeps decisions that are the writer's, and takes all others:
//! - two spaces of indentation, no blank line at the ends of a body, never two in a row;
//! - a body or record that stood on one line stays there while it fits 100 columns, any other has an entry a line and
//!   no commas; a list or call is broken where it was (a newline after its bracket) or where it does not fit;
//! - a line break before `and`, `or`, `??`, `then`, `else`, `|`, `.` or a clause (`on`, `when`, `because` …) stays;
//!   an entry that does not fit gets them;
//! - the `=` of neighbouring fields of a body stand in one column, and so do the components of neighbouring instances.
//!
//! ```sol
//! db: Postgres {
//!   version = "16"
//!   storage = 50GiB
//! }
//! ```

mod layout;
mod marks;
mod spacing;
mod tree;

use crate::grammar::{Grammar, Rule};
use crate::{lexer, parse};
use pest::Parser;
use solc_source::{Diagnostic, FileId};

/// How wide a line may become.
pub(crate) const WIDTH: usize = 100;

/// Lays `text` out.
///
/// # Errors
/// What [`parse`] has to say, where that is not nothing: only a file without mistakes is formatted.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let (_, diagnostics) = parse(FileId(0), text);
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let Ok(pairs) = Grammar::parse(Rule::file, text) else { return Err(Vec::new()) };
    let marks = marks::marks(pairs);
    let lexed = lexer::lex(text);
    let file = tree::tree(text, &lexed.tokens, &marks);
    Ok(layout::file(&file))
}

#[cfg(test)]
pub(crate) mod tests;
