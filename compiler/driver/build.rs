//! Embeds the standard library: every `.sol` below `stdlib/`, with its module and its syntax tree.

use solc_source::FileId;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

#[expect(clippy::disallowed_methods, reason = "a build script reads the files it embeds, in sorted order")]
fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|e| e == "sol") {
            found.push(path);
        }
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a build script reads what it embeds, and writes what it generates"
)]
fn main() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib");
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let mut code = String::from("&[\n");
    let out = PathBuf::from(env_out()?);
    for (index, file) in files.iter().enumerate() {
        let Ok(below) = file.strip_prefix(&root) else { continue };
        let module = below.with_extension("").to_string_lossy().replace(['/', '\\'], ".");
        let path = file.canonicalize()?;
        // A mistake in the library is reported by the compiler that this builds, and by its tests.
        let (tree, _) = solc_syntax::parse(
            FileId(u32::try_from(index).unwrap_or(u32::MAX)),
            &std::fs::read_to_string(file)?,
        );
        let encoded = out.join(format!("{module}.tree"));
        std::fs::write(&encoded, solc_syntax::encode(&tree))?;
        let _ = writeln!(
            code,
            "    (\"{module}\", include_str!({:?}), include_bytes!({:?})),",
            path.display().to_string(),
            encoded.display().to_string()
        );
    }
    code.push_str("]\n");
    std::fs::write(out.join("library.rs"), code)
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script its output folder in the environment"
)]
fn env_out() -> std::io::Result<String> {
    std::env::var("OUT_DIR").map_err(std::io::Error::other)
}
