//! Facts of the side lexer.
