//! `solc check --fix`: applies the edits that do nothing but mend.
//!
//! Invariant: an edit is kept only where compiling the workspace again, in every environment, shows that its finding is
//! gone, that no error or warning has come in its place, and that the templates are the same if they could be built
//! before. Nothing is written here: what comes back is what the files would hold.

use crate::codes::SILENCES_NOTHING;
use crate::compile::{Compilation, Request, compile};
use crate::file_system::{FileSystem, Overlay, normalized};
use solc_check::codes::UNUSED_DECLARATION;
use solc_source::{Diagnostic, Edit, FileId, Fix, Severity};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A workspace is compiled at most so often; every file of a large one may need a fix, and each may be refused.
const MOST_COMPILATIONS: usize = 256;

/// What came of it.
#[derive(Debug)]
pub struct Mended {
    /// The workspace with the edits that were kept.
    pub compilation: Compilation,
    /// The files that they change, in the order of their names.
    pub files: Vec<MendedFile>,
    /// The edits that were kept, in the order in which they were.
    pub applied: Vec<Outcome>,
    /// Those that were not.
    pub refused: Vec<Outcome>,
    /// Whether there were more edits to try than is allowed.
    pub stopped: bool,
}

/// A file that the edits change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MendedFile {
    /// As shown to people, relative to the workspace.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// What it holds.
    pub before: String,
    /// What it would hold.
    pub after: String,
}

/// An edit, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    /// `file:line:column` when it was tried.
    pub place: String,
    /// The finding's code.
    pub code: &'static str,
    /// What it does: "write `connect`".
    pub title: String,
    /// Why it was refused; empty where it was not.
    pub because: String,
}

/// Applies every harmless edit, until there is none left.
#[must_use]
pub fn mend(files: &dyn FileSystem, start: &Path) -> Mended {
    let mut run = Run {
        start,
        request: Request::build(&[]),
        now: compile(files, start, &Request::build(&[])),
        overlay: Overlay::over(files),
        compilations: 1,
        applied: Vec::new(),
        refused: BTreeMap::new(),
    };
    let mut fresh = false;
    while run.compilations < MOST_COMPILATIONS {
        let candidates = run.candidates();
        if candidates.is_empty() {
            // What was refused may have become harmless by what was kept since.
            if !std::mem::take(&mut fresh) || run.refused.is_empty() {
                break;
            }
            run.refused.clear();
        } else if run.attempt(&candidates) {
            fresh = true;
        }
    }
    run.finish(files)
}

/// One way to mend one finding.
struct Candidate {
    diagnostic: usize,
    fix: Fix,
    outcome: Outcome,
    /// The same as long as the finding and its line are.
    key: Key,
}

type Key = (&'static str, String, String, String);

struct Run<'f> {
    start: &'f Path,
    request: Request,
    /// The workspace as it would be now.
    now: Compilation,
    overlay: Overlay<'f>,
    compilations: usize,
    applied: Vec<Outcome>,
    refused: BTreeMap<Key, Outcome>,
}

impl<'f> Run<'f> {
    /// The best edit of each finding that was not refused; none touches another.
    fn candidates(&self) -> Vec<Candidate> {
        let mut taken: Vec<Edit> = Vec::new();
        let mut chosen = Vec::new();
        for (index, diagnostic) in self.now.diagnostics.iter().enumerate() {
            let fixes = diagnostic.fixes.iter().filter(|fix| self.is_usable(fix));
            let mut untried = fixes.map(|fix| self.candidate(index, diagnostic, fix));
            let Some(candidate) = untried.find(|candidate| !self.refused.contains_key(&candidate.key)) else {
                continue;
            };
            if !candidate.fix.edits.iter().any(|edit| taken.iter().any(|other| touch(edit, other))) {
                taken.extend(candidate.fix.edits.iter().cloned());
                chosen.push(candidate);
            }
        }
        chosen
    }

    fn candidate(&self, index: usize, diagnostic: &Diagnostic, fix: &Fix) -> Candidate {
        let sources = &self.now.sources;
        let span = diagnostic.span();
        let line = sources.get(span.file).and_then(|file| {
            file.text()
                .get(file.line_range(file.line_of(span.lo as usize)))
                .map(|line| line.trim().to_owned())
        });
        let outcome = Outcome {
            place: sources.place(span),
            code: diagnostic.code.0,
            title: fix.title.clone(),
            because: String::new(),
        };
        let key =
            (diagnostic.code.0, diagnostic.message.clone(), fix.title.clone(), line.unwrap_or_default());
        Candidate { diagnostic: index, fix: fix.clone(), outcome, key }
    }

