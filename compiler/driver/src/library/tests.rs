//! Claims of the embedded library.

use super::{FILES, files, sources};
use solc_source::FileId;

#[test]
fn every_embedded_tree_is_what_parsing_its_text_gives() {
    let sources = sources();
    for file in files(&sources) {
        let (parsed, found) = solc_syntax::parse(file.file, &file.text);
        assert!(found.is_empty(), "{:?}: {found:?}", file.module);
        assert_eq!(file.encoded.and_then(solc_syntax::decode), Some(parsed), "{:?}", file.module);
    }
}

#[test]
fn library_files_come_first_among_the_sources() {
    let sources = sources();
    assert_eq!(sources.iter().count(), FILES.len());
    assert!(sources.get(FileId(0)).is_some_and(|f| f.name().starts_with("std:")));
}
