//! Chains of parameters, settings, secrets, tags and fields of blocks.

use super::{Answer, By, Candidate, Explanation, Kind, one, property, unknown};
use crate::evaluate::expr::is_optional;
use crate::evaluate::profiles::{self, Setter, in_order};
use crate::evaluate::settings::entry_of;
use crate::evaluate::value::Value;
use crate::evaluate::{Evaluation, Frame};
use crate::model::{InstanceId, Origin};
use solc_check::hir::{BlockId, BlockKind, ExprId, Member, MemberKind, ProfileTarget};
use solc_source::data::Node;
use solc_source::{Name, Span};

fn join(path: &Name, name: &str) -> Name {
    Name::from(format!("{path}.{name}"))
}

fn by_layer(setter: Setter<'_>) -> By {
    let (layer, name) = (setter.layer.word(), setter.layer.name().clone());
    match setter.origin {
        Origin::Enforced => By::Enforced { layer, name },
        Origin::Profile | Origin::Component | Origin::Instance => By::Default { layer, name },
    }
}

/// Who stands behind a candidate; `declaration` is what a default is one of.
fn by(candidate: profiles::Candidate<'_>, path: &Name, declaration: &Name) -> By {
    match candidate {
        profiles::Candidate::Enforced(setter) | profiles::Candidate::Preset(setter) => by_layer(setter),
        profiles::Candidate::Given(_) => By::Instance(path.clone()),
        profiles::Candidate::File(_) => By::File,
        profiles::Candidate::Declared(_) => By::Declaration(declaration.clone()),
    }
}

/// Everything that is asked of an instance as a whole: parameters, outputs, settings, secrets, tags.
pub(super) fn all(evaluation: &mut Evaluation<'_>, at: InstanceId) -> Vec<Explanation> {
    let mut found = Vec::new();
    let Some(component) = evaluation.instance(at).map(|i| i.component) else { return found };
    for member in &component.members {
        match &member.kind {
            MemberKind::Param { default } => found.push(parameter(evaluation, at, member, *default)),
            MemberKind::Output { value: expr } => {
                let path = evaluation.path(at);
                if let Some((id, _)) = component.named(&member.name) {
                    let shown = evaluation.member(at, id);
                    found.push(Explanation {
                        path: join(&path, &member.name),
                        ..value(evaluation, at, member, &shown, *expr)
                    });
                }
            }
            MemberKind::Let { .. }
            | MemberKind::Resource(_)
            | MemberKind::Instance(_)
            | MemberKind::Attribute { .. }
            | MemberKind::Principal(_) => {}
        }
    }
    found.extend(settings(evaluation, at));
    found.extend(secrets(evaluation, at));
    found.extend(tags(evaluation, at));
    found
}

pub(super) fn parameter<'a>(
    evaluation: &mut Evaluation<'a>,
    at: InstanceId,
    member: &'a Member,
    default: Option<ExprId>,
) -> Explanation {
    let (path, component) =
        evaluation.instance(at).map(|i| (i.path.clone(), i.component.name.clone())).unwrap_or_default();
    let mut order = Vec::new();
    evaluation.parameter_candidates(at, &member.name, default, &mut |candidate| {
        order.push(candidate);
        true
    });
    let mut candidates = Vec::with_capacity(order.len());
    for candidate in &order {
        let (value, span) = evaluation.parameter_value(at, member, *candidate);
        let shown = evaluation.show(&value);
        candidates.push(Candidate { value: shown, by: by(*candidate, &path, &component), span });
    }
    if is_optional(&member.ty) && default.is_none() {
        candidates.push(Candidate { value: "none".to_owned(), by: By::Nobody, span: member.span });
    }
    let reads = match order.first() {
        Some(profiles::Candidate::Enforced(setter) | profiles::Candidate::Preset(setter)) => {
            property::read_fields(evaluation, setter.body, setter.field.value)
        }
        Some(profiles::Candidate::Given(field)) => {
            let parent = evaluation.instance(at).and_then(|i| i.parent).unwrap_or(at);
            let body = evaluation.instance(parent).map(|i| i.component.body);
            body.map(|b| property::read_fields(evaluation, b, field.value)).unwrap_or_default()
        }
        Some(profiles::Candidate::Declared(default)) => {
            let body = evaluation.instance(at).map(|i| i.component.body);
            body.map(|b| property::read_fields(evaluation, b, *default)).unwrap_or_default()
        }
        Some(profiles::Candidate::File(_)) | None => Vec::new(),
    };
    let path = join(&path, &member.name);
    Explanation { path, kind: Kind::Parameter, declared: member.span, candidates, reads }
}

