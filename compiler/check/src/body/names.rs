//! Names: cases by expected type first, then locals, members, the language's own, the file's, and global blocks.

use super::{BodyChecker, LetState};
use crate::codes;
use crate::context::{Decl, MemberTag};
use crate::hir::{BlockKind, ExprId, ExprKind, GlobalId, MemberId, Ty, View};
use solc_source::{Diagnostic, Name, Span, suggest};
use solc_syntax::ast;
use std::sync::Arc;

/// Words of the language that stand for values.
pub(super) const WORDS: &[&str] =
    &["env", "product", "platform", "internet", "settings", "secrets", "self", "none", "true", "false"];

impl<'a> BodyChecker<'_, 'a> {
    /// A bare name.
    pub(super) fn name(&mut self, name: &Name, span: Span, hint: Option<&Ty>) -> ExprId {
        if let Some(hint) = hint {
            let target = strip(hint);
            if matches!(target, Ty::Enum(_) | Ty::Union(_)) && self.case_names(target).contains(name) {
                return self.case_or_hidden(name, span, target);
            }
            if let Ty::View(View::Verb(of)) = target
                && (self.grants(*of, name) || !self.is_value_name(name))
            {
                return self.verb(*of, name, span);
            }
        }
        if let Some(id) = self.value_name(name, span) {
            return id;
        }
        if let Some(Ty::Block(kind)) = hint.map(strip) {
            return self.block_name(*kind, name, span);
        }
        self.unknown_name(name, span, hint);
        self.missing(span)
    }

    fn case_or_hidden(&mut self, name: &Name, span: Span, target: &Ty) -> ExprId {
        let hiding = self
            .locals
            .iter()
            .rev()
            .find(|l| l.name == *name)
            .map(|l| l.span)
            .or_else(|| {
                self.inside
                    .as_ref()
                    .and_then(|i| self.cx.signature(i.component))
                    .and_then(|s| s.member(name))
                    .map(|m| m.span)
            })
            .or_else(|| {
                self.cx.lookup(self.unit, name).and_then(|n| match n.decl {
                    Decl::Global(_) => Some(n.span),
                    Decl::Component(_) | Decl::Interface(_) | Decl::Type(_) | Decl::Function(_) => None,
                })
            });
        if let Some(at) = hiding {
            let shown = self.cx.show(target);
            self.report(
                Diagnostic::error(
                    codes::HIDDEN_CASE,
                    span,
                    format!("`{name}` is a case of `{shown}`, and also a name in scope"),
                )
                .label("which of the two is meant?")
                .because(at, "this name hides the case")
                .help("give the name in scope another name"),
            );
            return self.missing(span);
        }
        self.plain_case(name, span, target)
    }

    /// A case without fields.
    pub(super) fn plain_case(&mut self, name: &Name, span: Span, target: &Ty) -> ExprId {
        match target {
            Ty::Enum(id) => {
                let case = self
                    .cx
                    .enums
                    .get(id.index())
                    .and_then(|e| e.cases.iter().position(|c| c == name))
                    .unwrap_or(0);
                self.push(ExprKind::EnumCase(*id, u32::try_from(case).unwrap_or(0)), span, target.clone())
            }
            _ => self.case_without_fields(name, span, target),
        }
    }

    /// A name as a value, if it is one.
    fn value_name(&mut self, name: &Name, span: Span) -> Option<ExprId> {
        let narrowed = self.is_present(name, name);
        if let Some(local) = self.locals.iter().rev().find(|l| l.name == *name) {
            let (id, ty) = (local.id, present(local.ty.clone(), narrowed));
            self.read.insert(local.span);
            return Some(self.push(ExprKind::Local(id), span, ty));
        }
        if let Some(inside) = &self.inside
            && let Some(member) = self.cx.signature(inside.component).and_then(|s| s.names.get(name).copied())
        {
            return Some(self.member(member, narrowed, span));
        }
        match name.as_str() {
            "env" => Some(self.push(ExprKind::Env, span, Ty::Block(BlockKind::Environment))),
            "product" => Some(self.push(ExprKind::Product, span, Ty::Block(BlockKind::Product))),
            "platform" if self.asking => None,
            "platform" => {
                let id = self.cx.well_known.platform?;
                Some(self.push(ExprKind::Platform, span, Ty::Component(id)))
            }
            "internet" if self.asking => self.asked_name(name, span),
            "internet" => {
                let id = self.cx.well_known.internet?;
                Some(self.push(ExprKind::Internet, span, Ty::Component(id)))
            }
            "settings" if self.inside.is_some() => {
                let ty = Ty::Map(Arc::new(Ty::Deferred(Arc::new(Ty::String))));
                Some(self.push(ExprKind::Settings, span, ty))
            }
            "secrets" if self.inside.is_some() => {
                let element = self.cx.well_known.secret_reference.map_or(Ty::Error, Ty::Record);
                Some(self.push(ExprKind::Secrets, span, Ty::List(Arc::new(element))))
            }
            _ => match self.cx.lookup(self.unit, name).map(|n| n.decl) {
                Some(Decl::Global(global)) => Some(self.global(global, span)),
                Some(Decl::Component(_) | Decl::Interface(_) | Decl::Type(_)) => {
                    self.report(
                        Diagnostic::error(
                            codes::TYPE_MISMATCH,
                            span,
                            format!("`{name}` is a type, not a value"),
                        )
                        .label("expected a value")
                        .help("declare an instance on a line of its own: `name: Component { … }`"),
                    );
                    Some(self.missing(span))
                }
                Some(Decl::Function(_)) => {
                    self.report(
                        Diagnostic::error(
                            codes::TYPE_MISMATCH,
                            span,
                            format!("`{name}` is a function, not a value"),
                        )
                        .label("is not called")
                        .help(format!("call it: `{name}(…)`")),
                    );
                    Some(self.missing(span))
                }
                None => self.asked_name(name, span),
            },
        }
    }

    /// A member of the component that this body belongs to.
    fn member(&mut self, id: MemberId, narrowed: bool, span: Span) -> ExprId {
        let declared = self.inside.as_ref().and_then(|i| self.cx.signature(i.component));
        if let Some(member) = declared.and_then(|s| s.members.get(id.index())) {
            self.read.insert(member.span);
        }
        let ty = present(self.member_type(id, span), narrowed);
        self.push(ExprKind::Member(id), span, ty)
    }

    /// The type of a member; a `let` without a declared type is checked now.
    pub(crate) fn member_type(&mut self, id: MemberId, span: Span) -> Ty {
        let Some(inside) = &self.inside else { return Ty::Error };
        let component = inside.component;
        let Some(member) = self.cx.signature(component).and_then(|s| s.members.get(id.index())) else {
            return Ty::Error;
        };
        if let Some(ty) = &member.ty {
            return ty.clone();
        }
        let name = member.name.clone();
        let declared = member.span;
        debug_assert!(member.tag == MemberTag::Let, "every other member has a declared type");
        self.inferred_let(id, &name, declared, span)
    }

    fn inferred_let(&mut self, id: MemberId, name: &Name, declared: Span, span: Span) -> Ty {
        let state = self.inside.as_mut().and_then(|i| i.lets.get_mut(id.index())).and_then(Option::as_mut);
        match state {
            None => Ty::Error,
            Some(LetState::Done(ty, _)) => ty.clone(),
            Some(LetState::Doing) => {
                self.report(
                    Diagnostic::error(codes::CYCLIC_LET, span, format!("`{name}` is defined by itself"))
                        .label("leads back to itself")
                        .because(declared, "declared here")
                        .help("give one of the values a definition that needs none of the others"),
                );
                Ty::Error
            }
            Some(state @ LetState::Todo(_)) => {
                let LetState::Todo(decl) = std::mem::replace(state, LetState::Doing) else {
                    return Ty::Error;
                };
                let outer = (std::mem::take(&mut self.locals), std::mem::take(&mut self.present));
                let value = self.infer(&decl.value, None);
                (self.locals, self.present) = outer;
                let ty = widen(self.ty(value));
                if let Some(Some(state)) = self.inside.as_mut().and_then(|i| i.lets.get_mut(id.index())) {
                    *state = LetState::Done(ty.clone(), value);
                }
                ty
            }
        }
    }

    fn global(&mut self, id: GlobalId, span: Span) -> ExprId {
        let ty = match self.cx.checked_globals.get(id.index()).and_then(|g| g.get()) {
            Some((ty, _, _)) => ty.clone(),
            None => self.check_global(id, span),
        };
        self.push(ExprKind::Global(id), span, ty)
    }

    /// Checks a top-level `let` when it is first needed.
    pub(crate) fn check_global(&mut self, id: GlobalId, span: Span) -> Ty {
        let Some(source) = self.cx.globals.get(id.index()) else { return Ty::Error };
        if self.visiting.contains(&id) {
            let name = &source.decl.name;
            self.report(
                Diagnostic::error(codes::CYCLIC_LET, span, format!("`{}` is defined by itself", name.name))
                    .label("leads back to itself")
                    .because(name.span, "declared here")
                    .help("give one of the values a definition that needs none of the others"),
            );
            return Ty::Error;
        }
        let mut nested = BodyChecker::new(self.cx, source.unit);
        nested.visiting.clone_from(&self.visiting);
        nested.visiting.push(id);
        let declared = source
            .decl
            .ty
            .as_ref()
            .and_then(|t| self.cx.type_at.get(&t.span).cloned().map(|ty| (ty, t.span)));
        let (value, ty) = match declared {
            Some((ty, at)) => {
                let want = super::Want::declared(ty.clone(), at, "declared here");
                (nested.check(&source.decl.value, &want), ty)
            }
            None => {
                let value = nested.infer(&source.decl.value, None);
                (value, widen(nested.ty(value)))
            }
        };
        self.diagnostics.append(&mut nested.diagnostics);
        self.calls.extend(nested.calls);
        if let Some(cell) = self.cx.checked_globals.get(id.index()) {
            let _already = cell.set((ty.clone(), nested.body, value));
        }
        ty
    }

    /// A configuration block by its global name.
    fn block_name(&mut self, kind: BlockKind, name: &Name, span: Span) -> ExprId {
        if let Some(id) = self.cx.block_names.get(&(kind, name.clone())) {
            return self.push(ExprKind::Block(*id), span, Ty::Block(kind));
        }
        if kind == BlockKind::Team && self.cx.teams.contains_key(name) {
            return self.push(ExprKind::Team(name.clone()), span, Ty::Block(kind));
        }
        if self.cx.alone {
            self.report(may_be_elsewhere(kind, name, span));
            return self.missing(span);
        }
        let mut known: Vec<&str> = self.cx.blocks_of(kind).collect();
        if kind == BlockKind::Team {
            known.extend(self.cx.teams.keys().map(Name::as_str));
        }
        let word = kind.word();
        let other = self.cx.block_names.keys().find(|(k, n)| n == name && *k != kind).map(|(k, _)| k.word());
        let mut diagnostic =
            Diagnostic::error(codes::UNKNOWN_NAME, span, format!("there is no {word} `{name}`"))
                .label("not found")
                .suggest(span, suggest::nearest(name, known.iter().copied()));
        if let Some(other) = other {
            diagnostic = diagnostic.note(format!(
                "there is {} {other} of that name, but {} {word} is expected here",
                article(other),
                article(word)
            ));
        }
        if diagnostic.fixes.is_empty() {
            diagnostic = match known.as_slice() {
                [] => diagnostic.help(format!("declare it: `{word} {name} {{ … }}`")),
                known => diagnostic.help(format!("name one of {}", crate::declare::list(known))),
            };
        }
        self.report(diagnostic);
        self.missing(span)
    }

    fn unknown_name(&mut self, name: &Name, span: Span, hint: Option<&Ty>) {
        if name.is_empty() {
            return;
        }
        // What is expected here is not known, or the name's `use` was wrong: the name may well be right.
        if matches!(hint, Some(Ty::Error)) || self.cx.is_broken(self.unit, name) {
            return;
        }
        let cases = hint.map(|h| self.case_names(strip(h))).unwrap_or_default();
        if let Some(hint) = hint
            && !cases.is_empty()
        {
            let shown = self.cx.show(strip(hint));
            let near = suggest::nearest(name, cases.iter().map(Name::as_str));
            let mut diagnostic =
                Diagnostic::error(codes::UNKNOWN_CASE, span, format!("`{shown}` has no case `{name}`"))
                    .label("not a case, and not a name in scope")
                    .suggest(span, near);
            if near.is_none() {
                diagnostic = diagnostic.help(format!("use one of {}", super::quote(&cases)));
            }
            self.report(diagnostic);
            return;
        }
        let mut names: Vec<&str> = self.locals.iter().map(|l| l.name.as_str()).collect();
        if let Some(signature) = self.inside.as_ref().and_then(|i| self.cx.signature(i.component)) {
            names.extend(signature.names.keys().map(Name::as_str));
        }
        names.extend(
            self.cx.visible_names(self.unit).filter(|(_, d)| matches!(d, Decl::Global(_))).map(|(n, _)| n),
        );
        names.extend(self.solution_names());
        names.extend(WORDS.iter().filter(|w| !matches!(**w, "none" | "true" | "false")));
        // A word that means nothing here is no way out.
        names.retain(|n| n != name);
        names.retain(|n| name.len() > 2 || n.eq_ignore_ascii_case(name));
        let near = suggest::nearest(name, names);
        let mut diagnostic =
            Diagnostic::error(codes::UNKNOWN_NAME, span, format!("nothing here is called `{name}`"))
                .label("not found")
                .suggest(span, near);
        let of: Vec<String> = self.enums_with(name);
        if near.is_none() && !of.is_empty() {
            diagnostic = diagnostic.note(format!(
                "`{name}` is a case of {}; a case can stand only where its type is expected",
                of.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(" and ")
            ));
        } else if near.is_none() && name == "zone" {
            diagnostic = diagnostic.help("declare the resource `per zone`: only there is `zone` a name");
        } else if near.is_none() && self.asking && name == "platform" {
            diagnostic = diagnostic.help("name the solution whose platform is meant: `shop.platform`");
        } else if let Some((kind, _)) = self.cx.block_names.keys().find(|(_, n)| n == name) {
            diagnostic = diagnostic
                .note(format!("`{name}` names the {} of that name only where one is expected", kind.word()))
                .help(
                    "compare a field instead: `env.name == \"…\"`, or better, branch on `env.availability`",
                );
        }
        self.report(diagnostic);
    }

    fn enums_with(&self, name: &Name) -> Vec<String> {
        let enums = self.cx.enums.iter().filter(|e| e.cases.contains(name)).map(|e| e.name.to_string());
        let unions = self
            .cx
            .unions
            .iter()
            .filter(|u| u.cases.iter().any(|c| c.name == *name))
            .map(|u| u.name.to_string());
        enums.chain(unions).collect()
    }

    /// Whether a name means something without its context: then it is no case.
    pub(super) fn is_value_name(&self, name: &str) -> bool {
        self.locals.iter().any(|l| l.name == name)
            || WORDS.contains(&name)
            || self.solution_named(name).is_some()
            || self
                .inside
                .as_ref()
                .and_then(|i| self.cx.signature(i.component))
                .is_some_and(|s| s.names.contains_key(name))
            || self.cx.lookup(self.unit, name).is_some_and(|n| matches!(n.decl, Decl::Global(_)))
    }

    /// Whether a bare name means something where this type is expected.
    pub(crate) fn means_something(&self, name: &Name, expected: &Ty) -> bool {
        let target = strip(expected);
        let block = match target {
            Ty::Block(kind) => {
                self.cx.block_names.contains_key(&(*kind, name.clone()))
                    || (*kind == BlockKind::Team && self.cx.teams.contains_key(name))
            }
            _ => false,
        };
        block
            || self.is_value_name(name)
            || self.case_names(target).contains(name)
            || self.cx.lookup(self.unit, name).is_some()
    }

    /// A declared `let` of the component.
    pub(crate) fn let_member(&mut self, id: MemberId, decl: &'a ast::LetDecl) -> ExprId {
        let span = decl.name.span;
        let declared = self
            .inside
            .as_ref()
            .and_then(|i| self.cx.signature(i.component))
            .and_then(|s| s.members.get(id.index()));
        if let (Some(ty), Some(at)) = (declared.and_then(|m| m.ty.clone()), decl.ty.as_ref().map(|t| t.span))
        {
            return self.check(&decl.value, &super::Want::declared(ty, at, "declared here"));
        }
        self.member_type(id, span);
        match self.inside.as_ref().and_then(|i| i.lets.get(id.index())) {
            Some(Some(LetState::Done(_, value))) => *value,
            Some(Some(LetState::Todo(_) | LetState::Doing) | None) | None => self.missing(span),
        }
    }
}

