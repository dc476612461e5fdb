//! Expressions.
//!
//! Invariant: one step and one level of depth for each expression; the big `match` stays small by handing every
//! form that does work to a function of its own, so that a level of recursion costs little stack.

use super::value::{Map, Value};
use super::{Evaluation, Frame, MAX_DEPTH, SAMPLE, Slot, ops, size};
use crate::codes;
use crate::model;
use solc_check::hir::{
    Arm, BinaryOp, Element, Expr, ExprId, ExprKind, FunctionId, GlobalId, LocalId, Pattern, Property,
    RecordId, Ty, UnaryOp,
};
use solc_source::{Diagnostic, Name, Span};
use std::sync::Arc;

impl<'a> Evaluation<'a> {
    /// Evaluates an expression of the frame's body.
    pub(crate) fn eval(&mut self, frame: &mut Frame<'a>, id: ExprId) -> Value {
        let expr = frame.body.expr(id);
        self.steps += 1;
        if self.steps > self.inputs.step_budget || self.depth >= MAX_DEPTH {
            return self.exhaust(expr.span);
        }
        if self.steps.is_multiple_of(SAMPLE) {
            self.sample();
        }
        self.depth += 1;
        let reported = self.diagnostics.len();
        let value = self.eval_kind(frame, expr);
        self.depth -= 1;
        let value = if makes(&expr.kind) { self.bounded(value, expr.span) } else { value };
        if self.asking.is_some() && self.diagnostics.len() == reported {
            match &value {
                Value::Missing => self.undecided(expr.span, "this is known only when deploying"),
                Value::Deferred(_) if matches!(frame.body.ty(id), Ty::Bool) => {
                    self.undecided(expr.span, "this is known only when deploying");
                }
                _ => {}
            }
        }
        value
    }

    #[cold]
    fn exhaust(&mut self, span: Span) -> Value {
        if std::mem::replace(&mut self.exhausted, true) {
            return Value::Missing;
        }
        if self.steps > self.inputs.step_budget {
            let what = if self.asking.is_some() { "claim" } else { "solution" };
            let mut diagnostic = Diagnostic::error(
                codes::STEP_BUDGET,
                span,
                format!("this {what} takes too many steps to evaluate"),
            )
            .label(format!("after {} steps, evaluation stopped here", self.inputs.step_budget));
            for (name, place, share) in self.where_steps_went() {
                diagnostic = diagnostic.because(place, format!("`{name}` took {share} % of the steps"));
            }
            self.report(
                diagnostic.help("let the comprehensions and ranges in it run over less: only what is needed"),
            );
        } else {
            self.report(
                Diagnostic::error(
                    codes::EVALUATION_TOO_DEEP,
                    span,
                    "values depend on each other in too long a chain",
                )
                .label(format!("more than {MAX_DEPTH} values wait for this one"))
                .help("shorten the chain: let the values refer to a common one instead of to each other"),
            );
        }
        Value::Missing
    }

    #[cold]
    fn sample(&mut self) {
        if let Some(doing) = self.doing.last() {
            *self.samples.entry(*doing).or_default() += 1;
        }
    }

    /// The values that took most of the steps, at least a tenth each, with their share in percent.
    fn where_steps_went(&self) -> Vec<(String, Span, u64)> {
        let all: u64 = self.samples.values().sum();
        let share = |count: u64| count.saturating_mul(100).checked_div(all).unwrap_or(0);
        // Of two names of one place, occurrences perhaps, each stands for itself; the order is by share, then name.
        let mut found: Vec<(String, Span, u64)> = self
            .samples
            .iter()
            .filter(|(_, count)| share(**count) >= 10)
            .filter_map(|(doing, count)| self.describe(*doing).map(|(name, at)| (name, at, share(*count))))
            .collect();
        found.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
        found.truncate(3);
        found
    }

