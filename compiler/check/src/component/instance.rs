//! Instances: fields against parameters, settings, secrets, links.

use super::Place;
use crate::body::{BodyChecker, Want, quote};
use crate::codes;
use crate::context::{Decl, MemberTag};
use crate::hir::{
    ComponentId, ExprId, ExprKind, FieldValue, Instance, InstanceDeclId, Link, SecretDecl, SettingDecl, Ty,
};
use rustc_hash::FxHashMap;
use solc_source::{Diagnostic, Name, Span};
use solc_syntax::ast::{self, StatementKind};

impl<'a> BodyChecker<'_, 'a> {
    /// The component that a path names, if it is one; what is wrong with it was said with the signature.
    pub(super) fn component_of(&self, path: &[ast::Ident]) -> Option<ComponentId> {
        let (last, module) = path.split_last()?;
        let decl = if module.is_empty() {
            self.cx.lookup(self.unit, &last.name).map(|n| n.decl)
        } else {
            let module: Vec<Name> = module.iter().map(|i| i.name.clone()).collect();
            let module = self.cx.module_path(self.unit, &module);
            let scopes = self.cx.units.iter().zip(&self.cx.scopes);
            scopes
                .filter(|(u, _)| u.answers(&module))
                .find_map(|(_, s)| s.own.get(&last.name))
                .map(|n| n.decl)
        };
        match decl {
            Some(Decl::Component(id)) => Some(id),
            Some(Decl::Interface(_) | Decl::Type(_) | Decl::Function(_) | Decl::Global(_)) | None => None,
        }
    }

    pub(super) fn instance(
        &mut self,
        decl: &'a ast::InstanceDecl,
        span: Span,
        index: u32,
    ) -> Option<Instance> {
        let component = self.component_of(&decl.component);
        let component_span =
            decl.component.iter().map(|i| i.span).reduce(|a, b| a.to(b)).unwrap_or(decl.name.span);
        let Some(component) = component else {
            // Mistakes in what is given are still worth saying; unknown settings and the like are not.
            for statement in &decl.body {
                if let StatementKind::Field(field) = &statement.kind
                    && !field.punned
                {
                    self.infer(&field.value, Some(&Ty::Error));
                }
            }
            return None;
        };
        Some(self.scoped(|this| this.instance_body(decl, span, index, component, component_span)))
    }

    fn instance_body(
        &mut self,
        decl: &'a ast::InstanceDecl,
        span: Span,
        index: u32,
        component: ComponentId,
        component_span: Span,
    ) -> Instance {
        let each = decl.each.as_ref().map(|clause| {
            let clause = self.clause(clause);
            self.keys_are_names(&clause, "component");
            clause
        });
        let condition = decl.condition.as_ref().map(|c| self.condition(c, "if"));
        let depth = self.present.len();
        self.show_present(
            decl.condition.iter().flat_map(|c| crate::body::names::shown_present(c, true)).collect(),
        );
        let mut instance = Instance {
            id: InstanceDeclId(index),
            component,
            component_span,
            each,
            condition,
            fields: Vec::new(),
            settings: Vec::new(),
            secrets: Vec::new(),
            links: Vec::new(),
            waivers: Vec::new(),
            moved_from: None,
            span,
        };
        let mut seen: FxHashMap<Name, Span> = FxHashMap::default();
        for statement in &decl.body {
            match &statement.kind {
                StatementKind::Field(field) => {
                    if let Some(first) = seen.insert(field.name.name.clone(), field.name.span) {
                        self.duplicate_field(&field.name, first);
                        continue;
                    }
                    let given = |name: &Name| {
                        decl.body
                            .iter()
                            .any(|s| matches!(&s.kind, StatementKind::Field(f) if f.name.name == *name))
                    };
                    if let Some(value) = self.parameter(component, field)
                        && (value.name == field.name.name || !given(&value.name))
                    {
                        self.consumer(value.value, component);
                        instance.fields.push(value);
                    }
                }
                StatementKind::Setting { name, ty, default } => {
                    let accepted = self.accepted(component, "setting", name.span, component_span);
                    if let Some(first) = seen.insert(name.name.clone(), name.span) {
                        self.report(crate::declare::duplicate(name, first));
                        continue;
                    }
                    let declared = self.cx.type_at.get(&ty.span).cloned().unwrap_or(Ty::Error);
                    let origin = format!("`{}` is declared as `{}`", name.name, self.cx.show(&declared));
                    let default = default
                        .as_ref()
                        .map(|d| self.check(d, &Want::declared(declared.clone(), ty.span, origin)));
                    if accepted {
                        let (name, span) = (name.name.clone(), name.span);
                        instance.settings.push(SettingDecl { name, ty: declared, default, span });
                    }
                }
                StatementKind::Secret(name) => {
                    let accepted = self.accepted(component, "secret", name.span, component_span);
                    if let Some(first) = seen.insert(name.name.clone(), name.span) {
                        self.report(crate::declare::duplicate(name, first));
                        continue;
                    }
                    if accepted {
                        instance.secrets.push(SecretDecl { name: name.name.clone(), span: name.span });
                    }
                }
                StatementKind::Link { grant, alias } => {
                    let accepted = self.accepted(component, "link", statement.span, component_span);
                    if let Some(grant) = self.link(grant)
                        && accepted
                    {
                        self.consumer(grant, component);
                        instance.links.push(Link {
                            grant,
                            alias: alias.as_ref().map(|a| a.name.clone()),
                            span: statement.span,
                        });
                    }
                }
                StatementKind::Waive { what, because } => {
                    let waiver = self.waiver(what, because, statement.span);
                    instance.waivers.push(waiver);
                }
                StatementKind::Moved(from) => {
                    self.moved(&mut instance.moved_from, &decl.name, from, statement.span);
                }
                StatementKind::Error => {}
                _ => self.misplaced(statement, Place::Instance),
            }
        }
        self.present.truncate(depth);
        instance
    }

    /// A field that sets a parameter.
    pub(crate) fn parameter(
        &mut self,
        component: ComponentId,
        field: &'a ast::FieldEntry,
    ) -> Option<FieldValue> {
        let signature = self.cx.signature(component)?;
        let name = &field.name;
        let Some(member) = signature.member(&name.name).filter(|m| matches!(m.tag, MemberTag::Param { .. }))
        else {
            let known: Vec<Name> = signature
                .members
                .iter()
                .filter(|m| matches!(m.tag, MemberTag::Param { .. }))
                .map(|m| m.name.clone())
                .collect();
            let what = format!("`{}`", self.cx.component_name(component));
            self.unknown_field(name, &what, &known, &[]);
            if !field.punned {
                self.infer(&field.value, Some(&Ty::Error));
            }
            // What was meant counts as given: that it is missing would be the same mistake again.
            let meant = solc_source::suggest::nearest(&name.name, known.iter().map(Name::as_str))?;
            return Some(FieldValue { name: meant.into(), span: name.span, value: self.missing(name.span) });
        };
        let ty = member.ty.clone().unwrap_or(Ty::Error);
        if field.punned && !self.means_something(&name.name, &ty) {
            self.report(
                Diagnostic::error(
                    codes::UNKNOWN_NAME,
                    name.span,
                    format!("nothing here is called `{}`", name.name),
                )
                .label(format!("short for `{0} = {0}`", name.name))
                .because(member.span, format!("`{}` is declared as `{}`", name.name, self.cx.show(&ty)))
                .help(format!("say its value: `{} = …`", name.name)),
            );
            let value = self.missing(name.span);
            return Some(FieldValue { name: name.name.clone(), span: name.span, value });
        }
        let origin = format!("`{}` is declared as `{}`", name.name, self.cx.show(&ty));
        let value = self.check(&field.value, &Want::declared(ty, member.span, origin));
        Some(FieldValue { name: name.name.clone(), span: name.span, value })
    }

    /// Whether the component takes settings, secrets or links; if not, says so.
    fn accepted(&mut self, component: ComponentId, what: &str, at: Span, component_span: Span) -> bool {
        let Some(signature) = self.cx.signature(component) else { return false };
        let accepts = match what {
            "setting" => signature.accepts.setting,
            "secret" => signature.accepts.secret,
            _ => signature.accepts.link,
        };
        if accepts {
            return true;
        }
        let name = self.cx.component_name(component).to_owned();
        let reason = match what {
            "link" => "it runs nothing that could use a link",
            _ => "it runs nothing that could read it",
        };
        self.report(
            Diagnostic::error(codes::NOT_ACCEPTED, at, format!("`{name}` takes no {what}s"))
                .label(reason)
                .because(component_span, format!("an instance of `{name}`"))
                .help(format!("declare the {what} in the instance that uses it")),
        );
        false
    }

    /// The grant of a `link`, with or without parentheses.
    fn link(&mut self, expr: &'a ast::Expr) -> Option<ExprId> {
        let id = match &expr.kind {
            ast::ExprKind::Field { base, name, .. } => {
                let base_id = self.infer(base, None);
                self.link_target(base_id, name, &[], expr.span)
            }
            ast::ExprKind::Call { callee, args } => match &callee.kind {
                ast::ExprKind::Field { base, name, .. } => {
                    let base_id = self.infer(base, None);
                    self.link_target(base_id, name, args, expr.span)
                }
                _ => None,
            },
            ast::ExprKind::Missing => return None,
            ast::ExprKind::Name(_) => None,
            _ => {
                self.report(
                    Diagnostic::error(
                        codes::NOT_LINKABLE,
                        expr.span,
                        "a link names a component and what for",
                    )
                    .label("not a component's grant")
                    .help("write it like `link db.connect`"),
                );
                return None;
            }
        };
        if id.is_none() && matches!(expr.kind, ast::ExprKind::Name(_)) {
            let id = self.infer(expr, None);
            let help = match self.ty(id) {
                Ty::Component(component) => {
                    let verbs: Vec<Name> = self
                        .cx
                        .signature(component)
                        .map(|s| s.grants.keys().cloned().collect())
                        .unwrap_or_default();
                    if verbs.is_empty() {
                        "it grants nothing".to_owned()
                    } else {
                        format!("say what for: {}", quote(&verbs))
                    }
                }
                Ty::Error => return None,
                _ => "name a component and what for: `link db.connect`".to_owned(),
            };
            self.report(
                Diagnostic::error(codes::UNKNOWN_LINK_VERB, expr.span, "a link needs a verb")
                    .label("linked for what?")
                    .help(help),
            );
        }
        id
    }

    fn link_target(
        &mut self,
        base: ExprId,
        verb: &ast::Ident,
        args: &'a [ast::Argument],
        span: Span,
    ) -> Option<ExprId> {
        match self.ty(base) {
            Ty::Component(_) | Ty::Interface(_) if verb.name.is_empty() => None,
            Ty::Component(_) | Ty::Interface(_) => {
                let id = self.grant_value(base, verb, args, span);
                (!matches!(self.body.expr(id).kind, ExprKind::Missing)).then_some(id)
            }
            Ty::Error => None,
            other => {
                let shown = self.cx.a(&other);
                let at = self.span(base);
                let occurrences = matches!(&other, Ty::Map(of) if matches!(**of, Ty::Component(_)));
                let mut diagnostic =
                    Diagnostic::error(codes::NOT_LINKABLE, at, format!("{shown} cannot be linked to"))
                        .label(format!("this is {shown}"))
                        .help(if occurrences {
                            "link to one of the occurrences, by its key: `link name[\"key\"].verb`"
                        } else {
                            "link to an instance of a component that grants something"
                        });
                if matches!(other, Ty::Resource(_)) {
                    diagnostic = diagnostic.note("access exists only through the grants of components");
                }
                self.report(diagnostic);
                None
            }
        }
    }

    /// Whether the component that uses a grant is one that the grant can see.
    fn consumer(&mut self, value: ExprId, component: ComponentId) {
        let ExprKind::Grant { base, verb, .. } = self.body.expr(value).kind.clone() else { return };
        let Ty::Component(target) = self.ty(base) else { return };
        let Some(interface) =
            self.cx.signature(target).and_then(|s| s.grants.get(&verb)).and_then(|g| g.consumer)
        else {
            return;
        };
        if let Err(crate::assign::Mismatch::Interface(missing)) = self.cx.satisfies(component, interface) {
            let (name, wanted) =
                (self.cx.component_name(component).to_owned(), self.cx.show(&Ty::Interface(interface)));
            let target = self.cx.component_name(target).to_owned();
            let at = self.span(value);
            self.report(
                Diagnostic::error(
                    codes::INTERFACE_NOT_SATISFIED,
                    at,
                    format!("`{name}` cannot use `{verb}` of `{target}`"),
                )
                .label(format!("`{name}` {}", missing.join("; it ")))
                .note(format!("the grant needs a consumer that satisfies `{wanted}`")),
            );
        }
    }
}
