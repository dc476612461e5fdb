//! The standard library, embedded: its text, and its syntax trees in a form that needs no parsing.
//!
//! Invariant: it is checked by the same rules as a user's files, and has no other way in. Its files come first among
//! the sources of every compilation, so that the trees' spans are right as they were written when this was built.

use solc_check::LibraryFile;
use solc_source::{FileId, Name, SourceFile, Sources};
use std::sync::Arc;

/// Every file: its module below `std` (`data.bucket`), its text, and its tree.
pub const FILES: &[(&str, &str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// The sources of a compilation that has read nothing yet; messages name these files `std:data/bucket.sol`.
#[must_use]
pub fn sources() -> Sources {
    let mut sources = Sources::new();
    for (module, text, _) in FILES {
        sources.add(SourceFile::new(&format!("std:{}.sol", module.replace('.', "/")), text));
    }
    sources
}

/// The library for the checker, over sources that begin with [`sources`].
#[must_use]
pub fn files(sources: &Sources) -> Vec<LibraryFile> {
    let file = |(index, (module, text, encoded)): (usize, &(&str, &str, &'static [u8]))| {
        let file = FileId(u32::try_from(index).unwrap_or(u32::MAX));
        let module =
            std::iter::once(Name::new_static("std")).chain(module.split('.').map(Name::from)).collect();
        let text = sources.get(file).map_or_else(|| Arc::from(*text), |source| Arc::clone(source.text()));
        LibraryFile { file, module, text, encoded: Some(encoded) }
    };
    FILES.iter().enumerate().map(file).collect()
}

#[cfg(test)]
mod tests;
