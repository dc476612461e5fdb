//! Claims of the embedded library.

use super::{FILES, files, sources};
use solc_check::{Files, ProjectFile};
use solc_source::{FileId, Name, SourceFile};
use std::sync::Arc;

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

#[test]
fn the_library_is_sound_alone() {
    let sources = sources();
    let whole = Files { library: files(&sources), whole_library: true, ..Files::default() };
    let (_, found) = solc_check::check(&whole);
    assert!(found.is_empty(), "{found:#?}");
}

/// The same files, as though a user had written them beside the library: under another name, in a product's repository.
#[test]
fn the_library_has_nothing_that_users_lack() {
    let mut sources = sources();
    let library = files(&sources);
    let mut project = Vec::new();
    for file in &library {
        let text = Arc::clone(&file.text);
        let name = format!("shop-config/{}.sol", file.module.join("/").replacen("std", "ours", 1));
        let id = sources.add(SourceFile::new(&name, &text));
        let (tree, _) = solc_syntax::parse(id, &text);
        let module =
            file.module.iter().map(|m| if m == "std" { Name::new_static("ours") } else { m.clone() });
        project.push(ProjectFile { ast: Arc::new(tree), module: module.collect(), package: Arc::default() });
    }
    assert!(project.len() > 20);
    let (_, found) = solc_check::check(&Files { project, library, ..Files::default() });
    let errors: Vec<_> = found.iter().filter(|d| d.is_error()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}