    fn eval_kind(&mut self, frame: &mut Frame<'a>, expr: &'a Expr) -> Value {
        match &expr.kind {
            ExprKind::Missing => Value::Missing,
            ExprKind::None => Value::None,
            ExprKind::Bool(b) => Value::Bool(*b),
            ExprKind::Int(n) => Value::Int(*n),
            ExprKind::Number(n) => Value::Number(*n),
            ExprKind::Quantity(q) => Value::Quantity(*q),
            ExprKind::Cidr(address, prefix) => Value::Cidr(*address, *prefix),
            ExprKind::String(text) => Value::Text(text.clone()),
            ExprKind::Interpolation(parts) => self.interpolation(frame, parts, expr.span),
            ExprKind::List(elements) => self.list(frame, elements, expr.span),
            ExprKind::Record { record, elements } => self.record(frame, *record, elements),
            ExprKind::Map(elements) => {
                self.entries(frame, elements).map_or(Value::Missing, |m| Value::Map(Arc::new(m)))
            }
            ExprKind::ListComprehension { value, clauses } => self.list_comprehension(frame, *value, clauses),
            ExprKind::MapComprehension { key, value, clauses } => {
                self.map_comprehension(frame, *key, *value, clauses)
            }
            ExprKind::Local(id) => frame.local(*id),
            ExprKind::Member(id) => match frame.instance {
                Some(instance) => self.member(instance, *id),
                None => Value::Missing,
            },
            ExprKind::Global(id) => self.global(*id),
            ExprKind::Block(id) => Value::Block(*id),
            ExprKind::Team(name) => Value::Team(name.clone()),
            ExprKind::Env => self.block.map_or(Value::Missing, Value::Block),
            ExprKind::Product => self.product().map_or(Value::Missing, Value::Block),
            ExprKind::Platform => self.platform(frame.instance),
            ExprKind::Internet => self.internet(),
            ExprKind::Settings => self.settings(frame.instance),
            ExprKind::Secrets => self.secrets(frame.instance),
            ExprKind::SelfName { path } => self.self_name(frame.instance, *path),
            ExprKind::Field { base, name, optional: _ } => self.field(frame, *base, name, expr.span),
            ExprKind::InstanceSecret { base, name } => match self.eval(frame, *base) {
                Value::Instance(id) => self.instance_secret(id, name),
                _ => Value::Missing,
            },
            ExprKind::ResourceRef { base, optional: _ } => self.resource_ref(frame, *base),
            ExprKind::ResourceAttribute { base, name, optional: _ } => {
                self.resource_attribute(frame, *base, name)
            }
            ExprKind::Property { base, property, optional: _ } => {
                let (value, zones) = self.eval_zones(frame, *base);
                if zones.holds() {
                    let first = match &value {
                        Value::ZoneMap(map) if *property == Property::First => map.keys().next().cloned(),
                        _ => None,
                    };
                    self.took(zones, first.as_ref());
                }
                self.property(&value, *property, expr.span)
            }
            ExprKind::Index { base, index } => self.index(frame, *base, *index, expr.span),
            ExprKind::Call { function, args } => self.call(frame, *function, args),
            ExprKind::Builtin { builtin, args } => self.builtin(frame, *builtin, args, expr.span),
            ExprKind::Grant { base, verb, args } => self.grant(frame, *base, verb, args, expr.span),
            ExprKind::EnumCase(id, case) => Value::Enum(*id, *case),
            ExprKind::UnionCase { union, case, fields } => {
                let fields = fields.map(|f| self.eval(frame, f));
                match fields {
                    None => Value::Union(*union, *case, None),
                    Some(Value::Map(fields)) => Value::Union(*union, *case, Some(fields)),
                    Some(_) => Value::Missing,
                }
            }
            ExprKind::Range { lo, hi } => self.range(frame, *lo, *hi, expr.span),
            ExprKind::Unary { op, operand } => self.unary(frame, *op, *operand, expr.span),
            ExprKind::Binary { op, left, right } => self.binary(frame, *op, *left, *right, expr.span),
            ExprKind::If { condition, then, otherwise } => match self.eval(frame, *condition) {
                Value::Bool(true) => self.eval(frame, *then),
                Value::Bool(false) => self.eval(frame, *otherwise),
                _ => Value::Missing,
            },
            ExprKind::Match { scrutinee, arms } => self.match_arms(frame, *scrutinee, arms),
            ExprKind::Ask { question, args } => self.ask(frame, question, args, expr.span),
        }
    }

    fn interpolation(&mut self, frame: &mut Frame<'a>, parts: &'a [ExprId], span: Span) -> Value {
        let mut out: Vec<model::Value> = Vec::with_capacity(parts.len());
        let mut bytes = 0;
        for part in parts {
            let value = self.eval(frame, *part);
            match self.text_of(&value) {
                Some(text) => {
                    bytes += size::bytes(&text);
                    out.push(text);
                }
                None => return Value::Missing,
            }
            if bytes > size::MAX_TEXT {
                return self.too_large(size::TooLarge::Text, span);
            }
        }
        Value::from_parts(out)
    }

