//! Tokens become groups, entries and leaves; comments stay with the entry that they stand at.
//!
//! Invariant: every token but white space and separators is in the tree exactly once.

use super::marks::{EntryKind, Marks};
use super::spacing;
use crate::lexer::{Token, TokenKind};

/// A piece of an entry.
#[derive(Debug)]
pub(super) enum Node<'t> {
    /// A token, or a whole string.
    Leaf(Leaf<'t>),
    /// What stands between brackets, with them.
    Group(Group<'t>),
    /// A comment inside an entry; a new line follows.
    Comment(&'t str, Line),
}

/// A token, or a whole string.
#[derive(Debug)]
pub(super) struct Leaf<'t> {
    pub(super) text: &'t str,
    /// Whether a space belongs before it.
    pub(super) space: bool,
    /// The writer broke the line before it, and may.
    pub(super) broken: bool,
    /// How readily a line breaks before it.
    pub(super) breaks: Breaks,
}

/// How readily a line breaks before a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breaks {
    Never,
    /// A clause of a statement or comprehension.
    Clause,
    /// `then`, `else`
    Branch,
    /// `and`, `or`, `??`, `|`
    Operator,
}

/// Whether a comment has a line of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Own,
    Shared,
}

/// What stands between brackets.
#[derive(Debug)]
pub(super) struct Group<'t> {
    pub(super) open: &'t str,
    pub(super) close: &'t str,
    pub(super) space: bool,
    pub(super) entries: Vec<Entry<'t>>,
    /// A comment right after the opening bracket.
    pub(super) comment: Option<&'t str>,
    /// Comments before the closing bracket.
    pub(super) dangling: Vec<Above<'t>>,
    /// One entry a line, whatever fits.
    pub(super) broken: bool,
    /// Braces without spaces inside.
    pub(super) tight: bool,
    /// No comma may end the last entry.
    pub(super) grouping: bool,
}

/// What stands on lines of its own above an entry.
#[derive(Debug, PartialEq)]
pub(super) enum Above<'t> {
    Blank,
    Comment(&'t str),
}

/// One entry of a group or file.
#[derive(Debug)]
pub(super) struct Entry<'t> {
    pub(super) kind: EntryKind,
    pub(super) above: Vec<Above<'t>>,
    pub(super) nodes: Vec<Node<'t>>,
    /// A comment at the end of its last line.
    pub(super) trailing: Option<&'t str>,
}

struct Reading<'t, 'm> {
    text: &'t str,
    tokens: &'t [Token],
    marks: &'m Marks,
    at: usize,
}

/// The entries of a file, and the comments at its end.
pub(super) fn tree<'t>(text: &'t str, tokens: &'t [Token], marks: &Marks) -> Group<'t> {
    let mut reading = Reading { text, tokens, marks, at: 0 };
    reading.group(None, false)
}

