//! Type expressions.

use super::{Parse, children};
use crate::ast::{CaseDecl, Ident, Refinement, TypeBody, TypeExpr, TypeExprKind, TypeField};
use crate::codes;
use crate::grammar::{Pair, Rule};
use solc_source::{Diagnostic, Name, Span};

impl<'t> Parse<'t> {
    pub(super) fn missing_type(&mut self, pair: &Pair<'t>) -> TypeExpr {
        let at = pair.as_span().start();
        self.expected("a type", at);
        self.no_type(at)
    }

    pub(super) fn no_type(&self, at: usize) -> TypeExpr {
        TypeExpr { kind: TypeExprKind::Missing, span: self.range(at..at) }
    }

    /// `type_expr`, or `missing_type`.
    pub(super) fn type_expr(&mut self, pair: Pair<'t>) -> TypeExpr {
        if pair.as_rule() == Rule::missing_type {
            return self.missing_type(&pair);
        }
        if !self.enter(1, &pair) {
            return TypeExpr { kind: TypeExprKind::Missing, span: self.span(&pair) };
        }
        let mut terms: Vec<TypeExpr> = Vec::new();
        for child in children(pair) {
            let term = match child.as_rule() {
                Rule::type_term => self.type_term(child),
                _ => self.missing_type(&child),
            };
            terms.push(term);
        }
        self.depth -= 1;
        let span = cover(&terms, self.range(0..0));
        if terms.len() == 1
            && let Some(only) = terms.pop()
        {
            return only;
        }
        TypeExpr { kind: TypeExprKind::Union(terms), span }
    }

    fn type_term(&mut self, pair: Pair<'t>) -> TypeExpr {
        let whole = self.span(&pair);
        let mut prefixes: Vec<Pair<'t>> = Vec::new();
        let mut ty: Option<TypeExpr> = None;
        // Prefixes and `?`s nest.
        let levels = pair.clone().into_inner().len();
        if !self.enter(levels, &pair) {
            return TypeExpr { kind: TypeExprKind::Missing, span: whole };
        }
        for child in children(pair) {
            match child.as_rule() {
                Rule::type_prefix => prefixes.push(child),
                Rule::type_optional => {
                    let base = self.prefixed(&mut prefixes, ty.take(), whole);
                    let span = base.span.to(self.span(&child));
                    ty = Some(TypeExpr { kind: TypeExprKind::Optional(Box::new(base)), span });
                }
                Rule::refinement => {
                    let base = self.prefixed(&mut prefixes, ty.take(), whole);
                    let span = base.span.to(self.span(&child));
                    let refinement = self.refinement(child);
                    ty = Some(TypeExpr {
                        kind: TypeExprKind::Refined { base: Box::new(base), refinement },
                        span,
                    });
                }
                Rule::type_args => ty = Some(self.applied(ty.take(), child, whole)),
                _ => ty = Some(self.type_atom(child)),
            }
        }
        self.depth -= levels;
        self.prefixed(&mut prefixes, ty, whole)
    }

    fn prefixed(&self, prefixes: &mut Vec<Pair<'t>>, ty: Option<TypeExpr>, whole: Span) -> TypeExpr {
        let mut ty = ty.unwrap_or(TypeExpr { kind: TypeExprKind::Missing, span: whole });
        while let Some(prefix) = prefixes.pop() {
            let span = self.span(&prefix).to(ty.span);
            let kind = match prefix.as_str() {
                "deferred" => TypeExprKind::Deferred(Box::new(ty)),
                _ => TypeExprKind::Secret(Box::new(ty)),
            };
            ty = TypeExpr { kind, span };
        }
        ty
    }

    fn applied(&mut self, base: Option<TypeExpr>, pair: Pair<'t>, whole: Span) -> TypeExpr {
        let opening = self.span(&pair);
        let mut args = Vec::new();
        for child in children(pair) {
            match child.as_rule() {
                Rule::missing_close => self.unclosed(&child, opening),
                _ => args.push(self.type_expr(child)),
            }
        }
        let base_span = base.as_ref().map_or(whole, |b| b.span);
        let span = base_span.to(opening);
        match base.map(|b| b.kind) {
            Some(TypeExprKind::Named(mut path)) if path.len() == 1 => match path.pop() {
                Some(name) => TypeExpr { kind: TypeExprKind::Applied { name, args }, span },
                None => TypeExpr { kind: TypeExprKind::Missing, span },
            },
            Some(_) | None => {
                let diagnostic =
                    Diagnostic::error(codes::SYNTAX_ERROR, opening, "only `Grant` takes types in `< >`")
                        .label("not expected after this type");
                self.report(diagnostic);
                TypeExpr { kind: TypeExprKind::Missing, span }
            }
        }
    }

