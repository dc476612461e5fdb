//! The standard library, embedded: text until somebody needs it.
//!
//! Invariant: it is checked by the same rules as a user's files, and has no other way in.

use solc_check::LibraryFile;
use solc_source::{Name, SourceFile, Sources};
use std::sync::Arc;

/// Every file: its module below `std` (`data.bucket`), and its text.
pub const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// Registers the library among the sources; messages name its files `std:data/bucket.sol`.
#[must_use]
pub fn files(sources: &mut Sources) -> Vec<LibraryFile> {
    FILES
        .iter()
        .map(|(module, text)| {
            let source = SourceFile::new(&format!("std:{}.sol", module.replace('.', "/")), text);
            let text = Arc::clone(source.text());
            let file = sources.add(source);
            let module =
                std::iter::once(Name::new_static("std")).chain(module.split('.').map(Name::from)).collect();
            LibraryFile { file, module, text }
        })
        .collect()
}
