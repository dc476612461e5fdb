//! The code that doc comments show, compiled: a sample that does not compile is a mistake at its own line.
//!
//! A fenced block marked `sol` is a file of its own. It is checked with the project's files, its solutions, tests and
//! policies left out, in every environment; a block marked `fragment` as well shows a piece and is not compiled.
//!
//! Invariant: a diagnostic's places, edits included, lie in the doc comment, never in a file that nobody has.

use crate::subject::{File, Subject};
use solc_check::{Files, ProjectFile, hir};
use solc_driver::library;
use solc_ir::codes::MISSING_SETTING;
use solc_ir::{Documents, Inputs};
use solc_source::diagnostic::merge;
use solc_source::{Diagnostic, FileId, Name, SourceFile, Sources, Span};
use solc_syntax::ast::ItemKind;
use solc_syntax::lexer::{TokenKind, lex};
use std::sync::Arc;

/// A line of a doc comment: where its text starts in the file, and the text.
type Line<'t> = (usize, &'t str);

/// A block of code in a doc comment.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sample {
    text: String,
    /// Of each line: where it starts in the sample, where in the file, and its length.
    lines: Vec<(usize, usize, usize)>,
}

/// What is wrong with the samples in the subject's own doc comments.
#[must_use]
pub fn samples(subject: &Subject) -> Vec<Diagnostic> {
    let rest: Vec<ProjectFile> =
        subject.files.iter().filter(|file| !file.library).map(without_solutions).collect();
    let mut diagnostics = Vec::new();
    for file in subject.shown().filter(|file| file.library == subject.is_library()) {
        let Some(source) = subject.sources.get(file.ast.file) else { continue };
        for sample in found(source.text()) {
            let (id, mistakes) = compile(subject, file, &rest, &sample);
            diagnostics.extend(mistakes.into_iter().map(|m| sample.placed(m, id, file.ast.file)));
        }
    }
    merge(diagnostics)
}

/// What a sample is compiled beside: everything that it might name, and nothing that it might declare again.
fn without_solutions(file: &File) -> ProjectFile {
    let mut tree = (*file.ast).clone();
    tree.items
        .retain(|item| !matches!(item.kind, ItemKind::Solution(_) | ItemKind::Test(_) | ItemKind::Policy(_)));
    ProjectFile { ast: Arc::new(tree), module: file.module.clone(), package: Arc::clone(&file.package) }
}

/// The errors of one sample, with places in a file that stands after all others.
fn compile(
    subject: &Subject,
    file: &File,
    rest: &[ProjectFile],
    sample: &Sample,
) -> (FileId, Vec<Diagnostic>) {
    let mut sources: Sources = subject.sources.clone();
    let id = sources.add(SourceFile::new("<sample>", &sample.text));
    let (tree, mut diagnostics) = solc_syntax::parse(id, &sample.text);
    let mut project = rest.to_vec();
    // It uses what its file may use, and may show a solution, even in a library.
    let package = solc_check::Package { library: false, ..file.package.as_ref().clone() };
    let module = package.prefix.iter().cloned().chain([Name::new_static("<sample>")]).collect();
    project.push(ProjectFile { ast: Arc::new(tree), module, package: Arc::new(package) });
    let files = Files { project, library: library::files(&sources), ..Files::default() };
    let (checked, mistakes) = solc_check::check(&files);
    diagnostics.extend(mistakes);
    if !diagnostics.iter().any(Diagnostic::is_error) {
        diagnostics.extend(values(&checked, subject));
    }
    let here = |d: &Diagnostic| d.labels.iter().any(|label| label.span.file == id);
    // A setting's value lies beside a product's code, and a sample has none.
    let told = |d: &Diagnostic| d.is_error() && d.code != MISSING_SETTING && here(d);
    let mut diagnostics: Vec<Diagnostic> = merge(diagnostics).into_iter().filter(told).collect();
    for diagnostic in &mut diagnostics {
        diagnostic.notes.extend([
            "this is the sample of a doc comment, compiled as a file of its own beside the project's components".to_owned(),
            "mark the block `sol,fragment` where it shows a piece".to_owned(),
        ]);
    }
    (id, diagnostics.into_iter().map(|d| in_front(d, id)).collect())
}

/// The label that lies in the sample is the place that matters to its author.
fn in_front(mut diagnostic: Diagnostic, id: FileId) -> Diagnostic {
    if diagnostic.span().file != id {
        for label in &mut diagnostic.labels {
            label.primary = false;
        }
        if let Some(label) = diagnostic.labels.iter_mut().find(|label| label.span.file == id) {
            label.primary = true;
        }
    }
    diagnostic
}

