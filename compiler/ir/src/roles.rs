//! Principals as roles, and what the platform itself needs of each.
//!
//! ```sol
//! principal role for "ecs-tasks.amazonaws.com" { allow logs.PutLogEvents on log.Arn because "what it prints is kept" }
//! ```
//! Invariant: a role trusts one service, in this account; its policies are resources of their own, so that two
//! functions may call each other.

use crate::codes;
use crate::evaluate::grants::Allow;
use crate::evaluate::value::Value;
use crate::evaluate::{Doing, Evaluation};
use crate::ids;
use crate::model::{self, Effect, Holder, InstanceId, Reason, ResourceId, Statement};
use crate::policies::{Clause, document, service_principal, with_source_account};
use solc_check::hir::{Member, Principal};
use solc_source::{Diagnostic, Name, Span};

/// A role that was made, with what it is to be allowed.
pub(crate) struct Role<'a> {
    pub(crate) role: ResourceId,
    pub(crate) instance: InstanceId,
    pub(crate) principal: &'a Principal,
}

impl<'a> Evaluation<'a> {
    /// The value of a principal: its role.
    pub(crate) fn principal(
        &mut self,
        instance: InstanceId,
        member: &'a Member,
        principal: &'a Principal,
    ) -> Value {
        let mut frame = self.frame(instance);
        if let Some(condition) = principal.condition {
            match self.eval(&mut frame, condition) {
                Value::Bool(true) => {}
                Value::Bool(false) => return Value::None,
                _ => return Value::Missing,
            }
        }
        let Value::Text(service) = self.eval(&mut frame, principal.service) else { return Value::Missing };
        let mut conditions = self.statement_conditions(&mut frame, principal.when);
        with_source_account(&mut conditions, &self.environment.account_id.clone());
        let trust = Clause {
            effect: Effect::Allow,
            principal: Some(service_principal(&service)),
            actions: vec![Name::new_static("sts:AssumeRole")],
            resources: Vec::new(),
            conditions: conditions.clone(),
        };
        let mut properties = vec![
            (Name::new_static("AssumeRolePolicyDocument"), document(vec![trust])),
            (Name::new_static("Path"), model::Value::String(self.environment.role_path.clone())),
        ];
        if let Some(boundary) = &self.environment.boundary {
            properties
                .push((Name::new_static("PermissionsBoundary"), model::Value::String(boundary.clone())));
        }
        let prefix = self.instance(instance).map(|i| i.prefix.clone()).unwrap_or_default();
        let id = ids::logical_id(&prefix, [member.name.as_str()]);
        let Some(role) = self.derive("AWS::IAM::Role", instance, id, properties, member.span) else {
            return Value::Missing;
        };
        if let Some(resource) = self.resources.get_mut(role) {
            resource.name = member.name.clone();
        }
        self.statements.push(Statement {
            holder: Holder::Trust(role, service.clone()),
            effect: Effect::Allow,
            actions: vec![Name::new_static("sts:AssumeRole")],
            resources: Vec::new(),
            conditions,
            reason: Reason::Platform(Name::from(format!("{service} acts under this role"))),
            span: member.span,
        });
        self.roles.push(Role { role, instance, principal });
        Value::Resource(role)
    }

    /// The role that links act under: the principal named `role`.
    pub(crate) fn link_role(&mut self, instance: InstanceId) -> Option<ResourceId> {
        match self.instance_field(instance, &Name::new_static("role")) {
            Value::Resource(id) => self.resource(id).filter(|r| r.ty.name == "AWS::IAM::Role").map(|_| id),
            _ => None,
        }
    }

    /// The policies of what the platform needs: one for each role that needs anything.
    pub(crate) fn platform_policies(&mut self) {
        for Role { role, instance, principal } in std::mem::take(&mut self.roles) {
            let mut frame = self.frame(instance);
            let mut allows = Vec::new();
            self.during(Doing::Part(instance), |this| {
                for access in &principal.statements {
                    allows.extend(this.allow(&mut frame, access));
                }
            });
            if allows.is_empty() {
                continue;
            }
            for allow in &allows {
                let because = allow.because.clone().unwrap_or_default();
                self.state(role, allow, Reason::Platform(because));
            }
            self.role_policy(role, instance, "Platform", &allows);
        }
    }

