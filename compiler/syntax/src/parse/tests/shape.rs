//! Trees in one line: every operation in parentheses, so that a test shows what binds to what.

use crate::ast::{
    Argument, Clause, CodeString, Element, Expr, ExprKind, Pattern, PatternKind, Refinement, StringPart,
    TypeExpr, TypeExprKind, TypeField, UnaryOp,
};

fn list<T>(parts: &[T], shape: impl Fn(&T) -> String) -> String {
    parts.iter().map(shape).collect::<Vec<_>>().join(", ")
}

fn string(string: &CodeString) -> String {
    let part = |part: &StringPart| match part {
        StringPart::Text(text) => format!("{text:?}"),
        StringPart::Interpolation(inner) => format!("${{{}}}", expr(inner)),
    };
    if string.parts.is_empty() { "\"\"".to_owned() } else { string.parts.iter().map(part).collect() }
}

fn element(element: &Element) -> String {
    match element {
        Element::Item(item) => expr(item),
        Element::Field(entry) if entry.punned => format!("{}!", entry.name.name),
        Element::Field(entry) if entry.quoted => format!("{:?} = {}", entry.name.name, expr(&entry.value)),
        Element::Field(entry) => format!("{} = {}", entry.name.name, expr(&entry.value)),
        Element::Spread(inner) => format!("...{}", expr(inner)),
        Element::Error(_) => "ERROR".to_owned(),
    }
}

fn clause(clause: &Clause) -> String {
    let filters: String = clause.conditions.iter().map(|c| format!(" if {}", expr(c))).collect();
    format!(" for {} in {}{filters}", list(&clause.binders, |b| b.name.to_string()), expr(&clause.over))
}

fn argument(argument: &Argument) -> String {
    let label = argument.label.as_ref().map_or(String::new(), |l| format!("{}: ", l.name));
    format!("{label}{}", expr(&argument.value))
}

fn pattern(pattern: &Pattern) -> String {
    match &pattern.kind {
        PatternKind::Wildcard => "_".to_owned(),
        PatternKind::Literal(literal) => expr(literal),
        PatternKind::Case { name, fields } if fields.is_empty() => name.name.to_string(),
        PatternKind::Case { name, fields } => {
            let field = |f: &crate::ast::PatternField| match &f.binder {
                Some(binder) => format!("{}: {}", f.field.name, binder.name),
                None => f.field.name.to_string(),
            };
            format!("{} {{ {} }}", name.name, list(fields, field))
        }
        PatternKind::Error => "ERROR".to_owned(),
    }
}

pub(super) fn expr(of: &Expr) -> String {
    match &of.kind {
        ExprKind::Missing => "MISSING".to_owned(),
        ExprKind::None => "none".to_owned(),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Int(value) => value.to_string(),
        ExprKind::Number(value) => format!("{value:?}"),
        ExprKind::Quantity { number, unit } => format!("{number}'{}", unit.name),
        ExprKind::Cidr(text) => format!("cidr {text}"),
        ExprKind::String(text) => string(text),
        ExprKind::Name(name) => name.to_string(),
        ExprKind::Field { base, name, optional } => {
            format!("{}{}{}", expr(base), if *optional { "?." } else { "." }, name.name)
        }
        ExprKind::Index { base, index } => format!("{}[{}]", expr(base), expr(index)),
        ExprKind::Call { callee, args } => format!("{}({})", expr(callee), list(args, argument)),
        ExprKind::Case { name, fields } => format!("case {} {{ {} }}", name.name, list(fields, element)),
        ExprKind::List(elements) => format!("[{}]", list(elements, element)),
        ExprKind::Record(elements) => format!("{{ {} }}", list(elements, element)),
        ExprKind::ListComprehension { value, clauses } => {
            format!("[{}{}]", expr(value), clauses.iter().map(clause).collect::<String>())
        }
        ExprKind::MapComprehension { key, value, clauses } => {
            format!("{{{}: {}{}}}", expr(key), expr(value), clauses.iter().map(clause).collect::<String>())
        }
        ExprKind::Unary { op: UnaryOp::Not, operand } => format!("(not {})", expr(operand)),
        ExprKind::Unary { op: UnaryOp::Negate, operand } => format!("(-{})", expr(operand)),
        ExprKind::Binary { op, left, right, .. } => {
            format!("({} {} {})", expr(left), op.symbol(), expr(right))
        }
        ExprKind::Range { lo, hi } => format!("({}..{})", expr(lo), expr(hi)),
        ExprKind::If { condition, then, otherwise } => {
            format!("(if {} then {} else {})", expr(condition), expr(then), expr(otherwise))
        }
        ExprKind::Match { scrutinee, arms } => {
            let arm = |arm: &crate::ast::Arm| {
                let patterns: Vec<String> = arm.patterns.iter().map(pattern).collect();
                format!("{} => {}", patterns.join(" | "), expr(&arm.value))
            };
            format!("match {} {{ {} }}", expr(scrutinee), list(arms, arm))
        }
        ExprKind::Paren(inner) => format!("<{}>", expr(inner)),
    }
}

fn type_field(field: &TypeField) -> String {
    let default = field.default.as_ref().map_or(String::new(), |d| format!(" = {}", expr(d)));
    format!("{}: {}{default}", field.name.name, ty(&field.ty))
}

pub(super) fn fields(of: &[TypeField]) -> String {
    list(of, type_field)
}

pub(super) fn ty(of: &TypeExpr) -> String {
    match &of.kind {
        TypeExprKind::Missing => "MISSING".to_owned(),
        TypeExprKind::Named(path) => path.iter().map(|i| i.name.to_string()).collect::<Vec<_>>().join("."),
        TypeExprKind::Applied { name, args } => format!("{}<{}>", name.name, list(args, ty)),
        TypeExprKind::Literal(text) => format!("{text:?}"),
        TypeExprKind::Union(terms) => format!("({})", terms.iter().map(ty).collect::<Vec<_>>().join(" | ")),
        TypeExprKind::List(inner) => format!("[{}]", ty(inner)),
        TypeExprKind::Map { key, value } => format!("{{{} -> {}}}", ty(key), ty(value)),
        TypeExprKind::Record(of) => format!("{{ {} }}", fields(of)),
        TypeExprKind::Optional(inner) => format!("{}?", ty(inner)),
        TypeExprKind::Deferred(inner) => format!("(deferred {})", ty(inner)),
        TypeExprKind::Secret(inner) => format!("(secret {})", ty(inner)),
        TypeExprKind::Refined { base, refinement } => match refinement {
            Refinement::Range { lo, hi } => format!("({} where {}..{})", ty(base), expr(lo), expr(hi)),
            Refinement::Regex { pattern, .. } => format!("({} where /{pattern}/)", ty(base)),
            Refinement::Error => format!("({} where ERROR)", ty(base)),
        },
    }
}
