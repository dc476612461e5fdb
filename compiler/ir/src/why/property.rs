//! Properties of resources: the expression that makes each, and the parameters and fields that it reads.

use super::{Answer, By, Candidate, Explanation, Kind, chain, unknown};
use crate::evaluate::tree::{Kind as TreeKind, Tree};
use crate::evaluate::value::Value;
use crate::evaluate::{Evaluation, Source, reads as expressions};
use crate::model::{self, InstanceId, ResourceId};
use solc_check::hir::{BlockId, BodyId, Element, ExprId, ExprKind, Member, MemberId, MemberKind};
use solc_source::Name;

/// How many steps of "which reads" are followed: a property reads a `let`, which reads a parameter, …
const DEPTH: usize = 4;

/// All properties of a resource, or the one that the rest of the path names.
pub(super) fn of(
    evaluation: &mut Evaluation<'_>,
    at: InstanceId,
    member: &Member,
    value: &Value,
    rest: &[Name],
) -> Answer {
    let path = Name::from(format!("{}.{}", evaluation.path(at), member.name));
    let (id, path, rest) = match value {
        Value::Resource(id) => (*id, path, rest),
        Value::Map(map) | Value::ZoneMap(map) => {
            let keys = || map.keys().cloned().collect();
            let Some((key, after)) = rest.split_first() else {
                let all: Vec<Explanation> = map
                    .iter()
                    .filter_map(|(key, v)| Some((key, resource(v)?)))
                    .flat_map(|(key, id)| every(evaluation, id, &Name::from(format!("{path}.{key}"))))
                    .collect();
                return known(all, &path);
            };
            match map.get(key).and_then(resource) {
                Some(id) => (id, Name::from(format!("{path}.{key}")), after),
                None => return unknown(key, &path, keys()),
            }
        }
        _ => return Answer::NotThere { path, span: member.span },
    };
    match rest {
        [] => known(every(evaluation, id, &path), &path),
        [..] => single(evaluation, id, &path, rest),
    }
}

fn resource(value: &Value) -> Option<ResourceId> {
    match value {
        Value::Resource(id) => Some(*id),
        _ => None,
    }
}

fn known(all: Vec<Explanation>, path: &Name) -> Answer {
    if all.is_empty() { unknown("", path, Vec::new()) } else { Answer::Known(all) }
}

/// Every property that a declaration gives.
fn every(evaluation: &mut Evaluation<'_>, id: ResourceId, path: &Name) -> Vec<Explanation> {
    let Some(Source::Declared(declared, ..)) = evaluation.resource(id).map(|r| r.source.clone()) else {
        return Vec::new();
    };
    let names = declared.properties.iter().map(|p| p.name.clone());
    let answers = names.map(|name| single(evaluation, id, path, &[name]));
    let mut all = Vec::new();
    for answer in answers {
        if let Answer::Known(found) = answer {
            all.extend(found);
        }
    }
    all
}

/// One property, or a part of it: `VersioningConfiguration.Status`, `Tags.0.Key`.
fn single(evaluation: &mut Evaluation<'_>, id: ResourceId, path: &Name, parts: &[Name]) -> Answer {
    let Some(resource) = evaluation.resource(id) else { return unknown("", path, Vec::new()) };
    let (at, source) = (resource.instance, resource.source.clone());
    let (Source::Declared(declared, locals, _), Some((first, inner))) = (source, parts.split_first()) else {
        return unknown("", path, Vec::new());
    };
    let Some(property) = declared.properties.iter().find(|p| p.name == *first) else {
        return unknown(first, path, declared.properties.iter().map(|p| p.name.clone()).collect());
    };
    let mut frame = evaluation.frame(at);
    frame.locals = locals;
    let mut tree: Tree = evaluation.tree(&mut frame, property.value);
    let mut expr = property.value;
    let mut path = Name::from(format!("{path}.{first}"));
    for part in inner {
        let within = path.clone();
        path = Name::from(format!("{path}.{part}"));
        expr = literal_part(frame.body, expr, part).unwrap_or(expr);
        tree = match tree.kind {
            TreeKind::Object(entries) => {
                let names = entries.iter().map(|(n, _, _)| n.clone()).collect();
                match entries.into_iter().find(|(n, _, _)| n == part) {
                    Some((_, _, tree)) => tree,
                    None => return unknown(part, &within, names),
                }
            }
            TreeKind::List(items) => {
                let names = (0..items.len()).map(|i| Name::from(i.to_string())).collect();
                match part.parse::<usize>().ok().and_then(|i| items.into_iter().nth(i)) {
                    Some(tree) => tree,
                    None => return unknown(part, &within, names),
                }
            }
            TreeKind::Missing | TreeKind::Absent | TreeKind::Leaf(_) => {
                return unknown(part, &within, Vec::new());
            }
        };
    }
    let span = tree.span;
    let value = match &tree.kind {
        TreeKind::Absent => "none".to_owned(),
        TreeKind::Missing => "?".to_owned(),
        TreeKind::Leaf(_) | TreeKind::List(_) | TreeKind::Object(_) => {
            tree.into_value().map_or_else(|| "none".to_owned(), |v| shown(evaluation, &v))
        }
    };
    let component = evaluation.instance(at).map(|i| i.component.name.clone()).unwrap_or_default();
    let reads = reads(evaluation, at, expr);
    let candidates = vec![Candidate { value, by: By::Body(component), span }];
    let kind = Kind::Property;
    Answer::Known(vec![Explanation { path, kind, declared: property.span, candidates, reads }])
}

