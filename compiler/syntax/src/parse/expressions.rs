//! Expressions: primaries and what follows them; operators are climbed in `operators`.

use super::operators::Piece;
use super::{Parse, children};
use crate::ast::{
    Argument, Arm, Clause, Element, Expr, ExprKind, FieldEntry, Ident, Pattern, PatternField, PatternKind,
    UnaryOp,
};
use crate::codes;
use crate::grammar::{Pair, Rule};
use solc_source::{Diagnostic, Name, Span};

impl<'t> Parse<'t> {
    pub(super) fn no_expr(&self, at: usize) -> Expr {
        Expr { kind: ExprKind::Missing, span: self.range(at..at) }
    }

    /// An expression of any flavour, or a `missing_expr`, which is reported.
    pub(super) fn value(&mut self, pair: Pair<'t>) -> Expr {
        match pair.as_rule() {
            Rule::missing_expr => {
                let at = pair.as_span().start();
                self.expected("an expression", at);
                self.no_expr(at)
            }
            Rule::missing_value => {
                let at = pair.as_span().start();
                self.expected("`=` and a value", at);
                self.no_expr(at)
            }
            Rule::list => self.list(pair),
            Rule::record => self.record(pair),
            _ => self.expr(pair),
        }
    }

    /// `expr`, `paren_expr`, `head_expr`, `operand_expr`.
    pub(super) fn expr(&mut self, pair: Pair<'t>) -> Expr {
        let whole = self.span(&pair);
        let levels = pair.clone().into_inner().len().max(1);
        if !self.enter(levels, &pair) {
            return Expr { kind: ExprKind::Missing, span: whole };
        }
        let inner = pair.into_inner();
        let mut pieces: Vec<Piece> = Vec::with_capacity(levels);
        for child in inner {
            match child.as_rule() {
                Rule::comment | Rule::EOI => {}
                Rule::prefix_op => {
                    let piece = self.prefix(&child);
                    pieces.push(piece);
                }
                Rule::infix_op | Rule::leading_op => {
                    let span = self.span(&child);
                    let infix = self.infix(child.as_str(), span);
                    pieces.push(Piece::Infix(infix, span));
                }
                Rule::case_fields | Rule::member | Rule::optional_member | Rule::index | Rule::call => {
                    if let Some(Piece::Operand(base)) = pieces.pop() {
                        let expr = self.postfix(base, child);
                        pieces.push(Piece::Operand(expr));
                    }
                }
                _ => {
                    let operand = self.primary(child);
                    pieces.push(Piece::Operand(operand));
                }
            }
        }
        self.depth -= levels;
        if pieces.len() == 1
            && let Some(Piece::Operand(only)) = pieces.pop()
        {
            return only;
        }
        self.climb(pieces, whole)
    }

    fn prefix(&mut self, pair: &Pair<'t>) -> Piece {
        let span = self.span(pair);
        match pair.as_str() {
            "-" => Piece::Prefix(UnaryOp::Negate, span),
            "!" => {
                let diagnostic =
                    Diagnostic::error(codes::WRONG_OPERATOR, span, "`!` is not an operator here: `not` is")
                        .label("another language's operator")
                        .fix("write `not`", span, "not ");
                self.report(diagnostic);
                Piece::Prefix(UnaryOp::Not, span)
            }
            _ => Piece::Prefix(UnaryOp::Not, span),
        }
    }