impl<'t> Reading<'t, '_> {
    fn peek(&self) -> Option<Token> {
        self.tokens.get(self.at).copied()
    }

    /// Reads up to the closing bracket of `open`, or the end of the file.
    fn group(&mut self, open: Option<Token>, space: bool) -> Group<'t> {
        let start = open.map_or(0, |t| t.lo as usize);
        let mut group = Group {
            open: open.map_or("", |t| t.text(self.text)),
            close: "",
            space,
            entries: Vec::new(),
            comment: None,
            dangling: Vec::new(),
            broken: open.is_none(),
            tight: open.is_some() && self.marks.maps.contains(&start),
            grouping: open.is_some() && self.marks.grouping.contains(&start),
        };
        let mut above: Vec<Above<'t>> = Vec::new();
        let mut newlines = 0;
        let mut current: Option<Entry<'t>> = None;
        let mut last: Option<Token> = open;
        while let Some(token) = self.peek() {
            let text = token.text(self.text);
            match token.kind {
                TokenKind::Space => self.at += 1,
                TokenKind::Newline => {
                    newlines += 1;
                    self.at += 1;
                }
                TokenKind::Comment | TokenKind::Doc | TokenKind::ForeignComment => {
                    self.at += 1;
                    let text = text.trim_end();
                    if newlines == 0
                        && current.is_none()
                        && group.entries.is_empty()
                        && open.is_some()
                        && above.is_empty()
                    {
                        group.comment = Some(text);
                    } else if newlines == 0
                        && let Some(entry) = &mut current
                    {
                        if self.entry_goes_on() {
                            entry.nodes.push(Node::Comment(text, Line::Shared));
                        } else {
                            entry.trailing = Some(text);
                        }
                    } else if newlines == 0
                        && above.is_empty()
                        && let Some(entry) = group.entries.last_mut().filter(|e| e.trailing.is_none())
                    {
                        entry.trailing = Some(text);
                    } else if current.is_some() && self.entry_goes_on() {
                        if let Some(entry) = &mut current {
                            entry.nodes.push(Node::Comment(text, Line::Own));
                        }
                    } else {
                        group.entries.extend(current.take());
                        blank(&mut above, newlines);
                        above.push(Above::Comment(text));
                    }
                    newlines = 0;
                }
                TokenKind::Close if open.is_some() => {
                    self.at += 1;
                    group.close = text;
                    group.entries.extend(current.take());
                    break;
                }
                TokenKind::Punctuation if matches!(text, "," | ";") && !self.entry_goes_on_after() => {
                    self.at += 1;
                    group.entries.extend(current.take());
                    last = Some(token);
                }
                _ => {
                    let begins = self.marks.entries.get(&(token.lo as usize)).copied();
                    if begins.is_some() || current.is_none() {
                        group.entries.extend(current.take());
                        blank(&mut above, newlines);
                        current = Some(Entry {
                            kind: begins.unwrap_or(EntryKind::Other),
                            above: std::mem::take(&mut above),
                            nodes: Vec::new(),
                            trailing: None,
                        });
                        newlines = 0;
                        last = None;
                    }
                    let broken_line = newlines > 0;
                    newlines = 0;
                    if let Some(entry) = &mut current {
                        let node = self.node(token, last, broken_line, entry);
                        entry.nodes.push(node);
                    }
                    last = self.tokens.get(self.at.saturating_sub(1)).copied();
                }
            }
        }
        group.entries.extend(current.take());
        if above.iter().any(|a| *a != Above::Blank) {
            group.dangling = above;
        }
        group.broken |= self.was_broken(&group, start);
        group
    }

    /// A leaf, a whole string, or a group.
    fn node(&mut self, token: Token, last: Option<Token>, broken_line: bool, entry: &Entry<'t>) -> Node<'t> {
        let space = last.is_some_and(|last| spacing::between(self.text, self.marks, last, token));
        if token.kind == TokenKind::Open {
            self.at += 1;
            let mut group = self.group(Some(token), space);
            group.tight |=
                group.open == "{" && matches!(entry.nodes.last(), Some(Node::Leaf(leaf)) if leaf.text == ".");
            return Node::Group(group);
        }
        let end = self.string_end(token);
        let text = self.text.get(token.lo as usize..end).unwrap_or_default();
        let breaks = self.breaks(token);
        let after_operator =
            last.is_some_and(|l| self.marks.infixes.contains(&(l.lo as usize)) || l.text(self.text) == ",");
        let leads = matches!(text, "." | "?.")
            || breaks != Breaks::Never
            || self.marks.infixes.contains(&(token.lo as usize));
        Node::Leaf(Leaf { text, space, broken: broken_line && (after_operator || leads), breaks })
    }

    fn breaks(&self, token: Token) -> Breaks {
        let at = token.lo as usize;
        if self.marks.clauses.contains(&at) {
            return Breaks::Clause;
        }
        match token.text(self.text) {
            "then" | "else" if token.kind == TokenKind::Word => Breaks::Branch,
            "and" | "or" | "??" if self.marks.infixes.contains(&at) => Breaks::Operator,
            "|" => Breaks::Operator,
            _ => Breaks::Never,
        }
    }

    /// Steps over a token, or a string with all that is interpolated in it; the byte where it ends.
    fn string_end(&mut self, token: Token) -> usize {
        self.at += 1;
        if token.kind != TokenKind::StringOpen {
            return token.hi as usize;
        }
        let mut depth = 1usize;
        let mut end = token.hi as usize;
        while let Some(next) = self.peek().filter(|_| depth > 0) {
            match next.kind {
                TokenKind::StringOpen => depth += 1,
                TokenKind::StringClose => depth -= 1,
                _ => {}
            }
            end = next.hi as usize;
            self.at += 1;
        }
        end
    }

    /// Whether what follows the trivia here still belongs to the entry being read.
    fn entry_goes_on(&self) -> bool {
        self.goes_on(self.at)
    }

    /// The same for what follows the separator here.
    fn entry_goes_on_after(&self) -> bool {
        self.goes_on(self.at + 1)
    }

    fn goes_on(&self, from: usize) -> bool {
        let next = self.tokens.get(from..).unwrap_or_default().iter().find(|t| !t.kind.is_trivia());
        next.is_some_and(|t| {
            t.kind != TokenKind::Close
                && !matches!(t.text(self.text), "," | ";")
                && !self.marks.entries.contains_key(&(t.lo as usize))
        })
    }

    /// Whether the writer gave the entries lines of their own, or a comment needs one.
    fn was_broken(&self, group: &Group<'t>, start: usize) -> bool {
        let commented = group.comment.is_some()
            || !group.dangling.is_empty()
            || group
                .entries
                .iter()
                .any(|e| e.trailing.is_some() || e.above.iter().any(|a| matches!(a, Above::Comment(_))));
        if commented {
            return true;
        }
        if group.entries.is_empty() {
            return false;
        }
        let end = self.tokens.get(self.at.saturating_sub(1)).map_or(start, |t| t.hi as usize);
        let inside = self.text.get(start + group.open.len()..end).unwrap_or_default();
        if group.open == "{" {
            return inside.contains('\n');
        }
        let first = inside.trim_start_matches([' ', '\t', '\r']);
        first.starts_with('\n')
    }
}

fn blank(above: &mut Vec<Above<'_>>, newlines: usize) {
    if newlines > 1 && above.last() != Some(&Above::Blank) {
        above.push(Above::Blank);
    }
}
