//! Strings: escapes resolved, indentation of `"""` removed, interpolations read.

use super::{Parse, children};
use crate::ast::{CodeString, Expr, StringPart};
use crate::codes;
use crate::grammar::{Pair, Rule};
use solc_source::{Diagnostic, Name, Span};

/// A piece of a string as the grammar gives it.
enum Piece<'t> {
    /// Bytes as written.
    Raw(&'t str),
    /// What an escape stands for.
    Resolved(String),
    Interpolation(Expr),
}

impl<'t> Parse<'t> {
    /// `string`, or `missing_text`.
    pub(super) fn text(&mut self, pair: Pair<'t>) -> CodeString {
        if pair.as_rule() == Rule::missing_text {
            let at = pair.as_span().start();
            self.expected("a string", at);
            return CodeString { parts: Vec::new(), span: self.range(at..at) };
        }
        self.string(pair)
    }

    pub(super) fn string(&mut self, pair: Pair<'t>) -> CodeString {
        let span = self.span(&pair);
        let mut multi = false;
        let mut pieces = Vec::new();
        for child in children(pair) {
            match child.as_rule() {
                Rule::multi_open => multi = true,
                Rule::string_text | Rule::multi_text | Rule::raw_text => {
                    pieces.push(Piece::Raw(child.as_str()));
                }
                Rule::escape => pieces.push(Piece::Resolved(self.escape(&child))),
                Rule::interpolation => pieces.push(Piece::Interpolation(self.interpolation(child))),
                Rule::quote_string => {
                    let text = self.single_quoted(child.as_str(), span);
                    pieces.push(Piece::Raw(text));
                }
                Rule::unclosed_multi => {
                    pieces.push(Piece::Raw(child.as_str().trim_start_matches('"')));
                    self.unclosed_string(span, "\"\"\"");
                }
                _ => self.unclosed_string(span, "\""),
            }
        }
        let parts = if multi { unindented(pieces) } else { joined(pieces) };
        CodeString { parts, span }
    }

    fn unclosed_string(&mut self, span: Span, close: &str) {
        let place = if close.len() == 1 { " before the end of the line" } else { "" };
        let diagnostic = Diagnostic::error(codes::UNCLOSED_STRING, span, "this string is never closed")
            .label(format!("expected `{close}`{place}"));
        self.report(diagnostic);
    }

    fn single_quoted(&mut self, text: &'t str, span: Span) -> &'t str {
        let inner = text.strip_prefix('\'').unwrap_or(text);
        let closed = inner.strip_suffix('\'');
        let inner = closed.unwrap_or(inner);
        let mut diagnostic =
            Diagnostic::error(codes::WRONG_NOTATION, span, "strings are written in double quotes")
                .label("in single quotes here");
        if closed.is_some() {
            let escaped = inner.replace('"', "\\\"");
            diagnostic = diagnostic.fix("write double quotes", span, format!("\"{escaped}\""));
        }
        self.report(diagnostic);
        inner
    }

    fn escape(&mut self, pair: &Pair<'t>) -> String {
        let text = pair.as_str();
        let after = text.strip_prefix('\\').unwrap_or(text);
        let resolved = match after {
            "n" => Some('\n'),
            "t" => Some('\t'),
            "r" => Some('\r'),
            "\"" => Some('"'),
            "\\" => Some('\\'),
            "$" => Some('$'),
            _ => after
                .strip_prefix("u{")
                .and_then(|hex| hex.strip_suffix('}'))
                .filter(|hex| !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit()))
                .and_then(|hex| u32::from_str_radix(hex, 16).ok())
                .and_then(char::from_u32),
        };
        if let Some(character) = resolved {
            return character.to_string();
        }
        let span = pair.as_span();
        let span = self.range(span.start()..span.end());
        let shown = text.replace(['\n', '\r'], "");
        let diagnostic = Diagnostic::error(codes::UNKNOWN_ESCAPE, span, format!("unknown escape `{shown}`"))
            .label("stands for nothing")
            .help(r#"use `\n`, `\t`, `\r`, `\"`, `\\`, `\$` or `\u{1F600}`"#)
            .fix("write a backslash", span, format!("\\{text}"));
        self.report(diagnostic);
        after.to_owned()
    }

    fn interpolation(&mut self, pair: Pair<'t>) -> Expr {
        let opening = self.span(&pair);
        let mut value = self.no_expr(opening.lo as usize);
        for child in children(pair) {
            match child.as_rule() {
                Rule::error_interpolation => self.unreadable_entry(&child, "`}`"),
                Rule::missing_close => {
                    let from = opening.lo as usize;
                    self.unclosed_at(&child, self.range(from..from + 2), "${", "}");
                }
                _ => value = self.value(child),
            }
        }
        value
    }
}

/// Neighbouring texts become one.
fn joined(pieces: Vec<Piece<'_>>) -> Vec<StringPart> {
    let mut parts = Vec::new();
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Raw(raw) => text.push_str(raw),
            Piece::Resolved(resolved) => text.push_str(&resolved),
            Piece::Interpolation(expr) => {
                if !text.is_empty() {
                    parts.push(StringPart::Text(Name::new(std::mem::take(&mut text))));
                }
                parts.push(StringPart::Interpolation(expr));
            }
        }
    }
    if !text.is_empty() {
        parts.push(StringPart::Text(Name::new(text)));
    }
    parts
}

