//! Grants as values, and the links that they make.
//!
//! A grant's body is evaluated in the frame of its target, with its parameters and its consumer bound.
//!
//! Invariant: the body of a link is evaluated once; policies, rules and settings are all made of that.

use super::value::{GrantValue, Value};
use super::{Doing, Evaluation, Frame, LinkSlot};
use crate::codes;
use crate::model::{self, InstanceId};
use solc_check::hir::{self, Access, AccessEffect, Direction, ExprId, GrantItem, LocalId, MemberKind};
use solc_source::{Diagnostic, Name, Span};
use std::sync::Arc;

/// A link with everything that it gives.
#[derive(Debug)]
pub(crate) struct EvaluatedLink {
    pub(crate) grant: Arc<GrantValue>,
    pub(crate) span: Span,
    /// Passed as a parameter, rather than written as `link`.
    pub(crate) passed: bool,
    pub(crate) allows: Vec<Allow>,
    pub(crate) permits: Vec<Permit>,
    pub(crate) connects: Vec<Connection>,
    /// `RECEIPTS_BUCKET` and its value.
    pub(crate) environment: Vec<(Name, Value)>,
}

/// A statement of an identity policy.
#[derive(Debug, Clone)]
pub(crate) struct Allow {
    pub(crate) actions: Vec<Name>,
    /// Empty: `*`.
    pub(crate) resources: Vec<model::Value>,
    pub(crate) conditions: Vec<(Name, Name, model::Value)>,
    pub(crate) because: Option<Name>,
    pub(crate) span: Span,
}

/// A statement of a resource's policy.
#[derive(Debug, Clone)]
pub(crate) struct Permit {
    pub(crate) effect: model::Effect,
    pub(crate) targets: Vec<model::ResourceId>,
    /// `*` or a service.
    pub(crate) principal: Name,
    pub(crate) actions: Vec<Name>,
    pub(crate) conditions: Vec<(Name, Name, model::Value)>,
    pub(crate) because: Option<Name>,
    pub(crate) span: Span,
}

/// A connection that is to be allowed.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    pub(crate) protocol: Name,
    pub(crate) ports: (u16, u16),
    pub(crate) direction: Direction,
    pub(crate) peer: Value,
    pub(crate) because: Option<Name>,
    pub(crate) span: Span,
}

impl<'a> Evaluation<'a> {
    /// `orders.consume(batch: 10)`
    pub(crate) fn grant(
        &mut self,
        frame: &mut Frame<'a>,
        base: ExprId,
        verb: &Name,
        args: &'a [Option<ExprId>],
        span: Span,
    ) -> Value {
        let target = match self.eval(frame, base) {
            Value::Instance(id) => id,
            Value::None => return Value::None,
            _ => return Value::Missing,
        };
        let Some(grant) = self.instance(target).and_then(|i| i.component.grants.get(verb)) else {
            return Value::Missing;
        };
        let mut inner = self.frame(target);
        for (index, parameter) in grant.params.iter().enumerate() {
            let value = match args.get(index).copied().flatten() {
                Some(arg) => {
                    let value = self.eval(frame, arg);
                    let span = frame.body.expr(arg).span;
                    self.conform(&parameter.ty, value, span)
                }
                None => match parameter.default {
                    Some(default) => self.eval(&mut inner, default),
                    None if super::expr::is_optional(&parameter.ty) => Value::None,
                    None => Value::Missing,
                },
            };
            inner.locals.push((parameter.local, value));
        }
        Value::Grant(Arc::new(GrantValue { target, verb: verb.clone(), arguments: inner.locals, span }))
    }

