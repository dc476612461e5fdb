//! Calls that were meant for Solidity's compiler, which has the same name: one friendly line, exit code 64.

use crate::output::Exit;
use solc_source::FileId;
use solc_syntax::codes::SOLIDITY_SOURCE;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

/// What editors, build tools and people pass to the other `solc`.
const OPTIONS: &[&str] = &[
    "--standard-json",
    "--combined-json",
    "--abi",
    "--bin",
    "--bin-runtime",
    "--asm",
    "--ast-compact-json",
    "--optimize",
    "--lsp",
];

/// As much of a file as is looked at.
const LOOK_AT: u64 = 64 * 1024;

/// The answer, if the call was meant for the other compiler.
pub(crate) fn answer(words: &[OsString]) -> Option<Exit> {
    let named = words.iter().skip(1).find_map(|word| {
        let word = word.to_string_lossy();
        let option = word.split('=').next().unwrap_or_default();
        (OPTIONS.contains(&option) || is_solidity(&word)).then(|| word.into_owned())
    })?;
    // Nobody is left to tell when standard error is gone.
    let _ = writeln!(
        io::stderr().lock(),
        "`{named}` is for Solidity's compiler; this `solc` compiles the Solution language: use `solc check`, or put \
         the other one first on your PATH (this one is also called `solution`)"
    );
    Some(Exit::Solidity)
}

/// Whether a word names a file of Solidity's, given without a command.
fn is_solidity(word: &str) -> bool {
    if Path::new(word).extension().is_none_or(|extension| extension != "sol") {
        return false;
    }
    let mut text = Vec::new();
    let read = File::open(word).and_then(|file| file.take(LOOK_AT).read_to_end(&mut text));
    let (_, mistakes) = solc_syntax::parse(FileId::default(), &String::from_utf8_lossy(&text));
    read.is_ok() && mistakes.iter().any(|mistake| mistake.code == SOLIDITY_SOURCE)
}