    fn list(&mut self, frame: &mut Frame<'a>, elements: &'a [Element], span: Span) -> Value {
        let mut items = Vec::with_capacity(elements.len());
        for element in elements {
            // Spreads may come a thousand times in a line.
            if items.len() > size::MAX_PARTS {
                return self.too_large(size::TooLarge::Parts, span);
            }
            match element {
                Element::Item(id) => items.push(self.eval(frame, *id)),
                Element::Spread(id) => match self.eval(frame, *id) {
                    Value::List(more) => items.extend(more.iter().cloned()),
                    Value::None => {}
                    _ => return Value::Missing,
                },
                Element::Field { value, .. } => items.push(self.eval(frame, *value)),
            }
        }
        Value::List(items.into())
    }

    /// The entries of a record or map literal; `None` where a spread is missing.
    fn entries(&mut self, frame: &mut Frame<'a>, elements: &'a [Element]) -> Option<Map> {
        let mut map = Map::with_capacity_and_hasher(elements.len(), rustc_hash::FxBuildHasher);
        for element in elements {
            match element {
                Element::Field { name, value, .. } => {
                    let value = self.eval(frame, *value);
                    map.insert(name.clone(), value);
                }
                Element::Spread(id) => match self.eval(frame, *id) {
                    Value::Map(more) | Value::ZoneMap(more) => {
                        map.extend(more.iter().map(|(k, v)| (k.clone(), v.clone())));
                    }
                    Value::None => {}
                    _ => return None,
                },
                Element::Item(id) => {
                    self.eval(frame, *id);
                }
            }
        }
        Some(map)
    }

    fn record(&mut self, frame: &mut Frame<'a>, record: Option<RecordId>, elements: &'a [Element]) -> Value {
        let Some(mut given) = self.entries(frame, elements) else { return Value::Missing };
        let Some(declared) = record.and_then(|r| self.project.records.get(r.index())) else {
            return Value::Map(Arc::new(given));
        };
        for element in elements {
            if let Element::Field { name, value, .. } = element
                && let Some(field) = declared.fields.iter().find(|f| f.name == *name)
                && let Some(slot) = given.get_mut(name)
            {
                let span = frame.body.expr(*value).span;
                let checked = std::mem::replace(slot, Value::Missing);
                *slot = self.conform(&field.ty, checked, span);
            }
        }
        self.complete(declared, given)
    }

    /// A record with its defaults filled in, in the order of its declaration.
    pub(crate) fn complete(&mut self, declared: &'a solc_check::hir::Record, mut given: Map) -> Value {
        let mut frame = Frame::new(self.body(declared.body), None);
        let mut all = Map::with_capacity_and_hasher(declared.fields.len(), rustc_hash::FxBuildHasher);
        for (slot, field) in declared.fields.iter().enumerate() {
            let value = match given.swap_remove(&field.name) {
                Some(value) => value,
                None => match field.default {
                    Some(default) => {
                        let value = self.eval(&mut frame, default);
                        let span = frame.body.expr(default).span;
                        self.conform(&field.ty, value, span)
                    }
                    None if is_optional(&field.ty) => Value::None,
                    None => Value::Missing,
                },
            };
            frame.locals.push((LocalId(u32::try_from(slot).unwrap_or(u32::MAX)), value.clone()));
            all.insert(field.name.clone(), value);
        }
        Value::Map(Arc::new(all))
    }

    fn global(&mut self, id: GlobalId) -> Value {
        match self.globals.get(&id) {
            Some(Slot::Done(value, turns)) => {
                let (value, turns) = (value.clone(), *turns);
                self.read(turns);
                return value;
            }
            Some(Slot::Doing) => return self.cycle(super::Doing::Global(id)),
            Some(Slot::Todo) | None => {}
        }
        let Some(global) = self.project.globals.get(id.index()) else { return Value::Missing };
        self.globals.insert(id, Slot::Doing);
        self.doing.push(super::Doing::Global(id));
        let (value, turns) = self.tracked(|this| {
            let mut frame = Frame::new(this.body(global.body), None);
            let value = this.eval(&mut frame, global.value);
            let span = frame.body.expr(global.value).span;
            this.conform(&global.ty, value, span)
        });
        self.doing.pop();
        self.globals.insert(id, Slot::Done(value.clone(), turns));
        value
    }