    fn type_atom(&mut self, pair: Pair<'t>) -> TypeExpr {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::string => {
                let string = self.string(pair);
                match string.plain() {
                    Some(text) => TypeExprKind::Literal(text),
                    None => {
                        let diagnostic =
                            Diagnostic::error(codes::SYNTAX_ERROR, span, "a type holds no interpolation")
                                .label("this text is known only when evaluated");
                        self.report(diagnostic);
                        TypeExprKind::Missing
                    }
                }
            }
            Rule::type_path => TypeExprKind::Named(self.path(pair)),
            Rule::list_type => TypeExprKind::List(Box::new(self.bracketed_type(pair))),
            Rule::paren_type => return TypeExpr { span, ..self.bracketed_type(pair) },
            Rule::brace_type => self.brace_type(pair),
            _ => TypeExprKind::Missing,
        };
        TypeExpr { kind, span }
    }

    fn bracketed_type(&mut self, pair: Pair<'t>) -> TypeExpr {
        let opening = self.span(&pair);
        let mut ty = self.no_type(opening.lo as usize);
        for child in children(pair) {
            match child.as_rule() {
                Rule::type_expr | Rule::missing_type => ty = self.type_expr(child),
                Rule::missing_close => self.unclosed(&child, opening),
                _ => self.unreadable_entry(&child, "the end of the type"),
            }
        }
        ty
    }

    /// `a.b.C`: names with points between; a missing one is empty.
    pub(super) fn path(&mut self, pair: Pair<'t>) -> Vec<Ident> {
        let mut names = Vec::new();
        for child in children(pair) {
            names.push(self.bound_name(&child, "a name after `.`"));
        }
        names
    }

    fn brace_type(&mut self, pair: Pair<'t>) -> TypeExprKind {
        let mut fields = self.type_fields(pair);
        if fields.len() == 1
            && fields.first().is_some_and(|(key, field)| is_type_path(key) && field.default.is_none())
            && let Some((key, field)) = fields.pop()
        {
            let span = cover_idents(&key, field.name.span);
            let key = TypeExpr { kind: TypeExprKind::Named(key), span };
            return TypeExprKind::Map { key: Box::new(key), value: Box::new(field.ty) };
        }
        TypeExprKind::Record(self.plain_fields(fields))
    }

    /// Fields whose key is one name.
    fn plain_fields(&mut self, fields: Vec<(Vec<Ident>, TypeField)>) -> Vec<TypeField> {
        let mut plain = Vec::new();
        for (key, field) in fields {
            if key.len() > 1 {
                let span = cover_idents(&key, field.name.span);
                let diagnostic =
                    Diagnostic::error(codes::SYNTAX_ERROR, span, "a field of a record type has one name")
                        .label("this has several")
                        .help("write a map as `{Key: Value}`, alone in its braces");
                self.report(diagnostic);
            }
            plain.push(field);
        }
        plain
    }

    /// The entries of a `brace_type`: the key as written, and the field it makes.
    fn type_fields(&mut self, pair: Pair<'t>) -> Vec<(Vec<Ident>, TypeField)> {
        let opening = self.span(&pair);
        let mut fields = Vec::new();
        for child in children(pair) {
            match child.as_rule() {
                Rule::type_field => fields.push(self.type_field(child)),
                Rule::missing_close => self.unclosed(&child, opening),
                Rule::missing_comma => self.missing_comma(&child),
                _ => self.unreadable_entry(&child, "a field and its type"),
            }
        }
        fields
    }

    fn type_field(&mut self, pair: Pair<'t>) -> (Vec<Ident>, TypeField) {
        let start = pair.as_span().start();
        let docs = self.docs(start);
        let mut key = Vec::new();
        let mut ty = self.no_type(start);
        let mut default = None;
        let mut question: Option<Span> = None;
        for child in children(pair) {
            match child.as_rule() {
                Rule::type_path => key = self.path(child),
                Rule::type_optional => question = Some(self.span(&child)),
                Rule::type_annotation | Rule::bare_annotation | Rule::missing_annotation => {
                    ty = self.needed_annotation(child);
                }
                Rule::walrus => self.walrus(&child),
                _ => default = Some(self.value(child)),
            }
        }
        if let Some(span) = question {
            let mut diagnostic = Diagnostic::error(
                codes::WRONG_NOTATION,
                span,
                "the `?` of an optional field belongs to its type",
            )
            .label("not here");
            if let Some(fix) = self.move_question(span, ty.span) {
                diagnostic.fixes.push(fix);
            }
            self.report(diagnostic);
        }
        let name = key.last().cloned().unwrap_or_else(|| self.no_name(start));
        (key, TypeField { docs, name, ty, default })
    }

    fn move_question(&self, from: Span, ty: Span) -> Option<solc_source::Fix> {
        if ty.lo == ty.hi {
            return None;
        }
        let edit = |span, text: &str| solc_source::Edit { span, replacement: text.to_owned() };
        Some(solc_source::Fix {
            title: "write `?` after the type".to_owned(),
            edits: vec![edit(from, ""), edit(ty.end(), "?")],
        })
    }

    /// `: T`
    pub(super) fn annotation(&mut self, pair: Pair<'t>) -> TypeExpr {
        let at = pair.as_span().end();
        match children(pair).find(|child| child.as_rule() != Rule::colon) {
            Some(child) => self.type_expr(child),
            None => self.no_type(at),
        }
    }

    /// `type_annotation`, a type without its `:`, or `missing_annotation`.
    pub(super) fn needed_annotation(&mut self, pair: Pair<'t>) -> TypeExpr {
        let at = pair.as_span().start();
        if pair.as_rule() == Rule::type_annotation {
            return self.annotation(pair);
        }
        if pair.as_rule() == Rule::bare_annotation {
            self.missing_colon(at, "the type");
            return self.annotation(pair);
        }
        self.expected("`:` and a type", at);
        self.no_type(at)
    }

    fn refinement(&mut self, pair: Pair<'t>) -> Refinement {
        let Some(child) = children(pair).find(|c| c.as_rule() != Rule::kw_where) else {
            return Refinement::Error;
        };
        let span = self.span(&child);
        match child.as_rule() {
            Rule::regex => {
                let inner = child.as_str();
                let inner = inner.strip_prefix('/').unwrap_or(inner);
                let inner = inner.strip_suffix('/').unwrap_or(inner);
                Refinement::Regex { pattern: Name::new(inner.replace("\\/", "/")), span }
            }
            Rule::unclosed_regex => {
                let diagnostic = Diagnostic::error(
                    codes::UNCLOSED_STRING,
                    span,
                    "this regular expression is never closed",
                )
                .label("it ends with a `/` on the same line");
                self.report(diagnostic);
                Refinement::Error
            }
            _ => self.range_refinement(child),
        }
    }

    fn range_refinement(&mut self, pair: Pair<'t>) -> Refinement {
        use crate::ast::ExprKind;
        if pair.as_rule() == Rule::missing_expr {
            self.expected("a range or a regular expression", pair.as_span().start());
            return Refinement::Error;
        }
        let expr = self.expr(pair);
        match expr.kind {
            ExprKind::Range { lo, hi } => Refinement::Range { lo: *lo, hi: *hi },
            ExprKind::Missing => Refinement::Error,
            _ => {
                let diagnostic = Diagnostic::error(
                    codes::SYNTAX_ERROR,
                    expr.span,
                    "expected a range or a regular expression after `where`",
                )
                .label("this is neither")
                .help("write a range as `1..10`, a pattern as `/^[a-z]+$/`");
                self.report(diagnostic);
                Refinement::Error
            }
        }
    }

    /// The right-hand side of a `type`.
    pub(super) fn case_list(&mut self, pair: Pair<'t>) -> TypeBody {
        let mut cases = Vec::new();
        for child in children(pair) {
            match child.as_rule() {
                Rule::case_decl => cases.push(self.case_decl(child)),
                _ => self.expected("a case", child.as_span().start()),
            }
        }
        TypeBody::Cases(cases)
    }

    fn case_decl(&mut self, pair: Pair<'t>) -> CaseDecl {
        let start = pair.as_span().start();
        let docs = self.case_docs(start);
        let mut name = self.no_name(start);
        let mut fields = Vec::new();
        for child in children(pair) {
            match child.as_rule() {
                Rule::ident => name = self.ident(&child),
                _ => {
                    let found = self.type_fields(child);
                    fields = self.plain_fields(found);
                }
            }
        }
        CaseDecl { docs, name, fields }
    }

    /// A case's docs stand above its `|`.
    fn case_docs(&self, at: usize) -> crate::ast::Docs {
        let before = self.text.get(..at).unwrap_or_default().trim_end_matches([' ', '\t']);
        self.docs(before.strip_suffix('|').map_or(at, str::len))
    }
}

/// Whether a key of a brace type names a type, so that the braces are a map's.
fn is_type_path(key: &[Ident]) -> bool {
    key.last().is_some_and(|name| name.name.starts_with(|c: char| c.is_ascii_uppercase()))
}

fn cover(types: &[TypeExpr], otherwise: Span) -> Span {
    match (types.first(), types.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        (None, _) | (_, None) => otherwise,
    }
}

fn cover_idents(names: &[Ident], otherwise: Span) -> Span {
    match (names.first(), names.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        (None, _) | (_, None) => otherwise,
    }
}
