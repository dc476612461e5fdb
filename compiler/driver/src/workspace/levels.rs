//! `[diagnostics]` of a manifest: how loudly each kind of warning is said, and why.
//!
//! ```toml
//! [diagnostics]
//! unused-declaration = { level = "off", because = "generated from the old catalogue" }
//! ```
//!
//! Invariant: an error is never lowered, nothing is lowered without a reason, and what lowers nothing is reported.

use super::Neighbours;
use crate::codes;
use solc_source::data::{Entry, Node};
use solc_source::diagnostic::merge;
use solc_source::suggest::nearest;
use solc_source::{Code, Diagnostic, Severity, Sources, Span};

/// How loudly a warning is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loudness {
    Off,
    Note,
    Warning,
}

/// What a manifest says of one code.
#[derive(Clone, Debug)]
pub(crate) struct CodeLevel {
    code: Code,
    loudness: Loudness,
    /// Where the entry stands.
    span: Span,
    /// The folder of its manifest, relative to the workspace; `None` for the workspace's own, which speaks of all files.
    folder: Option<String>,
}

/// What can be found as a warning, and so be lowered. A test holds it equal to what the samples show.
pub const WARNINGS: &[Code] = &[
    codes::INFRASTRUCTURE_MISSING,
    codes::UNPINNED,
    solc_check::codes::DUPLICATE_NAME,
    solc_check::codes::EMPTY_CLAIM,
    solc_check::codes::NAMING,
    solc_check::codes::NOT_CHECKED_HERE,
    solc_check::codes::OPTIONAL_VALUE,
    solc_check::codes::UNREACHABLE_ARM,
    solc_check::codes::UNUSED_DECLARATION,
    solc_ir::codes::MISSING_IMAGE,
    solc_ir::codes::MISSING_SECRET,
    solc_ir::codes::MISSING_SETTING,
    solc_ir::codes::UNUSED_WAIVER,
];

fn known() -> impl Iterator<Item = Code> {
    let all = [codes::ALL, solc_check::codes::ALL, solc_ir::codes::ALL, solc_syntax::codes::ALL];
    all.into_iter().flatten().copied()
}

/// Reads the table of a manifest in `folder`.
pub(super) fn levels(root: &Node, folder: Option<&str>, diagnostics: &mut Vec<Diagnostic>) -> Vec<CodeLevel> {
    let entries = root.get("diagnostics").map(Node::entries).unwrap_or_default();
    entries.iter().filter_map(|entry| level(entry, folder, diagnostics)).collect()
}

