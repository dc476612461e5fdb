//! `resource`: its type, how often it stands, its properties.

use super::Place;
use crate::body::BodyChecker;
use crate::codes;
use crate::hir::{Clause, Expansion, ExprId, LocalId, Resource, Ty};
use crate::nodes::gives_access;
use solc_source::{Diagnostic, Name};
use solc_syntax::ast::{self, StatementKind};

impl<'a> BodyChecker<'_, 'a> {
    pub(super) fn resource(&mut self, decl: &'a ast::ResourceDecl) -> Option<Resource> {
        let type_span = decl.ty.iter().map(|i| i.span).reduce(|a, b| a.to(b)).unwrap_or(decl.name.span);
        let mut ignored = Vec::new();
        let ty = crate::types::resource_type(&decl.ty, type_span, &mut ignored);
        if let Some(rt) = ty
            && gives_access(&rt.name)
        {
            let shown = rt.name.replace("::", ".");
            self.report(
                Diagnostic::error(
                    codes::ACCESS_OUTSIDE_LINK,
                    type_span,
                    format!("`{shown}` gives access, and cannot be written by hand"),
                )
                .label("access exists only through links, so that every permission has its reason")
                .help(instead(&rt.name)),
            );
            return None;
        }
        if let (Some(_), Some(clause)) = (&decl.per_zone, &decl.each) {
            self.report(
                Diagnostic::error(
                    codes::MISPLACED_STATEMENT,
                    clause.over.span,
                    "a resource stands per zone or `for` each element, not both",
                )
                .label("the second way to repeat it")
                .help("iterate inside the zone's properties, or make it a component of its own"),
            );
        }
        let depth = self.present.len();
        let mut moved_from = None;
        let (expansion, condition, after, properties) = self.scoped(|this| {
            let zone = |this: &mut Self| {
                let ty = this.cx.well_known.zone.map_or(Ty::Error, Ty::Record);
                this.bind(&ast::Ident { name: Name::new_static("zone"), span: decl.name.span }, ty)
            };
            let expansion = match (&decl.per_zone, &decl.each) {
                (Some(ast::PerZone::All(_)), _) => Expansion::PerZone(zone(this)),
                (Some(ast::PerZone::Active(_)), _) => Expansion::PerActiveZone(zone(this)),
                (None, Some(clause)) => Expansion::For(this.clause(clause)),
                (None, None) => Expansion::Once,
            };
            if let Expansion::For(clause) = &expansion {
                this.keys_are_names(clause, "resource");
            }
            let condition = decl.condition.as_ref().map(|c| this.condition(c, "if"));
            this.show_present(
                decl.condition.iter().flat_map(|c| crate::body::names::shown_present(c, true)).collect(),
            );
            let after: Vec<ExprId> = decl.after.iter().map(|e| this.after(e)).collect();
            let mut fields: Vec<&'a ast::FieldEntry> = Vec::new();
            for statement in &decl.body {
                match &statement.kind {
                    StatementKind::Field(field) => fields.push(field),
                    StatementKind::Moved(from) => {
                        this.moved(&mut moved_from, &decl.name, from, statement.span);
                    }
                    StatementKind::Error => {}
                    _ => this.misplaced(statement, Place::Resource),
                }
            }
            let broken = decl.body.iter().any(|s| matches!(s.kind, StatementKind::Error));
            let properties = match ty {
                Some(rt) => this.properties(rt, rt.root, &fields, !broken, type_span, true),
                None => {
                    for field in &fields {
                        this.infer(&field.value, None);
                    }
                    Vec::new()
                }
            };
            (expansion, condition, after, properties)
        });
        self.present.truncate(depth);
        Some(Resource { ty: ty?, expansion, condition, after, properties, moved_from, type_span })
    }

    /// The keys of what is repeated become part of logical ids.
    pub(super) fn keys_are_names(&mut self, clause: &Clause, what: &str) {
        let Some(first) = clause.binders.first() else { return };
        let ty = self.local_type(*first);
        let two = clause.binders.len() > 1;
        let fits =
            matches!(self.unalias(&ty), Ty::String | Ty::Literals(_) | Ty::Enum(_) | Ty::Int | Ty::Error);
        if !fits && !two {
            let shown = self.cx.a(&ty);
            let at = self.spoiled(clause.over);
            self.report(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    at,
                    format!("a repeated {what} needs a name for each, and this gives {shown}"),
                )
                .label("not names")
                .help("iterate over a map: `for name, value in …`; the name becomes part of logical ids"),
            );
        }
    }

    fn local_type(&self, id: LocalId) -> Ty {
        self.locals.iter().rev().find(|l| l.id == id).map_or(Ty::Error, |l| l.ty.clone())
    }

    fn after(&mut self, expr: &'a ast::Expr) -> ExprId {
        let id = self.infer(expr, None);
        let ty = self.ty(id);
        let inner = match &ty {
            Ty::Optional(inner) | Ty::Map(inner) | Ty::List(inner) => inner.as_ref().clone(),
            Ty::ZoneMap { element, .. } => element.as_ref().clone(),
            other => other.clone(),
        };
        if !matches!(inner, Ty::Resource(_) | Ty::Error) {
            let shown = self.cx.a(&ty);
            let at = self.spoiled(id);
            self.report(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    at,
                    format!("only a resource can come first, not {shown}"),
                )
                .label(format!("this is {shown}")),
            );
        }
        id
    }

    /// `on network sg in network`
    pub(super) fn on_network(
        &mut self,
        group: &'a ast::Expr,
        network: Option<&'a ast::Expr>,
        span: solc_source::Span,
    ) -> crate::hir::OnNetwork {
        let group = self.infer(group, None);
        let ty = self.ty(group);
        let inner = if let Ty::Optional(inner) = &ty { inner.as_ref().clone() } else { ty.clone() };
        let fits = match &inner {
            Ty::Resource(rt) => rt.name == "AWS::EC2::SecurityGroup",
            Ty::Error => true,
            _ => false,
        };
        if !fits {
            let shown = self.cx.a(&ty);
            let at = self.spoiled(group);
            self.report(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    at,
                    format!("expected a security group of this component, found {shown}"),
                )
                .label(format!("this is {shown}"))
                .help("declare one: `resource sg: AWS.EC2.SecurityGroup { … }`"),
            );
        }
        let network = network.map(|n| {
            let id = self.infer(n, None);
            let ty = self.ty(id);
            let inner = if let Ty::Optional(inner) = &ty { inner.as_ref().clone() } else { ty };
            if !matches!(inner, Ty::Component(_) | Ty::Interface(_) | Ty::Error) {
                let shown = self.cx.a(&inner);
                let at = self.spoiled(id);
                self.report(
                    Diagnostic::error(codes::TYPE_MISMATCH, at, format!("expected a network, found {shown}"))
                        .label(format!("this is {shown}")),
                );
            }
            id
        });
        crate::hir::OnNetwork { group, network, span }
    }
}

fn instead(name: &str) -> &'static str {
    match name {
        "AWS::IAM::Role" => "declare a `principal` in a component",
        "AWS::EC2::SecurityGroupIngress" | "AWS::EC2::SecurityGroupEgress" => {
            "open a port with `connect` in a grant or component"
        }
        _ => {
            "say it where the access is needed: `link target.verb` in an instance, `permit` or `deny` in the target's component"
        }
    }
}
