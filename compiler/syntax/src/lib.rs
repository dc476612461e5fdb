//! Text to AST and back: lexer, pest grammar, AST, formatter. Names and types are somebody else's.

pub mod ast;
pub mod codes;
mod grammar;
pub mod lexer;
mod parse;

pub use parse::{SIZE_CAP, TREE_DEPTH_CAP, parse};