    fn field(&mut self, frame: &mut Frame<'a>, base: ExprId, name: &Name, span: Span) -> Value {
        match self.eval(frame, base) {
            Value::None => Value::None,
            Value::Map(map) => map.get(name).cloned().unwrap_or(Value::None),
            Value::Union(_, _, Some(fields)) => fields.get(name).cloned().unwrap_or(Value::None),
            Value::Block(block) => self.block_field(block, name),
            Value::Instance(instance) => self.instance_field(instance, name),
            Value::Grant(grant) => self.grant_field(&grant, name, frame.instance, span),
            _ => Value::Missing,
        }
    }

    fn resource_ref(&mut self, frame: &mut Frame<'a>, base: ExprId) -> Value {
        match self.eval(frame, base) {
            Value::Resource(id) => Value::Deferred(model::Value::Ref(id)),
            Value::None => Value::None,
            _ => Value::Missing,
        }
    }

    fn resource_attribute(&mut self, frame: &mut Frame<'a>, base: ExprId, name: &Name) -> Value {
        match self.eval(frame, base) {
            Value::Resource(id) => Value::Deferred(model::Value::Attribute(id, name.clone())),
            Value::None => Value::None,
            _ => Value::Missing,
        }
    }

    fn call(&mut self, frame: &mut Frame<'a>, function: FunctionId, args: &'a [Option<ExprId>]) -> Value {
        let Some(function) = self.project.functions.get(function.index()) else { return Value::Missing };
        let mut inner = Frame::new(self.body(function.body), None);
        for (index, parameter) in function.params.iter().enumerate() {
            let value = match args.get(index).copied().flatten() {
                Some(arg) => {
                    let value = self.eval(frame, arg);
                    let span = frame.body.expr(arg).span;
                    self.conform(&parameter.ty, value, span)
                }
                None => match parameter.default {
                    Some(default) => self.eval(&mut inner, default),
                    None if is_optional(&parameter.ty) => Value::None,
                    None => Value::Missing,
                },
            };
            inner.locals.push((parameter.local, value));
        }
        let value = self.eval(&mut inner, function.value);
        let span = inner.body.expr(function.value).span;
        self.conform(&function.result, value, span)
    }

    fn range(&mut self, frame: &mut Frame<'a>, lo: ExprId, hi: ExprId, span: Span) -> Value {
        let (lo, hi) = (self.eval(frame, lo), self.eval(frame, hi));
        match (lo, hi) {
            (Value::Int(lo), Value::Int(hi)) if lo <= hi => Value::Range(lo, hi),
            (Value::Int(lo), Value::Int(hi)) => {
                self.report(
                    Diagnostic::error(codes::EMPTY_RANGE, span, format!("the range `{lo}..{hi}` is empty"))
                        .label("its first number is greater than its last")
                        .help(format!("write `{hi}..{lo}`")),
                );
                Value::Missing
            }
            _ => Value::Missing,
        }
    }

    fn unary(&mut self, frame: &mut Frame<'a>, op: UnaryOp, operand: ExprId, span: Span) -> Value {
        let value = self.eval(frame, operand);
        match (op, &value) {
            (UnaryOp::Not, Value::Bool(b)) => Value::Bool(!b),
            (UnaryOp::Not, _) => Value::Missing,
            (UnaryOp::Negate, _) => match ops::negate(&value) {
                Ok(value) => value,
                Err((code, label)) => {
                    self.report(
                        Diagnostic::error(code, span, "this number cannot be worked out").label(label),
                    );
                    Value::Missing
                }
            },
        }
    }

    fn binary(
        &mut self,
        frame: &mut Frame<'a>,
        op: BinaryOp,
        left: ExprId,
        right: ExprId,
        span: Span,
    ) -> Value {
        let first = self.eval(frame, left);
        match (op, &first) {
            (BinaryOp::Coalesce, Value::None) => return self.eval(frame, right),
            (BinaryOp::Coalesce, _) => return first,
            (BinaryOp::And, Value::Bool(false)) | (BinaryOp::Or, Value::Bool(true)) => return first,
            (BinaryOp::And | BinaryOp::Or, Value::Bool(_)) => return self.eval(frame, right),
            (BinaryOp::And | BinaryOp::Or, _) => return Value::Missing,
            _ => {}
        }
        let second = self.eval(frame, right);
        if self.asking.is_some() && !ops::is_settled(op, &first, &second) {
            for (value, id) in [(&first, left), (&second, right)] {
                self.decides_by(value, frame.body.expr(id).span);
            }
        }
        // Enum cases are keys by their names.
        let first = match (op, &first) {
            (BinaryOp::In, Value::Enum(..)) if matches!(second, Value::Map(_)) => {
                self.key_of(&first).map_or(first, Value::Text)
            }
            _ => first,
        };
        match ops::binary(op, &first, &second) {
            Ok(value) => value,
            Err((code, label)) => {
                let at = if code == codes::DIVISION_BY_ZERO { frame.body.expr(right).span } else { span };
                let message = if code == codes::DIVISION_BY_ZERO {
                    "this divides by zero"
                } else {
                    "this number cannot be worked out"
                };
                self.report(Diagnostic::error(code, at, message).label(label));
                Value::Missing
            }
        }
    }