    fn primary(&mut self, pair: Pair<'t>) -> Expr {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::name => return self.name(&pair, span),
            Rule::string => ExprKind::String(self.string(pair)),
            Rule::number => self.number(pair.as_str(), span),
            Rule::constant => constant(pair.as_str()),
            Rule::list => return self.list(pair),
            Rule::record => return self.record(pair),
            Rule::paren => self.paren(pair, span),
            Rule::if_expr | Rule::head_if_expr | Rule::elif_branch => return self.if_expr(pair),
            Rule::match_expr => return self.match_expr(pair),
            Rule::lambda_bars => {
                self.lambda(span);
                ExprKind::Missing
            }
            Rule::missing_expr => return self.value(pair),
            Rule::expr | Rule::paren_expr | Rule::head_expr | Rule::operand_expr => return self.expr(pair),
            _ => ExprKind::Missing,
        };
        Expr { kind, span }
    }

    pub(super) fn lambda(&mut self, span: Span) {
        let diagnostic =
            Diagnostic::error(codes::WRONG_NOTATION, span, "there are no functions without a name")
                .label("a lambda of another language")
                .help("write a comprehension, `[f(x) for x in xs]`, or declare an `fn`");
        self.report(diagnostic);
    }

    fn name(&mut self, pair: &Pair<'t>, span: Span) -> Expr {
        let text = pair.as_str();
        if matches!(text, "null" | "nil") {
            let diagnostic =
                Diagnostic::error(codes::WRONG_NOTATION, span, format!("`{text}` is written `none`"))
                    .label("another language's word")
                    .suggest(span, Some("none"));
            self.report(diagnostic);
            return Expr { kind: ExprKind::None, span };
        }
        Expr { kind: ExprKind::Name(Name::new(text)), span }
    }

    /// A number with its unit, an integer, or an address range.
    fn number(&mut self, text: &str, span: Span) -> ExprKind {
        if text.contains('/') {
            return ExprKind::Cidr(Name::new(text));
        }
        if text.bytes().filter(|b| *b == b'.').count() == 3 {
            let diagnostic =
                Diagnostic::error(codes::SYNTAX_ERROR, span, "an address range needs a prefix length")
                    .label("this is an address alone")
                    .fix("write the range of this one address", span.end(), "/32");
            self.report(diagnostic);
            return ExprKind::Cidr(Name::new(format!("{text}/32")));
        }
        let length = text.bytes().position(|b| !(b.is_ascii_digit() || b == b'_' || b == b'.'));
        let (digits, rest) = text.split_at(length.unwrap_or(text.len()));
        let number: String = digits.chars().filter(|c| *c != '_').collect();
        if !rest.is_empty() {
            let unit = rest.trim_start();
            let lo = span.hi as usize - unit.len();
            let unit = Ident { name: Name::new(unit), span: self.range(lo..span.hi as usize) };
            return ExprKind::Quantity { number: Name::new(number), unit };
        }
        if number.contains('.') {
            match number.parse::<f64>() {
                Ok(value) if value.is_finite() => return ExprKind::Number(value),
                Ok(_) | Err(_) => {}
            }
        } else if let Ok(value) = number.parse::<i64>() {
            return ExprKind::Int(value);
        }
        let diagnostic = Diagnostic::error(codes::NUMBER_TOO_LARGE, span, "this number does not fit 64 bits")
            .label(format!("the largest is {}", i64::MAX));
        self.report(diagnostic);
        ExprKind::Missing
    }

    fn paren(&mut self, pair: Pair<'t>, span: Span) -> ExprKind {
        let mut value = self.no_expr(span.lo as usize);
        for child in children(pair) {
            match child.as_rule() {
                Rule::missing_close => self.unclosed(&child, span),
                Rule::error_paren => self.unreadable_entry(&child, "`)`"),
                _ => value = self.value(child),
            }
        }
        ExprKind::Paren(Box::new(value))
    }

    fn postfix(&mut self, base: Expr, pair: Pair<'t>) -> Expr {
        let own = self.span(&pair);
        let span = base.span.to(own);
        let kind = match pair.as_rule() {
            Rule::member | Rule::optional_member => {
                let optional = pair.as_rule() == Rule::optional_member;
                let numeric = matches!(base.kind, ExprKind::Int(_));
                let what = if numeric { "a digit after the point" } else { "a name after `.`" };
                let name = match children(pair).next() {
                    Some(child) => self.bound_name(&child, what),
                    None => self.no_name(own.hi as usize),
                };
                ExprKind::Field { base: Box::new(base), name, optional }
            }
            Rule::index => {
                let mut index = self.no_expr(own.lo as usize);
                for child in children(pair) {
                    match child.as_rule() {
                        Rule::missing_close => self.unclosed(&child, own),
                        Rule::error_entry => self.unreadable_entry(&child, "`]`"),
                        _ => index = self.value(child),
                    }
                }
                ExprKind::Index { base: Box::new(base), index: Box::new(index) }
            }
            Rule::call => ExprKind::Call { callee: Box::new(base), args: self.arguments(pair, own) },
            _ => match base.kind {
                ExprKind::Name(name) => {
                    let fields = self.record_entries(pair, own).0;
                    ExprKind::Case { name: Ident { name, span: base.span }, fields }
                }
                _ => ExprKind::Missing,
            },
        };
        Expr { kind, span }
    }

    fn arguments(&mut self, pair: Pair<'t>, opening: Span) -> Vec<Argument> {
        let mut args: Vec<Argument> = Vec::new();
        let mut end: Option<usize> = None;
        for child in children(pair) {
            match child.as_rule() {
                Rule::argument => {
                    let span = self.span(&child);
                    self.comma_between(end, span);
                    end = Some(span.hi as usize);
                    args.push(self.argument(child));
                }
                Rule::missing_close => self.unclosed(&child, opening),
                Rule::missing_comma => {}
                _ => {
                    end = None;
                    self.unreadable_entry(&child, "`,` or `)`");
                }
            }
        }
        args
    }

    fn argument(&mut self, pair: Pair<'t>) -> Argument {
        let at = pair.as_span().start();
        let mut label = None;
        let mut value = self.no_expr(at);
        for child in children(pair) {
            match child.as_rule() {
                Rule::ident => label = Some(self.ident(&child)),
                Rule::wrong_label => {
                    let span = self.span(&child);
                    let diagnostic =
                        Diagnostic::error(codes::WRONG_NOTATION, span, "an argument's label ends with `:`")
                            .label("not `=`")
                            .fix("write `:`", self.with_space_before(span), ":");
                    self.report(diagnostic);
                }
                _ => value = self.value(child),
            }
        }
        Argument { label, value }
    }

    /// `span` and the spaces before it.
    pub(super) fn with_space_before(&self, span: Span) -> Span {
        let before = self.text.get(..span.lo as usize).unwrap_or_default();
        self.range(before.trim_end_matches([' ', '\t']).len()..span.hi as usize)
    }

    fn list(&mut self, pair: Pair<'t>) -> Expr {
        let span = self.span(&pair);
        let mut elements: Vec<Element> = Vec::new();
        let mut clauses: Vec<Clause> = Vec::new();
        for child in children(pair) {
            match child.as_rule() {
                Rule::spread => elements.push(self.spread(child)),
                Rule::for_clause => clauses.push(self.clause(child)),
                Rule::missing_close => self.unclosed(&child, span),
                Rule::missing_comma => self.missing_comma(&child),
                Rule::error_entry | Rule::error_rest => {
                    elements.push(Element::Error(self.span(&child)));
                    self.unreadable_entry(&child, "`,`, a new line or `]`");
                }
                _ => elements.push(Element::Item(self.value(child))),
            }
        }
        if clauses.is_empty() {
            return Expr { kind: ExprKind::List(elements), span };
        }
        let count = elements.len();
        match elements.pop() {
            Some(Element::Item(value)) if count == 1 => {
                Expr { kind: ExprKind::ListComprehension { value: Box::new(value), clauses }, span }
            }
            _ => self.crowded(&clauses, span),
        }
    }

    /// A comprehension that shares its brackets.
    fn crowded(&mut self, clauses: &[Clause], span: Span) -> Expr {
        let at = clauses.first().map_or(span, |c| c.over.span);
        let diagnostic =
            Diagnostic::error(codes::SYNTAX_ERROR, at, "a comprehension stands alone in its brackets")
                .label("run over here")
                .help("write `[...xs, ...[f(y) for y in ys]]` to join lists");
        self.report(diagnostic);
        Expr { kind: ExprKind::Missing, span }
    }

    fn spread(&mut self, pair: Pair<'t>) -> Element {
        let mut value = self.no_expr(pair.as_span().end());
        for child in children(pair) {
            match child.as_rule() {
                Rule::missing_comma => self.missing_comma(&child),
                Rule::error_rest => self.unreadable_entry(&child, "`,` or the end of the entry"),
                _ => value = self.value(child),
            }
        }
        Element::Spread(value)
    }

    fn record(&mut self, pair: Pair<'t>) -> Expr {
        let span = self.span(&pair);
        let (elements, mapped) = self.record_entries(pair, span);
        let Some(Mapped { key, value, clauses }) = mapped else {
            return Expr { kind: ExprKind::Record(elements), span };
        };
        if elements.is_empty() {
            let (key, value) = (Box::new(key), Box::new(value));
            return Expr { kind: ExprKind::MapComprehension { key, value, clauses }, span };
        }
        self.crowded(&clauses, span)
    }

    /// The entries of a record or case; and a comprehension's, where one of them is one.
    fn record_entries(&mut self, pair: Pair<'t>, opening: Span) -> (Vec<Element>, Option<Mapped>) {
        let mut elements = Vec::new();
        let mut mapped = None;
        for child in children(pair) {
            match child.as_rule() {
                Rule::spread => elements.push(self.spread(child)),
                Rule::field_entry => elements.push(self.field_entry(child)),
                Rule::record_entry => match self.record_entry(child) {
                    Entry::Element(element) => elements.push(element),
                    Entry::Mapped(found) => mapped = Some(found),
                },
                Rule::missing_close => self.unclosed(&child, opening),
                _ => {
                    elements.push(Element::Error(self.span(&child)));
                    self.unreadable_entry(&child, "`key = value`");
                }
            }
        }
        (elements, mapped)
    }

    fn field_entry(&mut self, pair: Pair<'t>) -> Element {
        let at = pair.as_span().start();
        let mut entry = self.empty_entry(at);
        for child in children(pair) {
            match child.as_rule() {
                Rule::ident => entry.name = self.ident(&child),
                Rule::walrus => self.walrus(&child),
                Rule::missing_separator => self.missing_comma(&child),
                Rule::error_rest => self.unreadable_entry(&child, "`,`, a new line or `}`"),
                _ => entry.value = self.value(child),
            }
        }
        Element::Field(entry)
    }

    pub(super) fn empty_entry(&self, at: usize) -> FieldEntry {
        FieldEntry { name: self.no_name(at), quoted: false, punned: false, value: self.no_expr(at) }
    }

    /// Every entry that does not begin with `name =`.
    fn record_entry(&mut self, pair: Pair<'t>) -> Entry {
        let span = self.span(&pair);
        let mut key: Option<Expr> = None;
        let mut value: Option<Expr> = None;
        let mut wrong: Option<Pair<'t>> = None;
        let mut clauses = Vec::new();
        for child in children(pair) {
            match child.as_rule() {
                Rule::wrong_assign => wrong = Some(child),
                Rule::walrus => self.walrus(&child),
                Rule::for_clause => clauses.push(self.clause(child)),
                Rule::missing_separator => self.missing_comma(&child),
                Rule::error_rest => self.unreadable_entry(&child, "`,`, a new line or `}`"),
                _ if key.is_none() => key = Some(self.value(child)),
                _ => value = Some(self.value(child)),
            }
        }
        let key = key.unwrap_or_else(|| self.no_expr(span.lo as usize));
        if !clauses.is_empty() {
            let at = key.span.hi as usize;
            let value = value.unwrap_or_else(|| {
                self.expected("`:` and a value", at);
                self.no_expr(at)
            });
            return Entry::Mapped(Mapped { key, value, clauses });
        }
        if let Some(wrong) = wrong {
            self.wrong_assign(&wrong);
        }
        Entry::Element(self.keyed(key, value, span))
    }

    /// `key = value` or a punned `key`, where the key was read as an expression.
    fn keyed(&mut self, key: Expr, value: Option<Expr>, span: Span) -> Element {
        let (name, quoted) = match &key.kind {
            ExprKind::Name(name) => (name.clone(), false),
            ExprKind::String(string) => match string.plain() {
                Some(text) if value.is_some() => (text, true),
                Some(_) => {
                    self.expected("`=` and a value", key.span.hi as usize);
                    return Element::Error(span);
                }
                _ => return self.bad_key(&key, span),
            },
            ExprKind::Missing => return Element::Error(span),
            _ => return self.bad_key(&key, span),
        };
        let name = self.named_key(Ident { name, span: key.span });
        match value {
            Some(value) => Element::Field(FieldEntry { name, quoted, punned: false, value }),
            None => Element::Field(FieldEntry { name, quoted, punned: true, value: key }),
        }
    }

    fn bad_key(&mut self, key: &Expr, span: Span) -> Element {
        let diagnostic = Diagnostic::error(codes::SYNTAX_ERROR, key.span, "expected `key = value`")
            .label("not a name, and not a plain string")
            .help("write a list with `[ ]`");
        self.report(diagnostic);
        Element::Error(span)
    }

    pub(super) fn clause(&mut self, pair: Pair<'t>) -> Clause {
        let mut clause = Clause {
            binders: Vec::new(),
            over: Box::new(self.no_expr(pair.as_span().end())),
            conditions: Vec::new(),
        };
        for child in children(pair) {
            match child.as_rule() {
                Rule::kw_for | Rule::kw_in => {}
                Rule::name | Rule::missing_name => clause.binders.push(self.bound_name(&child, "a name")),
                Rule::missing_in => self.expected("`in`", child.as_span().start()),
                Rule::wrong_in => self.wrong_in(&child),
                Rule::for_condition => {
                    if let Some(condition) = self.after_word(child) {
                        clause.conditions.push(condition);
                    }
                }
                _ => clause.over = Box::new(self.value(child)),
            }
        }
        clause
    }

    /// The expression of `word expr`.
    pub(super) fn after_word(&mut self, pair: Pair<'t>) -> Option<Expr> {
        let child = children(pair).nth(1)?;
        Some(self.value(child))
    }

    fn if_expr(&mut self, pair: Pair<'t>) -> Expr {
        let span = self.span(&pair);
        if !self.enter(1, &pair) {
            return Expr { kind: ExprKind::Missing, span };
        }
        let mut parts: Vec<Expr> = Vec::with_capacity(3);
        for child in children(pair) {
            let at = child.as_span().start();
            match child.as_rule() {
                Rule::kw_if | Rule::kw_then | Rule::kw_else => {}
                Rule::kw_elif => {
                    let at = self.span(&child);
                    let diagnostic =
                        Diagnostic::error(codes::WRONG_NOTATION, at, "`elif` is written `else if`")
                            .label("another language's word")
                            .suggest(at, Some("else if"));
                    self.report(diagnostic);
                }
                Rule::missing_then => {
                    self.expected_with("`then`", at, "write `if condition then value else value`");
                    parts.push(self.no_expr(at));
                }
                Rule::missing_else => {
                    self.expected_with("`else`", at, "give the value for where the condition does not hold");
                    parts.push(self.no_expr(at));
                }
                Rule::elif_branch => parts.push(self.if_expr(child)),
                _ => parts.push(self.value(child)),
            }
        }
        self.depth -= 1;
        let mut parts = parts.into_iter();
        let mut next =
            || Box::new(parts.next().unwrap_or(Expr { kind: ExprKind::Missing, span: span.end() }));
        let (condition, then, otherwise) = (next(), next(), next());
        Expr { kind: ExprKind::If { condition, then, otherwise }, span }
    }

    fn match_expr(&mut self, pair: Pair<'t>) -> Expr {
        let span = self.span(&pair);
        let mut scrutinee = self.no_expr(span.hi as usize);
        let mut arms = Vec::new();
        for child in children(pair) {
            match child.as_rule() {
                Rule::kw_match => {}
                Rule::match_arms => arms = self.arms(child),
                Rule::missing_body => self.expected("`{` and the arms", child.as_span().start()),
                _ => scrutinee = self.value(child),
            }
        }
        Expr { kind: ExprKind::Match { scrutinee: Box::new(scrutinee), arms }, span }
    }

    fn arms(&mut self, pair: Pair<'t>) -> Vec<Arm> {
        let opening = self.span(&pair);
        let mut arms = Vec::new();
        for child in children(pair) {
            match child.as_rule() {
                Rule::arm => arms.push(self.arm(child)),
                Rule::missing_close => self.unclosed(&child, opening),
                _ => self.unreadable_entry(&child, "`case => value`"),
            }
        }
        arms
    }

    fn arm(&mut self, pair: Pair<'t>) -> Arm {
        let mut arm = Arm { patterns: Vec::new(), value: self.no_expr(pair.as_span().end()) };
        for child in children(pair) {
            match child.as_rule() {
                Rule::pattern => arm.patterns.push(self.pattern(child)),
                Rule::wrong_arrow => {
                    let span = self.span(&child);
                    let diagnostic =
                        Diagnostic::error(codes::WRONG_NOTATION, span, "an arm is written `case => value`")
                            .label("not `=>`")
                            .suggest(span, Some("=>"));
                    self.report(diagnostic);
                }
                Rule::missing_arrow => {
                    let at = child.as_span().start();
                    self.expected("`=>` and a value", at);
                    arm.value = self.no_expr(at);
                }
                Rule::missing_comma => self.missing_comma(&child),
                Rule::error_rest => self.unreadable_entry(&child, "the end of the arm"),
                _ => arm.value = self.value(child),
            }
        }
        arm
    }

    fn pattern(&mut self, pair: Pair<'t>) -> Pattern {
        let span = self.span(&pair);
        let negative = pair.as_str().starts_with('-');
        let mut kind = PatternKind::Error;
        for child in children(pair) {
            let own = self.span(&child);
            kind = match child.as_rule() {
                Rule::wildcard => PatternKind::Wildcard,
                Rule::constant => PatternKind::Literal(Expr { kind: constant(child.as_str()), span: own }),
                Rule::number => {
                    let kind = self.number(child.as_str(), own);
                    let number = Expr { kind, span: own };
                    PatternKind::Literal(if negative { negated(number, span) } else { number })
                }
                Rule::string => self.string_pattern(child, own),
                Rule::ident => PatternKind::Case { name: self.ident(&child), fields: Vec::new() },
                _ => match kind {
                    PatternKind::Case { name, .. } => {
                        PatternKind::Case { name, fields: self.pattern_fields(child) }
                    }
                    PatternKind::Wildcard | PatternKind::Literal(_) | PatternKind::Error => {
                        PatternKind::Error
                    }
                },
            };
        }
        Pattern { kind, span }
    }

    fn string_pattern(&mut self, pair: Pair<'t>, span: Span) -> PatternKind {
        let string = self.string(pair);
        if string.plain().is_none() {
            let diagnostic = Diagnostic::error(codes::SYNTAX_ERROR, span, "a pattern holds no interpolation")
                .label("this text is known only when evaluated");
            self.report(diagnostic);
            return PatternKind::Error;
        }
        PatternKind::Literal(Expr { kind: ExprKind::String(string), span })
    }

    fn pattern_fields(&mut self, pair: Pair<'t>) -> Vec<PatternField> {
        let opening = self.span(&pair);
        let mut fields = Vec::new();
        for child in children(pair) {
            match child.as_rule() {
                Rule::pattern_field => {
                    let mut names = children(child);
                    let Some(field) = names.next() else { continue };
                    let field = self.ident(&field);
                    let binder = names.next().map(|name| self.bound_name(&name, "a name"));
                    fields.push(PatternField { field, binder });
                }
                Rule::missing_close => self.unclosed(&child, opening),
                Rule::missing_comma => self.missing_comma(&child),
                _ => self.unreadable_entry(&child, "the name of a field"),
            }
        }
        fields
    }
}

/// What a `record_entry` turned out to be.
enum Entry {
    Element(Element),
    Mapped(Mapped),
}

/// The parts of `key: value for …`.
struct Mapped {
    key: Expr,
    value: Expr,
    clauses: Vec<Clause>,
}

fn constant(text: &str) -> ExprKind {
    match text {
        "true" => ExprKind::Bool(true),
        "false" => ExprKind::Bool(false),
        _ => ExprKind::None,
    }
}

fn negated(number: Expr, span: Span) -> Expr {
    Expr { kind: ExprKind::Unary { op: UnaryOp::Negate, operand: Box::new(number) }, span }
}