/// A `let`, attribute or output: one expression, and what it reads.
pub(super) fn value(
    evaluation: &mut Evaluation<'_>,
    at: InstanceId,
    member: &Member,
    value: &Value,
    expr: ExprId,
) -> Explanation {
    let (path, component) = evaluation
        .instance(at)
        .map(|i| (i.path.clone(), i.component))
        .map_or_else(|| (Name::default(), None), |(path, component)| (path, Some(component)));
    let (name, body) = component.map(|c| (c.name.clone(), c.body)).unzip();
    let span = body.map(|b| evaluation.body(b).expr(expr).span).unwrap_or(member.span);
    let shown = evaluation.show(value);
    let reads = property::reads(evaluation, at, expr);
    let candidate = Candidate { value: shown, by: By::Body(name.unwrap_or_default()), span };
    let path = join(&path, &member.name);
    Explanation { path, kind: Kind::Value, declared: member.span, candidates: vec![candidate], reads }
}

/// A principal's role.
pub(super) fn role(
    evaluation: &Evaluation<'_>,
    at: InstanceId,
    member: &Member,
    value: &Value,
) -> Explanation {
    let component = evaluation.instance(at).map(|i| i.component.name.clone()).unwrap_or_default();
    let candidate = Candidate { value: evaluation.show(value), by: By::Body(component), span: member.span };
    let path = join(&evaluation.path(at), &member.name);
    let kind = Kind::Value;
    Explanation { path, kind, declared: member.span, candidates: vec![candidate], reads: Vec::new() }
}

/// Settings that the instance declares, then those that links publish.
pub(super) fn settings(evaluation: &mut Evaluation<'_>, at: InstanceId) -> Vec<Explanation> {
    let path = evaluation.path(at);
    let declared = evaluation.instance(at).and_then(|i| i.decl).map(|d| d.settings.as_slice());
    let mut found: Vec<Explanation> = Vec::new();
    for setting in declared.unwrap_or_default() {
        let order = evaluation.setting_candidates(at, setting);
        let mut candidates = Vec::with_capacity(order.len());
        for candidate in order {
            let (value, span) = evaluation.setting_value(at, setting, candidate);
            let declaration = Name::from(format!("setting {}", setting.name));
            let value = evaluation.show(&value);
            candidates.push(Candidate { value, by: by(candidate, &path, &declaration), span });
        }
        if is_optional(&setting.ty) && setting.default.is_none() {
            candidates.push(Candidate { value: "none".to_owned(), by: By::Nobody, span: setting.span });
        }
        found.push(Explanation {
            path: join(&path, &setting.name),
            kind: Kind::Setting,
            declared: setting.span,
            candidates,
            reads: Vec::new(),
        });
    }
    let links = evaluation.links_of(at);
    for link in links.iter() {
        let solution =
            evaluation.instance(at).map(|i| i.root).map(|r| evaluation.path(r)).unwrap_or_default();
        let target = evaluation.path(link.grant.target);
        let target = target.strip_prefix(&format!("{solution}.")).unwrap_or(&target);
        let verb = Name::from(format!("{target}.{}", link.grant.verb));
        for (name, value) in &link.environment {
            let path = join(&path, name);
            let value = property::shown_deferred(evaluation, value);
            let candidate = Candidate { value, by: By::Link(verb.clone()), span: link.span };
            match found.iter_mut().find(|e| e.path == path) {
                Some(known) => known.candidates.push(candidate),
                None => found.push(Explanation {
                    path,
                    kind: Kind::Setting,
                    declared: link.span,
                    candidates: vec![candidate],
                    reads: Vec::new(),
                }),
            }
        }
    }
    found
}