    fn declared_grant(&self, grant: &GrantValue) -> Option<&'a hir::Grant> {
        self.instance(grant.target)?.component.grants.get(&grant.verb)
    }

    /// An attribute or parameter of a grant, read by its consumer.
    pub(crate) fn grant_field(
        &mut self,
        value: &GrantValue,
        name: &Name,
        consumer: Option<InstanceId>,
        _span: Span,
    ) -> Value {
        let Some(grant) = self.declared_grant(value) else { return Value::Missing };
        if let Some(parameter) = grant.params.iter().find(|p| p.name == *name) {
            return local(&value.arguments, parameter.local);
        }
        let mut frame = self.grant_frame(value, grant, consumer);
        for item in &grant.items {
            match item {
                GrantItem::Let(slot, expr) => {
                    let value = self.eval(&mut frame, *expr);
                    frame.locals.push((*slot, value));
                }
                GrantItem::Attribute { name: n, ty, value } if n == name => {
                    let evaluated = self.eval(&mut frame, *value);
                    let span = frame.body.expr(*value).span;
                    return self.conform(ty, evaluated, span);
                }
                GrantItem::Attribute { .. }
                | GrantItem::Access(_)
                | GrantItem::Connect(_)
                | GrantItem::Crypt { .. }
                | GrantItem::Env { .. }
                | GrantItem::Ensure(_) => {}
            }
        }
        // An interface's attribute that this grant does not have.
        Value::None
    }

    fn grant_frame(&self, value: &GrantValue, grant: &hir::Grant, consumer: Option<InstanceId>) -> Frame<'a> {
        let mut frame = self.frame(value.target);
        frame.locals.clone_from(&value.arguments);
        if let (Some((slot, _)), Some(consumer)) = (grant.consumer, consumer) {
            frame.locals.push((slot, Value::Instance(consumer)));
        }
        frame
    }

    /// The links of an instance, evaluated at first use.
    pub(crate) fn links_of(&mut self, id: InstanceId) -> Arc<[EvaluatedLink]> {
        let empty = || Arc::from(Vec::new());
        let Some(instance) = self.instance_mut(id) else { return empty() };
        match &instance.links {
            LinkSlot::Done(links, turns) => {
                let (links, turns) = (Arc::clone(links), *turns);
                self.read(turns);
                return links;
            }
            // A link that reads what it publishes: the value cycle is reported where the value is.
            LinkSlot::Doing => return empty(),
            LinkSlot::Todo => instance.links = LinkSlot::Doing,
        }
        let (links, turns) = self.tracked(|this| this.work_out_links(id));
        if let Some(instance) = self.instance_mut(id) {
            instance.links = LinkSlot::Done(Arc::clone(&links), turns);
        }
        links
    }

    fn work_out_links(&mut self, id: InstanceId) -> Arc<[EvaluatedLink]> {
        let mut links = Vec::new();
        let Some((decl, component)) = self.instance(id).map(|i| (i.decl, i.component)) else {
            return links.into();
        };
        // A link on what takes none was reported by the checker.
        if let Some(decl) = decl.filter(|_| component.accepts.link) {
            for link in &decl.links {
                let mut frame = self.outer_frame(id);
                if let Value::Grant(grant) = self.eval(&mut frame, link.grant) {
                    links.push(self.during(Doing::Link(link.span), |this| {
                        this.evaluate_link(id, &grant, link.alias.as_ref(), link.span, false)
                    }));
                }
            }
        }
        for (index, member) in component.members.iter().enumerate() {
            if matches!(member.kind, MemberKind::Param { .. }) {
                let value = self.member(id, hir::MemberId(u32::try_from(index).unwrap_or(u32::MAX)));
                let mut grants = Vec::new();
                grants_in(&value, &mut grants);
                for grant in grants {
                    let at = grant.span;
                    links.push(
                        self.during(Doing::Link(at), |this| this.evaluate_link(id, &grant, None, at, true)),
                    );
                }
            }
        }
        links.into()
    }

    fn evaluate_link(
        &mut self,
        consumer: InstanceId,
        value: &Arc<GrantValue>,
        alias: Option<&Name>,
        span: Span,
        passed: bool,
    ) -> EvaluatedLink {
        let mut link = EvaluatedLink {
            grant: Arc::clone(value),
            span,
            passed,
            allows: Vec::new(),
            permits: Vec::new(),
            connects: Vec::new(),
            environment: Vec::new(),
        };
        let Some(grant) = self.declared_grant(value) else { return link };
        let target_name = self.instance(value.target).map(|i| match &i.key {
            Some(key) => format!("{}_{key}", i.name),
            None => i.name.to_string(),
        });
        let prefix = upper(alias.map(Name::as_str).or(target_name.as_deref()).unwrap_or_default());
        let mut frame = self.grant_frame(value, grant, Some(consumer));
        let mut crypts: Vec<(bool, model::Value, Span)> = Vec::new();
        for item in &grant.items {
            match item {
                GrantItem::Let(slot, expr) => {
                    let value = self.eval(&mut frame, *expr);
                    frame.locals.push((*slot, value));
                }
                GrantItem::Access(access) => match access.effect {
                    AccessEffect::Allow => link.allows.extend(self.allow(&mut frame, access)),
                    AccessEffect::Permit | AccessEffect::Deny => {
                        link.permits.extend(self.permit(&mut frame, access));
                    }
                },
                GrantItem::Connect(connect) => link.connects.extend(self.connection(&mut frame, connect)),
                GrantItem::Crypt { encrypt, key, span } => {
                    if let Value::Instance(key) = self.eval(&mut frame, *key)
                        && let Value::Deferred(arn) = self.instance_field(key, &Name::new_static("arn"))
                    {
                        crypts.push((*encrypt, arn, *span));
                    }
                }
                GrantItem::Env { name, value, .. } => {
                    let value = self.eval(&mut frame, *value);
                    if let Some(text) = self.text_of(&value) {
                        let name = Name::from(format!("{prefix}_{name}"));
                        link.environment.push((name, Value::from_parts(vec![text])));
                    }
                }
                GrantItem::Attribute { .. } => {}
                GrantItem::Ensure(ensure) => self.ensure(&mut frame, ensure, span),
            }
        }
        let via = self.via_service(&link.allows);
        for (encrypt, arn, span) in crypts {
            let actions: &[&'static str] =
                if encrypt { &["kms:Decrypt", "kms:GenerateDataKey"] } else { &["kms:Decrypt"] };
            let conditions = via.iter().map(|via| {
                (Name::new_static("StringEquals"), Name::new_static("kms:ViaService"), via.clone())
            });
            link.allows.push(Allow {
                actions: actions.iter().copied().map(Name::new_static).collect(),
                resources: vec![arn],
                conditions: conditions.collect(),
                because: None,
                span,
            });
        }
        link
    }

    /// The services through which the grant's keys are used: those of its statements.
    fn via_service(&self, allows: &[Allow]) -> Option<model::Value> {
        let mut services: Vec<&str> = allows
            .iter()
            .flat_map(|a| a.actions.iter().filter_map(|a| a.split_once(':').map(|(service, _)| service)))
            .filter(|s| *s != "kms")
            .collect();
        services.sort_unstable();
        services.dedup();
        let region = &self.environment.region;
        let mut hosts = services.iter().map(|s| model::Value::string(format!("{s}.{region}.amazonaws.com")));
        match services.len() {
            0 => None,
            1 => hosts.next(),
            _ => Some(model::Value::list(hosts)),
        }
    }

    /// Whether the statement's `if` holds.
    fn holds(&mut self, frame: &mut Frame<'a>, condition: Option<ExprId>) -> bool {
        condition.is_none_or(|c| self.eval(frame, c) == Value::Bool(true))
    }

    /// A statement of an identity policy; `None` where its `if` does not hold, or it is about nothing.
    pub(crate) fn allow(&mut self, frame: &mut Frame<'a>, access: &'a Access) -> Option<Allow> {
        if !self.holds(frame, access.condition) {
            return None;
        }
        let mut resources = Vec::new();
        if let Some(on) = access.on {
            let value = self.eval(frame, on);
            self.arns(&value, &mut resources);
            if resources.is_empty() {
                return None;
            }
        }
        Some(Allow {
            actions: actions(access),
            resources,
            conditions: self.statement_conditions(frame, access.when),
            because: access.because.clone(),
            span: access.span,
        })
    }

    fn arns(&self, value: &Value, out: &mut Vec<model::Value>) {
        match value {
            Value::List(items) => items.iter().for_each(|i| self.arns(i, out)),
            Value::Map(map) | Value::ZoneMap(map) => map.values().for_each(|i| self.arns(i, out)),
            Value::None | Value::Missing => {}
            _ => {
                if let Some(text) = self.text_of(value)
                    && text != model::Value::String(Name::default())
                    && !out.contains(&text)
                {
                    out.push(text);
                }
            }
        }
    }

    /// A statement of a resource's policy.
    pub(crate) fn permit(&mut self, frame: &mut Frame<'a>, access: &'a Access) -> Option<Permit> {
        if !self.holds(frame, access.condition) {
            return None;
        }
        let mut targets = Vec::new();
        match access.on {
            Some(on) => {
                let value = self.eval(frame, on);
                super::resources::resources_in(&value, &mut targets);
            }
            None => {
                if let Some(instance) = frame.instance {
                    targets = self.policy_targets(instance, access.span);
                }
            }
        }
        let principal = match &access.principal {
            Some(hir::AccessPrincipal::Service(expr)) => match self.eval(frame, *expr) {
                Value::Text(service) => service,
                _ => return None,
            },
            Some(hir::AccessPrincipal::Everyone) | None => Name::new_static("*"),
        };
        if targets.is_empty() {
            return None;
        }
        Some(Permit {
            effect: if access.effect == AccessEffect::Deny {
                model::Effect::Deny
            } else {
                model::Effect::Allow
            },
            targets,
            principal,
            actions: actions(access),
            conditions: self.statement_conditions(frame, access.when),
            because: access.because.clone(),
            span: access.span,
        })
    }

    /// The resources of an instance that can carry a policy: exactly one declaration may.
    fn policy_targets(&mut self, instance: InstanceId, span: Span) -> Vec<model::ResourceId> {
        let Some(component) = self.instance(instance).map(|i| i.component) else { return Vec::new() };
        let candidates: Vec<hir::MemberId> = component
            .members
            .iter()
            .enumerate()
            .filter(|(_, m)| matches!(&m.kind, MemberKind::Resource(r) if crate::policies::carries_policy(&r.ty.name)))
            .filter_map(|(i, _)| u32::try_from(i).ok().map(hir::MemberId))
            .collect();
        match candidates.as_slice() {
            [only] => {
                let value = self.member(instance, *only);
                let mut found = Vec::new();
                super::resources::resources_in(&value, &mut found);
                found
            }
            several => {
                let name = &component.name;
                let message = if several.is_empty() {
                    format!("`{name}` has no resource that carries a policy")
                } else {
                    format!("`{name}` has several resources that carry a policy")
                };
                self.report(
                    Diagnostic::error(codes::NO_RESOURCE_POLICY, span, message)
                        .label("this statement belongs into a resource's policy")
                        .help("say which one: `… on bucket`"),
                );
                Vec::new()
            }
        }
    }

    /// `when { StringEquals = { "aws:SourceAccount" = … } }`: operator, key, value; sorted.
    pub(crate) fn statement_conditions(
        &mut self,
        frame: &mut Frame<'a>,
        when: Option<ExprId>,
    ) -> Vec<(Name, Name, model::Value)> {
        let Some(when) = when else { return Vec::new() };
        let Value::Map(operators) = self.eval(frame, when) else { return Vec::new() };
        let mut all = Vec::new();
        for (operator, keys) in operators.iter() {
            let Value::Map(keys) = keys else { continue };
            for (key, value) in keys.iter() {
                if let Some(value) = self.plain(value) {
                    all.push((operator.clone(), key.clone(), stringly(value)));
                }
            }
        }
        all.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        all
    }

    /// A connection that a grant or component asks for.
    pub(crate) fn connection(
        &mut self,
        frame: &mut Frame<'a>,
        connect: &'a hir::Connect,
    ) -> Option<Connection> {
        if !self.holds(frame, connect.condition) {
            return None;
        }
        let ports = match self.eval(frame, connect.port) {
            Value::Int(n) => (n, n),
            Value::Range(lo, hi) => (lo, hi),
            _ => return None,
        };
        let port_span = frame.body.expr(connect.port).span;
        let (Some(first), Some(last)) = (u16::try_from(ports.0).ok(), u16::try_from(ports.1).ok()) else {
            self.report(
                Diagnostic::error(codes::VALUE_OUT_OF_RANGE, port_span, "this is no port")
                    .label("ports are from 0 to 65535")
                    .help("give a number from 0 to 65535"),
            );
            return None;
        };
        let peer = self.eval(frame, connect.peer);
        if matches!(peer, Value::None | Value::Missing) {
            return None;
        }
        Some(Connection {
            protocol: connect.protocol.clone(),
            ports: (first, last),
            direction: connect.direction,
            peer,
            because: connect.because.clone(),
            span: connect.span,
        })
    }

    /// Reports an invariant that does not hold, at `place`.
    pub(crate) fn ensure(&mut self, frame: &mut Frame<'a>, ensure: &'a hir::Ensure, place: Span) {
        if self.eval(frame, ensure.condition) != Value::Bool(false) {
            return;
        }
        let message = self.eval(frame, ensure.message);
        let message = match self.text_of(&message) {
            Some(model::Value::String(text)) => text.to_string(),
            Some(_) | None => "an invariant does not hold".to_owned(),
        };
        let condition = frame.body.expr(ensure.condition).span;
        let mut diagnostic =
            Diagnostic::error(codes::BROKEN_INVARIANT, place, message).label("does not hold here");
        if condition != place {
            diagnostic = diagnostic.because(condition, "the invariant");
        }
        self.report(diagnostic.help("change what is configured here so that the invariant holds"));
    }
}

