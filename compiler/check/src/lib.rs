//! Names, types and shapes: AST to HIR. Environments' values are somebody else's.
//!
//! Invariant: types are checked once, for all environments; what depends on one is found by `ir`.

pub mod hir;

pub use hir::ty;
