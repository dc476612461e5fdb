//! Which members an expression reads, for messages that point at what is to be changed.

use solc_check::hir::{Body, Clause, Element, ExprId, ExprKind, MemberId};

/// Adds the members that are read, nested expressions included.
pub(crate) fn members(body: &Body, id: ExprId, out: &mut Vec<MemberId>) {
    visit(body, id, &mut |kind| {
        if let ExprKind::Member(member) = kind {
            out.push(*member);
        }
    });
}

/// Calls `f` with the expression and every one inside it.
pub(crate) fn visit<'b>(body: &'b Body, id: ExprId, f: &mut impl FnMut(&'b ExprKind)) {
    let mut rest = vec![id];
    while let Some(id) = rest.pop() {
        let kind = &body.expr(id).kind;
        f(kind);
        match kind {
            ExprKind::Interpolation(parts) => rest.extend(parts),
            ExprKind::List(elements) | ExprKind::Map(elements) | ExprKind::Record { elements, .. } => {
                rest.extend(elements.iter().map(|e| match e {
                    Element::Item(id) | Element::Spread(id) | Element::Field { value: id, .. } => *id,
                }));
            }
            ExprKind::ListComprehension { value, clauses } => {
                rest.push(*value);
                clauses.iter().for_each(|c| clause(c, &mut rest));
            }
            ExprKind::MapComprehension { key, value, clauses } => {
                rest.extend([*key, *value]);
                clauses.iter().for_each(|c| clause(c, &mut rest));
            }
            ExprKind::Field { base, .. }
            | ExprKind::InstanceSecret { base, .. }
            | ExprKind::ResourceRef { base, .. }
            | ExprKind::ResourceAttribute { base, .. }
            | ExprKind::Property { base, .. } => rest.push(*base),
            ExprKind::Index { base, index } => rest.extend([*base, *index]),
            ExprKind::Call { args, .. } => rest.extend(args.iter().flatten()),
            ExprKind::Builtin { args, .. } | ExprKind::Ask { args, .. } => rest.extend(args),
            ExprKind::Grant { base, args, .. } => {
                rest.push(*base);
                rest.extend(args.iter().flatten());
            }
            ExprKind::UnionCase { fields, .. } => rest.extend(fields),
            ExprKind::Range { lo, hi } => rest.extend([*lo, *hi]),
            ExprKind::Unary { operand, .. } => rest.push(*operand),
            ExprKind::Binary { left, right, .. } => rest.extend([*left, *right]),
            ExprKind::If { condition, then, otherwise } => rest.extend([*condition, *then, *otherwise]),
            ExprKind::Match { scrutinee, arms } => {
                rest.push(*scrutinee);
                rest.extend(arms.iter().map(|a| a.value));
            }
            ExprKind::Missing
            | ExprKind::None
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Number(_)
            | ExprKind::Quantity(_)
            | ExprKind::Cidr(..)
            | ExprKind::String(_)
            | ExprKind::Member(_)
            | ExprKind::Local(_)
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
            | ExprKind::EnumCase(..) => {}
        }
    }
}

fn clause(clause: &Clause, rest: &mut Vec<ExprId>) {
    rest.push(clause.over);
    rest.extend(&clause.conditions);
}
