//! Pieces of Markdown: source on one line, links inside code, tables, prose of doc comments.
//!
//! Invariant: what comes from a user's source never breaks the page around it: it is escaped where it stands, and a
//! cell of a table stays on one line.

use crate::names::Names;
use solc_source::{FileId, Name};
use solc_syntax::ast::Docs;
use solc_syntax::lexer::{Token, TokenKind, lex};

/// Source as one line: what a newline separates is separated by a comma, and comments go.
pub(crate) fn one_line(source: &str) -> String {
    pieces(source).into_iter().map(|(_, text)| text).collect()
}

/// The tokens of a source as one line, with the separators that stand between them.
fn pieces(source: &str) -> Vec<(Option<TokenKind>, String)> {
    let lexed = lex(source);
    let mut out: Vec<(Option<TokenKind>, String)> = Vec::new();
    let mut brackets: Vec<char> = Vec::new();
    let mut last: Option<Token> = None;
    let (mut space, mut newline) = (false, false);
    for token in lexed.tokens {
        let text = token.text(source);
        if token.kind.is_trivia() {
            space |= !text.is_empty();
            newline |= token.kind == TokenKind::Newline;
            continue;
        }
        if let Some(before) = last.filter(|_| space) {
            let (left, right) = (before.text(source), text);
            let entry = newline && brackets.last().is_some_and(|b| *b != '(');
            let tight = matches!(left, "(" | "[") || matches!(right, ")" | "]" | ",");
            let separator = if entry && !goes_on(before, left, right) {
                ", "
            } else if newline && (tight || right.starts_with('.')) {
                ""
            } else {
                " "
            };
            out.push((None, separator.to_owned()));
        }
        match token.kind {
            TokenKind::Open => brackets.extend(text.chars().next()),
            TokenKind::InterpolationOpen => brackets.push('('),
            TokenKind::Close | TokenKind::InterpolationClose => {
                brackets.pop();
            }
            TokenKind::Space
            | TokenKind::Newline
            | TokenKind::Comment
            | TokenKind::Doc
            | TokenKind::ForeignComment
            | TokenKind::Word
            | TokenKind::Number
            | TokenKind::StringOpen
            | TokenKind::StringText
            | TokenKind::StringClose
            | TokenKind::RawString
            | TokenKind::QuoteString
            | TokenKind::Regex
            | TokenKind::Punctuation => {}
        }
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        out.push((Some(token.kind), if text.contains('\n') { flat } else { text.to_owned() }));
        (space, newline, last) = (false, false, Some(token));
    }
    out
}

/// Whether the entry of the line before goes on in the next.
fn goes_on(before: Token, left: &str, right: &str) -> bool {
    let open = before.kind == TokenKind::Open || before.kind == TokenKind::Punctuation && left != "?";
    let continues = ["and", "or", "then", "else", "for", "if", "where", "|", "??", "."];
    open || continues.contains(&right) || right.starts_with("?.") || matches!(right, ")" | "]" | "}" | ",")
}

/// Code as Markdown shows it, without links.
pub(crate) fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A type or signature: code, in which the names of what has a place of its own lead there.
pub(crate) fn linked(source: &str, file: FileId, names: &Names<'_>) -> String {
    let pieces = pieces(source);
    let mut out = String::new();
    let mut any = false;
    for (index, (kind, text)) in pieces.iter().enumerate() {
        let beside = |step: isize| {
            let at = index.checked_add_signed(step).and_then(|i| pieces.get(i));
            at.map_or("", |(_, text)| text.as_str())
        };
        let alone = *kind == Some(TokenKind::Word) && beside(-1) != "." && beside(1) != ".";
        match names.link(file, text).filter(|_| alone) {
            Some(link) => {
                any = true;
                out.push_str(&format!("[{}]({link})", escaped(text)));
            }
            None => out.push_str(&escaped(text)),
        }
    }
    if any { format!("<code>{out}</code>") } else { code(&one_line(source)) }
}