    /// Whether all edits lie in files of the workspace, apart from each other.
    fn is_usable(&self, fix: &Fix) -> bool {
        let apart = |(index, edit): (usize, &Edit)| {
            !fix.edits.iter().skip(index + 1).any(|other| edit.span == other.span || overlap(edit, other))
        };
        !fix.edits.is_empty()
            && fix.edits.iter().all(|edit| self.path(edit.span.file).is_some())
            && fix.edits.iter().enumerate().all(apart)
    }

    /// Where a file of the workspace lies; `None` for the library's, and for what was fetched or lies elsewhere.
    fn path(&self, file: FileId) -> Option<PathBuf> {
        let name = self.now.sources.get(file)?.name();
        if name.starts_with("std:") || name.starts_with('<') {
            return None;
        }
        let root = normalized(&self.now.root);
        let path = normalized(&root.join(name));
        let below = path.strip_prefix(&root).ok()?;
        let hidden = below.iter().any(|part| part.as_encoded_bytes().starts_with(b"."));
        (!hidden).then_some(path)
    }

    /// Tries edits together, and where that harms, each half alone. Whether any was kept.
    fn attempt(&mut self, candidates: &[Candidate]) -> bool {
        if candidates.is_empty() || self.compilations >= MOST_COMPILATIONS {
            return false;
        }
        let because = match self.edited(candidates) {
            Some(overlay) => {
                let after = compile(&overlay, self.start, &self.request);
                self.compilations += 1;
                match self.harm(&after, candidates) {
                    None => {
                        self.applied.extend(candidates.iter().map(|c| c.outcome.clone()));
                        self.now = after;
                        self.overlay = overlay;
                        return true;
                    }
                    Some(harm) => harm,
                }
            }
            None => "the file is not what was read".to_owned(),
        };
        if let [candidate] = candidates {
            let outcome = Outcome { because, ..candidate.outcome.clone() };
            self.refused.insert(candidate.key.clone(), outcome);
            return false;
        }
        let (first, second) = candidates.split_at(candidates.len() / 2);
        // The places of the second half are wrong where the first was kept; it is tried again.
        self.attempt(first) || self.attempt(second)
    }

    /// The files with the edits in them.
    fn edited(&self, candidates: &[Candidate]) -> Option<Overlay<'f>> {
        let mut by_file: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
        for edit in candidates.iter().flat_map(|candidate| &candidate.fix.edits) {
            by_file.entry(edit.span.file).or_default().push(edit);
        }
        let mut overlay = self.overlay.clone();
        for (file, edits) in by_file {
            let (source, path) = (self.now.sources.get(file)?, self.path(file)?);
            let text = source.text();
            // A file that is not wholly text was read in part.
            if self.overlay.read(&path).ok()? != text.as_bytes() {
                return None;
            }
            overlay.replace(&path, applied(text, edits)?);
        }
        Some(overlay)
    }

    /// Why the edits are not to be kept.
    fn harm(&self, after: &Compilation, candidates: &[Candidate]) -> Option<String> {
        let (before_counts, after_counts) = (counts(&self.now), counts(after));
        for (finding, count) in &after_counts {
            let was = before_counts.get(finding).copied().unwrap_or_default();
            if *count > was && !was_held_back(&self.now, finding) && !self.is_left_over(finding, candidates) {
                let (_, code, message, ..) = finding;
                return Some(format!("it would bring {code}: {message}"));
            }
        }
        let targets = candidates.iter().filter_map(|c| self.now.diagnostics.get(c.diagnostic));
        let mut gone: BTreeMap<Finding, usize> = BTreeMap::new();
        for finding in targets.flat_map(|diagnostic| findings(&self.now, diagnostic)) {
            *gone.entry(finding).or_default() += 1;
        }
        for (finding, count) in gone {
            let was = before_counts.get(&finding).copied().unwrap_or_default();
            if after_counts.get(&finding).copied().unwrap_or_default() + count > was {
                return Some("the finding would stay".to_owned());
            }
        }
        self.now.is_clean().then(|| changed_template(&self.now, after)).flatten()
    }

    /// Whether removing what is unused leaves something else of the file unused: that is removed in its turn.
    fn is_left_over(&self, finding: &Finding, candidates: &[Candidate]) -> bool {
        let (_, code, _, file, _) = finding;
        let removes = |diagnostic: &Diagnostic| {
            let source = self.now.sources.get(diagnostic.span().file);
            diagnostic.code == UNUSED_DECLARATION && source.is_some_and(|source| source.name() == file)
        };
        let mut targets = candidates.iter().filter_map(|c| self.now.diagnostics.get(c.diagnostic));
        *code == UNUSED_DECLARATION.0 && targets.any(removes)
    }

    fn finish(self, files: &dyn FileSystem) -> Mended {
        let Self { now, overlay, applied, refused, compilations, .. } = self;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let changed = overlay.changed().filter_map(|(path, content)| {
            let before = text(&files.read(path).ok()?);
            let name = crate::file_system::relative(path, &normalized(&now.root));
            Some(MendedFile { name, path: path.to_path_buf(), before, after: text(content) })
        });
        let files = changed.filter(|file| file.before != file.after).collect();
        let refused: BTreeSet<Outcome> = refused.into_values().collect();
        Mended {
            files,
            applied,
            refused: refused.into_iter().collect(),
            stopped: compilations >= MOST_COMPILATIONS,
            compilation: now,
        }
    }
}

