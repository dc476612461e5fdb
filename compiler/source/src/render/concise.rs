//! One line for each diagnostic, for logs and for tools that read `file:line:column: message`.

use super::{View, environments, place, printable};
use crate::diagnostic::Diagnostic;
use std::io::{self, Write};

/// `shop.sol:36:13: error[unknown-link-verb]: … (preproduction, production)`
///
/// # Errors
/// Only where `out` fails.
pub fn concise(out: &mut dyn Write, view: &View<'_>, diagnostics: &[Diagnostic]) -> io::Result<()> {
    for diagnostic in diagnostics {
        let locus = place::locus(view, diagnostic.span());
        let separator = if locus.is_empty() { "" } else { ": " };
        let message = diagnostic.message.lines().collect::<Vec<_>>().join(" ");
        let suffix = environments(diagnostic).map_or_else(String::new, |names| format!(" ({names})"));
        let word = diagnostic.severity.word();
        let line = format!("{locus}{separator}{word}[{}]: {message}{suffix}", diagnostic.code);
        writeln!(out, "{}", printable(&line))?;
    }
    Ok(())
}
