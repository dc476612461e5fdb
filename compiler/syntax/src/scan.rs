//! Which names a file declares, without parsing it: modules are found by this and parsed only when used.
//!
//! Invariant: for a file that parses cleanly, these are the names of its items, in order.

use crate::lexer::{self, DECLARATION_WORDS, Token, TokenKind};
use solc_source::Name;

/// The names declared at the top of `text`, each with whether it is `private`.
///
/// A declaration begins in the first column, outside all brackets; `use`, `test` and `policy` declare no name.
#[must_use]
pub fn declared_names(text: &str) -> Vec<(Name, bool)> {
    let lexed = lexer::lex(text);
    let mut names = Vec::new();
    let mut depth = 0usize;
    let mut fresh_line = true;
    let mut tokens = lexed.tokens.iter();
    while let Some(token) = tokens.next() {
        let first = fresh_line;
        fresh_line = token.kind == TokenKind::Newline;
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.saturating_sub(1),
            TokenKind::Word if first => {
                let private = token.text(text) == "private";
                let word = if private { said(&mut tokens) } else { Some(*token) };
                let Some(word) = word.map(|w| w.text(text)) else { continue };
                let outside = depth == 0 || (word != "let" && DECLARATION_WORDS.contains(&word));
                if outside && (word == "let" || DECLARATION_WORDS.contains(&word)) {
                    depth = 0;
                    let declares = !matches!(word, "use" | "test" | "policy");
                    let name = if declares { said(&mut tokens) } else { None };
                    names.extend(
                        name.filter(|n| n.kind == TokenKind::Word)
                            .map(|n| (Name::new(n.text(text)), private)),
                    );
                }
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
            | TokenKind::InterpolationOpen
            | TokenKind::InterpolationClose
            | TokenKind::RawString
            | TokenKind::QuoteString
            | TokenKind::Regex
            | TokenKind::Punctuation => {}
        }
    }
    names
}

/// The next token on this line that is no space.
fn said<'a>(tokens: &mut std::slice::Iter<'a, Token>) -> Option<Token> {
    let next = tokens.clone().position(|t| t.kind != TokenKind::Space)?;
    if tokens.as_slice().get(next).is_none_or(|t| t.kind != TokenKind::Word) {
        return None;
    }
    tokens.nth(next).copied()
}

#[cfg(test)]
mod tests {
    use super::declared_names;
    use crate::ast::ItemKind;
    use solc_source::{FileId, Name};

    fn check(text: &str, expect: &[(&str, bool)]) {
        let expect: Vec<_> = expect.iter().map(|(name, private)| (Name::new(name), *private)).collect();
        assert_eq!(declared_names(text), expect);
    }

    #[test]
    fn every_kind_of_declaration_is_found() {
        check(
            "use a.b\ncomponent A { }\ntype B = Int\nenum C { a }\nfn d() -> Int = 1\nlet e = 1\ninterface F { }\nsolution g { }\n\
             account h { }\ntest \"x\" { }\npolicy \"y\" { }\nprivate let i = 2\nprivate  component J { }\n",
            &[
                ("A", false),
                ("B", false),
                ("C", false),
                ("d", false),
                ("e", false),
                ("F", false),
                ("g", false),
                ("h", false),
                ("i", true),
                ("J", true),
            ],
        );
    }

    #[test]
    fn bodies_strings_and_comments_declare_nothing() {
        check(
            "component A {\nlet b = 1\n}\nlet c = \"\"\"\nlet d = 1\n\"\"\"\n// let e = 1\n  let f = 1\n",
            &[("A", false), ("c", false)],
        );
    }

    #[test]
    fn an_unclosed_brace_hides_no_later_component() {
        check(
            "component A {\n  x = {\ncomponent B { }\nlet c = 1\n",
            &[("A", false), ("B", false), ("c", false)],
        );
    }

    #[test]
    fn names_are_those_of_the_parsed_items() {
        for (name, text) in crate::parse::tests::SAMPLES {
            let parsed: Vec<(Name, bool)> = crate::parse(FileId(0), text)
                .0
                .items
                .iter()
                .filter_map(|item| {
                    let ident = match &item.kind {
                        ItemKind::Use(_) | ItemKind::Test(_) | ItemKind::Policy(_) | ItemKind::Error => {
                            return None;
                        }
                        ItemKind::Block(decl) => &decl.name,
                        ItemKind::Solution(decl) => &decl.name,
                        ItemKind::Component(decl) => &decl.name,
                        ItemKind::Interface(decl) => &decl.name,
                        ItemKind::Type(decl) => &decl.name,
                        ItemKind::Enum(decl) => &decl.name,
                        ItemKind::Fn(decl) => &decl.name,
                        ItemKind::Let(decl) => &decl.name,
                    };
                    Some((ident.name.clone(), item.private.is_some()))
                })
                .collect();
            assert_eq!(declared_names(text), parsed, "{name}");
        }
    }
}
