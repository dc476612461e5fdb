//! Text to AST and back: lexer, pest grammar, AST, formatter. Names and types are somebody else's.
//!
//! Front doors: [`parse`], [`format`], [`declared_names`], and the side lexer in [`lexer`].

pub mod ast;
pub mod codes;
mod encoded;
mod format;
mod grammar;
pub mod lexer;
mod parse;
mod scan;

pub use encoded::{decode, encode};
pub use format::format;
pub use parse::{SIZE_CAP, TREE_DEPTH_CAP, parse};
pub use scan::declared_names;
