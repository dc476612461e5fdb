//! Names, types and shapes: AST to HIR. Environments' values are somebody else's.
//!
//! Invariant: types are checked once, for all environments; what depends on one is found by `ir`.

mod assign;
mod body;
mod circles;
mod claim;
pub mod codes;
mod component;
mod config;
mod context;
mod declare;
pub mod hir;
mod load;
mod naming;
mod nodes;
mod show;
mod signature;
mod types;
mod unused;

pub use body::literals::{QuantityError, quantity};
pub use hir::ty;
pub use load::{Files, LibraryFile, Package, ProjectFile};

use solc_source::Diagnostic;

/// Checks every declaration of the project, and of the library as far as it is used.
///
/// Diagnostics are in no particular order; `solc_source::diagnostic::merge` sorts them.
#[must_use]
pub fn check(files: &Files) -> (hir::Project, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let (units, catalogue) = load::load(files, &mut diagnostics);
    let mut context = declare::declare(&units, catalogue, &files.elsewhere, files.alone, &mut diagnostics);
    naming::check(&units, &mut diagnostics);
    types::resolve(&mut context, &mut diagnostics);
    signature::resolve(&mut context, &mut diagnostics);
    let project = component::check_all(context, &mut diagnostics);
    (project, diagnostics)
}

#[cfg(test)]
mod tests;
