//! Calls: functions, the language's own functions, methods, grants.

use super::{BodyChecker, Want};
use crate::codes;
use crate::context::{Decl, ParameterSignature};
use crate::hir::{Builtin, ExprId, ExprKind, FunctionId, Ty};
use solc_source::{Diagnostic, Name, Span, suggest};
use solc_syntax::ast;
use std::sync::Arc;

/// Functions of the language, by name.
const FUNCTIONS: &[(&str, Builtin)] = &[
    ("image", Builtin::Image),
    ("count", Builtin::Count),
    ("join", Builtin::Join),
    ("flatten", Builtin::Flatten),
    ("merge", Builtin::Merge),
    ("json", Builtin::Json),
    ("min", Builtin::Min),
    ("max", Builtin::Max),
    ("sort", Builtin::Sort),
    ("sum", Builtin::Sum),
    ("unique", Builtin::Unique),
    ("all", Builtin::All),
    ("any", Builtin::Any),
    ("aws", Builtin::Aws),
];

/// Whether the language has a function of this name.
pub(super) fn is_function(name: &str) -> bool {
    FUNCTIONS.iter().any(|(function, _)| *function == name)
        || super::questions::functions().any(|function| function == name)
}

impl<'a> BodyChecker<'_, 'a> {
    /// `callee(args)`
    pub(super) fn call(
        &mut self,
        callee: &'a ast::Expr,
        args: &'a [ast::Argument],
        span: Span,
        hint: Option<&Ty>,
    ) -> ExprId {
        match &callee.kind {
            ast::ExprKind::Name(name) => self.call_name(name, callee.span, args, span, hint),
            ast::ExprKind::Field { base, name, .. } => {
                let base = self.infer(base, None);
                if name.name.is_empty() {
                    return self.missing(span);
                }
                match self.ty(base) {
                    Ty::Component(_) | Ty::Interface(_) => self.grant_value(base, name, args, span),
                    _ => self.method(base, name, args, span),
                }
            }
            _ => {
                let id = self.infer(callee, None);
                self.not_callable(id);
                self.swallow(args);
                self.missing(span)
            }
        }
    }

    fn not_callable(&mut self, id: ExprId) {
        let ty = self.ty(id);
        if matches!(ty, Ty::Error) {
            return;
        }
        let shown = self.cx.a(&ty);
        let span = self.span(id);
        self.report(
            Diagnostic::error(codes::NOT_CALLABLE, span, format!("{shown} cannot be called"))
                .label("not a function")
                .help("declare a function with `fn`; a union's case takes its fields in braces"),
        );
    }

    /// Looks at arguments of a broken call, so that mistakes in them are still seen.
    fn swallow(&mut self, args: &'a [ast::Argument]) {
        for arg in args {
            self.infer(&arg.value, None);
        }
    }

    fn call_name(
        &mut self,
        name: &Name,
        at: Span,
        args: &'a [ast::Argument],
        span: Span,
        hint: Option<&Ty>,
    ) -> ExprId {
        let shadowed = self.locals.iter().any(|l| l.name == *name);
        if !shadowed {
            match self.cx.lookup(self.unit, name).map(|n| n.decl) {
                Some(Decl::Function(id)) => return self.call_function(id, at, args, span),
                Some(Decl::Component(_) | Decl::Interface(_) | Decl::Type(_) | Decl::Global(_)) | None => {}
            }
            if let Some((_, builtin)) = FUNCTIONS.iter().find(|(n, _)| n == name) {
                return self.call_builtin(*builtin, name, at, args, span, hint);
            }
            if let Some(id) = self.question(name, at, args, span) {
                return id;
            }
        }
        let is_case = hint.is_some_and(|h| self.case_names(super::names::strip(h)).contains(name));
        if is_case {
            self.swallow(args);
            self.report(
                Diagnostic::error(codes::NOT_CALLABLE, span, format!("the case `{name}` is not called"))
                    .label("a case takes its fields in braces")
                    .help(format!("write `{name} {{ … }}`")),
            );
            return self.missing(span);
        }
        if self.is_value_name(name) {
            let id = self.name(name, at, None);
            self.not_callable(id);
        } else if !self.cx.is_broken(self.unit, name) {
            let mut names: Vec<&str> = self
                .cx
                .visible_names(self.unit)
                .filter(|(_, d)| matches!(d, Decl::Function(_)))
                .map(|(n, _)| n)
                .collect();
            names.extend(FUNCTIONS.iter().map(|(n, _)| *n));
            if self.asking {
                super::questions::functions().for_each(|n| names.push(n));
            }
            let near = suggest::nearest(name, names);
            self.report(
                Diagnostic::error(codes::UNKNOWN_NAME, at, format!("there is no function `{name}`"))
                    .label("not found")
                    .suggest(at, near.filter(|_| name.len() > 2)),
            );
        }
        self.swallow(args);
        self.missing(span)
    }

    fn call_function(&mut self, id: FunctionId, at: Span, args: &'a [ast::Argument], span: Span) -> ExprId {
        self.calls.insert((id, at));
        let Some(signature) = self.cx.function_signatures.get(id.index()) else { return self.missing(span) };
        let name = self.cx.functions.get(id.index()).map_or_else(Name::default, |f| f.decl.name.name.clone());
        let args = self.arguments(&signature.params, &name, args, span);
        self.push(ExprKind::Call { function: id, args }, span, signature.result.clone())
    }

    /// Arguments in the parameters' order.
    fn arguments(
        &mut self,
        params: &[ParameterSignature],
        callee: &str,
        args: &'a [ast::Argument],
        span: Span,
    ) -> Vec<Option<ExprId>> {
        let mut given: Vec<Option<ExprId>> = vec![None; params.len()];
        let mut position = 0;
        for arg in args {
            let index = match &arg.label {
                Some(label) => match params.iter().position(|p| p.name == label.name) {
                    Some(index) => index,
                    None => {
                        let near = suggest::nearest(&label.name, params.iter().map(|p| p.name.as_str()));
                        self.report(
                            Diagnostic::error(
                                codes::UNKNOWN_ARGUMENT,
                                label.span,
                                format!("`{callee}` takes no `{}`", label.name),
                            )
                            .label("not one of its parameters")
                            .suggest(label.span, near),
                        );
                        self.infer(&arg.value, None);
                        continue;
                    }
                },
                None => {
                    let index = position;
                    position += 1;
                    index
                }
            };
            let Some(param) = params.get(index) else {
                let count = params.len();
                self.report(
                    Diagnostic::error(
                        codes::UNKNOWN_ARGUMENT,
                        arg.value.span,
                        format!("`{callee}` takes {count} argument{}", plural(count)),
                    )
                    .label("one too many")
                    .help("remove it"),
                );
                self.infer(&arg.value, None);
                continue;
            };
            let want = if param.span == Span::NOWHERE {
                Want::of(param.ty.clone())
            } else {
                let origin = format!("`{}` is declared as `{}`", param.name, self.cx.show(&param.ty));
                Want::declared(param.ty.clone(), param.span, origin)
            };
            let value = self.check(&arg.value, &want);
            if let Some(slot) = given.get_mut(index) {
                if let Some(first) = *slot {
                    let first = self.span(first);
                    let at = arg.label.as_ref().map_or(arg.value.span, |l| l.span);
                    self.report(
                        Diagnostic::error(
                            codes::DUPLICATE_FIELD,
                            at,
                            format!("`{}` is given twice", param.name),
                        )
                        .label("given again")
                        .because(first, "first given here")
                        .help("remove one of them"),
                    );
                } else {
                    *slot = Some(value);
                }
            }
        }
        for (param, slot) in params.iter().zip(&given) {
            if slot.is_none() && !param.has_default && !param.name.is_empty() {
                let mut diagnostic = Diagnostic::error(
                    codes::MISSING_ARGUMENT,
                    span,
                    format!("`{callee}` needs `{}`", param.name),
                )
                .label(format!("without `{}`", param.name));
                if param.span != Span::NOWHERE {
                    diagnostic =
                        diagnostic.because(param.span, format!("declared as `{}`", self.cx.show(&param.ty)));
                }
                self.report(diagnostic.help(format!("add `{}: …`, {}", param.name, self.cx.a(&param.ty))));
            }
        }
        given
    }

    fn call_builtin(
        &mut self,
        builtin: Builtin,
        name: &str,
        at: Span,
        args: &'a [ast::Argument],
        span: Span,
        hint: Option<&Ty>,
    ) -> ExprId {
        let string = |name: &'static str| parameter(name, Ty::String);
        match builtin {
            Builtin::Image => {
                let format = self.cx.well_known.image_format.clone().unwrap_or(Ty::Error);
                let mut format = parameter("format", format);
                format.has_default = true;
                let given = self.arguments(&[string("unit"), format], name, args, span);
                let ty = self.cx.well_known.image.map_or(Ty::Error, Ty::Record);
                self.push(
                    ExprKind::Builtin { builtin, args: given.into_iter().flatten().collect() },
                    span,
                    ty,
                )
            }
            Builtin::Aws => {
                let given = self.arguments(&[string("service")], name, args, span);
                self.push(
                    ExprKind::Builtin { builtin, args: given.into_iter().flatten().collect() },
                    span,
                    Ty::Peer,
                )
            }
            Builtin::Join => {
                let list = parameter("list", Ty::List(Arc::new(Ty::Deferred(Arc::new(Ty::String)))));
                let given = self.arguments(&[list, string("separator")], name, args, span);
                let deferred = given.first().copied().flatten().is_some_and(|id| match self.ty(id) {
                    Ty::List(inner) => matches!(inner.as_ref(), Ty::Deferred(_)),
                    _ => false,
                });
                let ty = if deferred { Ty::Deferred(Arc::new(Ty::String)) } else { Ty::String };
                self.push(
                    ExprKind::Builtin { builtin, args: given.into_iter().flatten().collect() },
                    span,
                    ty,
                )
            }
            Builtin::Json => {
                let given = self.arguments(&[parameter("value", Ty::Json)], name, args, span);
                let ty = Ty::Deferred(Arc::new(Ty::String));
                self.push(
                    ExprKind::Builtin { builtin, args: given.into_iter().flatten().collect() },
                    span,
                    ty,
                )
            }
            Builtin::All | Builtin::Any => {
                let given =
                    self.arguments(&[parameter("list", Ty::List(Arc::new(Ty::Bool)))], name, args, span);
                self.push(
                    ExprKind::Builtin { builtin, args: given.into_iter().flatten().collect() },
                    span,
                    Ty::Bool,
                )
            }
            Builtin::Count | Builtin::Flatten | Builtin::Unique | Builtin::Sort | Builtin::Sum => {
                self.call_on_list(builtin, name, at, args, span, hint)
            }
            Builtin::Merge | Builtin::Min | Builtin::Max => self.call_on_two(builtin, name, args, span, hint),
            Builtin::CidrSubnet
            | Builtin::Replace
            | Builtin::StartsWith
            | Builtin::EndsWith
            | Builtin::Split
            | Builtin::Get
            | Builtin::Contains
            | Builtin::Slice
            | Builtin::Take
            | Builtin::Skip
            | Builtin::IndexOf
            | Builtin::PadLeft
            | Builtin::Host => self.missing(span),
        }
    }

    fn call_on_list(
        &mut self,
        builtin: Builtin,
        name: &str,
        at: Span,
        args: &'a [ast::Argument],
        span: Span,
        hint: Option<&Ty>,
    ) -> ExprId {
        let [arg] = args else {
            self.report(wrong_count(at, name, "one list", args.len(), 1));
            self.swallow(args);
            return self.missing(span);
        };
        let id = self
            .infer(&arg.value, if matches!(builtin, Builtin::Unique | Builtin::Sort) { hint } else { None });
        let ty = self.ty(id);
        let result = match (&ty, builtin) {
            (Ty::Error, _) => Ty::Error,
            (Ty::List(_) | Ty::Map(_) | Ty::ZoneMap { .. }, Builtin::Count) => Ty::Int,
            (Ty::List(_), Builtin::Unique) => ty.clone(),
            (Ty::List(inner), Builtin::Sort) if self.sorts(inner) => ty.clone(),
            (Ty::List(_), Builtin::Sort) => {
                self.wrong_argument(
                    id,
                    "a list of what compares: strings, numbers, cases of an ordered enum",
                );
                Ty::Error
            }
            (Ty::List(inner), Builtin::Sum) if self.adds_up(inner) => self.unalias(inner),
            (Ty::List(_), Builtin::Sum) => {
                self.wrong_argument(id, "a list of numbers, or of quantities of one unit");
                Ty::Error
            }
            (Ty::List(inner), Builtin::Flatten) => match inner.as_ref() {
                Ty::List(_) | Ty::Error => inner.as_ref().clone(),
                _ => {
                    self.wrong_argument(id, "a list of lists");
                    Ty::Error
                }
            },
            (Ty::Deferred(_), _) => {
                self.known(id, "count", "count what the list is made of instead");
                Ty::Error
            }
            _ => {
                self.wrong_argument(id, "a list");
                Ty::Error
            }
        };
        if matches!(result, Ty::Error) {
            return self.missing(span);
        }
        self.push(ExprKind::Builtin { builtin, args: vec![id] }, span, result)
    }

    /// Whether values of the type have an order that `sort` follows.
    fn sorts(&self, ty: &Ty) -> bool {
        match self.unalias(ty) {
            Ty::String | Ty::Literals(_) => true,
            Ty::Enum(id) => self.cx.enums.get(id.index()).is_some_and(|e| e.ordered),
            other => self.adds_up(&other),
        }
    }

    fn adds_up(&self, ty: &Ty) -> bool {
        matches!(
            self.unalias(ty),
            Ty::Error | Ty::Int | Ty::Number | Ty::Duration | Ty::Size | Ty::Percent | Ty::Vcpu
        )
    }

    fn wrong_argument(&mut self, id: ExprId, expected: &str) {
        let ty = self.ty(id);
        let span = self.span(id);
        let found = self.cx.a(&ty);
        self.report(
            Diagnostic::error(codes::TYPE_MISMATCH, span, format!("expected {expected}, found {found}"))
                .label(format!("this is {found}")),
        );
    }

    fn call_on_two(
        &mut self,
        builtin: Builtin,
        name: &str,
        args: &'a [ast::Argument],
        span: Span,
        hint: Option<&Ty>,
    ) -> ExprId {
        let [first, second] = args else {
            self.report(wrong_count(span, name, "two arguments", args.len(), 2));
            self.swallow(args);
            return self.missing(span);
        };
        let left = self.infer(&first.value, hint);
        let left_ty = self.ty(left);
        let right = self.infer(&second.value, Some(&left_ty));
        let right_ty = self.ty(right);
        let joined = if builtin == Builtin::Merge {
            self.joined_maps(&left_ty, &right_ty)
        } else {
            self.cx.join(&left_ty, &right_ty)
        };
        let fits = match (&joined, builtin) {
            (Some(Ty::Error), _) | (Some(Ty::Map(_)), Builtin::Merge) => true,
            (Some(ty), Builtin::Min | Builtin::Max) => {
                matches!(
                    self.unalias(ty),
                    Ty::Int | Ty::Number | Ty::Duration | Ty::Size | Ty::Percent | Ty::Vcpu
                )
            }
            _ => false,
        };
        if !fits {
            let expected = if builtin == Builtin::Merge { "two maps" } else { "two numbers of one type" };
            let (a, b) = (self.cx.a(&left_ty), self.cx.a(&right_ty));
            self.report(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    span,
                    format!("`{name}` takes {expected}, found {a} and {b}"),
                )
                .label("these do not fit together"),
            );
            return self.missing(span);
        }
        let ty = joined.unwrap_or(Ty::Error);
        self.push(ExprKind::Builtin { builtin, args: vec![left, right] }, span, ty)
    }

    /// `value.method(args)`
    fn method(&mut self, base: ExprId, name: &ast::Ident, args: &'a [ast::Argument], span: Span) -> ExprId {
        let ty = self.unalias(&self.ty(base));
        if matches!(ty, Ty::Error) {
            self.swallow(args);
            return self.missing(span);
        }
        let string = |name: &'static str| parameter(name, Ty::String);
        let int = |name: &'static str| parameter(name, Ty::Int);
        let text = matches!(ty, Ty::String | Ty::Literals(_));
        let found: Option<(Builtin, Vec<ParameterSignature>, Ty)> = match (name.name.as_str(), &ty) {
            ("replace", _) if text => {
                Some((Builtin::Replace, vec![string("from"), string("to")], Ty::String))
            }
            ("starts_with", _) if text => Some((Builtin::StartsWith, vec![string("prefix")], Ty::Bool)),
            ("ends_with", _) if text => Some((Builtin::EndsWith, vec![string("suffix")], Ty::Bool)),
            ("contains", _) if text => Some((Builtin::Contains, vec![string("part")], Ty::Bool)),
            ("split", _) if text => {
                Some((Builtin::Split, vec![string("separator")], Ty::List(Arc::new(Ty::String))))
            }
            ("slice", _) if text => Some((Builtin::Slice, vec![int("from"), int("to")], Ty::String)),
            ("contains", Ty::List(inner)) => {
                Some((Builtin::Contains, vec![parameter("element", inner.as_ref().clone())], Ty::Bool))
            }
            ("index_of", _) if text => {
                Some((Builtin::IndexOf, vec![string("part")], Ty::Optional(Arc::new(Ty::Int))))
            }
            ("pad_left", _) if text => {
                Some((Builtin::PadLeft, vec![int("length"), string("fill")], Ty::String))
            }
            ("take", Ty::List(_)) => Some((Builtin::Take, vec![int("count")], ty.clone())),
            ("skip", Ty::List(_)) => Some((Builtin::Skip, vec![int("count")], ty.clone())),
            ("index_of", Ty::List(inner)) => Some((
                Builtin::IndexOf,
                vec![parameter("element", inner.as_ref().clone())],
                Ty::Optional(Arc::new(Ty::Int)),
            )),
            ("host", Ty::Cidr) => Some((Builtin::Host, vec![int("index")], Ty::String)),
            ("contains", Ty::Cidr) => Some((Builtin::Contains, vec![parameter("range", Ty::Cidr)], Ty::Bool)),
            ("get", Ty::Map(inner)) => {
                let result = match inner.as_ref() {
                    already @ Ty::Optional(_) => already.clone(),
                    _ => Ty::Optional(Arc::clone(inner)),
                };
                Some((Builtin::Get, vec![string("key")], result))
            }
            ("subnet", Ty::Cidr) => Some((Builtin::CidrSubnet, vec![int("bits"), int("index")], Ty::Cidr)),
            _ => None,
        };
        let Some((builtin, params, result)) = found else {
            if matches!(ty, Ty::Deferred(_) | Ty::Secret(_)) {
                self.known(
                    base,
                    "compute with",
                    "compute it where the value is made, or hand the value on as it is",
                );
            } else {
                let shown = self.cx.a(&ty);
                if super::fields::has_property(&ty, &name.name) {
                    let call = Span { lo: name.span.hi, ..span };
                    self.report(
                        Diagnostic::error(
                            codes::NOT_CALLABLE,
                            name.span,
                            format!("`{}` of {shown} is not called", name.name),
                        )
                        .label("a property, not a function")
                        .fix("remove the parentheses", call, ""),
                    );
                    self.swallow(args);
                    return self.missing(span);
                }
                let methods = [
                    "replace",
                    "starts_with",
                    "ends_with",
                    "contains",
                    "split",
                    "slice",
                    "get",
                    "subnet",
                    "index_of",
                    "pad_left",
                    "take",
                    "skip",
                    "host",
                ];
                self.report(
                    Diagnostic::error(
                        codes::NOT_CALLABLE,
                        name.span,
                        format!("{shown} has no function `{}`", name.name),
                    )
                    .label("not found")
                    .suggest(name.span, suggest::nearest(&name.name, methods)),
                );
            }
            self.swallow(args);
            return self.missing(span);
        };
        let given = self.arguments(&params, &name.name, args, span);
        let args = std::iter::once(base).chain(given.into_iter().flatten()).collect();
        self.push(ExprKind::Builtin { builtin, args }, span, result)
    }

    /// `instance.verb(args)`
    pub(crate) fn grant_value(
        &mut self,
        base: ExprId,
        verb: &ast::Ident,
        args: &'a [ast::Argument],
        span: Span,
    ) -> ExprId {
        let base_ty = self.ty(base);
        match base_ty {
            Ty::Component(id) => {
                let Some(signature) = self.cx.signature(id) else { return self.missing(span) };
                let Some(grant) = signature.grants.get(&verb.name) else {
                    self.unknown_verb(id, verb);
                    self.swallow(args);
                    return self.missing(span);
                };
                let exposes = grant.exposes.iter().map(|(n, t)| (n.clone(), t.clone())).collect();
                let args = self.arguments(&grant.params, &verb.name, args, span);
                let ty = Ty::Grant { verbs: Arc::from([verb.name.clone()]), exposes };
                self.push(ExprKind::Grant { base, verb: verb.name.clone(), args }, span, ty)
            }
            Ty::Interface(id) => {
                let grants = self.cx.interfaces.get(id.index()).map(|i| i.grants.clone()).unwrap_or_default();
                if !grants.contains(&verb.name) {
                    let shown = self.cx.show(&base_ty);
                    self.report(
                        Diagnostic::error(
                            codes::UNKNOWN_LINK_VERB,
                            verb.span,
                            format!("`{shown}` demands no grant `{}`", verb.name),
                        )
                        .label("not part of the interface")
                        .suggest(verb.span, suggest::nearest(&verb.name, grants.iter().map(Name::as_str))),
                    );
                    self.swallow(args);
                    return self.missing(span);
                }
                if let Some(first) = args.first() {
                    self.report(
                        Diagnostic::error(
                            codes::UNKNOWN_ARGUMENT,
                            first.value.span,
                            "a grant of an interface takes no arguments",
                        )
                        .label("what the component behind it takes is not known here")
                        .help("remove the arguments, or name the component instead of the interface"),
                    );
                }
                self.swallow(args);
                let ty = Ty::Grant { verbs: Arc::from([verb.name.clone()]), exposes: Arc::from([]) };
                self.push(ExprKind::Grant { base, verb: verb.name.clone(), args: Vec::new() }, span, ty)
            }
            _ => self.missing(span),
        }
    }

    pub(crate) fn unknown_verb(&mut self, id: crate::hir::ComponentId, verb: &ast::Ident) {
        let component = self.cx.component_name(id).to_owned();
        let Some(signature) = self.cx.signature(id) else { return };
        let verbs: Vec<Name> = signature.grants.keys().cloned().collect();
        let near = suggest::nearest(&verb.name, verbs.iter().map(Name::as_str));
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_LINK_VERB,
            verb.span,
            format!("`{component}` grants no `{}`", verb.name),
        )
        .label("not one of its grants");
        diagnostic = match (near, verbs.is_empty()) {
            (Some(near), _) => diagnostic.suggest(verb.span, Some(near)),
            (None, false) => diagnostic.help(format!("use one of {}", super::quote(&verbs))),
            (None, true) => {
                diagnostic.label("it grants nothing").help("remove the link: nothing can be linked to it")
            }
        };
        if let Some(source) = self.cx.component(id)
            && !self.cx.is_library(source.unit)
        {
            diagnostic = diagnostic.because(source.name.span, "declared here");
        }
        self.report(diagnostic);
    }
}

fn wrong_count(at: Span, name: &str, takes: &str, given: usize, wanted: usize) -> Diagnostic {
    let code = if given < wanted { codes::MISSING_ARGUMENT } else { codes::UNKNOWN_ARGUMENT };
    let given = if given == 0 { "nothing".to_owned() } else { format!("{given} argument{}", plural(given)) };
    Diagnostic::error(code, at, format!("`{name}` takes {takes}")).label(format!("called with {given}"))
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

fn parameter(name: &'static str, ty: Ty) -> ParameterSignature {
    ParameterSignature { name: Name::new_static(name), ty, has_default: false, span: Span::NOWHERE }
}