    /// Files a statement of a role under its reason, and checks it.
    pub(crate) fn state(&mut self, role: ResourceId, allow: &Allow, reason: Reason) {
        self.check_statement(allow);
        self.statements.push(Statement {
            holder: Holder::Identity(role),
            effect: Effect::Allow,
            actions: allow.actions.clone(),
            resources: if allow.resources.is_empty() { everything() } else { allow.resources.clone() },
            conditions: allow.conditions.clone(),
            reason,
            span: allow.span,
        });
    }

    /// A policy of a role, as a resource of its own.
    pub(crate) fn role_policy(
        &mut self,
        role: ResourceId,
        instance: InstanceId,
        suffix: &str,
        allows: &[Allow],
    ) -> Option<ResourceId> {
        let (role_id, span) = self.resource(role).map(|r| (r.logical_id.clone(), r.span))?;
        let clauses = allows
            .iter()
            .map(|allow| Clause {
                effect: Effect::Allow,
                principal: None,
                actions: allow.actions.clone(),
                resources: if allow.resources.is_empty() { everything() } else { allow.resources.clone() },
                conditions: allow.conditions.clone(),
            })
            .collect();
        let mut name = suffix.to_owned();
        if name.len() > 128 {
            let digest = ids::hash(&name);
            name.truncate(128 - digest.len());
            name.push_str(&digest);
        }
        let properties = vec![
            (Name::new_static("PolicyDocument"), document(clauses)),
            (Name::new_static("PolicyName"), model::Value::string(name)),
            (Name::new_static("RoleName"), model::Value::Ref(role)),
        ];
        let id = if suffix == "Platform" {
            ids::shorten(format!("{role_id}{suffix}"))
        } else {
            let prefix = self.instance(instance).map(|i| i.prefix.clone()).unwrap_or_default();
            ids::shorten(format!("{prefix}{suffix}"))
        };
        let policy = self.derive("AWS::IAM::RolePolicy", instance, id, properties, span)?;
        self.attach_to(policy, role);
        self.opening.push((role, policy));
        Some(policy)
    }

    /// An identity statement says which actions, and on what wherever an action can be limited.
    fn check_statement(&mut self, allow: &Allow) {
        let invalid = |span: Span, message: String, label: &str, help: &str| {
            Diagnostic::error(codes::INVALID_STATEMENT, span, message)
                .label(label.to_owned())
                .help(help.to_owned())
        };
        let mut found = Vec::new();
        let unlimited = allow.resources.is_empty()
            || allow.resources.iter().any(|r| *r == model::Value::String(Name::new_static("*")));
        for action in &allow.actions {
            if action.ends_with(":*") {
                found.push(invalid(
                    allow.span,
                    format!("`{action}` allows everything that the service has"),
                    "an `allow` names its actions",
                    "name the actions that are needed",
                ));
                continue;
            }
            let Some((service, name)) = action.split_once(':') else { continue };
            let limited = || solc_schema::iam::action(service, name).is_some_and(|a| !a.resources.is_empty());
            if unlimited && limited() {
                found.push(invalid(
                    allow.span,
                    format!("`{action}` can be limited to resources, and is allowed on all of them"),
                    "this is allowed on every resource of the account",
                    "say which resources: `on bucket.Arn`",
                ));
            }
        }
        found.into_iter().for_each(|d| self.report(d));
    }

    /// A resource lives and dies with another.
    pub(crate) fn attach_to(&mut self, id: ResourceId, with: ResourceId) {
        if let Some(resource) = self.resources.get_mut(id) {
            resource.attached.push(with);
        }
    }
}

fn everything() -> Vec<model::Value> {
    vec![model::Value::String(Name::new_static("*"))]
}
