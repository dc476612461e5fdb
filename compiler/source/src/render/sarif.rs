//! SARIF 2.1.0, for code scanning: one run, one rule for each code that occurs.
//!
//! Facts: OASIS, *Static Analysis Results Interchange Format 2.1.0* (regions 3.30: lines and columns count from
//! one, `endColumn` is one past the last; fingerprints 3.27.17; fixes 3.55).

use super::{View, environments, place::Place};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::files::{FileId, Span};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The program that reports.
#[derive(Clone, Copy, Debug)]
pub struct Tool<'a> {
    /// Its version.
    pub version: &'a str,
    /// Where it is described; an absolute address.
    pub information_uri: &'a str,
    /// What is known about the codes.
    pub rules: &'a [Rule<'a>],
}

/// What is known about a code.
#[derive(Clone, Copy, Debug)]
pub struct Rule<'a> {
    /// The code.
    pub code: &'a str,
    /// One sentence.
    pub summary: &'a str,
    /// Its page in the book, as Markdown.
    pub page: &'a str,
    /// Where that page is published; an absolute address.
    pub uri: &'a str,
}

/// One SARIF log with one run.
///
/// # Errors
/// Only where `out` fails.
pub fn sarif(
    out: &mut dyn Write,
    view: &View<'_>,
    diagnostics: &[Diagnostic],
    tool: Tool<'_>,
) -> io::Result<()> {
    let mut codes: Vec<&str> = diagnostics.iter().map(|d| d.code.0).collect();
    codes.sort_unstable();
    codes.dedup();
    let mut seen = BTreeMap::new();
    let results: Vec<Value> = diagnostics.iter().map(|d| result(view, d, &codes, &mut seen)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "solc",
                "fullName": "the Solution compiler",
                "version": tool.version,
                "semanticVersion": tool.version,
                "informationUri": tool.information_uri,
                "rules": codes.iter().map(|code| rule(code, tool)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "SRCROOT": { "description": { "text": "where solc was started" } } },
            "results": results,
        }],
    });
    writeln!(out, "{log:#}")
}

fn rule(code: &str, tool: Tool<'_>) -> Value {
    let mut rule = Map::new();
    rule.insert("id".into(), code.into());
    if let Some(known) = tool.rules.iter().find(|rule| rule.code == code) {
        rule.insert("shortDescription".into(), json!({ "text": known.summary }));
        rule.insert("helpUri".into(), known.uri.into());
        rule.insert("help".into(), json!({ "text": known.summary, "markdown": known.page }));
    }
    Value::Object(rule)
}

fn result(
    view: &View<'_>,
    diagnostic: &Diagnostic,
    codes: &[&str],
    seen: &mut BTreeMap<String, usize>,
) -> Value {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let others = diagnostic.labels.iter().filter(|label| label.span != diagnostic.span());
    let related: Vec<Value> =
        others.filter_map(|label| location(view, label.span, Some(&label.message))).collect();
    let mut result = Map::new();
    result.insert("ruleId".into(), diagnostic.code.0.into());
    result.insert("ruleIndex".into(), json!(codes.binary_search(&diagnostic.code.0).ok()));
    result.insert("level".into(), level.into());
    result.insert("message".into(), json!({ "text": message(diagnostic) }));
    let place = location(view, diagnostic.span(), None);
    result.insert("locations".into(), json!(place.into_iter().collect::<Vec<_>>()));
    if !related.is_empty() {
        result.insert("relatedLocations".into(), related.into());
    }
    let fingerprint = fingerprint(view, diagnostic);
    let nth = seen.entry(fingerprint.clone()).or_default();
    *nth += 1;
    result.insert("partialFingerprints".into(), json!({ "codeFileLine/v1": format!("{fingerprint}:{nth}") }));
    let fixes: Vec<Value> = diagnostic.fixes.iter().filter_map(|f| fix(view, f)).collect();
    if !fixes.is_empty() {
        result.insert("fixes".into(), fixes.into());
    }
    if !diagnostic.environments.is_empty() {
        result.insert("properties".into(), json!({ "environments": diagnostic.environments }));
    }
    Value::Object(result)
}

fn message(diagnostic: &Diagnostic) -> String {
    let label = diagnostic.labels.iter().find(|l| l.primary && !l.message.is_empty());
    let mut parts = vec![diagnostic.message.clone()];
    parts.extend(label.map(|l| l.message.clone()));
    parts.extend(diagnostic.notes.iter().map(|note| format!("note: {note}")));
    parts.extend(diagnostic.help.iter().map(|help| format!("help: {help}")));
    parts.extend(environments(diagnostic).map(|names| format!("in: {names}")));
    parts.join("\n")
}

/// Stays the same while lines above come and go: code, file, and the text of the line.
fn fingerprint(view: &View<'_>, diagnostic: &Diagnostic) -> String {
    let span = diagnostic.span();
    let line = Place::of(view, span)
        .and_then(|place| place.file.text().get(place.file.line_range(place.start.line - 1)))
        .unwrap_or_default();
    let name = view.file(span.file).map_or("", |file| file.name());
    let mut hash = Sha256::new();
    for part in [diagnostic.code.0, name, line.trim()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn location(view: &View<'_>, span: Span, message: Option<&str>) -> Option<Value> {
    let mut location = Map::new();
    let physical = json!({ "artifactLocation": artifact(view, span.file)?, "region": region(view, span)? });
    location.insert("physicalLocation".into(), physical);
    if let Some(text) = message.filter(|text| !text.is_empty()) {
        location.insert("message".into(), json!({ "text": text }));
    }
    Some(Value::Object(location))
}

fn region(view: &View<'_>, span: Span) -> Option<Value> {
    let place = Place::of(view, span)?;
    Some(json!({
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
        "byteOffset": place.bytes.start,
        "byteLength": place.bytes.len(),
    }))
}

fn artifact(view: &View<'_>, file: FileId) -> Option<Value> {
    view.file(file)?;
    let name = view.name(file);
    // The library's own files are not in the repository: their names are addresses of their own.
    Some(match name.strip_prefix("std:") {
        Some(path) => json!({ "uri": format!("std:{}", percent_encoded(path)) }),
        None => json!({ "uri": percent_encoded(name), "uriBaseId": "SRCROOT" }),
    })
}

fn percent_encoded(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

fn fix(view: &View<'_>, fix: &Fix) -> Option<Value> {
    let mut files: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    for edit in &fix.edits {
        files.entry(edit.span.file).or_default().push(edit);
    }
    let changes: Option<Vec<Value>> = files
        .into_iter()
        .map(|(file, edits)| {
            let replacements: Option<Vec<Value>> = edits
                .into_iter()
                .map(|edit| {
                    let region = region(view, edit.span)?;
                    Some(json!({ "deletedRegion": region, "insertedContent": { "text": edit.replacement } }))
                })
                .collect();
            Some(json!({ "artifactLocation": artifact(view, file)?, "replacements": replacements? }))
        })
        .collect();
    Some(json!({ "description": { "text": fix.title }, "artifactChanges": changes? }))
}
