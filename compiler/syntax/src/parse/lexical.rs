//! Mistakes that the side lexer sees: other languages' comments and separators, stray commas, foreign files.

use super::{Parse, SIZE_CAP};
use crate::codes;
use crate::lexer::{Token, TokenKind};
use solc_source::{Diagnostic, FileId, Span};

/// A file that is not read at all.
pub(super) fn too_large(file: FileId, text: &str) -> Diagnostic {
    let mib = SIZE_CAP / (1024 * 1024);
    Diagnostic::error(
        codes::FILE_TOO_LARGE,
        Span::new(file, 0, 0),
        format!("this file is larger than {mib} MiB"),
    )
    .label(format!("{} bytes", text.len()))
    .help("split it into several files")
}

/// One friendly answer to a smart contract.
pub(super) fn solidity(file: FileId, text: &str, tokens: &[Token]) -> Option<Diagnostic> {
    let mut said = tokens.iter().filter(|t| !t.kind.is_trivia());
    let first = said.next()?;
    let second = said.next();
    let second_text = second.map_or("", |t| t.text(text));
    let pragma =
        first.text(text) == "pragma" && matches!(second_text, "solidity" | "abicoder" | "experimental");
    let at = if pragma { Some((*first, second.copied().unwrap_or(*first))) } else { contract(text, tokens) };
    let (lo, hi) = at?;
    let span = Span::new(file, lo.lo as usize, hi.hi as usize);
    Some(
        Diagnostic::error(
            codes::SOLIDITY_SOURCE,
            span,
            "this is a Solidity contract, and this `solc` compiles Solution",
        )
        .label("Solidity")
        .note("both languages use the ending `.sol`, and both compilers are named `solc`")
        .help("compile it with Ethereum's `solc`; this one also goes by the name `solution`"),
    )
}

/// `contract X {` at the start of a line.
fn contract(text: &str, tokens: &[Token]) -> Option<(Token, Token)> {
    let said: Vec<&Token> = tokens.iter().filter(|t| !t.kind.is_trivia()).take(400).collect();
    said.windows(3).find_map(|window| match window {
        [word, name, next] => {
            let column_zero = text.get(..word.lo as usize).is_some_and(|t| t.is_empty() || t.ends_with('\n'));
            let opens = matches!(next.text(text), "{" | "is");
            let fits = word.text(text) == "contract" && name.kind == TokenKind::Word && opens && column_zero;
            fits.then_some((**word, **name))
        }
        _ => None,
    })
}

impl Parse<'_> {
    /// Goes over the tokens once.
    pub(super) fn lexical_mistakes(&mut self) {
        let tokens = self.tokens;
        let mut before: Option<Token> = None;
        let mut notation: Vec<Diagnostic> = Vec::new();
        let mut depth = 0usize;
        for token in tokens {
            match token.kind {
                TokenKind::ForeignComment => notation.push(self.foreign_comment(*token)),
                TokenKind::Punctuation => match token.text(self.text) {
                    ";" => notation.push(self.semicolon(*token, depth)),
                    "," => notation.extend(before.and_then(|b| self.extra_comma(b, *token))),
                    _ => {}
                },
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth = depth.saturating_sub(1),
                TokenKind::Space
                | TokenKind::Newline
                | TokenKind::Comment
                | TokenKind::Doc
                | TokenKind::Word
                | TokenKind::Number
                | TokenKind::StringOpen
                | TokenKind::StringText
                | TokenKind::StringClose
                | TokenKind::InterpolationOpen
                | TokenKind::InterpolationClose
                | TokenKind::RawString
                | TokenKind::QuoteString
                | TokenKind::Regex => {}
            }
            if !token.kind.is_trivia() {
                before = Some(*token);
            }
        }
        self.diagnostics.extend(notation);
    }

    fn foreign_comment(&self, token: Token) -> Diagnostic {
        let span = self.range(token.range());
        let text = token.text(self.text);
        let diagnostic = Diagnostic::error(codes::WRONG_NOTATION, span, "comments begin with `//`");
        if text.starts_with('#') {
            let mark = self.range(token.range().start..token.range().start + 1);
            return diagnostic.label("another language's comment").fix("write `//`", mark, "//");
        }
        let Some(inner) = text.strip_prefix("/*").and_then(|t| t.strip_suffix("*/")) else {
            return diagnostic.label("and this one is never closed");
        };
        let after = self.text.get(token.range().end..).unwrap_or_default();
        let ends_line =
            after.trim_start_matches([' ', '\t', '\r']).starts_with('\n') || after.trim().is_empty();
        if !ends_line {
            return diagnostic
                .label("another language's comment")
                .help("write `//` at the end of the line, or above it");
        }
        let lines: Vec<String> =
            inner.lines().map(|l| format!("// {}", l.trim().trim_start_matches('*').trim())).collect();
        let lines: Vec<&str> = lines.iter().map(|l| l.trim_end()).filter(|l| *l != "//").collect();
        diagnostic.label("another language's comment").fix(
            "write `//` before each line",
            span,
            lines.join("\n"),
        )
    }

    fn semicolon(&self, token: Token, depth: usize) -> Diagnostic {
        let span = self.range(token.range());
        let after = self.text.get(token.range().end..).unwrap_or_default();
        let rest = after.trim_start_matches([' ', '\t', '\r']);
        let ends_line = rest.is_empty() || rest.starts_with(['\n', '}']) || rest.starts_with("//");
        let diagnostic =
            Diagnostic::error(codes::WRONG_NOTATION, span, "a new line or a comma ends an entry, not `;`")
                .label("not needed");
        if ends_line {
            diagnostic.fix("remove `;`", span, "")
        } else if depth > 0 {
            diagnostic.fix("write a comma", span, ",")
        } else {
            let spaces = after.len() - rest.len();
            let gap = self.range(token.range().start..token.range().end + spaces);
            diagnostic.fix("begin a new line", gap, "\n")
        }
    }

    /// A comma after a comma or an opening bracket.
    fn extra_comma(&self, before: Token, token: Token) -> Option<Diagnostic> {
        let after_comma = before.text(self.text) == ",";
        if !after_comma && before.kind != TokenKind::Open {
            return None;
        }
        let span = self.range(token.range());
        let place = if after_comma { "after another comma" } else { "after an opening bracket" };
        Some(
            Diagnostic::error(
                codes::MISPLACED_COMMA,
                span,
                format!("expected an entry, found a comma {place}"),
            )
            .label("a comma too many")
            .fix("remove the comma", span, ""),
        )
    }
}
