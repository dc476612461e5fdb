//! The files of one compilation, and positions in them.
//!
//! Invariant: a `Span` is a byte range of a file in `Sources`; lines and columns are computed only to be shown.

use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// A file of this compilation; an index into [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct FileId(pub u32);

/// A byte range in one file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Span {
    /// The file the range lies in.
    pub file: FileId,
    /// First byte.
    pub lo: u32,
    /// One past the last byte.
    pub hi: u32,
}

impl std::fmt::Debug for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}..{}", self.file.0, self.lo, self.hi)
    }
}

impl Span {
    /// The place of what stands in no file, such as an argument; renderers show no excerpt for it.
    pub const NOWHERE: Self = Self { file: FileId(u32::MAX), lo: 0, hi: 0 };

    /// The range `lo..hi` of `file`.
    #[must_use]
    pub fn new(file: FileId, lo: usize, hi: usize) -> Self {
        let cap = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { file, lo: cap(lo), hi: cap(hi.max(lo)) }
    }

    /// The smallest range that covers both; `self` where they lie in different files.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        if self.file == other.file {
            Self { file: self.file, lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
        } else {
            self
        }
    }

    /// The range as byte offsets.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.lo as usize..self.hi as usize
    }

    /// The empty range at the start.
    #[must_use]
    pub fn start(self) -> Self {
        Self { hi: self.lo, ..self }
    }

    /// The empty range at the end.
    #[must_use]
    pub fn end(self) -> Self {
        Self { lo: self.hi, ..self }
    }
}

/// A position for people: both numbers count from one, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// Line, from one.
    pub line: usize,
    /// Column in characters, from one.
    pub column: usize,
}

/// One file: its name as shown to people, its text, and where its lines start.
#[derive(Debug, Clone)]
pub struct SourceFile {
    name: Arc<str>,
    text: Arc<str>,
    line_starts: Arc<[u32]>,
}

impl SourceFile {
    /// Indexes `text`. `name` is a path relative to the workspace, with `/`, or `std:…`.
    #[must_use]
    pub fn new(name: &str, text: &str) -> Self {
        let starts = std::iter::once(0).chain(
            text.bytes()
                .enumerate()
                .filter(|(_, b)| *b == b'\n')
                .map(|(i, _)| u32::try_from(i + 1).unwrap_or(u32::MAX)),
        );
        Self { name: name.into(), text: text.into(), line_starts: starts.collect() }
    }

    /// The name shown in messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Byte offsets at which lines start; the first is zero.
    #[must_use]
    pub fn line_starts(&self) -> &[u32] {
        &self.line_starts
    }

    /// Zero-based line of a byte offset.
    #[must_use]
    pub fn line_of(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start as usize <= offset).saturating_sub(1)
    }

    /// Byte range of a zero-based line, its newline included.
    #[must_use]
    pub fn line_range(&self, line: usize) -> Range<usize> {
        let start = self.line_starts.get(line).map_or(self.text.len(), |s| *s as usize);
        let end = self.line_starts.get(line + 1).map_or(self.text.len(), |s| *s as usize);
        start..end
    }

    /// Position of a byte offset, for people.
    #[must_use]
    pub fn position(&self, offset: usize) -> LineColumn {
        let line = self.line_of(offset);
        let range = self.line_range(line);
        let end = self.text.floor_char_boundary(offset.min(self.text.len()));
        let column = self.text.get(range.start..end).map_or(0, |t| t.chars().count());
        LineColumn { line: line + 1, column: column + 1 }
    }
}

/// All files of one compilation, in the order in which they were added.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// No files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file and returns its id.
    pub fn add(&mut self, file: SourceFile) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(file);
        id
    }

    /// The file, if the id is one of ours.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// All files with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(i, f)| (FileId(u32::try_from(i).unwrap_or(u32::MAX)), f))
    }

    /// The text under a span; empty where the span is not in its file.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.get(span.file).and_then(|f| f.text.get(span.range())).unwrap_or_default()
    }

    /// `file:line:column` of the start of a span.
    #[must_use]
    pub fn place(&self, span: Span) -> String {
        self.get(span.file).map_or_else(String::new, |f| {
            let at = f.position(span.lo as usize);
            format!("{}:{}:{}", f.name, at.line, at.column)
        })
    }
}