/// Text that Markdown and HTML both leave alone.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '#' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// A doc comment as prose: code that is exactly a name with a place of its own leads there.
pub(crate) fn prose(docs: &Docs, file: FileId, names: &Names<'_>) -> String {
    let mut out = String::new();
    let mut fence: Option<String> = None;
    for line in &docs.lines {
        let ticks: String = line.trim_start().chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if *open == ticks && line.trim() == ticks => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 => fence = Some(ticks),
            None => {
                out.push_str(&with_links(line, file, names));
                out.push('\n');
                continue;
            }
        }
        out.push_str(line);
        out.push('\n');
    }
    // A fence that nobody closed would swallow the rest of the page.
    if let Some(open) = fence {
        out.push_str(&open);
        out.push('\n');
    }
    out.trim_end().to_owned()
}

fn with_links(line: &str, file: FileId, names: &Names<'_>) -> String {
    let mut out = String::new();
    let parts: Vec<&str> = line.split('`').collect();
    let paired = parts.len() % 2 == 1;
    for (index, part) in parts.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|i| parts.get(i)).copied().unwrap_or_default();
        let inside = paired && index % 2 == 1;
        // What is a link already stays one.
        let free = inside && !before.ends_with('[');
        match names.link(file, part).filter(|_| free) {
            Some(link) => out.push_str(&format!("[`{part}`]({link})")),
            None if inside => out.push_str(&format!("`{part}`")),
            None => {
                out.push_str(part);
                if !paired && index + 1 < parts.len() {
                    out.push('`');
                }
            }
        }
    }
    out
}

/// The first paragraph of a prose on one line, and what follows it.
pub(crate) fn lead(prose: &str) -> (String, String) {
    let (first, rest) = prose.split_once("\n\n").unwrap_or((prose, ""));
    // A paragraph that is a block would be lost on one line.
    if first.trim_start().starts_with("```") {
        return (String::new(), prose.to_owned());
    }
    (first.split_whitespace().collect::<Vec<_>>().join(" "), rest.trim().to_owned())
}

/// The first sentence of a doc comment, for lists.
pub(crate) fn sentence(docs: &Docs, file: FileId, names: &Names<'_>) -> String {
    let (first, _) = lead(&prose(docs, file, names));
    match first.find(". ") {
        Some(end) => first.get(..=end).unwrap_or(&first).to_owned(),
        None => first,
    }
}

/// A table; none at all where it has no rows. Columns that are empty in every row are left out.
pub(crate) struct Table {
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    below: String,
}

impl Table {
    pub(crate) fn new(head: &[&'static str]) -> Self {
        Self { head: head.to_vec(), rows: Vec::new(), below: String::new() }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect());
    }

    /// A row whose last cell is a prose: its first paragraph, and the others below the table.
    pub(crate) fn documented(&mut self, name: &str, cells: impl IntoIterator<Item = String>, prose: &str) {
        let (first, rest) = lead(prose);
        self.row(cells.into_iter().chain([first]));
        if !rest.is_empty() {
            self.below.push_str(&format!("{}: {rest}\n\n", code(name)));
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// As Markdown, with an empty line after it.
    pub(crate) fn markdown(&self) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let used = |column: &usize| {
            self.rows.iter().any(|row| row.get(*column).is_some_and(|cell| !cell.trim().is_empty()))
        };
        let columns: Vec<usize> = (0..self.head.len()).filter(used).collect();
        let line = |cell: &dyn Fn(usize) -> String| {
            let cells: Vec<String> = columns.iter().map(|column| cell(*column)).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let mut out = line(&|column| self.head.get(column).copied().unwrap_or_default().to_owned());
        out.push_str(&line(&|_| "---".to_owned()));
        for row in &self.rows {
            out.push_str(&line(&|column| row.get(column).cloned().unwrap_or_default()));
        }
        out.push('\n');
        out.push_str(&self.below);
        out
    }
}

/// `a`, `b` and `c`.
pub(crate) fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// `s3:GetObject`, as IAM writes it.
pub(crate) fn action(service: &Name, name: &Name) -> String {
    let name = if name == "All" { "*" } else { name.as_str() };
    format!("{}:{name}", service.replace('_', "-"))
}
