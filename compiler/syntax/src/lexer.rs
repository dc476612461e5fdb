//! The side lexer: every byte of a file belongs to exactly one token.
//!
//! It runs beside the grammar, for what a grammar of this kind says badly: comments, the depth cap, "found X",
//! and later semantic tokens. Invariant: tokens are adjacent, start at 0 and end at the text's length.

use std::ops::Range;

/// How deep brackets, interpolations and `if`s may nest.
pub const DEPTH_CAP: usize = 128;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Spaces, tabs, carriage returns, a byte-order mark.
    Space,
    /// One `\n`.
    Newline,
    /// `// …`
    Comment,
    /// `/// …`
    Doc,
    /// `# …` or `/* … */`: comments of other languages, read as such and reported.
    ForeignComment,
    /// A name or keyword.
    Word,
    /// A number with its unit, or an address range.
    Number,
    /// `"` or `"""` at the start of a string.
    StringOpen,
    /// Text inside a string, escapes included.
    StringText,
    /// `"` or `"""` at the end of a string.
    StringClose,
    /// `${`
    InterpolationOpen,
    /// The `}` of a `${`.
    InterpolationClose,
    /// `r"…"`
    RawString,
    /// `'…'`: read as a string, and reported.
    QuoteString,
    /// `/…/` after `where`.
    Regex,
    /// `(`, `[`, `{`
    Open,
    /// `)`, `]`, `}`
    Close,
    /// An operator or separator, or a character that has no meaning.
    Punctuation,
}

impl TokenKind {
    /// Whether it is white space, a newline or a comment.
    #[must_use]
    pub fn is_trivia(self) -> bool {
        matches!(self, Self::Space | Self::Newline | Self::Comment | Self::Doc | Self::ForeignComment)
    }
}

/// A token: what it is and the bytes it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// First byte.
    pub lo: u32,
    /// One past the last byte.
    pub hi: u32,
}

impl Token {
    /// Its bytes.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.lo as usize..self.hi as usize
    }

    /// Its text in the `text` it was read from.
    #[must_use]
    pub fn text(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or_default()
    }
}

/// What the lexer makes of a text.
#[derive(Clone, Debug, Default)]
pub struct Lexed {
    /// All tokens, in order.
    pub tokens: Vec<Token>,
    /// Where nesting first exceeds [`DEPTH_CAP`].
    pub too_deep: Option<usize>,
}

/// An opened thing that is not yet closed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Frame {
    Bracket(u8),
    Interpolation,
    String,
    MultiString,
}

struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    out: Lexed,
    frames: Vec<Frame>,
    /// For each frame, and the top: how many `if`s have begun since the last entry did.
    branches: Vec<usize>,
    branch_total: usize,
    /// The last token that is not trivia.
    last: Option<Token>,
}

/// Cuts `text` into tokens.
#[must_use]
pub fn lex(text: &str) -> Lexed {
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        at: 0,
        out: Lexed { tokens: Vec::with_capacity(text.len() / 3), too_deep: None },
        frames: Vec::new(),
        branches: vec![0],
        branch_total: 0,
        last: None,
    };
    while lexer.at < lexer.bytes.len() {
        match lexer.frames.last() {
            Some(Frame::String) => lexer.string_part(false),
            Some(Frame::MultiString) => lexer.string_part(true),
            Some(Frame::Bracket(_) | Frame::Interpolation) | None => lexer.token(),
        }
    }
    lexer.out
}

