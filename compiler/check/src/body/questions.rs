//! What only tests and policies ask: of components and resources of the deployment.
//!
//! Invariant: a question is understood in a claim alone; what it gives is a [`View`], which nothing else takes.

use super::BodyChecker;
use crate::codes;
use crate::context::{Decl, MemberTag};
use crate::hir::{
    BlockKind, ComponentId, ExprId, ExprKind, Fact, Kind, Layer, PartKind, Question, Ty, Typed, View,
};
use solc_schema::{Node, NodeId, ResourceType};
use solc_source::{Diagnostic, Name, Span, suggest};
use solc_syntax::ast;
use std::sync::Arc;

/// Functions that ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Component,
    Components,
    Resources,
    Access,
    Reachable,
    SurvivesZoneLoss,
}

const FUNCTIONS: &[(&str, Function)] = &[
    ("component", Function::Component),
    ("components", Function::Components),
    ("resources", Function::Resources),
    ("access", Function::Access),
    ("reachable", Function::Reachable),
    ("survives_zone_loss", Function::SurvivesZoneLoss),
];

/// Functions that ask, by name.
pub(super) fn functions() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|(name, _)| *name)
}

/// Facts of a component, in the order in which they are listed.
const OF_COMPONENTS: &[(&str, Fact)] = &[
    ("name", Fact::Name),
    ("path", Fact::Path),
    ("type", Fact::Type),
    ("solution", Fact::Solution),
    ("layer", Fact::Layer),
    ("stateful", Fact::Stateful),
    ("region", Fact::Region),
    ("account", Fact::Account),
    ("resources", Fact::Resources),
    ("components", Fact::Components),
];

/// Facts of a resource.
const OF_RESOURCES: &[(&str, Fact)] = &[
    ("name", Fact::Name),
    ("type", Fact::Type),
    ("logical_id", Fact::LogicalId),
    ("component", Fact::Component),
    ("solution", Fact::Solution),
    ("layer", Fact::Layer),
    ("stateful", Fact::Stateful),
    ("region", Fact::Region),
    ("account", Fact::Account),
    ("zone", Fact::Zone),
    ("stack", Fact::Stack),
    ("properties", Fact::Properties),
];

fn list(view: View) -> Ty {
    Ty::List(Arc::new(Ty::View(view)))
}

fn optional(ty: Ty) -> Ty {
    match ty {
        already @ (Ty::Optional(_) | Ty::Error) => already,
        plain => Ty::Optional(Arc::new(plain)),
    }
}

fn fact_type(fact: Fact, of: View) -> Ty {
    match fact {
        Fact::Name | Fact::Path | Fact::Type | Fact::Solution | Fact::Region | Fact::LogicalId => Ty::String,
        Fact::Layer => {
            let mut words: Vec<Name> = [Layer::Foundation, Layer::Data, Layer::Application]
                .map(|l| Name::new_static(l.word()))
                .to_vec();
            words.sort();
            Ty::Literals(words.into())
        }
        Fact::Stateful => Ty::Bool,
        Fact::Account => Ty::Block(BlockKind::Account),
        Fact::Zone | Fact::Stack => optional(Ty::String),
        Fact::Component => Ty::View(View::Component(None)),
        Fact::Resources => list(View::Resource(None)),
        Fact::Components => list(View::Component(None)),
        Fact::Properties => match of {
            View::Resource(Some(rt)) => Ty::View(View::Properties(rt, rt.root)),
            View::Resource(None) | View::Component(_) | View::Properties(..) | View::Verb(_) => Ty::Json,
        },
    }
}

/// What reading a position gives, where it is there at all.
fn property_type(rt: &'static ResourceType, node: NodeId) -> Ty {
    match rt.node(node) {
        Node::Boolean => Ty::Bool,
        Node::Integer { .. } => Ty::Int,
        Node::Number { .. } => Ty::Number,
        Node::String(_) => Ty::String,
        Node::Array { items, .. } => Ty::List(Arc::new(property_type(rt, *items))),
        Node::Map(value) => Ty::Map(Arc::new(property_type(rt, *value))),
        Node::Object(_) => Ty::View(View::Properties(rt, node)),
        Node::AnyOf(nodes) if nodes.iter().all(|n| matches!(rt.node(*n), Node::Object(_))) => {
            Ty::View(View::Properties(rt, node))
        }
        Node::AnyOf(_) | Node::Json => Ty::Json,
    }
}

