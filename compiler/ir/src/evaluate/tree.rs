//! A resource's properties between source and template: values that remember where they are written.
//!
//! Invariant: every value has the place of the expression that made it; what is `none` is kept until the rules
//! were checked, so that a demanded property that turns out to be `none` is reported at its own token.

use super::value::Value;
use super::{Evaluation, Frame};
use crate::model;
use solc_check::hir::{Element, ExprId, ExprKind, Ty};
use solc_source::{Name, Span};

/// A value and where it is written.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    pub(crate) span: Span,
    pub(crate) kind: Kind,
    /// What the checker knew of it already, and has reported.
    pub(crate) known: Known,
}

/// What types alone say of a value.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Known {
    /// Never `none`.
    pub(crate) present: bool,
    /// One of a few texts, each of which was compared with what the property takes.
    pub(crate) text: bool,
}

/// What it is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// Broken and reported.
    Missing,
    /// `none`: left out.
    Absent,
    /// A scalar, or something deferred.
    Leaf(model::Value),
    /// A list.
    List(Vec<Tree>),
    /// An object: key, the key's place, value.
    Object(Vec<(Name, Span, Tree)>),
}

impl Tree {
    /// As a template has it; `None` where there is nothing to emit.
    pub(crate) fn into_value(self) -> Option<model::Value> {
        match self.kind {
            Kind::Missing | Kind::Absent => None,
            Kind::Leaf(value) => Some(value),
            Kind::List(items) => Some(model::Value::list(items.into_iter().filter_map(Self::into_value))),
            Kind::Object(entries) => Some(model::Value::object(
                entries.into_iter().filter_map(|(k, _, v)| v.into_value().map(|v| (k, v))),
            )),
        }
    }

    /// The entries of an object as a template has them, by key; none where it is no object.
    pub(crate) fn into_entries(self) -> Vec<(Name, model::Value)> {
        match self.kind {
            Kind::Object(entries) => {
                let mut values = Vec::with_capacity(entries.len());
                values.extend(entries.into_iter().filter_map(|(k, _, v)| v.into_value().map(|v| (k, v))));
                model::sorted(values)
            }
            Kind::Missing | Kind::Absent | Kind::Leaf(_) | Kind::List(_) => Vec::new(),
        }
    }

    /// Whether a part was reported already.
    pub(crate) fn is_broken(&self) -> bool {
        match &self.kind {
            Kind::Missing => true,
            Kind::Absent | Kind::Leaf(_) => false,
            Kind::List(items) => items.iter().any(Self::is_broken),
            Kind::Object(entries) => entries.iter().any(|(_, _, v)| v.is_broken()),
        }
    }
}

impl<'a> Evaluation<'a> {
    /// An expression as a tree, following literals, `if` and `match` so that parts keep their own places.
    pub(crate) fn tree(&mut self, frame: &mut Frame<'a>, id: ExprId) -> Tree {
        let mut tree = self.unknown_tree(frame, id);
        let ty = frame.body.ty(id);
        tree.known = Known {
            present: !matches!(ty, Ty::Optional(_) | Ty::None | Ty::Error),
            text: matches!(ty, Ty::Literals(_)) || matches!(frame.body.expr(id).kind, ExprKind::String(_)),
        };
        tree
    }

    fn unknown_tree(&mut self, frame: &mut Frame<'a>, id: ExprId) -> Tree {
        let expr = frame.body.expr(id);
        let span = expr.span;
        match &expr.kind {
            ExprKind::Record { record: None, elements } | ExprKind::Map(elements) => {
                self.object_tree(frame, elements, span)
            }
            ExprKind::List(elements) => self.list_tree(frame, elements, span),
            ExprKind::If { condition, then, otherwise } => {
                let branch = match self.eval(frame, *condition) {
                    Value::Bool(true) => *then,
                    Value::Bool(false) => *otherwise,
                    _ => return Tree { span, kind: Kind::Missing, known: Known::default() },
                };
                self.tree(frame, branch)
            }
            ExprKind::Match { scrutinee, arms } => {
                let value = self.eval(frame, *scrutinee);
                match self.matching(frame, &value, arms) {
                    Some((arm, mark)) if value != Value::Missing => {
                        let tree = self.tree(frame, arm.value);
                        frame.locals.truncate(mark);
                        tree
                    }
                    Some(_) | None => Tree { span, kind: Kind::Missing, known: Known::default() },
                }
            }
            _ => {
                let value = self.eval(frame, id);
                self.tree_of(&value, span)
            }
        }
    }

