//! Bodies of components and solutions, and the assembly of the whole project.
//!
//! Invariant: bodies are checked in parallel against an immutable context; ids were given before, so the order in
//! which bodies finish shows nowhere.

mod access;
mod instance;
mod moves;
mod profile;
mod project;
mod resource;

pub(crate) use profile::{Reach, check as check_profiles};
pub(crate) use project::check_all;

use crate::body::{BodyChecker, Inside, LetState, Want};
use crate::codes;
use crate::context::Context;
use crate::hir::{self, ComponentId, Ensure, Kind, Layer, Member, MemberId, MemberKind, Statement, Ty};
use solc_source::{Diagnostic, Name, Span};
use solc_syntax::ast::{self, StatementKind};

/// A checked body and what was found in it.
pub(crate) struct Checked<T> {
    pub(crate) node: T,
    pub(crate) body: hir::Body,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) calls: std::collections::BTreeSet<(hir::FunctionId, Span)>,
}

/// Where a statement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Component,
    Solution,
    Instance,
    Grant,
    Principal,
    Block,
    Profile,
    Resource,
    Test,
    Policy,
}

impl Place {
    fn shown(self) -> &'static str {
        match self {
            Self::Component => "a component",
            Self::Solution => "a solution",
            Self::Instance => "an instance",
            Self::Grant => "a grant",
            Self::Principal => "a principal",
            Self::Block => "a configuration block",
            Self::Profile => "a profile",
            Self::Resource => "a resource",
            Self::Test => "a test",
            Self::Policy => "a policy",
        }
    }
}

/// How a statement is called, and where it belongs.
fn describe(kind: &StatementKind) -> (&'static str, &'static str) {
    match kind {
        StatementKind::Field(_) => ("a field", "an instance, a resource or a configuration block"),
        StatementKind::Param { .. } => ("`param`", "a component"),
        StatementKind::Let(_) => ("`let`", "a component, solution or grant"),
        StatementKind::Layer(_) => ("`layer`", "a component"),
        StatementKind::Stateful => ("`stateful`", "a component"),
        StatementKind::Resource(_) => ("`resource`", "a component or solution"),
        StatementKind::Attribute { .. } => ("`attribute`", "a component or grant"),
        StatementKind::Output { .. } => ("`output`", "a solution"),
        StatementKind::Grant(_) => ("`grant`", "a component"),
        StatementKind::Principal(_) => ("`principal`", "a component"),
        StatementKind::Accepts(_) => ("`accepts`", "a component"),
        StatementKind::OnNetwork { .. } => ("`on network`", "a component"),
        StatementKind::Ensure { .. } => ("`ensure`", "a component, solution or grant"),
        StatementKind::Allow(_) => ("`allow`", "a grant or principal of a component"),
        StatementKind::Permit(_) => ("`permit`", "a component or grant"),
        StatementKind::Deny(_) => ("`deny`", "a component"),
        StatementKind::Connect(_) => ("`connect`", "a component or grant"),
        StatementKind::Crypt { encrypt: true, .. } => ("`encrypt`", "a grant"),
        StatementKind::Crypt { encrypt: false, .. } => ("`decrypt`", "a grant"),
        StatementKind::Env { .. } => ("`env`", "a grant"),
        StatementKind::Instance(_) => ("an instance", "a component or solution"),
        StatementKind::Setting { .. } => ("`setting`", "an instance"),
        StatementKind::Secret(_) => ("`secret`", "an instance"),
        StatementKind::Link { .. } => ("`link`", "an instance"),
        StatementKind::Moved(_) => ("`moved from`", "the instance or resource that has another name now"),
        StatementKind::Profile(_) => ("a profile", "a configuration block or solution"),
        StatementKind::Waive { .. } => ("`waive`", "an environment or instance"),
        StatementKind::Assert(_) => ("`assert`", "a test"),
        StatementKind::Require { .. } => ("`require`", "a policy"),
        StatementKind::For { .. } => ("`for`", "a test or policy"),
        StatementKind::Error => ("this", "elsewhere"),
    }
}

impl<'a> BodyChecker<'_, 'a> {
    /// Reports a statement that means nothing where it stands.
    pub(crate) fn misplaced(&mut self, statement: &ast::Statement, place: Place) {
        let (word, belongs) = describe(&statement.kind);
        let mut diagnostic = Diagnostic::error(
            codes::MISPLACED_STATEMENT,
            head(statement),
            format!("{word} means nothing in {}", place.shown()),
        )
        .label("cannot stand here")
        .help(format!("move it to {belongs}"));
        if matches!((&statement.kind, place), (StatementKind::Allow(_), Place::Solution | Place::Instance)) {
            diagnostic = diagnostic
                .note("access exists only through links: the target's component says what each verb allows")
                .help("write `link target.verb` in the instance that needs the access");
        }
        if let (StatementKind::Field(field), Place::Component | Place::Solution) = (&statement.kind, place)
            && !field.punned
        {
            diagnostic = diagnostic.fix("make it a `let`", field.name.span.start(), "let ");
        }
        self.report(diagnostic);
    }

    /// `ensure cond else "message"`
    pub(crate) fn ensure(&mut self, condition: &'a ast::Expr, message: &'a ast::Expr, span: Span) -> Ensure {
        let present = crate::body::names::shown_present(condition, false);
        let condition = self.condition(condition, "ensure");
        self.for_people = true;
        let message = self.where_present(present, |this| this.check(message, &Want::of(Ty::String)));
        self.for_people = false;
        Ensure { condition, message, span }
    }
}

