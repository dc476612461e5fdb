//! Text to AST and back: lexer, pest grammar, AST, formatter. Names and types are somebody else's.

pub mod ast;
