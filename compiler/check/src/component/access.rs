//! Grants, principals, and the statements in them.

use super::Place;
use crate::body::names::shown_present;
use crate::body::{BodyChecker, Want};
use crate::codes;
use crate::hir::{
    Access, AccessEffect, AccessPrincipal, Action, ComponentId, Connect, Direction, ExprId, Grant, GrantItem,
    Parameter, Principal, Ty,
};
use solc_schema::iam;
use solc_source::{Diagnostic, Name, Span, suggest};
use solc_syntax::ast::{self, StatementKind};
use std::sync::Arc;

impl<'a> BodyChecker<'_, 'a> {
    pub(super) fn grant_decl(&mut self, decl: &'a ast::GrantDecl, component: ComponentId) -> Grant {
        let signature = self.cx.signature(component).and_then(|s| s.grants.get(&decl.name.name)).cloned();
        self.scoped(|this| {
            let mut params = Vec::new();
            for (index, param) in decl.params.iter().enumerate() {
                let known = signature.as_ref().and_then(|s| s.params.get(index));
                let ty = known.map_or(Ty::Error, |p| p.ty.clone());
                let default = param.default.as_ref().map(|d| {
                    let origin = format!("`{}` is declared as `{}`", param.name.name, this.cx.show(&ty));
                    this.check(d, &Want::declared(ty.clone(), param.name.span, origin))
                });
                let local = this.bind(&param.name, ty.clone());
                params.push(Parameter {
                    name: param.name.name.clone(),
                    ty,
                    local,
                    default,
                    span: param.name.span,
                });
            }
            let consumer = match (&decl.consumer, signature.as_ref().and_then(|s| s.consumer)) {
                (Some((name, _)), Some(interface)) => {
                    Some((this.bind(name, Ty::Interface(interface)), interface))
                }
                (Some((name, _)), None) => {
                    this.bind(name, Ty::Error);
                    None
                }
                (None, _) => None,
            };
            let items = decl.body.iter().filter_map(|s| this.grant_item(s)).collect();
            Grant { name: decl.name.name.clone(), span: decl.name.span, params, consumer, items }
        })
    }

    fn grant_item(&mut self, statement: &'a ast::Statement) -> Option<GrantItem> {
        let span = statement.span;
        match &statement.kind {
            StatementKind::Let(decl) => {
                let declared = decl
                    .ty
                    .as_ref()
                    .and_then(|t| self.cx.type_at.get(&t.span).cloned().map(|ty| (ty, t.span)));
                let (value, ty) = match declared {
                    Some((ty, at)) => {
                        (self.check(&decl.value, &Want::declared(ty.clone(), at, "declared here")), ty)
                    }
                    None => {
                        let value = self.infer(&decl.value, None);
                        (value, self.ty(value))
                    }
                };
                let local = self.bind(&decl.name, ty);
                Some(GrantItem::Let(local, value))
            }
            StatementKind::Allow(access) => {
                Some(GrantItem::Access(self.access(access, AccessEffect::Allow, span, false)))
            }
            StatementKind::Permit(access) => {
                Some(GrantItem::Access(self.access(access, AccessEffect::Permit, span, false)))
            }
            StatementKind::Connect(connect) => Some(GrantItem::Connect(self.connect(connect, span, false))),
            StatementKind::Crypt { encrypt, key } => {
                let key = self.infer(key, None);
                let ty = self.ty(key);
                let inner = if let Ty::Optional(inner) = &ty { inner.as_ref().clone() } else { ty.clone() };
                let fits = match &inner {
                    Ty::Component(id) => {
                        self.cx.signature(*id).is_some_and(|s| s.visible().any(|m| m.name == "arn"))
                    }
                    Ty::Interface(id) => {
                        self.cx.interfaces.get(id.index()).is_some_and(|i| i.attributes.contains_key("arn"))
                    }
                    Ty::Error => true,
                    _ => false,
                };
                if !fits {
                    let shown = self.cx.a(&ty);
                    let at = self.spoiled(key);
                    self.report(
                        Diagnostic::error(codes::TYPE_MISMATCH, at, format!("expected a key, found {shown}"))
                            .label(format!("this is {shown}"))
                            .help("name an instance with an attribute `arn`, like one of `std.security.Key`"),
                    );
                }
                Some(GrantItem::Crypt { encrypt: *encrypt, key, span })
            }
            StatementKind::Env { name, value } => {
                let value = self.check(value, &Want::of(Ty::Deferred(Arc::new(Ty::String))));
                Some(GrantItem::Env { name: name.name.clone(), value, span })
            }
            StatementKind::Attribute { name, ty, value } => {
                let declared = self.cx.type_at.get(&ty.span).cloned().unwrap_or(Ty::Error);
                let origin = format!("`{}` is declared as `{}`", name.name, self.cx.show(&declared));
                let value = self.check(value, &Want::declared(declared.clone(), ty.span, origin));
                Some(GrantItem::Attribute { name: name.name.clone(), ty: declared, value })
            }
            StatementKind::Ensure { condition, message } => {
                Some(GrantItem::Ensure(self.ensure(condition, message, span)))
            }
            StatementKind::Error => None,
            _ => {
                self.misplaced(statement, Place::Grant);
                None
            }
        }
    }

    pub(super) fn principal(&mut self, decl: &'a ast::PrincipalDecl) -> Principal {
        let service = self.check(&decl.service, &Want::of(Ty::String));
        let when = decl.when.as_ref().map(|w| self.conditions(w));
        let condition = decl.condition.as_ref().map(|c| self.condition(c, "if"));
        let mut statements = Vec::new();
        for statement in &decl.body {
            match &statement.kind {
                StatementKind::Allow(access) => {
                    statements.push(self.access(access, AccessEffect::Allow, statement.span, true));
                }
                StatementKind::Error => {}
                _ => self.misplaced(statement, Place::Principal),
            }
        }
        Principal { service, when, condition, statements }
    }

    /// `{ StringLike = { "s3:prefix" = "x" } }`
    fn conditions(&mut self, expr: &'a ast::Expr) -> ExprId {
        let want = Ty::Map(Arc::new(Ty::Map(Arc::new(Ty::Json))));
        self.check(expr, &Want::of(want))
    }

    /// `allow`, `permit`, `deny`
    pub(super) fn access(
        &mut self,
        decl: &'a ast::AccessDecl,
        effect: AccessEffect,
        span: Span,
        reason: bool,
    ) -> Access {
        let present = decl.condition.iter().flat_map(|c| shown_present(c, true)).collect();
        self.where_present(present, |this| this.access_inner(decl, effect, span, reason))
    }

    fn access_inner(
        &mut self,
        decl: &'a ast::AccessDecl,
        effect: AccessEffect,
        span: Span,
        reason: bool,
    ) -> Access {
        let actions: Vec<Action> = decl.actions.iter().filter_map(|a| self.action(a, effect)).collect();
        let principal = match &decl.to {
            Some(ast::AccessPrincipal::Everyone(at)) => {
                if effect != AccessEffect::Deny {
                    self.report(
                        Diagnostic::error(
                            codes::ACCESS_OUTSIDE_LINK,
                            *at,
                            "nothing is ever allowed to everyone",
                        )
                        .label("only a `deny` can speak of everyone")
                        .help("name the service that needs it, or grant it to those that link"),
                    );
                }
                Some(AccessPrincipal::Everyone)
            }
            Some(ast::AccessPrincipal::Service(expr)) => {
                Some(AccessPrincipal::Service(self.check(expr, &Want::of(Ty::String))))
            }
            None => None,
        };
        if principal.is_none() && effect != AccessEffect::Allow {
            let word = if effect == AccessEffect::Deny {
                "`deny` needs `to everyone`"
            } else {
                "`permit` needs the service that it permits: `to \"…\"`"
            };
            let help = if effect == AccessEffect::Deny {
                "add `to everyone`"
            } else {
                "add `to \"<service>.amazonaws.com\"`"
            };
            self.report(Diagnostic::error(codes::MISSING_FIELD, span, word).label("to whom?").help(help));
        }
        let on = decl.on.as_ref().map(|on| self.target(on, effect));
        if effect == AccessEffect::Allow {
            self.limited(&actions, decl.on.as_ref().map(|o| o.span));
        }
        let when = decl.when.as_ref().map(|w| self.conditions(w));
        let condition = decl.condition.as_ref().map(|c| self.condition(c, "if"));
        let because = decl.because.as_ref().and_then(ast::CodeString::plain);
        if reason && because.as_ref().is_none_or(|b| b.trim().is_empty()) {
            self.report(
                Diagnostic::error(
                    codes::MISSING_REASON,
                    span,
                    "a permission that no link gives needs a reason",
                )
                .label("does not say why it is there")
                .help("add the reason: `because \"…\"`"),
            );
        }
        Access { effect, actions, principal, on, when, condition, because, span }
    }

    fn target(&mut self, on: &'a ast::Expr, effect: AccessEffect) -> ExprId {
        let arn = Ty::Deferred(Arc::new(Ty::String));
        if effect == AccessEffect::Allow {
            let id = self.infer(on, Some(&Ty::List(Arc::new(arn.clone()))));
            let want = match self.ty(id) {
                Ty::List(_) => Ty::List(Arc::new(arn)),
                _ => arn,
            };
            self.expect(id, &Want::of(want));
            return id;
        }
        let id = self.infer(on, None);
        let ty = self.ty(id);
        let inner = if let Ty::Optional(inner) = &ty { inner.as_ref().clone() } else { ty.clone() };
        if !matches!(inner, Ty::Resource(_) | Ty::Error) {
            let shown = self.cx.a(&ty);
            let at = self.spoiled(id);
            self.report(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    at,
                    format!("expected the resource whose policy it is, found {shown}"),
                )
                .label(format!("this is {shown}")),
            );
        }
        id
    }

    /// Whether the actions and their `on` fit each other.
    fn limited(&mut self, actions: &[Action], on: Option<Span>) {
        let limits = |a: &Action| iam::action(&a.service, &a.name).is_some_and(|f| !f.resources.is_empty());
        let known = |a: &&Action| iam::action(&a.service, &a.name).is_some();
        match on {
            None => {
                if let Some(action) = actions.iter().find(|a| limits(a)) {
                    let kinds = iam::action(&action.service, &action.name)
                        .map(|a| a.resources.clone())
                        .unwrap_or_default();
                    self.report(
                        Diagnostic::error(
                            codes::UNLIMITED_ACTION,
                            action.span,
                            format!("`{}:{}` can be limited, and is not", action.service, action.name),
                        )
                        .label(format!("IAM can limit it to {}", kinds.join(", ")))
                        .help("say on what: `on <ARN>`"),
                    );
                }
            }
            Some(at) => {
                if let Some(action) = actions.iter().filter(known).find(|a| !limits(a)) {
                    self.report(
                        Diagnostic::error(
                            codes::UNLIMITED_ACTION,
                            at,
                            format!("`{}:{}` cannot be limited to a resource", action.service, action.name),
                        )
                        .label("IAM would never match this")
                        .because(action.span, "this action has no resource types")
                        .help("put it into an `allow` of its own, without `on`"),
                    );
                }
            }
        }
    }

    fn action(&mut self, action: &ast::ActionRef, effect: AccessEffect) -> Option<Action> {
        if action.service.name.is_empty() || action.action.name.is_empty() {
            return None;
        }
        let prefix = Name::from(action.service.name.replace('_', "-"));
        let span = action.service.span.to(action.action.span);
        let Some(service) = iam::service(&prefix) else {
            let near = suggest::nearest(&prefix, iam::prefixes()).map(|n| n.replace('-', "_"));
            self.report(
                Diagnostic::error(
                    codes::UNKNOWN_ACTION,
                    action.service.span,
                    format!("IAM knows no service `{prefix}`"),
                )
                .label("not an IAM prefix")
                .suggest(action.service.span, near.as_deref()),
            );
            return None;
        };
        if action.action.name == "All" {
            if effect == AccessEffect::Deny {
                return Some(Action { service: prefix, name: Name::new_static("*"), span });
            }
            self.report(
                Diagnostic::error(
                    codes::UNKNOWN_ACTION,
                    action.action.span,
                    format!("`{}.All` can only be denied", action.service.name),
                )
                .label("a permission names its actions one by one")
                .help("list the actions that are needed"),
            );
            return None;
        }
        if iam::action(&prefix, &action.action.name).is_none() {
            let near = suggest::nearest(&action.action.name, service.actions.iter().map(|a| a.name.as_str()));
            let mut diagnostic = Diagnostic::error(
                codes::UNKNOWN_ACTION,
                action.action.span,
                format!("`{prefix}` has no action `{}`", action.action.name),
            )
            .label("not in IAM's reference")
            .suggest(action.action.span, near);
            if let Some(single) = action.action.name.strip_suffix("Batch")
                && iam::action(&prefix, single).is_some()
            {
                diagnostic = diagnostic
                    .note("a batch call is authorised as the single action")
                    .suggest(action.action.span, Some(single));
            }
            self.report(diagnostic);
            return None;
        }
        Some(Action { service: prefix, name: action.action.name.clone(), span })
    }

    /// `connect tcp 5432 to sg`
    pub(super) fn connect(&mut self, decl: &'a ast::ConnectDecl, span: Span, reason: bool) -> Connect {
        let present = decl.condition.iter().flat_map(|c| shown_present(c, true)).collect();
        self.where_present(present, |this| this.connect_inner(decl, span, reason))
    }

    fn connect_inner(&mut self, decl: &'a ast::ConnectDecl, span: Span, reason: bool) -> Connect {
        let protocol = decl.protocol.name.clone();
        if !matches!(protocol.as_str(), "tcp" | "udp" | "") {
            self.report(
                Diagnostic::error(
                    codes::UNKNOWN_NAME,
                    decl.protocol.span,
                    format!("there is no protocol `{protocol}`"),
                )
                .label("not `tcp` or `udp`")
                .suggest(decl.protocol.span, suggest::nearest(&protocol, ["tcp", "udp"])),
            );
        }
        let port = self.infer(&decl.port, Some(&Ty::Int));
        match self.unalias(&self.ty(port)) {
            Ty::Int | Ty::Range | Ty::Error => {}
            _ => self.expect(port, &Want::of(Ty::Int)),
        }
        let peer = self.infer(&decl.peer, None);
        let ty = self.ty(peer);
        let inner = match &ty {
            Ty::Optional(inner) => inner.as_ref().clone(),
            other => other.clone(),
        };
        let fits = match &inner {
            Ty::Resource(rt) => rt.name == "AWS::EC2::SecurityGroup",
            Ty::Deferred(text) => matches!(self.unalias(text), Ty::String),
            Ty::Cidr | Ty::Peer | Ty::Error => true,
            _ => false,
        };
        if !fits {
            let shown = self.cx.a(&ty);
            let at = self.spoiled(peer);
            self.report(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    at,
                    format!("expected a peer of a connection, found {shown}"),
                )
                .label(format!("this is {shown}"))
                .help("name a security group, an address range, or an AWS service: `aws(\"sqs\")`"),
            );
        }
        let condition = decl.condition.as_ref().map(|c| self.condition(c, "if"));
        let because = decl.because.as_ref().and_then(ast::CodeString::plain);
        if reason && because.as_ref().is_none_or(|b| b.trim().is_empty()) {
            self.report(
                Diagnostic::error(
                    codes::MISSING_REASON,
                    span,
                    "a connection that no link gives needs a reason",
                )
                .label("does not say why it is there")
                .help("add the reason: `because \"…\"`"),
            );
        }
        let direction = match decl.direction {
            ast::Direction::To => Direction::To,
            ast::Direction::From => Direction::From,
        };
        Connect { protocol, port, direction, peer, condition, because, span }
    }
}
