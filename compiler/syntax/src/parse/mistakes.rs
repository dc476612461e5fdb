//! Nodes that stand for mistakes become messages: expected this, found that.
//!
//! Invariant: two nodes that stumble over the same token make one message.

use super::statements::Typed;
use super::{Parse, children};
use crate::ast::{BlockDecl, BlockKind, ComponentDecl, ItemKind, LetDecl, SolutionDecl, StatementKind};
use crate::codes;
use crate::grammar::Pair;
use crate::lexer::{DECLARATION_WORDS, Token, TokenKind};
use solc_source::{Diagnostic, Span, suggest};

/// The words that begin a statement.
const STATEMENT_WORDS: &[&str] = &[
    "param",
    "let",
    "private",
    "layer",
    "stateful",
    "resource",
    "attribute",
    "output",
    "grant",
    "principal",
    "accepts",
    "ensure",
    "allow",
    "permit",
    "deny",
    "connect",
    "encrypt",
    "decrypt",
    "env",
    "setting",
    "secret",
    "link",
    "moved",
    "default",
    "enforce",
    "waive",
    "assert",
    "require",
    "for",
    "on",
];

/// The token at a place.
struct Found {
    text: String,
    span: Span,
}

impl<'t> Parse<'t> {
    /// Reports, unless something is wrong with the same place already.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        let span = diagnostic.span();
        if self.blamed.insert(span.lo as usize) {
            self.diagnostics.push(diagnostic);
        }
    }

    pub(super) fn expected(&mut self, what: &str, at: usize) {
        if let Some(diagnostic) = self.expectation(what, at) {
            self.diagnostics.push(diagnostic);
        }
    }

    pub(super) fn expected_with(&mut self, what: &str, at: usize, help: &str) {
        if let Some(diagnostic) = self.expectation(what, at) {
            self.diagnostics.push(diagnostic.help(help));
        }
    }

    fn expectation(&mut self, what: &str, at: usize) -> Option<Diagnostic> {
        let found = self.found(at);
        if !self.blamed.insert(found.span.lo as usize) {
            return None;
        }
        let message = format!("expected {what}, found {}", found.text);
        Some(Diagnostic::error(codes::SYNTAX_ERROR, found.span, message).label(format!("expected {what}")))
    }

    fn token_index(&self, at: usize) -> usize {
        self.tokens.partition_point(|t| (t.hi as usize) <= at)
    }

    /// The first token at or after `at` that is no space.
    fn token_at(&self, at: usize) -> Option<(usize, Token)> {
        let from = self.token_index(at);
        let rest = self.tokens.get(from..).unwrap_or_default().iter().enumerate();
        rest.map(|(i, t)| (from + i, *t)).find(|(_, t)| t.kind != TokenKind::Space)
    }

    fn found(&self, at: usize) -> Found {
        let Some((index, token)) = self.token_at(at) else {
            let end = self.text.trim_end().len();
            return Found { text: "end of file".to_owned(), span: self.range(end..end) };
        };
        let span = self.range(token.range());
        let text = match token.kind {
            TokenKind::Newline | TokenKind::Comment | TokenKind::Doc | TokenKind::ForeignComment => {
                let before = self.tokens.get(..index).unwrap_or_default().iter().rev();
                let end = before.take_while(|t| t.kind == TokenKind::Space).last().map_or(token.lo, |t| t.lo);
                return Found {
                    text: "end of line".to_owned(),
                    span: self.range(end as usize..end as usize),
                };
            }
            TokenKind::StringOpen | TokenKind::RawString | TokenKind::QuoteString => "a string".to_owned(),
            TokenKind::StringText => "text".to_owned(),
            TokenKind::StringClose => "the end of the string".to_owned(),
            TokenKind::Space
            | TokenKind::Word
            | TokenKind::Number
            | TokenKind::InterpolationOpen
            | TokenKind::InterpolationClose
            | TokenKind::Regex
            | TokenKind::Open
            | TokenKind::Close
            | TokenKind::Punctuation => format!("`{}`", short(token.text(self.text))),
        };
        Found { text, span }
    }

    /// Whether the text before `at` ends in a comment.
    pub(super) fn ends_in_comment(&self, at: usize) -> bool {
        at.checked_sub(1).and_then(|i| self.tokens.get(self.token_index(i))).is_some_and(|t| {
            matches!(t.kind, TokenKind::Comment | TokenKind::Doc | TokenKind::ForeignComment)
        })
    }

    /// A bracket that `missing` should have closed; it stands at the start of `opening`, or is its first bracket.
    pub(super) fn unclosed(&mut self, missing: &Pair<'t>, opening: Span) {
        let range = opening.range();
        let from = self.tokens.partition_point(|t| (t.lo as usize) < range.start);
        let inside = self.tokens.get(from..).unwrap_or_default().iter();
        let open = inside
            .take_while(|t| (t.lo as usize) <= range.end)
            .find(|t| t.kind == TokenKind::Open || t.text(self.text) == "<");
        let Some(open) = open.copied() else {
            return self.expected("a closing bracket", missing.as_span().start());
        };
        let open_text = open.text(self.text).to_owned();
        let close = match open_text.as_str() {
            "(" => ")",
            "[" => "]",
            "<" => ">",
            _ => "}",
        };
        self.unclosed_at(missing, self.range(open.range()), &open_text, close);
    }

    pub(super) fn unclosed_at(&mut self, missing: &Pair<'t>, open: Span, open_text: &str, close: &str) {
        let found = self.found(missing.as_span().start());
        let wrong_close = matches!(found.text.as_str(), "`)`" | "`]`" | "`}`");
        // What stopped us is not a mistake of its own; that several brackets stop there is one each.
        let stop = found.span.lo as usize;
        if !self.blamed.insert(stop) && !self.stops.contains(&stop) {
            return;
        }
        self.stops.insert(stop);
        if open_text == "{" {
            self.ended_early += 1;
        }
        let mut diagnostic =
            Diagnostic::error(codes::UNCLOSED_DELIMITER, open, format!("this `{open_text}` is never closed"))
                .label(format!("expected `{close}`"));
        if !wrong_close && found.span.lo != open.lo {
            diagnostic =
                diagnostic.because(found.span, format!("before {}", found.text.trim_start_matches("the ")));
        } else if wrong_close {
            diagnostic = diagnostic.because(found.span, format!("found {} first", found.text));
        }
        self.diagnostics.push(diagnostic);
    }

    /// Two entries with nothing between them.
    pub(super) fn missing_comma(&mut self, pair: &Pair<'t>) {
        self.comma_before(pair.as_span().start());
    }

    fn comma_before(&mut self, at: usize) {
        let found = self.found(at);
        if !self.blamed.insert(found.span.lo as usize) {
            return;
        }
        let before = self.text.get(..found.span.lo as usize).unwrap_or_default().trim_end().len();
        let place = self.range(before..before);
        let message = format!("expected a comma before {}", found.text);
        self.diagnostics.push(
            Diagnostic::error(codes::MISPLACED_COMMA, found.span, message).label("begins another entry").fix(
                "write a comma",
                place,
                ",",
            ),
        );
    }

    /// In parentheses a newline is space, so that only a comma separates.
    pub(super) fn comma_between(&mut self, end: Option<usize>, next: Span) {
        let Some(end) = end else { return };
        let from = self.token_index(end);
        let between = self.tokens.get(from..).unwrap_or_default().iter();
        let comma = between.take_while(|t| t.lo < next.lo).any(|t| matches!(t.text(self.text), "," | ";"));
        if !comma {
            self.comma_before(next.lo as usize);
        }
    }

    /// A type or component right after a name.
    pub(super) fn missing_colon(&mut self, at: usize, before_what: &str) {
        let found = self.found(at);
        let before = self.text.get(..found.span.lo as usize).unwrap_or_default().trim_end().len();
        let message = format!("expected `:` before {before_what}, found {}", found.text);
        let diagnostic = Diagnostic::error(codes::SYNTAX_ERROR, found.span, message).label(before_what);
        self.report(diagnostic.fix("write `:`", self.range(before..before), ":"));
    }

    /// `:=`
    pub(super) fn walrus(&mut self, pair: &Pair<'t>) {
        let span = self.span(pair);
        let diagnostic = Diagnostic::error(codes::WRONG_NOTATION, span, "a value follows `=`, not `:=`")
            .label("another language's sign")
            .suggest(span, Some("="));
        self.report(diagnostic);
    }

    /// `:`, `=>` or `->` before a value.
    pub(super) fn wrong_assign(&mut self, pair: &Pair<'t>) {
        let span = self.span(pair);
        let text = pair.as_str().trim().to_owned();
        let spaced = self.text.get(..span.lo as usize).is_some_and(|t| t.ends_with([' ', '\t']));
        let diagnostic = Diagnostic::error(
            codes::WRONG_NOTATION,
            span,
            format!("a field's value follows `=`, not `{text}`"),
        )
        .label("expected `=`")
        .fix("write `=`", span, if spaced { "=" } else { " =" });
        self.report(diagnostic);
    }

    /// Another language's word between a loop's name and what it runs over.
    pub(super) fn wrong_in(&mut self, pair: &Pair<'t>) {
        let span = self.span(pair);
        let message = format!("`in` stands between the names and what is run over, not `{}`", pair.as_str());
        let diagnostic = Diagnostic::error(codes::WRONG_NOTATION, span, message).label("expected `in`");
        self.report(diagnostic.suggest(span, Some("in")));
    }

    /// An entry of brackets that nothing could read.
    pub(super) fn unreadable_entry(&mut self, pair: &Pair<'t>, expected: &str) {
        self.unreadable(pair, expected);
    }

    /// What is left over after a statement or declaration.
    pub(super) fn tail(&mut self, pair: &Pair<'t>, expected: &str) {
        self.unreadable(pair, expected);
    }

    fn unreadable(&mut self, pair: &Pair<'t>, expected: &str) {
        let at = pair.as_span().start();
        let Some((index, token)) = self.token_at(at) else { return self.expected(expected, at) };
        let span = self.range(token.range());
        let text = token.text(self.text);
        if self.blamed.contains(&(token.lo as usize)) {
            return;
        }
        let before = self.tokens.get(..index).unwrap_or_default().iter().rev().find(|t| !t.kind.is_trivia());
        let diagnostic = match text {
            "=>" | "->" => {
                return self.lambda(span);
            }
            "=" => Diagnostic::error(codes::WRONG_OPERATOR, span, "`=` gives a value; `==` compares")
                .label("not expected here")
                .fix("write `==`", span, "=="),
            ":" => Diagnostic::error(codes::SYNTAX_ERROR, span, format!("expected {expected}, found `:`"))
                .label("not expected here")
                .help(
                    "write `=` before a value; `:` stands before a type, a component or a labelled argument",
                ),
            "{" => Diagnostic::error(codes::SYNTAX_ERROR, span, format!("expected {expected}, found `{{`"))
                .label("only a name takes braces")
                .help("write parentheses to call, or put a union's case in parentheses where a body follows"),
            "?" => Diagnostic::error(codes::WRONG_OPERATOR, span, "there is no operator `?`")
                .label("not expected here")
                .help("write `if condition then value else value`, or `value ?? otherwise`"),
            "for" => {
                Diagnostic::error(codes::SYNTAX_ERROR, span, format!("expected {expected}, found `for`"))
                    .label("a comprehension begins with its value")
                    .help("write the value first: `[f(x) for x in xs]`, `{k: v for k, v in m}`")
            }
            // The brace of what was ended by a declaration in the first column.
            "}" if self.ended_early > 0 => {
                self.ended_early -= 1;
                return;
            }
            ")" | "]" | "}" => {
                Diagnostic::error(codes::SYNTAX_ERROR, span, format!("this `{text}` closes nothing"))
                    .label("no bracket is open")
                    .fix(format!("remove `{text}`"), span, "")
            }
            "@" | "\\" | "`" | "~" | "^" | "$" => {
                Diagnostic::error(codes::SYNTAX_ERROR, span, format!("`{text}` has no meaning here"))
                    .label(format!("expected {expected}"))
            }
            _ if text.starts_with(|c: char| !c.is_ascii() && c.is_alphabetic()) => {
                Diagnostic::error(codes::SYNTAX_ERROR, span, format!("expected {expected}, found `{text}`"))
                    .label("not a letter that names are made of")
                    .help("write names with `a` to `z`, digits and `_`")
            }
            "," => Diagnostic::error(codes::SYNTAX_ERROR, span, format!("expected {expected}, found `,`"))
                .label("parentheses hold one expression")
                .help("write a list with `[ ]`"),
            "." if before.is_some_and(|t| t.kind == TokenKind::Number) => {
                Diagnostic::error(codes::SYNTAX_ERROR, span, "expected a digit after the point")
                    .label("ends a number")
            }
            _ => return self.expected(expected, at),
        };
        self.report(diagnostic);
    }

    /// A line of a body that begins like no statement.
    pub(super) fn error_statement(&mut self, pair: &Pair<'t>) {
        let at = pair.as_span().start();
        let Some((index, token)) = self.token_at(at) else { return };
        let word = token.text(self.text);
        let next = self.said_after(index);
        let begins = matches!(next, Some(TokenKind::Word | TokenKind::StringOpen | TokenKind::Number));
        if token.kind == TokenKind::Word && begins && !STATEMENT_WORDS.contains(&word) {
            self.unknown_word(token);
            return;
        }
        if token.kind == TokenKind::Word && !matches!(word, "if" | "match" | "then" | "else") {
            let after = token.hi as usize;
            return self.expected("`=`, `:` or a new line", after);
        }
        if token.kind == TokenKind::Punctuation && word == "..." {
            let span = self.range(token.range());
            let message = "a spread stands in records and lists, not in bodies";
            return self
                .report(Diagnostic::error(codes::SYNTAX_ERROR, span, message).label("not a statement"));
        }
        self.unreadable(pair, "a statement");
    }

    /// A word that begins no statement: reported; and what it probably means.
    fn unknown_word(&mut self, token: Token) -> Option<&'static str> {
        let span = self.range(token.range());
        let word = token.text(self.text);
        let near = nearest(word, STATEMENT_WORDS.iter().copied()).or_else(|| counterpart(word));
        let message = format!("no statement begins with `{}`", short(word));
        let diagnostic =
            Diagnostic::error(codes::UNKNOWN_DECLARATION, span, message).label("not a statement");
        self.report(match near {
            Some(_) => diagnostic.suggest(span, near),
            None if DECLARATION_WORDS.contains(&word) => {
                diagnostic.help("put it at the top of the file: it is a declaration")
            }
            None => {
                diagnostic.help("write `name = value`, `name: Component { … }`, or a statement word first")
            }
        });
        near
    }

    /// `parm x: Int = 1`: the declared name is kept.
    pub(super) fn unknown_statement(&mut self, pair: Pair<'t>) -> StatementKind {
        let word = children(pair.clone()).next();
        let token = word.and_then(|w| self.token_at(w.as_span().start()));
        let near = token.and_then(|(_, token)| self.unknown_word(token));
        let Typed { name, ty, value } = self.typed(pair, "a name");
        let at = name.span.hi as usize;
        match near {
            Some("param") => {
                StatementKind::Param { ty: ty.unwrap_or_else(|| self.no_type(at)), name, default: value }
            }
            Some("setting") => {
                StatementKind::Setting { ty: ty.unwrap_or_else(|| self.no_type(at)), name, default: value }
            }
            Some("attribute") => StatementKind::Attribute {
                ty: ty.unwrap_or_else(|| self.no_type(at)),
                value: value.unwrap_or_else(|| self.no_expr(at)),
                name,
            },
            Some("output") => {
                StatementKind::Output { name, ty, value: value.unwrap_or_else(|| self.no_expr(at)) }
            }
            Some(_) | None => match value {
                Some(value) => StatementKind::Let(LetDecl { private: None, name, ty, value }),
                None => StatementKind::Error,
            },
        }
    }

    fn said_after(&self, index: usize) -> Option<TokenKind> {
        let rest = self.tokens.get(index + 1..).unwrap_or_default().iter();
        rest.map(|t| t.kind).find(|k| *k != TokenKind::Space)
    }

    /// Text at the top of a file that begins like no declaration.
    pub(super) fn error_item(&mut self, pair: &Pair<'t>) {
        let at = pair.as_span().start();
        let Some((index, token)) = self.token_at(at) else { return };
        if token.kind != TokenKind::Word {
            return self.unreadable(pair, "a declaration");
        }
        let word = token.text(self.text);
        if DECLARATION_WORDS.contains(&word) || word == "let" {
            return self.expected("a name", token.hi as usize);
        }
        let named = self.said_after(index) != Some(TokenKind::Punctuation);
        self.unknown_declaration(token, named);
    }

    fn unknown_declaration(&mut self, token: Token, named: bool) -> Option<&'static str> {
        let span = self.range(token.range());
        let word = token.text(self.text);
        let words = DECLARATION_WORDS.iter().copied().chain(["let", "private"]);
        let near = if named { nearest(word, words).or_else(|| counterpart(word)) } else { None };
        let statement = nearest(word, STATEMENT_WORDS.iter().copied());
        let message = format!("no declaration begins with `{}`", short(word));
        let diagnostic =
            Diagnostic::error(codes::UNKNOWN_DECLARATION, span, message).label("not a declaration");
        self.report(match (near, statement) {
            (Some(_), _) => diagnostic.suggest(span, near),
            (None, Some(statement)) if named => diagnostic
                .help(format!("put it into a `component` or a `solution`: `{statement}` is a statement")),
            (None, _) => diagnostic.help(
                "begin with `use`, `component`, `solution`, `type`, `enum`, `fn`, `let`, `environment` …",
            ),
        });
        near
    }

    /// `componnt Foo { … }`: read as what it probably means.
    pub(super) fn unknown_decl(&mut self, pair: Pair<'t>) -> ItemKind {
        let mut parts = children(pair);
        let (Some(word), Some(name), Some(body)) = (parts.next(), parts.next(), parts.next()) else {
            return ItemKind::Error;
        };
        let Some((_, token)) = self.token_at(word.as_span().start()) else { return ItemKind::Error };
        let near = self.unknown_declaration(token, true);
        let name = self.ident(&name);
        let kind = match near {
            Some("component") => {
                return ItemKind::Component(ComponentDecl { name, body: self.body(body) });
            }
            Some("solution") => {
                return ItemKind::Solution(SolutionDecl { name, body: self.body(body) });
            }
            Some("organisation") => BlockKind::Organisation,
            Some("account") => BlockKind::Account,
            Some("team") => BlockKind::Team,
            Some("product") => BlockKind::Product,
            Some("environment") => BlockKind::Environment,
            Some(_) | None => return ItemKind::Error,
        };
        ItemKind::Block(BlockDecl { kind, name, body: self.body(body) })
    }
}

/// A text as a message can show it.
fn short(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The word that was meant, if a person can have meant one: comparing costs the length.
fn nearest<'a>(word: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > 40 { None } else { suggest::nearest(word, words) }
}

/// What other languages call it.
fn counterpart(word: &str) -> Option<&'static str> {
    Some(match word {
        "import" | "include" | "from" => "use",
        "var" | "const" | "val" | "local" | "locals" | "define" => "let",
        "function" | "def" | "func" | "fun" => "fn",
        "struct" | "record" | "typedef" | "alias" => "type",
        "class" | "module" | "construct" | "template" => "component",
        "trait" | "protocol" => "interface",
        "stack" | "app" | "project" | "service" => "solution",
        "env" | "stage" => "environment",
        "parameter" | "variable" | "input" => "param",
        "check" | "invariant" => "ensure",
        _ => return None,
    })
}