    fn match_arms(&mut self, frame: &mut Frame<'a>, scrutinee: ExprId, arms: &'a [Arm]) -> Value {
        let value = self.eval(frame, scrutinee);
        if value == Value::Missing {
            return Value::Missing;
        }
        self.decides_by(&value, frame.body.expr(scrutinee).span);
        match self.matching(frame, &value, arms) {
            Some((arm, mark)) => {
                let result = self.eval(frame, arm.value);
                frame.locals.truncate(mark);
                result
            }
            None => Value::Missing,
        }
    }

    /// The arm that a value takes, its fields bound; the locals are to be cut back to the number given.
    pub(crate) fn matching(
        &mut self,
        frame: &mut Frame<'a>,
        value: &Value,
        arms: &'a [Arm],
    ) -> Option<(&'a Arm, usize)> {
        let mark = frame.locals.len();
        for arm in arms {
            for pattern in &arm.patterns {
                let fits = match pattern {
                    Pattern::Any => true,
                    Pattern::Literal(id) => {
                        let literal = self.eval(frame, *id);
                        ops::equal(value, &literal)
                    }
                    Pattern::EnumCase(id, case) => *value == Value::Enum(*id, *case),
                    Pattern::UnionCase { union, case, fields } => match value {
                        Value::Union(u, c, given) if u == union && c == case => {
                            for (name, local) in fields {
                                let field = given.as_ref().and_then(|g| g.get(name)).cloned();
                                frame.locals.push((*local, field.unwrap_or(Value::None)));
                            }
                            true
                        }
                        _ => false,
                    },
                };
                if fits {
                    return Some((arm, mark));
                }
            }
        }
        None
    }
}

/// Whether a type admits `none`.
pub(crate) fn is_optional(ty: &Ty) -> bool {
    matches!(ty, Ty::Optional(_) | Ty::None)
}

/// Whether the expression makes a value, rather than leading to one that was made elsewhere.
fn makes(kind: &ExprKind) -> bool {
    match kind {
        ExprKind::Interpolation(_)
        | ExprKind::List(_)
        | ExprKind::Record { .. }
        | ExprKind::Map(_)
        | ExprKind::ListComprehension { .. }
        | ExprKind::MapComprehension { .. }
        | ExprKind::Property { .. }
        | ExprKind::Builtin { .. }
        | ExprKind::Grant { .. }
        | ExprKind::UnionCase { .. }
        | ExprKind::Binary { .. } => true,
        ExprKind::Missing
        | ExprKind::None
        | ExprKind::Bool(_)
        | ExprKind::Int(_)
        | ExprKind::Number(_)
        | ExprKind::Quantity(_)
        | ExprKind::Cidr(..)
        | ExprKind::String(_)
        | ExprKind::Local(_)
        | ExprKind::Member(_)
        | ExprKind::Global(_)
        | ExprKind::Block(_)
        | ExprKind::Team(_)
        | ExprKind::Env
        | ExprKind::Product
        | ExprKind::Platform
        | ExprKind::Internet
        | ExprKind::Settings
        | ExprKind::Secrets
        | ExprKind::SelfName { .. }
        | ExprKind::Field { .. }
        | ExprKind::InstanceSecret { .. }
        | ExprKind::ResourceRef { .. }
        | ExprKind::ResourceAttribute { .. }
        | ExprKind::Index { .. }
        | ExprKind::Call { .. }
        | ExprKind::EnumCase(..)
        | ExprKind::Range { .. }
        | ExprKind::Unary { .. }
        | ExprKind::If { .. }
        | ExprKind::Match { .. }
        | ExprKind::Ask { .. } => false,
    }
}
