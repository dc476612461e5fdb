//! Records, maps and union cases: braces with entries.

use super::collections::value_hint;
use super::names::strip;
use super::{BodyChecker, Want, quote};
use crate::assign::Mismatch;
use crate::codes;
use crate::hir::{Element, ExprId, ExprKind, FieldValue, RecordId, Ty};
use rustc_hash::FxHashMap;
use solc_source::{Diagnostic, Name, Span, suggest};
use solc_syntax::ast;
use std::sync::Arc;

/// The known name that a misspelt one stands for: the nearest, or the only one that is missing.
pub(crate) fn meant<'n>(name: &str, known: &'n [Name], missing: &'n [Name]) -> Option<&'n str> {
    let near = suggest::nearest(name, known.iter().map(Name::as_str));
    near.or(match missing {
        [one] => Some(one.as_str()),
        _ => None,
    })
}

/// What a literal in braces is going to be.
enum Shape {
    Record(RecordId),
    Map(Ty),
    Object(&'static solc_schema::ResourceType, solc_schema::NodeId),
    Free,
}

impl<'a> BodyChecker<'_, 'a> {
    /// `{ a = 1, b = 2 }`
    pub(super) fn record(&mut self, elements: &'a [ast::Element], span: Span, hint: Option<&Ty>) -> ExprId {
        let keys: Vec<&Name> = elements
            .iter()
            .filter_map(|e| match e {
                ast::Element::Field(f) => Some(&f.name.name),
                ast::Element::Item(_) | ast::Element::Spread(_) | ast::Element::Error(_) => None,
            })
            .collect();
        match self.shape(hint, &keys) {
            Shape::Record(id) => {
                let what = self.cx.show(&Ty::Record(id));
                let elements = self.record_elements(id, elements, span, &format!("`{what}`"));
                self.push(ExprKind::Record { record: Some(id), elements }, span, Ty::Record(id))
            }
            Shape::Map(value) => {
                let elements = self.map_elements(elements, &value);
                self.push(ExprKind::Map(elements), span, Ty::Map(Arc::new(value)))
            }
            Shape::Object(rt, node) => {
                let elements = self.object_elements(rt, node, elements, span);
                self.push(ExprKind::Record { record: None, elements }, span, Ty::Node(rt, node))
            }
            Shape::Free => self.free_record(elements, span, hint),
        }
    }

    fn shape(&self, hint: Option<&Ty>, keys: &[&Name]) -> Shape {
        let Some(hint) = hint else { return Shape::Free };
        match strip(hint) {
            Ty::Record(id) => Shape::Record(*id),
            Ty::Map(_) => value_hint(Some(hint)).map_or(Shape::Free, Shape::Map),
            Ty::Node(rt, node) => match self.object_node(rt, *node, keys) {
                Some(node) => match rt.node(node) {
                    solc_schema::Node::Map(value) => Shape::Map(Ty::Node(rt, *value)),
                    _ => Shape::Object(rt, node),
                },
                None => Shape::Free,
            },
            _ => Shape::Free,
        }
    }

    /// Entries of a record of a declared type.
    fn record_elements(
        &mut self,
        id: RecordId,
        elements: &'a [ast::Element],
        span: Span,
        what: &str,
    ) -> Vec<Element> {
        let Some(record) = self.cx.record(id) else { return Vec::new() };
        let mut lowered = Vec::with_capacity(elements.len());
        let mut seen: FxHashMap<Name, Span> = FxHashMap::default();
        let mut unknown: Vec<&'a ast::FieldEntry> = Vec::new();
        let mut spread = false;
        for element in elements {
            match element {
                ast::Element::Field(field) => {
                    let name = &field.name;
                    if let Some(first) = seen.insert(name.name.clone(), name.span) {
                        self.duplicate_field(name, first);
                        continue;
                    }
                    match record.fields.iter().find(|f| f.name == name.name) {
                        Some(declared) => {
                            let origin =
                                format!("`{}` is declared as `{}`", name.name, self.cx.show(&declared.ty));
                            let want = Want::declared(declared.ty.clone(), declared.span, origin);
                            let value = self.check(&field.value, &want);
                            lowered.push(Element::Field { name: name.name.clone(), span: name.span, value });
                        }
                        None => unknown.push(field),
                    }
                }
                ast::Element::Spread(expr) => {
                    spread = true;
                    let value = self.infer(expr, Some(&Ty::Record(id)));
                    match self.ty(value) {
                        Ty::Record(_) | Ty::Anonymous(_) | Ty::Error => {}
                        other => {
                            let shown = self.cx.a(&other);
                            let at = self.spoiled(value);
                            self.report(
                                Diagnostic::error(
                                    codes::TYPE_MISMATCH,
                                    at,
                                    format!("only a record can be spread into a record, not {shown}"),
                                )
                                .label(format!("this is {shown}")),
                            );
                        }
                    }
                    lowered.push(Element::Spread(value));
                }
                ast::Element::Item(expr) => self.loose(expr),
                ast::Element::Error(_) => spread = true,
            }
        }
        let known: Vec<Name> = record.fields.iter().map(|f| f.name.clone()).collect();
        let mut missing: Vec<Name> = Vec::new();
        if !spread {
            missing = record
                .fields
                .iter()
                .filter(|f| {
                    f.default.is_none() && !matches!(f.ty, Ty::Optional(_)) && !seen.contains_key(&f.name)
                })
                .map(|f| f.name.clone())
                .collect();
        }
        for field in unknown {
            let meant = self.unknown_field(&field.name, what, &known, &missing);
            missing.retain(|m| meant.as_ref() != Some(m));
            self.infer(&field.value, Some(&Ty::Error));
        }
        if let Some(first) = missing.first() {
            let declared = record.fields.iter().find(|f| f.name == *first);
            let mut diagnostic =
                Diagnostic::error(codes::MISSING_FIELD, span, format!("{what} needs {}", quote(&missing)))
                    .label(format!("without {}", quote(&missing)));
            if let Some(field) = declared {
                diagnostic = diagnostic
                    .because(field.span, "declared here without a default")
                    .help(format!("add `{first} = …`, {}", self.cx.a(&field.ty)));
            }
            self.report(diagnostic);
        }
        lowered
    }

