//! Text to AST: the grammar's tree, converted at once to an owned one.
//!
//! Invariant: it always returns a tree, whatever the text; every `Missing`, `Error` and empty name in it has been
//! reported, and one mistake is reported once.

mod declarations;
mod expressions;
mod lexical;
mod mistakes;
mod operators;
mod statements;
mod strings;
mod types;

use crate::ast::{self, Docs, Ident, Item, ItemKind};
use crate::codes;
use crate::grammar::{Grammar, Pair, Rule};
use crate::lexer::{self, Lexed, Token, TokenKind};
use pest::Parser;
use solc_source::{Diagnostic, FileId, Name, Span};
use std::collections::BTreeSet;

/// The largest file that is read, in bytes.
pub const SIZE_CAP: usize = 4 * 1024 * 1024;

/// How deep the tree may become; operators in a row count, because they nest to the left.
pub const TREE_DEPTH_CAP: usize = 256;

/// Reads a file: the tree, and what is wrong with the text. Never fails.
#[must_use]
pub fn parse(file: FileId, text: &str) -> (ast::File, Vec<Diagnostic>) {
    let empty = |diagnostic| (ast::File { file, items: Vec::new() }, vec![diagnostic]);
    if text.len() > SIZE_CAP {
        return empty(lexical::too_large(file, text));
    }
    let lexed = lexer::lex(text);
    if let Some(diagnostic) = lexical::solidity(file, text, &lexed.tokens) {
        return empty(diagnostic);
    }
    let mut context = Parse::new(file, text, &lexed);
    // What nests too deep is cut off, from the declaration that it stands in.
    let readable = context.readable(&lexed);
    let items = match Grammar::parse(Rule::file, readable) {
        Ok(pairs) => context.file(pairs),
        Err(_) => {
            context.too_deep(0..text.len().min(1));
            Vec::new()
        }
    };
    context.lexical_mistakes();
    let mut diagnostics = context.diagnostics;
    diagnostics.sort_by_key(|d| (d.span().lo, d.span().hi));
    (ast::File { file, items }, diagnostics)
}

/// The state of reading one file.
struct Parse<'t> {
    file: FileId,
    text: &'t str,
    tokens: &'t [Token],
    docs: Vec<usize>,
    diagnostics: Vec<Diagnostic>,
    /// Places of tokens that a syntax error has complained about.
    blamed: BTreeSet<usize>,
    /// Places where an unclosed bracket was noticed.
    stops: BTreeSet<usize>,
    depth: usize,
    depth_reported: bool,
    /// Unclosed braces: their closing ones may yet come, and are no mistakes of their own.
    ended_early: usize,
    /// Declarations that stood in a body only because it was never closed.
    hoisted: Vec<Item>,
}

impl<'t> Parse<'t> {
    fn new(file: FileId, text: &'t str, lexed: &'t Lexed) -> Self {
        let docs = lexed.tokens.iter().enumerate().filter(|(_, t)| t.kind == TokenKind::Doc);
        Self {
            file,
            text,
            tokens: &lexed.tokens,
            docs: docs.map(|(i, _)| i).collect(),
            diagnostics: Vec::new(),
            blamed: BTreeSet::new(),
            stops: BTreeSet::new(),
            depth: 0,
            depth_reported: false,
            ended_early: 0,
            hoisted: Vec::new(),
        }
    }

