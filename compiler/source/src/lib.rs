//! Files, spans and the one `Diagnostic`: what every stage shares, and nothing semantic.
//!
//! Invariant: this crate knows text and positions. It does not know what a component is.

pub mod data;
pub mod diagnostic;
pub mod files;
pub mod render;
pub mod suggest;

pub use diagnostic::{Code, Diagnostic, Edit, Fix, Label, Severity};
pub use files::{FileId, LineColumn, SourceFile, Sources, Span};
pub use smol_str::SmolStr as Name;