/// The expression of a part of a literal.
fn literal_part(body: &solc_check::hir::Body, id: ExprId, part: &str) -> Option<ExprId> {
    let elements = match &body.expr(id).kind {
        ExprKind::Record { record: None, elements } | ExprKind::Map(elements) | ExprKind::List(elements) => {
            elements
        }
        _ => return None,
    };
    let index = part.parse::<usize>().ok();
    elements.iter().enumerate().find_map(|(at, element)| match element {
        Element::Field { name, value, .. } if name == part => Some(*value),
        Element::Item(value) if Some(at) == index => Some(*value),
        Element::Field { .. } | Element::Item(_) | Element::Spread(_) => None,
    })
}

/// What an expression of an instance's component reads: its parameters, through its `let`s, and fields of blocks.
pub(super) fn reads(evaluation: &mut Evaluation<'_>, at: InstanceId, expr: ExprId) -> Vec<Explanation> {
    let Some(component) = evaluation.instance(at).map(|i| i.component) else { return Vec::new() };
    let body = evaluation.body(component.body);
    let mut found = read_fields(evaluation, component.body, expr);
    let mut seen: Vec<MemberId> = Vec::new();
    let mut layer = vec![expr];
    for _ in 0..DEPTH {
        let mut members = Vec::new();
        layer.iter().for_each(|e| expressions::members(body, *e, &mut members));
        layer.clear();
        members.retain(|m| !seen.contains(m));
        members.sort_unstable();
        members.dedup();
        for id in members {
            seen.push(id);
            let Some(member) = component.member(id) else { continue };
            match &member.kind {
                MemberKind::Param { default } => {
                    let explanation = chain::parameter(evaluation, at, member, *default);
                    found.push(explanation);
                }
                MemberKind::Let { value } | MemberKind::Attribute { value } => {
                    let more = read_fields(evaluation, component.body, *value);
                    found.extend(more);
                    layer.push(*value);
                }
                // What these are is no value that a layer could set.
                MemberKind::Resource(_)
                | MemberKind::Instance(_)
                | MemberKind::Principal(_)
                | MemberKind::Output { .. } => {}
            }
        }
    }
    let mut known: Vec<Name> = Vec::new();
    found.retain(|e| {
        let new = !known.contains(&e.path);
        known.push(e.path.clone());
        new
    });
    found
}

/// The fields of the environment and the product that an expression reads.
pub(super) fn read_fields(evaluation: &mut Evaluation<'_>, body: BodyId, expr: ExprId) -> Vec<Explanation> {
    let body = evaluation.body(body);
    let (environment, product) = (evaluation.block, evaluation.product());
    let mut fields: Vec<(BlockId, Name)> = Vec::new();
    expressions::visit(body, expr, &mut |kind| {
        if let ExprKind::Field { base, name, .. } = kind {
            let block = match body.expr(*base).kind {
                ExprKind::Env => environment,
                ExprKind::Product => product,
                _ => None,
            };
            fields.extend(block.map(|b| (b, name.clone())));
        }
    });
    fields.sort();
    fields.dedup();
    let mut found = Vec::new();
    for (block, name) in fields {
        let record = evaluation.block(block).and_then(|b| evaluation.project.records.get(b.record?.index()));
        let index = record.and_then(|r| r.fields.iter().position(|f| f.name == name));
        // Facts are a whole file, and never what anybody asks after.
        if name != "facts" && name != "name" {
            found.extend(index.and_then(|i| chain::explained_field(evaluation, block, i)));
        }
    }
    found
}

/// A value that may be known only when deploying.
pub(super) fn shown_deferred(evaluation: &Evaluation<'_>, value: &Value) -> String {
    match value {
        Value::Deferred(deferred) => shown(evaluation, deferred),
        known => evaluation.show(known),
    }
}

/// A value of a template: `${ShopDbKey.Arn}` is what only deploying tells.
fn shown(evaluation: &Evaluation<'_>, value: &model::Value) -> String {
    let id = |id: &ResourceId| evaluation.resource(*id).map(|r| r.logical_id.to_string()).unwrap_or_default();
    match value {
        model::Value::Bool(b) => b.to_string(),
        model::Value::Int(n) => n.to_string(),
        model::Value::Number(n) => n.to_string(),
        model::Value::String(text) => format!("{text:?}"),
        model::Value::List(items) => {
            format!("[{}]", items.iter().map(|v| shown(evaluation, v)).collect::<Vec<_>>().join(", "))
        }
        model::Value::Object(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(k, v)| format!("{k} = {}", shown(evaluation, v))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        model::Value::Ref(resource) => format!("${{{}}}", id(resource)),
        model::Value::Attribute(resource, name) => format!("${{{}.{name}}}", id(resource)),
        model::Value::Join(parts) => {
            let parts: Vec<String> = parts
                .iter()
                .map(|part| match part {
                    model::Value::String(text) => text.to_string(),
                    other => shown(evaluation, other),
                })
                .collect();
            format!("\"{}\"", parts.concat())
        }
    }
}
