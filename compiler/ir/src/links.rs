//! Links: one policy for each consumer, target and verb; permits, connections and settings.
//!
//! ```sol
//! api: Service { link receipts.write(under: "invoices/") }   // ShopApiToReceiptsWrite
//! ```
//! Invariant: every statement and flow has its link as the reason; no access exists beside.

use crate::codes;
use crate::evaluate::grants::{Allow, EvaluatedLink, Permit};
use crate::evaluate::{Doing, Evaluation};
use crate::ids;
use crate::model::{InstanceId, Link, LinkId, Reason, ResourceId};
use solc_check::hir::{AccessEffect, MemberKind, Statement};
use solc_source::{Diagnostic, Name, Span};
use std::sync::Arc;

/// Statements of one consumer that go into one policy.
struct Policy {
    target: InstanceId,
    verb: Name,
    allows: Vec<Allow>,
    links: Vec<LinkId>,
    span: Span,
}

/// Lowers the links of an instance, and what its component says of itself; adds to the statements of resource
/// policies.
pub(crate) fn lower(evaluation: &mut Evaluation<'_>, id: InstanceId, permits: &mut Vec<(Permit, Reason)>) {
    let ((), turns) = evaluation.tracked(|evaluation| {
        lower_links(evaluation, id, permits);
        evaluation.during(Doing::Part(id), |evaluation| own_statements(evaluation, id, permits));
    });
    // Rules and permissions are made of it, and few of their properties change in place.
    evaluation.may_replace |= turns.holds();
}

fn lower_links(evaluation: &mut Evaluation<'_>, consumer: InstanceId, permits: &mut Vec<(Permit, Reason)>) {
    let links: Arc<[EvaluatedLink]> = evaluation.links_of(consumer);
    let mut policies: Vec<Policy> = Vec::new();
    for link in links.iter() {
        let id = evaluation.links.next();
        let target = link.grant.target;
        evaluation.links.push(Link {
            consumer,
            target,
            verb: link.grant.verb.clone(),
            span: link.span,
            policy: None,
        });
        permits.extend(link.permits.iter().map(|p| (p.clone(), Reason::Link(id))));
        for connection in &link.connects {
            evaluation.connect(consumer, connection, Some(link), &Reason::Link(id));
        }
        if link.allows.is_empty() {
            continue;
        }
        match evaluation.link_role(consumer) {
            Some(role) => {
                for allow in &link.allows {
                    evaluation.state(role, allow, Reason::Link(id));
                }
            }
            None => {
                no_principal(evaluation, consumer, link);
                continue;
            }
        }
        let known = policies.iter_mut().find(|p| p.target == target && p.verb == link.grant.verb);
        match known {
            Some(policy) => {
                policy.allows.extend(link.allows.iter().cloned());
                policy.links.push(id);
            }
            None => policies.push(Policy {
                target,
                verb: link.grant.verb.clone(),
                allows: link.allows.clone(),
                links: vec![id],
                span: link.span,
            }),
        }
    }
    for policy in policies {
        let Some(role) = evaluation.link_role(consumer) else { continue };
        let suffix =
            format!("To{}{}", relative(evaluation, consumer, policy.target), ids::segment(&policy.verb));
        let made = evaluation.role_policy(role, consumer, &suffix, &policy.allows);
        if let Some(resource) = made.and_then(|m| evaluation.resources.get_mut(m)) {
            resource.span = policy.span;
        }
        for link in policy.links {
            if let Some(link) = evaluation.links.get_mut(link) {
                link.policy = made;
            }
        }
    }
}

/// The target as logical ids name it: without the solution that both belong to.
fn relative(evaluation: &Evaluation<'_>, consumer: InstanceId, target: InstanceId) -> Name {
    let (Some(from), Some(to)) = (evaluation.instance(consumer), evaluation.instance(target)) else {
        return Name::default();
    };
    let root = evaluation.instance(from.root).map(|r| r.prefix.as_str()).unwrap_or_default();
    if from.root == to.root && from.root != target {
        to.prefix.strip_prefix(root).map(Name::from).unwrap_or_else(|| to.prefix.clone())
    } else {
        to.prefix.clone()
    }
}

fn no_principal(evaluation: &mut Evaluation<'_>, consumer: InstanceId, link: &EvaluatedLink) {
    let Some(instance) = evaluation.instance(consumer) else { return };
    let component = instance.component;
    // A component that only passes a grant on to one of its own needs no identity.
    if link.passed && component.instances().next().is_some() {
        return;
    }
    let (path, target) = (instance.path.clone(), evaluation.path(link.grant.target));
    evaluation.report(
        Diagnostic::error(
            codes::NO_PRINCIPAL,
            link.span,
            format!("`{path}` has no identity under which it could use `{target}`"),
        )
        .label(format!("`{}` needs to be allowed something", link.grant.verb))
        .because(component.span, format!("`{}` declares no `principal role`", component.name))
        .help(format!(
            "link from something that runs, or add `principal role for \"…\"` to `{}`",
            component.name
        )),
    );
}