/// What is wrong with the values of the environments.
fn values(project: &hir::Project, subject: &Subject) -> Vec<Diagnostic> {
    // Images and secrets are a product's; what was looked up is everybody's.
    let documents = Documents { facts: subject.facts.clone(), ..Documents::default() };
    let inputs = Inputs { documents: Arc::new(documents), ..Inputs::default() };
    let environments = solc_ir::environments(project);
    environments.into_iter().flat_map(|(id, _)| solc_ir::check(project, id, &inputs)).collect()
}

impl Sample {
    /// A diagnostic of this sample, whose own file is `id`, in the file that the doc comment stands in.
    fn placed(&self, mut diagnostic: Diagnostic, id: FileId, file: FileId) -> Diagnostic {
        let place = |span: Span| if span.file == id { self.place(span, file) } else { span };
        for label in &mut diagnostic.labels {
            label.span = place(label.span);
        }
        // What needs a further line would need the comment's slashes as well.
        diagnostic.fixes.retain(|fix| {
            fix.edits.iter().all(|edit| {
                !edit.replacement.contains('\n') && self.line(edit.span.lo) == self.line(edit.span.hi)
            })
        });
        for edit in diagnostic.fixes.iter_mut().flat_map(|fix| &mut fix.edits) {
            edit.span = place(edit.span);
        }
        diagnostic
    }

    /// Which line an offset lies in.
    fn line(&self, offset: u32) -> usize {
        self.lines.partition_point(|(start, _, _)| *start <= offset as usize).saturating_sub(1)
    }

    fn place(&self, span: Span, file: FileId) -> Span {
        let offset = |at: u32| {
            let line = self.lines.get(self.line(at));
            line.map_or(0, |(start, origin, length)| {
                origin + (at as usize).saturating_sub(*start).min(*length)
            })
        };
        Span::new(file, offset(span.lo), offset(span.hi))
    }
}

/// The samples of a file, in order.
fn found(text: &str) -> Vec<Sample> {
    comments(text).iter().flat_map(|comment| blocks(comment)).collect()
}

/// The doc comments of a file: runs of lines that nothing but white space parts.
fn comments(text: &str) -> Vec<Vec<Line<'_>>> {
    let mut comments: Vec<Vec<Line<'_>>> = Vec::new();
    let mut open = false;
    for token in lex(text).tokens {
        match token.kind {
            TokenKind::Doc => {
                let whole = token.text(text);
                let content = whole.trim_start_matches('/');
                let content = content.strip_prefix(' ').unwrap_or(content);
                let line = (token.lo as usize + whole.len() - content.len(), content);
                match comments.last_mut().filter(|_| open) {
                    Some(comment) => comment.push(line),
                    None => comments.push(vec![line]),
                }
                open = true;
            }
            TokenKind::Space | TokenKind::Newline => {}
            TokenKind::Comment
            | TokenKind::ForeignComment
            | TokenKind::Word
            | TokenKind::Number
            | TokenKind::StringOpen
            | TokenKind::StringText
            | TokenKind::StringClose
            | TokenKind::InterpolationOpen
            | TokenKind::InterpolationClose
            | TokenKind::RawString
            | TokenKind::QuoteString
            | TokenKind::Regex
            | TokenKind::Open
            | TokenKind::Close
            | TokenKind::Punctuation => open = false,
        }
    }
    comments
}

fn blocks(comment: &[Line<'_>]) -> Vec<Sample> {
    let mut samples = Vec::new();
    let mut lines = comment.iter();
    while let Some((_, line)) = lines.next() {
        let ticks: String = line.trim_start().chars().take_while(|c| *c == '`').collect();
        if ticks.len() < 3 {
            continue;
        }
        let words: Vec<&str> =
            line.trim().trim_start_matches('`').split([',', ' ']).filter(|w| !w.is_empty()).collect();
        let mut sample = Sample::default();
        for (at, line) in lines.by_ref() {
            if line.trim() == ticks {
                break;
            }
            sample.lines.push((sample.text.len(), *at, line.len()));
            sample.text.push_str(line);
            sample.text.push('\n');
        }
        if words.first() == Some(&"sol") && !words.contains(&"fragment") {
            samples.push(sample);
        }
    }
    samples
}