impl Lexer<'_> {
    fn byte(&self, offset: usize) -> u8 {
        self.bytes.get(self.at + offset).copied().unwrap_or(0)
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        let cap = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let end = self.text.ceil_char_boundary((self.at + length.max(1)).min(self.text.len()));
        let token = Token { kind, lo: cap(self.at), hi: cap(end) };
        self.out.tokens.push(token);
        if !kind.is_trivia() {
            self.last = Some(token);
        }
        self.at = end;
    }

    fn open(&mut self, frame: Frame) {
        self.frames.push(frame);
        self.branches.push(0);
        self.measure();
    }

    fn close(&mut self) {
        self.frames.pop();
        self.branch_total -= self.branches.pop().unwrap_or(0);
    }

    fn measure(&mut self) {
        if self.frames.len() + self.branch_total > DEPTH_CAP && self.out.too_deep.is_none() {
            self.out.too_deep = Some(self.at);
        }
    }

    fn line_length(&self) -> usize {
        let rest = self.rest();
        rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len())
    }

    fn while_length(&self, from: usize, keep: impl Fn(u8) -> bool) -> usize {
        let rest = self.bytes.get(self.at + from..).unwrap_or_default();
        from + rest.iter().position(|b| !keep(*b)).unwrap_or(rest.len())
    }

    /// Text, escape, interpolation or end of a string.
    fn string_part(&mut self, multi: bool) {
        let rest = self.rest();
        if multi && rest.starts_with(b"\"\"\"") {
            self.close();
            return self.push(TokenKind::StringClose, 3);
        }
        match self.byte(0) {
            b'"' if !multi => {
                self.close();
                self.push(TokenKind::StringClose, 1);
            }
            b'\n' if !multi => {
                self.close();
                self.push(TokenKind::Newline, 1);
            }
            b'$' if self.byte(1) == b'{' => {
                self.push(TokenKind::InterpolationOpen, 2);
                self.open(Frame::Interpolation);
            }
            _ => {
                let mut length = 0;
                while let Some(byte) = rest.get(length) {
                    match byte {
                        b'\\' => length += 2,
                        b'"' if !multi => break,
                        b'"' if rest.get(length..).is_some_and(|r| r.starts_with(b"\"\"\"")) => break,
                        b'\n' if !multi => break,
                        b'$' if rest.get(length + 1) == Some(&b'{') => break,
                        _ => length += 1,
                    }
                }
                // An escaped newline ends a one-line string all the same.
                let length = match rest.get(..length.min(rest.len())) {
                    Some(taken) if !multi => taken.iter().position(|b| *b == b'\n').unwrap_or(taken.len()),
                    _ => length.min(rest.len()),
                };
                self.push(TokenKind::StringText, length);
            }
        }
    }

    fn token(&mut self) {
        match self.byte(0) {
            b' ' | b'\t' | b'\r' => {
                let length = self.while_length(1, |b| matches!(b, b' ' | b'\t' | b'\r'));
                self.push(TokenKind::Space, length);
            }
            0xEF if self.rest().starts_with("\u{FEFF}".as_bytes()) => self.push(TokenKind::Space, 3),
            b'\n' => self.newline(),
            b'/' | b'#' => self.slash(),
            b'"' => self.quote(),
            b'\'' => {
                let inner = self.while_length(1, |b| b != b'\'' && b != b'\n');
                self.push(TokenKind::QuoteString, inner + usize::from(self.byte(inner) == b'\''));
            }
            b'r' if self.byte(1) == b'"' => {
                let inner = self.while_length(2, |b| b != b'"' && b != b'\n');
                self.push(TokenKind::RawString, inner + usize::from(self.byte(inner) == b'"'));
            }
            open @ (b'(' | b'[' | b'{') => {
                self.push(TokenKind::Open, 1);
                self.open(Frame::Bracket(open));
            }
            close @ (b')' | b']' | b'}') => self.closing(close),
            b'0'..=b'9' => self.number(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
            _ => self.punctuation(),
        }
    }

    fn newline(&mut self) {
        self.push(TokenKind::Newline, 1);
        if self.frames.is_empty() && self.branch_total == 0 {
            return;
        }
        if starts_declaration(self.text.get(self.at..).unwrap_or_default()) {
            self.frames.clear();
            self.branches.truncate(1);
            self.branch_total = 0;
            if let Some(first) = self.branches.first_mut() {
                *first = 0;
            }
        }
        // An entry that may go on keeps its branches, whatever the next line says.
        let Some(last) = self.last else { return };
        let ended = match last.kind {
            TokenKind::Word => !matches!(
                last.text(self.text),
                "if" | "then"
                    | "else"
                    | "elif"
                    | "and"
                    | "or"
                    | "not"
                    | "in"
                    | "match"
                    | "where"
                    | "deferred"
                    | "secret"
            ),
            TokenKind::Punctuation => false,
            _ => true,
        };
        let next = self
            .bytes
            .get(self.at + self.while_length(0, |b| matches!(b, b' ' | b'\t' | b'\r'))..)
            .unwrap_or_default();
        if next.first() == Some(&b'\n') {
            // A later newline decides: looking past them all would cost their square.
            return;
        }
        let goes_on = next.first().is_some_and(|b| matches!(b, b'.' | b'?' | b'|' | b'/' | b'#'))
            || ["then", "else", "elif", "and", "or"].iter().any(|word| next.starts_with(word.as_bytes()));
        if ended && !goes_on {
            self.entry_ends();
        }
    }

    fn entry_ends(&mut self) {
        if let Some(count) = self.branches.last_mut() {
            self.branch_total -= *count;
            *count = 0;
        }
    }

    fn slash(&mut self) {
        let rest = self.rest();
        if rest.starts_with(b"///") && self.byte(3) != b'/' {
            self.push(TokenKind::Doc, self.line_length());
        } else if rest.starts_with(b"//") {
            self.push(TokenKind::Comment, self.line_length());
        } else if self.byte(0) == b'#' {
            self.push(TokenKind::ForeignComment, self.line_length());
        } else if rest.starts_with(b"/*") {
            let body = rest.get(2..).unwrap_or_default();
            let length = body.windows(2).position(|w| w == b"*/").map_or(rest.len(), |end| end + 4);
            self.push(TokenKind::ForeignComment, length);
        } else if self.after_where() {
            let mut length = 1;
            while let Some(byte) = rest.get(length).filter(|b| **b != b'\n') {
                length +=
                    if *byte == b'\\' && rest.get(length + 1).is_some_and(|b| *b != b'\n') { 2 } else { 1 };
                if *byte == b'/' {
                    break;
                }
            }
            self.push(TokenKind::Regex, length);
        } else {
            self.push(TokenKind::Punctuation, 1);
        }
    }

    /// Whether the last token is the word `where`, and not the name of a member.
    fn after_where(&self) -> bool {
        let mut said =
            self.out.tokens.iter().rev().filter(|t| !t.kind.is_trivia()).map(|t| t.text(self.text));
        said.next() == Some("where") && !matches!(said.next(), Some("." | "?."))
    }

    fn quote(&mut self) {
        if self.rest().starts_with(b"\"\"\"") {
            let body = self.rest().get(3..).unwrap_or_default();
            if body.windows(3).any(|w| w == b"\"\"\"") {
                self.push(TokenKind::StringOpen, 3);
                self.open(Frame::MultiString);
            } else {
                let line = self.line_length();
                self.push(TokenKind::StringOpen, 3);
                if line > 3 {
                    self.push(TokenKind::StringText, line - 3);
                }
            }
        } else {
            self.push(TokenKind::StringOpen, 1);
            self.open(Frame::String);
        }
    }

    fn closing(&mut self, close: u8) {
        let fits = |frame: &Frame| match frame {
            Frame::Bracket(open) => matches!((open, close), (b'(', b')') | (b'[', b']') | (b'{', b'}')),
            Frame::Interpolation => close == b'}',
            Frame::String | Frame::MultiString => false,
        };
        // A brace closes brackets and parentheses that were left open inside it; nothing else closes a brace.
        let reach = self.frames.iter().rposition(|frame| {
            fits(frame)
                || matches!(
                    frame,
                    Frame::Interpolation | Frame::Bracket(b'{') | Frame::String | Frame::MultiString
                )
        });
        let Some(index) = reach.filter(|i| self.frames.get(*i).is_some_and(fits)) else {
            return self.push(TokenKind::Close, 1);
        };
        let interpolation = self.frames.get(index) == Some(&Frame::Interpolation);
        while self.frames.len() > index {
            self.close();
        }
        self.push(if interpolation { TokenKind::InterpolationClose } else { TokenKind::Close }, 1);
    }

    fn number(&mut self) {
        let digit = |b: u8| b.is_ascii_digit() || b == b'_';
        let mut length = self.while_length(1, digit);
        let mut points = 0;
        while self.byte(length) == b'.' && self.byte(length + 1).is_ascii_digit() && points < 3 {
            length = self.while_length(length + 1, digit);
            points += 1;
        }
        if points == 3 && self.byte(length) == b'/' && self.byte(length + 1).is_ascii_digit() {
            length = self.while_length(length + 1, digit);
        } else if self.byte(length) == b'%' {
            length += 1;
        } else if self.byte(length).is_ascii_alphabetic() {
            length = self.while_length(length, is_word);
        } else {
            let spaces = self.while_length(length, |b| b == b' ');
            let after = self.bytes.get(self.at + spaces..).unwrap_or_default();
            if spaces > length && after.starts_with(b"vcpu") && !after.get(4).is_some_and(|b| is_word(*b)) {
                length = spaces + 4;
            }
        }
        self.push(TokenKind::Number, length);
    }

    fn word(&mut self) {
        let length = self.while_length(1, is_word);
        let word = self.rest().get(..length).unwrap_or_default();
        let nests = matches!(word, b"if" | b"elif" | b"match");
        self.push(TokenKind::Word, length);
        if nests {
            if let Some(count) = self.branches.last_mut() {
                *count += 1;
                self.branch_total += 1;
            }
            self.measure();
        }
    }

    fn punctuation(&mut self) {
        const LONG: &[&[u8]] = &[
            b"...", b"===", b"!==", b"..=", b"==", b"!=", b"<=", b">=", b"<>", b"->", b"=>", b":=", b"..",
            b"??", b"?.", b"&&", b"||", b"++", b"**",
        ];
        let rest = self.rest();
        let length = LONG.iter().find(|p| rest.starts_with(p)).map_or(1, |p| p.len());
        if self.byte(0) == b',' || self.byte(0) == b';' {
            self.entry_ends();
        }
        self.push(TokenKind::Punctuation, length);
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The words that begin a declaration, apart from `private` and `let`.
pub const DECLARATION_WORDS: &[&str] = &[
    "use",
    "component",
    "solution",
    "interface",
    "type",
    "enum",
    "fn",
    "test",
    "policy",
    "organisation",
    "account",
    "team",
    "product",
    "environment",
];

/// Whether `line` begins in its first column with a declaration that cannot be a statement.
fn starts_declaration(line: &str) -> bool {
    let after_private = line.strip_prefix("private ").map(|l| l.trim_start_matches(' '));
    let line = after_private.unwrap_or(line);
    let length = line.bytes().position(|b| !is_word(b)).unwrap_or(line.len());
    let (word, rest) = line.split_at(length);
    DECLARATION_WORDS.contains(&word)
        && rest.starts_with(' ')
        && rest.trim_start_matches(' ').starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '"')
}

#[cfg(test)]
mod tests;