/// Secrets: where each is kept, never what it is.
pub(super) fn secrets(evaluation: &mut Evaluation<'_>, at: InstanceId) -> Vec<Explanation> {
    let path = evaluation.path(at);
    let own = evaluation.documents.credentials.get(&path).copied();
    let common = evaluation.shared_path(at).and_then(|s| evaluation.documents.credentials.get(&s).copied());
    let declared = evaluation.instance(at).and_then(|i| i.decl).map(|d| d.secrets.as_slice());
    let explained = declared.unwrap_or_default().iter().map(|secret| {
        let entries = own.into_iter().chain(common).filter_map(|d| entry_of(&d.node, &secret.name));
        let candidates = entries
            .map(|e| Candidate { value: reference(&e.node), by: By::File, span: e.node.span })
            .collect();
        Explanation {
            path: join(&path, &secret.name),
            kind: Kind::Secret,
            declared: secret.span,
            candidates,
            reads: Vec::new(),
        }
    });
    explained.collect()
}

/// `secrets_manager "shop/stripe"`; a secret in clear text is not repeated.
fn reference(node: &Node) -> String {
    match node.entries() {
        [entry] => match entry.node.as_str() {
            Some(text) => format!("{{ {} = {text:?} }}", entry.key),
            None => "?".to_owned(),
        },
        _ => "?".to_owned(),
    }
}

