//! JSON, by `jsonc-parser` with everything beyond JSON turned off.

use super::{lower_first, span, without_duplicates};
use crate::codes;
use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use solc_source::data::{Entry, Node, Value};
use solc_source::{Diagnostic, FileId, Span};

const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// The tree of a JSON text, and what is wrong with it; [`Value::Null`] where it cannot be read.
#[must_use]
pub fn json(file: FileId, text: &str) -> (Node, Vec<Diagnostic>) {
    let whole = Span::new(file, 0, text.len());
    let nothing = Node { span: whole, value: Value::Null };
    let refuse = |at: Span, why: &str| {
        Diagnostic::error(codes::INVALID_JSON, at, format!("invalid JSON: {}", lower_first(why)))
    };
    match parse_to_ast(text, &CollectOptions::default(), &STRICT) {
        Ok(parsed) => match parsed.value {
            Some(value) => {
                let mut reader = Reader { file, text, diagnostics: Vec::new() };
                let node = reader.node(&value);
                (node, reader.diagnostics)
            }
            None => (nothing, vec![refuse(whole, "the file is empty")]),
        },
        Err(error) => {
            let range = error.range();
            let at = span(file, range.start..range.end, text);
            let mistake = refuse(at, &error.kind().to_string());
            (nothing, vec![with_fix(mistake, error.kind(), at, text)])
        }
    }
}

/// The edit that makes JSON of what is not, where one is plain.
fn with_fix(mistake: Diagnostic, kind: &ParseErrorKind, at: Span, text: &str) -> Diagnostic {
    match kind {
        ParseErrorKind::ExpectedComma => {
            let before = text.get(..at.range().start).unwrap_or_default().trim_end().len();
            mistake.fix("add a comma", Span::new(at.file, before, before), ",")
        }
        ParseErrorKind::CommentsNotAllowed => mistake.fix("remove the comment", at, ""),
        _ => mistake,
    }
}

struct Reader<'t> {
    file: FileId,
    text: &'t str,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn node(&mut self, value: &ast::Value<'_>) -> Node {
        let at = self.span(value);
        let value = match value {
            ast::Value::StringLit(text) => Value::String(text.value.as_ref().into()),
            ast::Value::NumberLit(number) => self.number(number.value, at),
            ast::Value::BooleanLit(value) => Value::Bool(value.value),
            ast::Value::NullKeyword(_) => self.refuse(at, "`null` has no meaning here, leave the key out"),
            ast::Value::Array(items) => {
                Value::List(items.elements.iter().map(|item| self.node(item)).collect())
            }
            ast::Value::Object(object) => {
                let entries = object.properties.iter().map(|property| self.entry(property)).collect();
                Value::Table(without_duplicates(entries, &mut self.diagnostics))
            }
        };
        Node { span: at, value }
    }

    fn entry(&mut self, property: &ast::ObjectProp<'_>) -> Entry {
        let key = match &property.name {
            ast::ObjectPropName::String(text) => text.value.as_ref(),
            ast::ObjectPropName::Word(word) => word.value,
        };
        Entry { key: key.into(), key_span: self.span(&property.name), node: self.node(&property.value) }
    }

    fn number(&mut self, text: &str, at: Span) -> Value {
        if let Ok(number) = text.parse::<i64>() {
            return Value::Int(number);
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Value::Number(number),
            Ok(_) | Err(_) => self.refuse(at, "this number is not finite"),
        }
    }

    fn refuse(&mut self, at: Span, why: &str) -> Value {
        self.diagnostics.push(Diagnostic::error(codes::INVALID_JSON, at, format!("invalid JSON: {why}")));
        Value::Null
    }

    fn span(&self, node: &impl Ranged) -> Span {
        let range = node.range();
        span(self.file, range.start..range.end, self.text)
    }
}