fn level(entry: &Entry, folder: Option<&str>, diagnostics: &mut Vec<Diagnostic>) -> Option<CodeLevel> {
    let mut invalid = |span: Span, message: String, help: &str| {
        diagnostics.push(Diagnostic::error(codes::INVALID_MANIFEST, span, message).help(help));
    };
    let shape = format!("write `{} = {{ level = \"off\", because = \"…\" }}`", entry.key);
    let level = entry.node.get("level").and_then(|node| Some((node.span, node.as_str()?)));
    let Some((at, word)) = level else {
        invalid(entry.node.span, format!("`{}` does not say its `level`", entry.key), &shape);
        return None;
    };
    let loudness = match word {
        "off" => Loudness::Off,
        "note" => Loudness::Note,
        "warning" => Loudness::Warning,
        other => {
            let message = format!("`level` is \"off\", \"note\" or \"warning\", not \"{other}\"");
            let near = nearest(other, ["off", "note", "warning"]).map(|word| format!("\"{word}\""));
            let diagnostic = Diagnostic::error(codes::INVALID_MANIFEST, at, message);
            diagnostics.push(diagnostic.suggest(at, near.as_deref()));
            return None;
        }
    };
    let reason = entry.node.get("because").and_then(Node::as_str).map(str::trim);
    if reason.is_none_or(str::is_empty) {
        let message = format!("`{}` does not say why it is \"{word}\"", entry.key);
        invalid(entry.node.span, message, "add `because = \"…\"`: whoever reads it later has to know");
        return None;
    }
    for other in entry.node.entries().iter().filter(|e| e.key != "level" && e.key != "because") {
        diagnostics.push(
            Diagnostic::error(
                codes::UNKNOWN_MANIFEST_KEY,
                other.key_span,
                format!("`{}` has no `{}`", entry.key, other.key),
            )
            .note("it may have `level`, `because`")
            .suggest(other.key_span, nearest(&other.key, ["level", "because"])),
        );
    }
    let Some(code) = known().find(|code| code.0 == entry.key) else {
        let near = nearest(&entry.key, WARNINGS.iter().map(|code| code.0));
        diagnostics.push(
            Diagnostic::error(
                codes::UNKNOWN_CODE,
                entry.key_span,
                format!("no finding is called `{}`", entry.key),
            )
            .suggest(entry.key_span, near)
            .note("`solc explain --all` lists them"),
        );
        return None;
    };
    if !WARNINGS.contains(&code) {
        diagnostics.push(
            Diagnostic::error(
                codes::ERROR_NOT_LOWERABLE,
                entry.key_span,
                format!("`{code}` is an error, and cannot be lowered"),
            )
            .label("always an error")
            .note("what it finds cannot be built, or would not do what it says; only warnings have a level")
            .help("mend what it reports, and remove this entry")
            .fix("remove the entry", entry.key_span.to(entry.node.span), ""),
        );
        return None;
    }
    let folder = folder.map(str::to_owned);
    Some(CodeLevel { code, loudness, span: entry.key_span.to(entry.node.span), folder })
}

impl CodeLevel {
    /// Whether it speaks of a finding in the file `name`.
    fn covers(&self, code: Code, name: Option<&str>) -> bool {
        let inside = |folder: &String| {
            name.is_some_and(|name| {
                name.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
            })
        };
        self.code == code && self.folder.as_ref().is_none_or(inside)
    }
}

/// Lowers what the manifests lower; returns how many findings are not said at all.
///
/// The manifest nearest to a file has the last word.
pub(crate) fn apply(
    levels: &[CodeLevel],
    neighbours: Neighbours,
    sources: &Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> usize {
    let mut heard = vec![false; levels.len()];
    let before = diagnostics.len();
    diagnostics.retain_mut(|diagnostic| {
        let name = sources.get(diagnostic.span().file).map(|file| file.name());
        let depth = |level: &CodeLevel| level.folder.as_ref().map_or(0, |folder| 1 + folder.len());
        let found = levels.iter().enumerate().filter(|(_, level)| level.covers(diagnostic.code, name));
        let Some((index, level)) = found.max_by_key(|(_, level)| depth(level)) else { return true };
        // The same kind of finding may be an error where it stops a build.
        if diagnostic.is_error() {
            return true;
        }
        if let Some(heard) = heard.get_mut(index) {
            *heard = true;
        }
        match level.loudness {
            Loudness::Off => return false,
            Loudness::Note => diagnostic.severity = Severity::Note,
            Loudness::Warning => diagnostic.severity = Severity::Warning,
        }
        true
    });
    let silenced = before - diagnostics.len();
    // Where there are errors, or not all was looked at, what it lowers may only not have been looked for.
    if neighbours == Neighbours::Seen && !diagnostics.iter().any(Diagnostic::is_error) {
        for (level, _) in levels.iter().zip(heard).filter(|(_, heard)| !heard) {
            let message = format!("there is no `{}` that this would lower", level.code);
            diagnostics.push(
                Diagnostic::warning(codes::SILENCES_NOTHING, level.span, message)
                    .label("lowers nothing")
                    .help("remove the entry: the next finding of its kind is to be seen")
                    .fix("remove the entry", level.span, ""),
            );
        }
        *diagnostics = merge(std::mem::take(diagnostics));
    }
    silenced
}