    fn loose(&mut self, expr: &'a ast::Expr) {
        self.report(
            Diagnostic::error(codes::TYPE_MISMATCH, expr.span, "a record's value needs its name")
                .label("which field is this?")
                .help("write `name = value`"),
        );
        self.infer(expr, None);
    }

    pub(crate) fn duplicate_field(&mut self, name: &ast::Ident, first: Span) {
        self.report(
            Diagnostic::error(codes::DUPLICATE_FIELD, name.span, format!("`{}` is given twice", name.name))
                .label("given again")
                .because(first, "first given here")
                .help("remove one of them"),
        );
    }

    /// Says that there is no such field; returns the one that was meant, where it is among those `missing`.
    pub(crate) fn unknown_field(
        &mut self,
        name: &ast::Ident,
        what: &str,
        known: &[Name],
        missing: &[Name],
    ) -> Option<Name> {
        if name.name.is_empty() {
            return None;
        }
        let near = meant(&name.name, known, missing);
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_FIELD,
            name.span,
            format!("{what} has no field `{}`", name.name),
        )
        .label("not found")
        .suggest(name.span, near);
        if near.is_none() && !known.is_empty() {
            diagnostic = diagnostic.help(format!("use one of {}", quote(known)));
        }
        self.report(diagnostic);
        missing.iter().find(|m| near == Some(m.as_str())).cloned()
    }

    fn map_elements(&mut self, elements: &'a [ast::Element], value: &Ty) -> Vec<Element> {
        let mut lowered = Vec::with_capacity(elements.len());
        let mut seen: FxHashMap<Name, Span> = FxHashMap::default();
        for element in elements {
            match element {
                ast::Element::Field(field) => {
                    if let Some(first) = seen.insert(field.name.name.clone(), field.name.span) {
                        self.duplicate_field(&field.name, first);
                    }
                    let id = self.check(&field.value, &Want::of(value.clone()));
                    lowered.push(Element::Field {
                        name: field.name.name.clone(),
                        span: field.name.span,
                        value: id,
                    });
                }
                ast::Element::Spread(expr) => {
                    let want = Ty::Map(Arc::new(value.clone()));
                    let id = self.check(expr, &Want::of(want));
                    lowered.push(Element::Spread(id));
                }
                ast::Element::Item(expr) => self.loose(expr),
                ast::Element::Error(_) => {}
            }
        }
        lowered
    }

    fn free_record(&mut self, elements: &'a [ast::Element], span: Span, hint: Option<&Ty>) -> ExprId {
        let json = hint.filter(|h| matches!(strip(h), Ty::Json | Ty::Node(..))).map(|_| Ty::Json);
        let mut lowered = Vec::with_capacity(elements.len());
        let mut fields: Vec<(Name, Ty)> = Vec::new();
        let mut seen: FxHashMap<Name, Span> = FxHashMap::default();
        for element in elements {
            match element {
                ast::Element::Field(field) => {
                    if let Some(first) = seen.insert(field.name.name.clone(), field.name.span) {
                        self.duplicate_field(&field.name, first);
                        continue;
                    }
                    let id = self.infer(&field.value, json.as_ref());
                    let mut ty = self.ty(id);
                    if let Some(json) = &json
                        && self.cx.plain(&ty) == Err(Mismatch::Type)
                    {
                        self.expect(id, &Want::of(json.clone()));
                        ty = Ty::Error;
                    }
                    fields.push((field.name.name.clone(), ty));
                    lowered.push(Element::Field {
                        name: field.name.name.clone(),
                        span: field.name.span,
                        value: id,
                    });
                }
                ast::Element::Spread(expr) => {
                    let id = self.infer(expr, hint);
                    let spread_ty = self.ty(id);
                    match &spread_ty {
                        Ty::Record(_) | Ty::Anonymous(_) => fields.extend(self.cx.fields_of(&spread_ty)),
                        _ => fields.push((Name::default(), Ty::Error)),
                    }
                    lowered.push(Element::Spread(id));
                }
                ast::Element::Item(expr) => self.loose(expr),
                ast::Element::Error(_) => {}
            }
        }
        let ty =
            if fields.iter().any(|(n, _)| n.is_empty()) { Ty::Error } else { Ty::Anonymous(fields.into()) };
        self.push(ExprKind::Record { record: None, elements: lowered }, span, ty)
    }

    /// `manual { from = integration }`
    pub(super) fn case(
        &mut self,
        name: &ast::Ident,
        fields: Option<&'a [ast::Element]>,
        span: Span,
        hint: Option<&Ty>,
    ) -> ExprId {
        let target = hint.map(strip);
        let Some(Ty::Union(id)) = target else {
            if let Some(fields) = fields {
                self.free_record(fields, span, None);
            }
            self.case_without_union(name, target);
            return self.missing(span);
        };
        let id = *id;
        let Some((index, record)) = self.cx.unions.get(id.index()).and_then(|u| {
            u.cases.iter().enumerate().find(|(_, c)| c.name == name.name).map(|(i, c)| (i, c.record))
        }) else {
            let cases = self.case_names(&Ty::Union(id));
            let shown = self.cx.show(&Ty::Union(id));
            let near = suggest::nearest(&name.name, cases.iter().map(Name::as_str));
            let mut diagnostic = Diagnostic::error(
                codes::UNKNOWN_CASE,
                name.span,
                format!("`{shown}` has no case `{}`", name.name),
            )
            .label("not found")
            .suggest(name.span, near);
            if near.is_none() {
                diagnostic = diagnostic.help(format!("use one of {}", quote(&cases)));
            }
            self.report(diagnostic);
            if let Some(fields) = fields {
                self.free_record(fields, span, None);
            }
            return self.missing(span);
        };
        let case = u32::try_from(index).unwrap_or(0);
        let fields_id = match (record, fields) {
            (Some(record), given) => {
                let elements = self.record_elements(
                    record,
                    given.unwrap_or_default(),
                    span,
                    &format!("the case `{}`", name.name),
                );
                Some(self.push(ExprKind::Record { record: Some(record), elements }, span, Ty::Record(record)))
            }
            (None, Some(given)) => {
                if let Some(ast::Element::Field(first)) = given.first() {
                    self.report(
                        Diagnostic::error(
                            codes::UNKNOWN_FIELD,
                            first.name.span,
                            format!("the case `{}` has no fields", name.name),
                        )
                        .label("nothing to give")
                        .help(format!("write `{}` alone", name.name)),
                    );
                }
                None
            }
            (None, None) => None,
        };
        self.push(ExprKind::UnionCase { union: id, case, fields: fields_id }, span, Ty::Union(id))
    }

    pub(super) fn case_without_fields(&mut self, name: &Name, span: Span, target: &Ty) -> ExprId {
        // The identifier outlives the call only as a copy: a bare case has no fields to look at.
        let ident = ast::Ident { name: name.clone(), span };
        self.case(&ident, None, span, Some(target))
    }

    fn case_without_union(&mut self, name: &ast::Ident, target: Option<&Ty>) {
        if matches!(target, Some(Ty::Error)) || name.name.is_empty() {
            return;
        }
        let upper = name.name.starts_with(|c: char| c.is_ascii_uppercase());
        let diagnostic = if upper {
            Diagnostic::error(
                codes::MISPLACED_STATEMENT,
                name.span,
                format!("`{}` cannot be instantiated inside a value", name.name),
            )
            .label("an instance stands on a line of its own")
            .help(format!("write `name: {} {{ … }}` in the body, and use `name` here", name.name))
        } else {
            let base = Diagnostic::error(
                codes::UNKNOWN_CASE,
                name.span,
                format!("nothing says what the case `{}` belongs to", name.name),
            );
            match target {
                Some(ty) => base.label(format!("expected {}", self.cx.a(ty))),
                None => base
                    .label("a case is found by the type that is expected")
                    .help("give the name a type: `let x: Release = …`"),
            }
        };
        self.report(diagnostic);
    }

    /// Properties of an object inside a resource.
    fn object_elements(
        &mut self,
        rt: &'static solc_schema::ResourceType,
        node: solc_schema::NodeId,
        elements: &'a [ast::Element],
        span: Span,
    ) -> Vec<Element> {
        let mut spreads = Vec::new();
        let mut fields: Vec<&'a ast::FieldEntry> = Vec::new();
        for element in elements {
            match element {
                ast::Element::Field(field) => fields.push(field),
                ast::Element::Spread(expr) => {
                    let id = self.infer(expr, Some(&Ty::Node(rt, node)));
                    spreads.push(Element::Spread(id));
                }
                ast::Element::Item(expr) => self.loose(expr),
                ast::Element::Error(_) => spreads.push(Element::Spread(self.missing(span))),
            }
        }
        let complete = spreads.is_empty();
        let given = self.properties(rt, node, &fields, complete, span, false);
        let mut lowered = spreads;
        lowered.extend(given.into_iter().map(|FieldValue { name, span, value }| Element::Field {
            name,
            span,
            value,
        }));
        lowered
    }
}