    /// The part of the text before the first declaration that nests too deep.
    fn readable(&mut self, lexed: &Lexed) -> &'t str {
        let Some(at) = lexed.too_deep else { return self.text };
        let before = self.text.get(..at).unwrap_or_default();
        let start = before
            .bytes()
            .enumerate()
            .filter(|(_, b)| *b == b'\n')
            .map(|(i, _)| i + 1)
            .rfind(|i| before.get(*i..).is_some_and(|l| l.starts_with(|c: char| c.is_ascii_alphabetic())))
            .unwrap_or(0);
        self.too_deep(at..at + 1);
        self.text.get(..start).unwrap_or_default()
    }

    fn too_deep(&mut self, range: std::ops::Range<usize>) {
        if self.depth_reported {
            return;
        }
        self.depth_reported = true;
        self.diagnostics.push(
            Diagnostic::error(
                codes::NESTING_TOO_DEEP,
                self.range(range),
                "this is nested too deeply to be read",
            )
            .label(format!("beyond {} levels", lexer::DEPTH_CAP))
            .help("name the inner parts with `let` and use the names"),
        );
    }

    /// Goes `levels` deeper; where that is too deep, says so and stays.
    fn enter(&mut self, levels: usize, pair: &Pair<'t>) -> bool {
        if self.depth + levels > TREE_DEPTH_CAP {
            let at = pair.as_span().start();
            self.too_deep(at..at + 1);
            return false;
        }
        self.depth += levels;
        true
    }

    fn file(&mut self, pairs: pest::iterators::Pairs<'t, Rule>) -> Vec<Item> {
        let mut items = Vec::new();
        for pair in pairs.flat_map(Pair::into_inner) {
            match pair.as_rule() {
                Rule::item => {
                    items.push(self.item(pair));
                    items.append(&mut self.hoisted);
                }
                Rule::error_item => {
                    self.error_item(&pair);
                    let span = self.span(&pair);
                    items.push(Item { docs: Docs::default(), private: None, kind: ItemKind::Error, span });
                }
                _ => {}
            }
        }
        items
    }

    /// Where a node stands, without surrounding white space.
    fn span(&self, pair: &Pair<'t>) -> Span {
        let span = pair.as_span();
        Span::new(self.file, span.start(), span.start() + span.as_str().trim_end().len())
    }

    fn range(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    fn ident(&self, pair: &Pair<'t>) -> Ident {
        Ident { name: Name::new(pair.as_str()), span: self.span(pair) }
    }

    /// A name, or an empty one that is reported.
    fn bound_name(&mut self, pair: &Pair<'t>, what: &str) -> Ident {
        if pair.as_rule() == Rule::missing_name {
            let at = pair.as_span().start();
            self.expected(what, at);
            return self.no_name(at);
        }
        self.ident(pair)
    }

    fn no_name(&self, at: usize) -> Ident {
        Ident { name: Name::default(), span: self.range(at..at) }
    }

    /// The doc comment that stands above `at`, with no blank line between.
    fn docs(&self, at: usize) -> Docs {
        let before = self.docs.partition_point(|i| self.tokens.get(*i).is_some_and(|t| (t.lo as usize) < at));
        let Some(nearest) = before.checked_sub(1).and_then(|i| self.docs.get(i)) else {
            return Docs::default();
        };
        let end = self.tokens.partition_point(|t| (t.lo as usize) < at);
        if self.tokens.get(*nearest..end).is_none_or(|between| between.iter().any(|t| !t.kind.is_trivia())) {
            return Docs::default();
        }
        let mut lines = Vec::new();
        let mut newlines = 0;
        for (index, token) in self.tokens.get(..end).unwrap_or_default().iter().enumerate().rev() {
            match token.kind {
                TokenKind::Newline => newlines += 1,
                TokenKind::Space => {}
                TokenKind::Comment | TokenKind::ForeignComment => newlines = 0,
                TokenKind::Doc if self.starts_line(index) => {
                    newlines = 0;
                    let line = token.text(self.text).trim_start_matches('/').trim_end();
                    lines.push(Name::new(line.strip_prefix(' ').unwrap_or(line)));
                }
                _ => break,
            }
            if newlines > 1 {
                break;
            }
        }
        lines.reverse();
        Docs { lines }
    }

    fn starts_line(&self, index: usize) -> bool {
        let before = self.tokens.get(..index).unwrap_or_default().iter().rev();
        before.map(|t| t.kind).find(|k| *k != TokenKind::Space).is_none_or(|k| k == TokenKind::Newline)
    }
}

/// The parts of a node, without comments and the end of the file.
fn children(pair: Pair<'_>) -> impl Iterator<Item = Pair<'_>> {
    pair.into_inner().filter(|child| !matches!(child.as_rule(), Rule::comment | Rule::EOI))
}

#[cfg(test)]
pub(crate) mod tests;