/// Drops the first and last line where they are blank, and what indents all other lines.
fn unindented(pieces: Vec<Piece<'_>>) -> Vec<StringPart> {
    let indent = common_indent(&pieces);
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut first = true;
    let count = pieces.len();
    let mut line_start = false;
    for (index, piece) in pieces.into_iter().enumerate() {
        match piece {
            Piece::Raw(raw) => {
                let raw = raw.replace("\r\n", "\n");
                let mut rest = raw.as_str();
                if first
                    && let Some((blank, after)) = rest.split_once('\n').filter(|(l, _)| l.trim().is_empty())
                {
                    let _ = blank;
                    rest = after;
                    line_start = true;
                }
                if index + 1 == count
                    && let Some((before, _)) = rest.rsplit_once('\n').filter(|(_, l)| l.trim().is_empty())
                {
                    rest = before;
                } else if index + 1 == count && line_start && rest.trim().is_empty() {
                    rest = "";
                }
                let mut lines = rest.split('\n');
                if let Some(line) = lines.next() {
                    text.push_str(if line_start { dedent(line, indent) } else { line });
                }
                for line in lines {
                    text.push('\n');
                    text.push_str(dedent(line, indent));
                }
                line_start = raw.ends_with('\n');
            }
            Piece::Resolved(resolved) => {
                text.push_str(&resolved);
                line_start = false;
            }
            Piece::Interpolation(expr) => {
                if !text.is_empty() {
                    parts.push(StringPart::Text(Name::new(std::mem::take(&mut text))));
                }
                parts.push(StringPart::Interpolation(expr));
                line_start = false;
            }
        }
        first = false;
    }
    if !text.is_empty() {
        parts.push(StringPart::Text(Name::new(text)));
    }
    parts
}

/// The shortest indentation of a line that says something, or of the closing quotes.
fn common_indent(pieces: &[Piece<'_>]) -> usize {
    let mut least: Option<usize> = None;
    let mut note = |width: usize| least = Some(least.map_or(width, |l| l.min(width)));
    let mut open: Option<usize> = None;
    for piece in pieces {
        let Piece::Raw(raw) = piece else {
            if let Some(width) = open.take() {
                note(width);
            }
            continue;
        };
        for (index, line) in raw.split('\n').enumerate() {
            let width = line.len() - line.trim_start_matches([' ', '\t']).len();
            let blank = line.trim().is_empty();
            if index == 0 {
                if let Some(before) = open.take() {
                    if blank {
                        open = Some(before + width);
                    } else {
                        note(before + width);
                    }
                }
                continue;
            }
            // A blank line says nothing, unless what follows it is an interpolation or the closing quotes.
            open = if blank { Some(width) } else { None };
            if !blank {
                note(width);
            }
        }
    }
    if let Some(width) = open {
        note(width);
    }
    least.unwrap_or(0)
}

fn dedent(line: &str, indent: usize) -> &str {
    let width = line.len() - line.trim_start_matches([' ', '\t']).len();
    line.get(width.min(indent)..).unwrap_or_default()
}