/// The properties of an object; of one of several shapes, those of each.
fn properties_of(rt: &'static ResourceType, node: NodeId) -> Vec<(Name, NodeId)> {
    match rt.node(node) {
        Node::Object(rules) => rules.properties.clone(),
        Node::AnyOf(nodes) => nodes.iter().flat_map(|n| properties_of(rt, *n)).collect(),
        Node::Boolean
        | Node::Integer { .. }
        | Node::Number { .. }
        | Node::String(_)
        | Node::Array { .. }
        | Node::Map(_)
        | Node::Json => Vec::new(),
    }
}

/// The names of `AWS.S3.Bucket`; `None` for what is no such path.
fn dotted(expr: &ast::Expr) -> Option<Vec<ast::Ident>> {
    match &expr.kind {
        ast::ExprKind::Name(name) => Some(vec![ast::Ident { name: name.clone(), span: expr.span }]),
        ast::ExprKind::Field { base, name, optional: false } => {
            let mut path = dotted(base)?;
            path.push(name.clone());
            Some(path)
        }
        _ => None,
    }
}

impl<'a> BodyChecker<'_, 'a> {
    fn ask(&mut self, question: Question, args: Vec<ExprId>, span: Span, ty: Ty) -> ExprId {
        self.push(ExprKind::Ask { question, args }, span, ty)
    }

    /// The solution of this name, in a claim.
    pub(super) fn solution_named(&self, name: &str) -> Option<ComponentId> {
        if !self.asking {
            return None;
        }
        let index =
            self.cx.components.iter().position(|c| c.kind == Kind::Solution && c.name.name == name)?;
        u32::try_from(index).ok().map(ComponentId)
    }

    /// The names of all solutions, in a claim.
    pub(super) fn solution_names(&self) -> impl Iterator<Item = &str> {
        let solutions = self.cx.components.iter().filter(|c| c.kind == Kind::Solution && self.asking);
        solutions.map(|c| c.name.name.as_str())
    }

    /// `shop`, `internet`, as claims understand them.
    pub(super) fn asked_name(&mut self, name: &Name, span: Span) -> Option<ExprId> {
        if !self.asking {
            return None;
        }
        if name == "internet" {
            let ty = Ty::View(View::Component(self.cx.well_known.internet));
            return Some(self.ask(Question::Internet, Vec::new(), span, ty));
        }
        let id = self.solution_named(name)?;
        Some(self.ask(
            Question::Solution(name.clone()),
            Vec::new(),
            span,
            Ty::View(View::Component(Some(id))),
        ))
    }

    /// Whether a component grants a verb; any component, where none is known.
    pub(super) fn grants(&self, of: Option<ComponentId>, verb: &str) -> bool {
        match of {
            Some(id) => self.grants_within(id, verb, 0),
            None => self.cx.signatures.iter().any(|s| s.grants.contains_key(verb)),
        }
    }

    /// Whether a component, or one that it is made of, grants a verb.
    fn grants_within(&self, id: ComponentId, verb: &str, depth: u32) -> bool {
        // A component that contains itself is reported elsewhere.
        let Some(signature) = self.cx.signature(id).filter(|_| depth < 16) else { return false };
        signature.grants.contains_key(verb)
            || signature.members.iter().filter(|m| m.tag == MemberTag::Instance).any(|m| {
                matches!(
                    m.ty.as_ref().map(super::names::strip),
                    Some(Ty::Component(inner)) if self.grants_within(*inner, verb, depth + 1)
                )
            })
    }

    /// A bare name where a verb is expected.
    pub(super) fn verb(&mut self, of: Option<ComponentId>, name: &Name, span: Span) -> ExprId {
        if self.grants(of, name) {
            return self.push(ExprKind::String(name.clone()), span, Ty::View(View::Verb(of)));
        }
        match of {
            Some(id) => self.unknown_verb(id, &ast::Ident { name: name.clone(), span }),
            None => {
                let mut verbs: Vec<&str> =
                    self.cx.signatures.iter().flat_map(|s| s.grants.keys()).map(Name::as_str).collect();
                verbs.sort_unstable();
                verbs.dedup();
                let diagnostic = Diagnostic::error(
                    codes::UNKNOWN_LINK_VERB,
                    span,
                    format!("no component grants `{name}`"),
                )
                .label("not a verb")
                .suggest(span, suggest::nearest(name, verbs));
                self.report(diagnostic);
            }
        }
        self.missing(span)
    }

    /// A call of a function that asks; `None` where the name is none of them.
    pub(super) fn question(
        &mut self,
        name: &Name,
        at: Span,
        args: &'a [ast::Argument],
        span: Span,
    ) -> Option<ExprId> {
        let (_, function) = FUNCTIONS.iter().find(|(n, _)| n == name)?;
        if !self.asking {
            let diagnostic = Diagnostic::error(
                codes::QUESTION_OUTSIDE_TEST,
                at,
                format!("`{name}` can be asked only in a `test` or `policy`"),
            )
            .label("the deployment is not there yet while this is worked out")
            .help("move it into a `test` or `policy`, and hand on what it gives as a plain value");
            self.report(diagnostic);
            return Some(self.missing(span));
        }
        Some(match function {
            Function::Component => self.component_by_path(name, at, args, span),
            Function::Components => self.components(name, at, args, span),
            Function::Resources => self.resources(name, at, args, span),
            Function::Access => match self.subjects(name, at, args, &["from", "to"]) {
                Some(ids) => {
                    let to = ids.get(1).map(|id| self.ty(*id));
                    let of = match to {
                        Some(Ty::View(View::Component(of))) => of,
                        Some(_) | None => None,
                    };
                    self.ask(Question::Access, ids, span, list(View::Verb(of)))
                }
                None => self.missing(span),
            },
            Function::Reachable => match self.subjects(name, at, args, &["from", "to"]) {
                Some(ids) => self.ask(Question::Reachable, ids, span, Ty::Bool),
                None => self.missing(span),
            },
            Function::SurvivesZoneLoss => match self.subjects(name, at, args, &["component"]) {
                Some(ids) => self.ask(Question::SurvivesZoneLoss, ids, span, Ty::Bool),
                None => self.missing(span),
            },
        })
    }

    fn wrong_number(&mut self, name: &str, at: Span, takes: &str, given: usize, wanted: usize) {
        let code = if given < wanted { codes::MISSING_ARGUMENT } else { codes::UNKNOWN_ARGUMENT };
        let label = match given {
            0 => "called with nothing".to_owned(),
            1 => "called with 1 argument".to_owned(),
            n => format!("called with {n} arguments"),
        };
        self.report(Diagnostic::error(code, at, format!("`{name}` takes {takes}")).label(label));
    }

    /// Arguments that must each be a component or resource; reported where they are not.
    fn subjects(
        &mut self,
        name: &str,
        at: Span,
        args: &'a [ast::Argument],
        wanted: &[&str],
    ) -> Option<Vec<ExprId>> {
        if args.len() != wanted.len() {
            let takes = if wanted.len() == 1 { "one component" } else { "two components or resources" };
            self.wrong_number(name, at, takes, args.len(), wanted.len());
            return None;
        }
        let mut ids: Vec<Option<ExprId>> = vec![None; wanted.len()];
        for (position, arg) in args.iter().enumerate() {
            let index = match &arg.label {
                None => position,
                Some(label) => match wanted.iter().position(|w| *w == label.name) {
                    Some(index) => index,
                    None => {
                        let near = suggest::nearest(&label.name, wanted.iter().copied());
                        let message = format!("`{name}` takes no `{}`", label.name);
                        self.report(
                            Diagnostic::error(codes::UNKNOWN_ARGUMENT, label.span, message)
                                .label("not one of its parameters")
                                .suggest(label.span, near),
                        );
                        return None;
                    }
                },
            };
            let id = self.infer(&arg.value, None);
            match self.ty(id) {
                Ty::View(View::Component(_) | View::Resource(_)) => {}
                Ty::Error => return None,
                Ty::Optional(inner) if matches!(inner.as_ref(), Ty::View(_)) => {
                    let at = self.spoiled(id);
                    self.report(
                        Diagnostic::error(codes::OPTIONAL_VALUE, at, "this may be `none`")
                            .label("not in every environment")
                            .help("ask first whether it is there: `x != none and …`"),
                    );
                    return None;
                }
                other => {
                    let found = self.cx.a(&other);
                    let at = self.spoiled(id);
                    let message = format!("`{name}` asks of a component, not of {found}");
                    self.report(
                        Diagnostic::error(codes::TYPE_MISMATCH, at, message)
                            .label(format!("this is {found}"))
                            .help("name a component by its path: `solution.component`"),
                    );
                    return None;
                }
            }
            if let Some(slot) = ids.get_mut(index) {
                *slot = Some(id);
            }
        }
        let ids: Vec<ExprId> = ids.into_iter().flatten().collect();
        if ids.len() != wanted.len() {
            let takes = format!("each of {} once", crate::declare::list(wanted));
            self.wrong_number(name, at, &takes, args.len(), wanted.len());
            return None;
        }
        Some(ids)
    }

    fn component_by_path(&mut self, name: &str, at: Span, args: &'a [ast::Argument], span: Span) -> ExprId {
        let [arg] = args else {
            self.wrong_number(name, at, "one path, such as \"shop.db\"", args.len(), 1);
            return self.missing(span);
        };
        let id = self.check(&arg.value, &super::Want::of(Ty::String));
        self.ask(Question::Component, vec![id], span, Ty::View(View::Component(None)))
    }

    fn components(&mut self, name: &str, at: Span, args: &'a [ast::Argument], span: Span) -> ExprId {
        let of = match args {
            [] => None,
            [arg] => match self.component_named(&arg.value) {
                Some(id) => Some(id),
                None => return self.missing(span),
            },
            _ => {
                self.wrong_number(name, at, "one component type, or nothing", args.len(), 1);
                return self.missing(span);
            }
        };
        self.ask(Question::Components(of), Vec::new(), span, list(View::Component(of)))
    }

    /// The component that a bare name denotes; reported where it denotes none.
    fn component_named(&mut self, expr: &ast::Expr) -> Option<ComponentId> {
        let ast::ExprKind::Name(name) = &expr.kind else {
            self.report(
                Diagnostic::error(codes::TYPE_MISMATCH, expr.span, "this names no component type")
                    .label("expected the name of a component, such as `Service`"),
            );
            return None;
        };
        match self.cx.lookup(self.unit, name).map(|n| n.decl) {
            Some(Decl::Component(id)) => return Some(id),
            Some(Decl::Interface(_) | Decl::Type(_) | Decl::Function(_) | Decl::Global(_)) => {
                self.report(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        expr.span,
                        format!("`{name}` is not a component type"),
                    )
                    .label("expected the name of a component, such as `Service`"),
                );
            }
            None if self.cx.is_broken(self.unit, name) => {}
            None => {
                let ident = ast::Ident { name: name.clone(), span: expr.span };
                let diagnostic = crate::signature::unknown_component(self.cx, self.unit, &ident, expr.span);
                self.report(diagnostic);
            }
        }
        None
    }

    fn resources(&mut self, name: &str, at: Span, args: &'a [ast::Argument], span: Span) -> ExprId {
        let of = match args {
            [] => None,
            [arg] => match self.resource_type_named(&arg.value) {
                Some(rt) => Some(rt),
                None => return self.missing(span),
            },
            _ => {
                self.wrong_number(name, at, "one resource type, or nothing", args.len(), 1);
                return self.missing(span);
            }
        };
        self.ask(Question::Resources(of.map(Typed)), Vec::new(), span, list(View::Resource(of)))
    }

    /// The resource type that `AWS.S3.Bucket` denotes; reported where it denotes none.
    fn resource_type_named(&mut self, expr: &ast::Expr) -> Option<&'static ResourceType> {
        let Some(path) = dotted(expr) else {
            self.report(
                Diagnostic::error(codes::TYPE_MISMATCH, expr.span, "this names no resource type")
                    .label("expected a resource type, such as `AWS.S3.Bucket`"),
            );
            return None;
        };
        crate::types::resource_type(&path, expr.span, &mut self.diagnostics)
    }

    /// `view.name`
    pub(super) fn view_field(
        &mut self,
        base: ExprId,
        view: View,
        name: &ast::Ident,
        span: Span,
        wrap: &dyn Fn(Ty) -> Ty,
    ) -> ExprId {
        match view {
            View::Component(of) => {
                if let Some((kind, ty)) = of.and_then(|id| self.part(id, &name.name)) {
                    let question = Question::Part { name: name.name.clone(), kind };
                    return self.ask(question, vec![base], span, wrap(ty));
                }
                if let Some((_, fact)) = OF_COMPONENTS.iter().find(|(n, _)| *n == name.name) {
                    return self.ask(Question::Fact(*fact), vec![base], span, wrap(fact_type(*fact, view)));
                }
                self.no_part(of, view, name, span)
            }
            View::Resource(_) => {
                if let Some((_, fact)) = OF_RESOURCES.iter().find(|(n, _)| *n == name.name) {
                    return self.ask(Question::Fact(*fact), vec![base], span, wrap(fact_type(*fact, view)));
                }
                let names: Vec<Name> = OF_RESOURCES.iter().map(|(n, _)| Name::new_static(n)).collect();
                self.no_field(&Ty::View(view), name, &names, span)
            }
            View::Properties(rt, node) => {
                let known = properties_of(rt, node);
                if let Some((_, at)) = known.iter().find(|(n, _)| *n == name.name) {
                    let ty = optional(property_type(rt, *at));
                    return self.ask(Question::Property(name.name.clone()), vec![base], span, wrap(ty));
                }
                let names: Vec<Name> = known.iter().map(|(n, _)| n.clone()).collect();
                let shown = rt.name.replace("::", ".");
                let near = suggest::nearest(&name.name, names.iter().map(Name::as_str));
                let mut diagnostic = Diagnostic::error(
                    codes::UNKNOWN_PROPERTY,
                    name.span,
                    format!("`{shown}` has no property `{}` here", name.name),
                )
                .label("not found")
                .suggest(name.span, near);
                if near.is_none() && !names.is_empty() {
                    diagnostic = diagnostic.help(format!("use one of {}", super::quote(&names)));
                }
                self.report(diagnostic);
                self.missing(span)
            }
            View::Verb(_) => self.no_field(&Ty::View(view), name, &[], span),
        }
    }

    /// What a name inside a component stands for, as a claim sees it: instances and resources only.
    fn part(&self, of: ComponentId, name: &str) -> Option<(PartKind, Ty)> {
        let signature = self.cx.signature(of)?;
        let Some(member) = signature.member(name) else {
            // Each solution has one, declared or not.
            let implicit = name == "platform"
                && self.cx.component(of).is_some_and(|c| c.kind == Kind::Solution)
                && self.cx.well_known.platform.is_some();
            return implicit.then(|| {
                (PartKind::Instance, optional(Ty::View(View::Component(self.cx.well_known.platform))))
            });
        };
        let ty = member.ty.as_ref()?;
        match member.tag {
            MemberTag::Instance => match ty {
                Ty::Component(id) => Some((PartKind::Instance, Ty::View(View::Component(Some(*id))))),
                Ty::Optional(inner) => match inner.as_ref() {
                    Ty::Component(id) => {
                        Some((PartKind::Instance, optional(Ty::View(View::Component(Some(*id))))))
                    }
                    _ => None,
                },
                Ty::Map(inner) => match inner.as_ref() {
                    Ty::Component(id) => {
                        Some((PartKind::Occurrences, Ty::Map(Arc::new(Ty::View(View::Component(Some(*id)))))))
                    }
                    _ => None,
                },
                _ => None,
            },
            MemberTag::Resource => match ty {
                Ty::Resource(rt) => Some((PartKind::Resource, Ty::View(View::Resource(Some(rt))))),
                Ty::Optional(inner) => match inner.as_ref() {
                    Ty::Resource(rt) => {
                        Some((PartKind::Resource, optional(Ty::View(View::Resource(Some(rt))))))
                    }
                    _ => None,
                },
                Ty::ZoneMap { element, active } => match element.as_ref() {
                    Ty::Resource(rt) => {
                        let element = Arc::new(Ty::View(View::Resource(Some(rt))));
                        Some((PartKind::ZonedResource, Ty::ZoneMap { element, active: *active }))
                    }
                    _ => None,
                },
                _ => None,
            },
            MemberTag::Param { .. }
            | MemberTag::Let
            | MemberTag::Attribute
            | MemberTag::Principal
            | MemberTag::Output => None,
        }
    }

    fn no_part(&mut self, of: Option<ComponentId>, view: View, name: &ast::Ident, span: Span) -> ExprId {
        let signature = of.and_then(|id| self.cx.signature(id));
        let parts: Vec<Name> = signature
            .into_iter()
            .flat_map(|s| &s.members)
            .filter(|m| of.is_some_and(|id| self.part(id, &m.name).is_some()))
            .map(|m| m.name.clone())
            .collect();
        let hidden = signature.and_then(|s| s.member(&name.name)).map(|m| m.span);
        if let (Some(at), Some(id)) = (hidden, of) {
            let component = self.cx.component_name(id).to_owned();
            let diagnostic = Diagnostic::error(
                codes::UNKNOWN_FIELD,
                name.span,
                format!("a claim cannot read `{}` of `{component}`", name.name),
            )
            .label("claims see instances, resources, and what is said of them")
            .because(at, "declared here")
            .help("ask what is made of it: `.resources`, and their `.properties`");
            self.report(diagnostic);
            return self.missing(span);
        }
        let facts = OF_COMPONENTS.iter().map(|(n, _)| Name::new_static(n));
        let names: Vec<Name> = parts.into_iter().chain(facts).collect();
        self.no_field(&Ty::View(view), name, &names, span)
    }
}