/// The first line of a statement: enough to point at.
fn head(statement: &ast::Statement) -> Span {
    let span = statement.span;
    Span { hi: span.hi.min(span.lo.saturating_add(60)), ..span }
}

pub(crate) fn check(cx: &Context<'_>, id: ComponentId, body_id: hir::BodyId) -> Checked<hir::Component> {
    let empty = Checked {
        node: nothing(body_id),
        body: hir::Body::default(),
        diagnostics: Vec::new(),
        calls: std::collections::BTreeSet::new(),
    };
    let (Some(source), Some(signature)) = (cx.component(id), cx.signature(id)) else { return empty };
    let mut checker = BodyChecker::new(cx, source.unit);
    checker.inside = Some(inside(source.body, id, signature.members.len()));
    let place = if source.kind == Kind::Solution { Place::Solution } else { Place::Component };
    let module =
        cx.units.get(source.unit).and_then(|u| u.module.split_last()).map(|(_, folder)| folder.join("."));
    let mut component = hir::Component {
        name: source.name.name.clone(),
        module: if source.kind == Kind::Solution {
            Name::default()
        } else {
            module.unwrap_or_default().into()
        },
        kind: source.kind,
        span: source.name.span,
        layer: signature.layer.unwrap_or(Layer::Application),
        names: signature.names.clone(),
        accepts: signature.accepts,
        ..nothing(body_id)
    };
    let mut next_instance = 0_u32;
    for statement in source.body {
        // Members stand in the signature in the order in which they are pushed here.
        let known = signature.members.get(component.members.len());
        let declared = known.and_then(|m| m.ty.clone());
        let member = |kind: MemberKind, ty: Option<Ty>| {
            let (name, span) =
                known.map_or_else(|| (Name::default(), statement.span), |m| (m.name.clone(), m.span));
            Member { name, span, ty: ty.or_else(|| declared.clone()).unwrap_or(Ty::Error), kind }
        };
        match &statement.kind {
            StatementKind::Param { name, ty: _, default } if place == Place::Component => {
                let ty = declared.clone().unwrap_or(Ty::Error);
                let origin = format!("`{}` is declared as `{}`", name.name, cx.show(&ty));
                let default =
                    default.as_ref().map(|d| checker.check(d, &Want::declared(ty, name.span, origin)));
                component.members.push(member(MemberKind::Param { default }, None));
            }
            StatementKind::Param { .. } | StatementKind::Attribute { .. } | StatementKind::Principal(_)
                if place == Place::Solution =>
            {
                checker.misplaced(statement, place);
                let value = checker.missing(statement.span);
                component.members.push(member(MemberKind::Let { value }, Some(Ty::Error)));
            }
            StatementKind::Let(decl) => {
                let id = MemberId(u32::try_from(component.members.len()).unwrap_or(u32::MAX));
                let value = checker.let_member(id, decl);
                let ty = declared.clone().unwrap_or_else(|| checker.ty(value));
                component.members.push(member(MemberKind::Let { value }, Some(ty)));
            }
            StatementKind::Attribute { name, value, ty: _ } => {
                let ty = declared.clone().unwrap_or(Ty::Error);
                let origin = format!("`{}` is declared as `{}`", name.name, cx.show(&ty));
                let value = checker.check(value, &Want::declared(ty, name.span, origin));
                component.members.push(member(MemberKind::Attribute { value }, None));
            }
            StatementKind::Output { name, value, ty: written } => {
                let ty = declared.clone().unwrap_or(Ty::Error);
                let value = checker.infer(value, Some(&ty));
                let origin = match (checker.ty(value), written) {
                    (Ty::Secret(_), _) => "an output can be read by everyone who sees the stack".to_owned(),
                    (_, None) => "an output is a `String` unless it says its type".to_owned(),
                    (_, Some(_)) => format!("`{}` is declared as `{}`", name.name, cx.show(&ty)),
                };
                checker.expect(value, &Want::declared(ty, name.span, origin));
                if place == Place::Component {
                    checker.misplaced(statement, place);
                }
                component.members.push(member(MemberKind::Output { value }, None));
            }
            StatementKind::Resource(decl) => {
                let kind = match checker.resource(decl) {
                    Some(resource) => MemberKind::Resource(resource),
                    None => MemberKind::Let { value: checker.missing(statement.span) },
                };
                component.members.push(member(kind, None));
            }
            StatementKind::Principal(decl) => {
                let principal = checker.principal(decl);
                component.members.push(member(MemberKind::Principal(principal), None));
            }
            StatementKind::Instance(decl) => {
                let kind = match checker.instance(decl, statement.span, next_instance) {
                    Some(instance) => {
                        next_instance += 1;
                        MemberKind::Instance(instance)
                    }
                    None => MemberKind::Let { value: checker.missing(statement.span) },
                };
                component.members.push(member(kind, None));
            }
            StatementKind::Grant(decl) if place == Place::Component => {
                let grant = checker.grant_decl(decl, id);
                component.grants.insert(grant.name.clone(), grant);
            }
            StatementKind::Stateful if place == Place::Component => component.stateful = true,
            StatementKind::Layer(_) | StatementKind::Accepts(_) if place == Place::Component => {}
            StatementKind::OnNetwork { group, network } if place == Place::Component => {
                component.network = Some(checker.on_network(group, network.as_ref(), statement.span));
            }
            StatementKind::Ensure { condition, message } => {
                let ensure = checker.ensure(condition, message, statement.span);
                component.statements.push(Statement::Ensure(ensure));
            }
            StatementKind::Permit(access) | StatementKind::Deny(access) if place == Place::Component => {
                let effect = if matches!(statement.kind, StatementKind::Deny(_)) {
                    hir::AccessEffect::Deny
                } else {
                    hir::AccessEffect::Permit
                };
                let access = checker.access(access, effect, statement.span, true);
                component.statements.push(Statement::Access(access));
            }
            StatementKind::Connect(connect) if place == Place::Component => {
                let connect = checker.connect(connect, statement.span, true);
                component.statements.push(Statement::Connect(connect));
            }
            StatementKind::Profile(decl) if place == Place::Solution => {
                component.profiles.extend(checker.profile(decl, statement.span, body_id, Reach::Product));
            }
            StatementKind::Error => {}
            StatementKind::Field(_)
            | StatementKind::Param { .. }
            | StatementKind::Layer(_)
            | StatementKind::Stateful
            | StatementKind::Grant(_)
            | StatementKind::Accepts(_)
            | StatementKind::OnNetwork { .. }
            | StatementKind::Allow(_)
            | StatementKind::Permit(_)
            | StatementKind::Deny(_)
            | StatementKind::Connect(_)
            | StatementKind::Crypt { .. }
            | StatementKind::Env { .. }
            | StatementKind::Setting { .. }
            | StatementKind::Secret(_)
            | StatementKind::Link { .. }
            | StatementKind::Moved(_)
            | StatementKind::Profile(_)
            | StatementKind::Waive { .. }
            | StatementKind::Assert(_)
            | StatementKind::Require { .. }
            | StatementKind::For { .. } => checker.misplaced(statement, place),
        }
        // A second member of a name was reported; what it would make must not collide with the first.
        let index = MemberId(u32::try_from(component.members.len().saturating_sub(1)).unwrap_or(u32::MAX));
        if let Some(last) = component.members.last_mut()
            && signature.names.get(&last.name).is_some_and(|first| *first != index)
        {
            last.kind = MemberKind::Let { value: checker.missing(statement.span) };
        }
    }
    moves::check(&component, &mut checker.diagnostics);
    check_profiles(&component.profiles, &mut checker);
    checker.unused_lets(source.body);
    Checked { node: component, body: checker.body, diagnostics: checker.diagnostics, calls: checker.calls }
}