/// Says that a block is not known where only one repository is looked at.
pub(crate) fn may_be_elsewhere(kind: BlockKind, name: &Name, span: Span) -> Diagnostic {
    let word = kind.word();
    Diagnostic::warning(
        codes::NOT_CHECKED_HERE,
        span,
        format!("{} {word} `{name}` may be declared in a repository that is left out", article(word)),
    )
    .label("not declared here")
    .help("check without `--isolated` to see it")
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// The type of a name that a condition may have shown to be there.
fn present(ty: Ty, narrowed: bool) -> Ty {
    match ty {
        Ty::Optional(inner) if narrowed => inner.as_ref().clone(),
        other => other,
    }
}

/// `x.y.z` as its first name and the whole; `None` for what is no path of names.
pub(super) fn path(expr: &ast::Expr) -> Option<(Name, Name)> {
    match &expr.kind {
        ast::ExprKind::Name(name) => Some((name.clone(), name.clone())),
        ast::ExprKind::Field { base, name, optional: false } => {
            let (root, above) = path(base)?;
            Some((root, format!("{above}.{}", name.name).into()))
        }
        ast::ExprKind::Paren(inner) => path(inner),
        _ => None,
    }
}

/// The names that are not `none` where `condition` has turned out to be `truth`.
pub(crate) fn shown_present(condition: &ast::Expr, truth: bool) -> Vec<Name> {
    use ast::{BinaryOp, ExprKind as E, UnaryOp};
    let compared = |a: &ast::Expr, b: &ast::Expr| match (&a.kind, &b.kind) {
        (_, E::None) => path(a).map(|(_, whole)| whole).into_iter().collect(),
        (E::None, _) => path(b).map(|(_, whole)| whole).into_iter().collect(),
        _ => Vec::new(),
    };
    match &condition.kind {
        E::Paren(inner) => shown_present(inner, truth),
        E::Unary { op: UnaryOp::Not, operand } => shown_present(operand, !truth),
        E::Binary { op: BinaryOp::NotEqual, left, right, .. } if truth => compared(left, right),
        E::Binary { op: BinaryOp::Equal, left, right, .. } if !truth => compared(left, right),
        E::Binary { op: BinaryOp::And, left, right, .. } if truth => {
            let mut names = shown_present(left, true);
            names.extend(shown_present(right, true));
            names
        }
        E::Binary { op: BinaryOp::Or, left, right, .. } if !truth => {
            let mut names = shown_present(left, false);
            names.extend(shown_present(right, false));
            names
        }
        _ => Vec::new(),
    }
}

/// The type under `?`, `deferred` and `secret`.
pub(crate) fn strip(ty: &Ty) -> &Ty {
    match ty {
        Ty::Optional(inner) | Ty::Deferred(inner) | Ty::Secret(inner) => strip(inner),
        other => other,
    }
}

/// The type that a `let` of this value has: one literal is a string like any other.
pub(crate) fn widen(ty: Ty) -> Ty {
    match ty {
        Ty::List(inner) => Ty::List(Arc::new(widen(inner.as_ref().clone()))),
        other => other,
    }
}
