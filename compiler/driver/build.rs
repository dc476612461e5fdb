//! Embeds the standard library: every `.sol` below `stdlib/`, with its module.

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

#[expect(clippy::disallowed_methods, reason = "a build script writes what it generates")]
fn main() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib");
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let mut code = String::from("&[\n");
    for file in &files {
        let Ok(below) = file.strip_prefix(&root) else { continue };
        let module = below.with_extension("").to_string_lossy().replace(['/', '\\'], ".");
        let path = file.canonicalize()?;
        let _ = writeln!(code, "    (\"{module}\", include_str!(\"{}\")),", path.display());
    }
    code.push_str("]\n");
    std::fs::write(PathBuf::from(env_out()?).join("library.rs"), code)
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script its output folder in the environment"
)]
fn env_out() -> std::io::Result<String> {
    std::env::var("OUT_DIR").map_err(std::io::Error::other)
}