fn nothing(body: hir::BodyId) -> hir::Component {
    hir::Component {
        name: Name::default(),
        module: Name::default(),
        kind: Kind::Component,
        span: Span::default(),
        body,
        layer: Layer::Application,
        stateful: false,
        members: Vec::new(),
        names: indexmap::IndexMap::new(),
        grants: indexmap::IndexMap::new(),
        accepts: hir::Accepts::default(),
        network: None,
        statements: Vec::new(),
        profiles: Vec::new(),
    }
}

/// What is known of the members before any of them is checked.
fn inside(body: &[ast::Statement], id: ComponentId, members: usize) -> Inside<'_> {
    let mut lets = Vec::with_capacity(members);
    let mut secrets = Vec::with_capacity(members);
    for statement in body {
        let (state, declared) = match &statement.kind {
            StatementKind::Let(decl) => (decl.ty.is_none().then_some(LetState::Todo(decl)), Vec::new()),
            StatementKind::Instance(decl) => {
                let names = decl.body.iter().filter_map(|s| match &s.kind {
                    StatementKind::Secret(name) => Some(name.name.clone()),
                    _ => None,
                });
                (None, names.collect())
            }
            StatementKind::Param { .. }
            | StatementKind::Attribute { .. }
            | StatementKind::Output { .. }
            | StatementKind::Resource(_)
            | StatementKind::Principal(_) => (None, Vec::new()),
            _ => continue,
        };
        lets.push(state);
        secrets.push(declared);
    }
    Inside { component: id, lets, secrets }
}
