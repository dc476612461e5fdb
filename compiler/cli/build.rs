//! Embeds the book's diagnostics pages, which `solc explain` prints.
#![expect(clippy::disallowed_methods, reason = "a build script reads the files that it embeds")]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../book/src/diagnostics").canonicalize()?;
    println!("cargo::rerun-if-changed={}", root.display());
    let mut pages: Vec<PathBuf> =
        fs::read_dir(&root)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
    pages.sort();
    let mut list = String::from("&[\n");
    for page in pages.iter().filter(|page| page.extension().is_some_and(|extension| extension == "md")) {
        let code = page.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if code != "index" {
            writeln!(list, "    ({code:?}, include_str!({:?})),", page.display().to_string())
                .map_err(io::Error::other)?;
        }
    }
    list.push(']');
    let out = env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| io::Error::other("no OUT_DIR"))?;
    fs::write(out.join("pages.rs"), list)
}