/// `ensure`, `deny`, `permit` and `connect` of the component itself.
fn own_statements(evaluation: &mut Evaluation<'_>, id: InstanceId, permits: &mut Vec<(Permit, Reason)>) {
    let Some(instance) = evaluation.instance(id) else { return };
    let (component, span) = (instance.component, instance.span);
    let is_platform_root = evaluation.is_platform_root(id);
    for statement in &component.statements {
        let mut frame = evaluation.frame(id);
        match statement {
            Statement::Ensure(ensure) => {
                let place = if instance_is_declared(evaluation, id) { span } else { ensure.span };
                let place = evaluation.field_of(&frame, ensure.condition).unwrap_or(place);
                evaluation.aside(|evaluation| evaluation.ensure(&mut frame, ensure, place));
            }
            Statement::Access(access) => match access.effect {
                // Identity statements stand in principals and grants; the checker refuses them here.
                AccessEffect::Allow => {}
                AccessEffect::Permit | AccessEffect::Deny if is_platform_root => {}
                AccessEffect::Permit | AccessEffect::Deny => {
                    if let Some(permit) = evaluation.permit(&mut frame, access) {
                        let because = permit.because.clone().unwrap_or_default();
                        permits.push((permit, Reason::Platform(because)));
                    }
                }
            },
            Statement::Connect(connect) => {
                if let Some(connection) = evaluation.connection(&mut frame, connect) {
                    let because = connection.because.clone().unwrap_or_default();
                    evaluation.connect(id, &connection, None, &Reason::Platform(because));
                }
            }
        }
    }
}

fn instance_is_declared(evaluation: &Evaluation<'_>, id: InstanceId) -> bool {
    evaluation.instance(id).is_some_and(|i| i.decl.is_some())
}

impl Evaluation<'_> {
    /// Whether the instance is a solution's platform itself, of which only what is used exists.
    pub(crate) fn is_platform_root(&self, id: InstanceId) -> bool {
        self.instance(id).is_some_and(|i| {
            i.platform && i.parent.and_then(|p| self.instance(p)).is_some_and(|p| !p.platform)
        })
    }

    /// Works out everything that exists in an instance, whether something asks for it or not.
    pub(crate) fn visit(&mut self, id: InstanceId) {
        let Some(component) = self.instance(id).map(|i| i.component) else { return };
        let only_parameters = self.is_platform_root(id);
        let library = crate::evaluate::instances::is_library(&component.module);
        for (index, member) in component.members.iter().enumerate() {
            let wanted = match member.kind {
                MemberKind::Param { .. } => true,
                MemberKind::Resource(_)
                | MemberKind::Instance(_)
                | MemberKind::Principal(_)
                | MemberKind::Output { .. } => !only_parameters,
                MemberKind::Let { .. } | MemberKind::Attribute { .. } => !library,
            };
            if wanted {
                self.member(id, solc_check::hir::MemberId(u32::try_from(index).unwrap_or(u32::MAX)));
            }
        }
        let declares = self
            .instance(id)
            .and_then(|i| i.decl)
            .map(|d| (!d.settings.is_empty(), !d.secrets.is_empty()))
            .unwrap_or_default();
        let path = self.path(id);
        if declares.0 || self.documents.settings.contains_key(&path) {
            self.settings(Some(id));
        }
        if declares.1 || self.documents.credentials.contains_key(&path) {
            self.secrets(Some(id));
        }
    }

    /// A value as text that tells it from others, for hashes.
    pub(crate) fn render(&self, value: &crate::model::Value, out: &mut String) {
        use crate::model::Value;
        match value {
            Value::Bool(b) => out.push_str(&b.to_string()),
            Value::Int(n) => out.push_str(&n.to_string()),
            Value::Number(n) => out.push_str(&n.to_string()),
            Value::String(text) => out.push_str(text),
            Value::List(items) | Value::Join(items) => items.iter().for_each(|i| self.render(i, out)),
            Value::Object(entries) => entries.iter().for_each(|(k, v)| {
                out.push_str(k);
                self.render(v, out);
            }),
            Value::Ref(id) | Value::Attribute(id, _) => {
                out.push_str(&self.logical_id(*id));
                if let Value::Attribute(_, name) = value {
                    out.push_str(name);
                }
            }
        }
    }

    pub(crate) fn logical_id(&self, id: ResourceId) -> Name {
        self.resource(id).map(|r| r.logical_id.clone()).unwrap_or_default()
    }
}