/// Whether two edits share a byte, or meet.
fn touch(a: &Edit, b: &Edit) -> bool {
    a.span.file == b.span.file && a.span.lo <= b.span.hi && b.span.lo <= a.span.hi
}

fn overlap(a: &Edit, b: &Edit) -> bool {
    a.span.file == b.span.file && a.span.lo < b.span.hi && b.span.lo < a.span.hi
}

/// A text with edits in it; new lines end as the file's do.
fn applied(text: &str, mut edits: Vec<&Edit>) -> Option<String> {
    edits.sort();
    let windows = text.contains("\r\n");
    let mut new = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        let range = edit.span.range();
        new.push_str(text.get(at..range.start)?);
        if windows {
            new.push_str(&edit.replacement.replace("\r\n", "\n").replace('\n', "\r\n"));
        } else {
            new.push_str(&edit.replacement);
        }
        at = range.end;
    }
    new.push_str(text.get(at..)?);
    Some(new)
}

/// What is the same for a finding wherever it moves to in its file: severity, code, message, file, environment.
type Finding = (Severity, &'static str, String, String, String);

fn findings(compilation: &Compilation, diagnostic: &Diagnostic) -> Vec<Finding> {
    let file = compilation.sources.get(diagnostic.span().file).map_or("", |file| file.name());
    let finding = |environment: &str| {
        (
            diagnostic.severity,
            diagnostic.code.0,
            diagnostic.message.clone(),
            file.to_owned(),
            environment.to_owned(),
        )
    };
    if diagnostic.environments.is_empty() {
        vec![finding("")]
    } else {
        diagnostic.environments.iter().map(|name| finding(name)).collect()
    }
}

fn counts(compilation: &Compilation) -> BTreeMap<Finding, usize> {
    let mut counts = BTreeMap::new();
    let grave = compilation.diagnostics.iter().filter(|d| d.severity != Severity::Note);
    for finding in grave.flat_map(|diagnostic| findings(compilation, diagnostic)) {
        *counts.entry(finding).or_default() += 1;
    }
    counts
}

/// Whether a finding is only said where nothing is wrong, and so was there before without being said.
fn was_held_back(before: &Compilation, finding: &Finding) -> bool {
    let (_, code, _, file, _) = finding;
    let mut errors = before.diagnostics.iter().filter(|d| d.is_error());
    if *code == UNUSED_DECLARATION.0 {
        errors.any(|d| before.sources.get(d.span().file).is_some_and(|source| source.name() == file))
    } else {
        *code == SILENCES_NOTHING.0 && errors.next().is_some()
    }
}

/// The first template that is another one afterwards.
fn changed_template(before: &Compilation, after: &Compilation) -> Option<String> {
    let templates = |compilation: &Compilation| -> BTreeMap<String, String> {
        let all = compilation.built.iter().flat_map(|environment| {
            let templates = environment.files.iter().filter(|file| file.name.ends_with(".template.json"));
            templates.map(|file| (format!("{}/{}", environment.folder, file.name), file.content.clone()))
        });
        all.collect()
    };
    let (before, after) = (templates(before), templates(after));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = names.into_iter().find(|name| before.get(*name) != after.get(*name))?;
    Some(format!("it would change what is built: `{changed}`"))
}

#[cfg(test)]
mod tests;