impl<'a> Evaluation<'a> {
    /// Where the instance gives the one parameter that a condition reads, if it reads one and it is given.
    pub(crate) fn field_of(&self, frame: &Frame<'a>, condition: ExprId) -> Option<Span> {
        let instance = self.instance(frame.instance?)?;
        let decl = instance.decl?;
        let mut read = Vec::new();
        super::reads::members(frame.body, condition, &mut read);
        read.sort_unstable();
        read.dedup();
        let mut given = read.iter().filter_map(|id| {
            let member = instance.component.member(*id)?;
            decl.fields.iter().find(|f| f.name == member.name)
        });
        match (given.next(), given.next()) {
            (Some(only), None) => Some(only.span),
            (Some(_) | None, _) => None,
        }
    }
}

fn local(locals: &[(LocalId, Value)], id: LocalId) -> Value {
    locals.iter().rev().find(|(l, _)| *l == id).map_or(Value::Missing, |(_, v)| v.clone())
}

/// `s3:GetObject`, sorted.
fn actions(access: &Access) -> Vec<Name> {
    let mut all: Vec<Name> = access
        .actions
        .iter()
        .map(|a| Name::from(format!("{}:{}", a.service, if a.name == "All" { "*" } else { a.name.as_str() })))
        .collect();
    all.sort();
    all.dedup();
    all
}

/// IAM takes the values of conditions as texts.
fn stringly(value: model::Value) -> model::Value {
    match value {
        model::Value::Bool(b) => model::Value::string(if b { "true" } else { "false" }),
        model::Value::Int(n) => model::Value::string(n.to_string()),
        model::Value::Number(n) => model::Value::string(super::text::number(n)),
        model::Value::List(items) => model::Value::list(items.iter().cloned().map(stringly)),
        other @ (model::Value::String(_)
        | model::Value::Object(_)
        | model::Value::Ref(_)
        | model::Value::Attribute(..)
        | model::Value::Join(_)) => other,
    }
}

/// All grants that a value holds.
fn grants_in(value: &Value, out: &mut Vec<Arc<GrantValue>>) {
    match value {
        Value::Grant(grant) => out.push(Arc::clone(grant)),
        Value::List(items) => items.iter().for_each(|v| grants_in(v, out)),
        Value::Map(map) => map.values().for_each(|v| grants_in(v, out)),
        _ => {}
    }
}

/// A name as environment variables spell it.
fn upper(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}