/// The tags of an instance's resources.
pub(super) fn tags(evaluation: &mut Evaluation<'_>, at: InstanceId) -> Vec<Explanation> {
    let path = join(&evaluation.path(at), "tags");
    let Some(root) = evaluation.instance(at).map(|i| i.root) else { return Vec::new() };
    let (own_span, root_span) = (
        evaluation.instance(at).map(|i| i.span).unwrap_or_default(),
        evaluation.instance(root).map(|i| i.span).unwrap_or_default(),
    );
    let environment = evaluation.environment.span;
    let product = evaluation.product().and_then(|p| evaluation.block(p)).map(|p| p.span);
    let mut found: Vec<Explanation> = crate::tags::own(evaluation, at)
        .into_iter()
        .map(|(name, value)| {
            let span = match name.as_str() {
                "component" => own_span,
                "solution" => root_span,
                "product" => product.unwrap_or(environment),
                _ => environment,
            };
            let candidate = Candidate { value: format!("{value:?}"), by: By::Compiler, span };
            explained_tag(&path, &name, span, vec![candidate])
        })
        .collect();
    let setters = evaluation.setters(root, ProfileTarget::Tags);
    let mut names: Vec<&Name> = setters.iter().map(|s| &s.field.name).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let of: Vec<Setter<'_>> = setters.iter().filter(|s| s.field.name == *name).copied().collect();
        let mut candidates = Vec::new();
        for candidate in in_order(&of, None, None) {
            let (profiles::Candidate::Enforced(setter) | profiles::Candidate::Preset(setter)) = candidate
            else {
                continue;
            };
            let (value, span) = evaluation.set_by(setter, Some(root));
            candidates.push(Candidate { value: evaluation.show(&value), by: by_layer(setter), span });
        }
        let declared = candidates.first().map(|c| c.span).unwrap_or_default();
        found.push(explained_tag(&path, name, declared, candidates));
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn explained_tag(path: &Name, name: &Name, declared: Span, candidates: Vec<Candidate>) -> Explanation {
    let path = join(path, name);
    Explanation { path, kind: Kind::Tag, declared, candidates, reads: Vec::new() }
}

/// A field of a block, or all of them.
pub(super) fn field(evaluation: &mut Evaluation<'_>, id: BlockId, rest: &[Name]) -> Answer {
    let Some(block) = evaluation.block(id) else { return unknown("", "", Vec::new()) };
    let record = block.record.and_then(|r| evaluation.project.records.get(r.index()));
    let fields = record.map(|r| r.fields.as_slice()).unwrap_or_default();
    let Some((name, after)) = rest.split_first() else {
        return Answer::Known((0..fields.len()).filter_map(|i| explained_field(evaluation, id, i)).collect());
    };
    let known = || fields.iter().map(|f| f.name.clone()).collect();
    let index = fields.iter().position(|f| f.name == *name);
    match index.and_then(|i| explained_field(evaluation, id, i)) {
        Some(explanation) => one(explanation, after),
        None => unknown(name, &block.name, known()),
    }
}

/// A field of a block with its chain.
pub(super) fn explained_field(
    evaluation: &mut Evaluation<'_>,
    id: BlockId,
    index: usize,
) -> Option<Explanation> {
    let block = evaluation.block(id)?;
    let record = evaluation.project.records.get(block.record?.index())?;
    let declared = record.fields.get(index)?;
    let by = || By::Block { layer: block.kind.word(), name: block.name.clone() };
    let mut candidates = Vec::new();
    let mut reads = Vec::new();
    let value = evaluation.block_field(id, &declared.name);
    let shown = evaluation.show(&value);
    let given = block.fields.iter().find(|f| f.name == declared.name);
    if declared.name == "name" {
        candidates.push(Candidate { value: shown, by: by(), span: block.span });
    } else if block.kind == BlockKind::Environment && declared.name == "facts" {
        let file = evaluation.inputs.documents.facts.get(&block.name).map(|n| n.span);
        candidates.extend(file.map(|span| Candidate { value: shown, by: By::File, span }));
    } else {
        if let Some(given) = given {
            let span = evaluation.body(block.body).expr(given.value).span;
            candidates.push(Candidate { value: shown, by: by(), span });
            reads = property::read_fields(evaluation, block.body, given.value);
        }
        if let Some(default) = declared.default {
            let (value, span) = evaluation.field_default(id, record, index, default);
            let of = By::Declaration(record.name.clone());
            candidates.push(Candidate { value: evaluation.show(&value), by: of, span });
            if given.is_none() {
                reads = fields_above(evaluation, id, default);
                reads.extend(property::read_fields(evaluation, record.body, default));
            }
        } else if is_optional(&declared.ty) {
            candidates.push(Candidate { value: "none".to_owned(), by: By::Nobody, span: declared.span });
        }
    }
    let path = join(&block.name, &declared.name);
    Some(Explanation { path, kind: Kind::Field, declared: declared.span, candidates, reads })
}

/// The fields above a default that it reads.
fn fields_above(evaluation: &mut Evaluation<'_>, id: BlockId, default: ExprId) -> Vec<Explanation> {
    let record = evaluation.block(id).and_then(|b| evaluation.project.records.get(b.record?.index()));
    let Some(record) = record else { return Vec::new() };
    let frame = Frame::new(evaluation.body(record.body), None);
    let mut slots: Vec<usize> = Vec::new();
    crate::evaluate::reads::visit(frame.body, default, &mut |kind| {
        if let solc_check::hir::ExprKind::Local(local) = kind {
            slots.push(local.index());
        }
    });
    slots.sort_unstable();
    slots.dedup();
    slots.retain(|slot| record.fields.get(*slot).is_some_and(|f| f.name != "name"));
    // A default reads fields above it only, so this comes to an end.
    slots.into_iter().filter_map(|slot| explained_field(evaluation, id, slot)).collect()
}