    fn object_tree(&mut self, frame: &mut Frame<'a>, elements: &'a [Element], span: Span) -> Tree {
        let mut entries: Vec<(Name, Span, Tree)> = Vec::with_capacity(elements.len());
        for element in elements {
            match element {
                Element::Field { name, span, value } => {
                    let tree = self.tree(frame, *value);
                    entries.retain(|(n, _, _)| n != name);
                    entries.push((name.clone(), *span, tree));
                }
                Element::Spread(id) => {
                    let at = frame.body.expr(*id).span;
                    let spread = self.tree(frame, *id);
                    match spread.kind {
                        Kind::Object(more) => {
                            for (name, span, tree) in more {
                                entries.retain(|(n, _, _)| *n != name);
                                entries.push((name, span, tree));
                            }
                        }
                        Kind::Absent => {}
                        Kind::Missing | Kind::Leaf(_) | Kind::List(_) => {
                            return Tree { span: at, kind: Kind::Missing, known: Known::default() };
                        }
                    }
                }
                Element::Item(id) => {
                    self.eval(frame, *id);
                }
            }
        }
        Tree { span, kind: Kind::Object(entries), known: Known::default() }
    }

    fn list_tree(&mut self, frame: &mut Frame<'a>, elements: &'a [Element], span: Span) -> Tree {
        let mut items = Vec::with_capacity(elements.len());
        for element in elements {
            match element {
                Element::Item(id) | Element::Field { value: id, .. } => items.push(self.tree(frame, *id)),
                Element::Spread(id) => {
                    let spread = self.tree(frame, *id);
                    match spread.kind {
                        Kind::List(more) => items.extend(more),
                        Kind::Absent => {}
                        Kind::Missing | Kind::Leaf(_) | Kind::Object(_) => {
                            return Tree { span: spread.span, kind: Kind::Missing, known: Known::default() };
                        }
                    }
                }
            }
        }
        items.retain(|i| !matches!(i.kind, Kind::Absent));
        Tree { span, kind: Kind::List(items), known: Known::default() }
    }

    /// A value as a tree, all of it at one place.
    pub(crate) fn tree_of(&self, value: &Value, span: Span) -> Tree {
        let kind = match value {
            Value::Missing => Kind::Missing,
            Value::None => Kind::Absent,
            Value::Bool(b) => Kind::Leaf(model::Value::Bool(*b)),
            Value::Int(n) => Kind::Leaf(model::Value::Int(*n)),
            Value::Number(n) => Kind::Leaf(model::Value::Number(*n)),
            Value::List(items) => Kind::List(
                items
                    .iter()
                    .map(|i| self.tree_of(i, span))
                    .filter(|t| !matches!(t.kind, Kind::Absent))
                    .collect(),
            ),
            Value::Map(map) | Value::ZoneMap(map) | Value::Union(_, _, Some(map)) => {
                Kind::Object(map.iter().map(|(k, v)| (k.clone(), span, self.tree_of(v, span))).collect())
            }
            Value::Deferred(value) => Kind::Leaf(value.clone()),
            // A resource where its name is meant.
            Value::Resource(id) => Kind::Leaf(model::Value::Ref(*id)),
            Value::Text(_)
            | Value::Quantity(_)
            | Value::Cidr(..)
            | Value::Range(..)
            | Value::Enum(..)
            | Value::Union(_, _, None)
            | Value::Service(_)
            | Value::Block(_)
            | Value::Team(_) => self.text_of(value).map_or(Kind::Missing, Kind::Leaf),
            Value::Outside | Value::Instance(_) | Value::Grant(_) => Kind::Missing,
        };
        Tree { span, kind, known: Known::default() }
    }

    /// A value as a template has it; `None` where it is missing or `none`.
    pub(crate) fn plain(&self, value: &Value) -> Option<model::Value> {
        let tree = self.tree_of(value, Span::default());
        if tree.is_broken() { None } else { tree.into_value() }
    }
}
