//! Tags: product, environment, stage, solution, component, and what profiles add.
//!
//! Invariant: every taggable resource has them, and nothing else is touched; components set none.

use crate::codes;
use crate::evaluate::Evaluation;
use crate::evaluate::profiles::{Candidate, in_order};
use crate::model::{InstanceId, Value};
use rustc_hash::FxHashMap;
use solc_check::hir::ProfileTarget;
use solc_schema::TagShape;
use solc_source::{Diagnostic, Name};

const KEY: Name = Name::new_static("Key");
const VALUE: Name = Name::new_static("Value");

/// Tags all resources.
pub(crate) fn tag(evaluation: &mut Evaluation<'_>) {
    let mut shapes: FxHashMap<(InstanceId, u8), Value> = FxHashMap::default();
    let mut profiles: FxHashMap<InstanceId, Vec<(Name, Name)>> = FxHashMap::default();
    for id in evaluation.resources.ids() {
        let Some((ty, instance)) = evaluation.resource(id).map(|r| (r.ty, r.instance)) else { continue };
        let Some(shape) = &ty.tags else { continue };
        let (property, kind) = match shape {
            TagShape::List(property) => (property, 0),
            TagShape::Map(property) => (property, 1),
            TagShape::PropagatedList(property) => (property, 2),
        };
        let value = match shapes.get(&(instance, kind)) {
            Some(value) => value.clone(),
            None => {
                let root = evaluation.instance(instance).map_or(instance, |i| i.root);
                let extra = match profiles.get(&root) {
                    Some(extra) => extra.clone(),
                    None => {
                        let extra = from_profiles(evaluation, root);
                        profiles.insert(root, extra.clone());
                        extra
                    }
                };
                let value = shaped(tags_of(evaluation, instance, extra), kind);
                shapes.insert((instance, kind), value.clone());
                value
            }
        };
        if let Some(resource) = evaluation.resources.get_mut(id) {
            match resource.properties.binary_search_by(|(n, _)| n.cmp(property)) {
                Ok(_) => {}
                Err(at) => resource.properties.insert(at, (property.clone(), value)),
            }
        }
    }
}

fn shaped(tags: Vec<(Name, Name)>, kind: u8) -> Value {
    if kind == 1 {
        return Value::object(tags.into_iter().map(|(k, v)| (k, Value::String(v))));
    }
    Value::list(tags.into_iter().map(|(k, v)| {
        let propagate = (kind == 2).then_some((Name::new_static("PropagateAtLaunch"), Value::Bool(true)));
        Value::object([(KEY, Value::String(k)), (VALUE, Value::String(v))].into_iter().chain(propagate))
    }))
}

/// The tags that the compiler itself gives every resource of an instance.
pub(crate) fn own(evaluation: &Evaluation<'_>, id: InstanceId) -> Vec<(Name, Name)> {
    let environment = &evaluation.environment;
    let root = evaluation.instance(id).and_then(|i| evaluation.instance(i.root)).map(|r| r.path.clone());
    let solution = root.unwrap_or_default();
    let path = evaluation.path(id);
    let component = path.strip_prefix(solution.as_str()).and_then(|p| p.strip_prefix('.')).unwrap_or(&path);
    vec![
        (Name::new_static("component"), Name::from(component)),
        (Name::new_static("environment"), environment.name.clone()),
        (Name::new_static("product"), environment.product.clone()),
        (Name::new_static("solution"), solution.clone()),
        (Name::new_static("stage"), environment.stage.clone()),
    ]
}

fn tags_of(evaluation: &Evaluation<'_>, id: InstanceId, extra: Vec<(Name, Name)>) -> Vec<(Name, Name)> {
    let mut tags = own(evaluation, id);
    // A profile cannot name one of these: that is `reserved-tag`.
    tags.extend(extra);
    tags.sort();
    tags
}

/// What profiles say, the first candidate of each tag.
fn from_profiles(evaluation: &mut Evaluation<'_>, root: InstanceId) -> Vec<(Name, Name)> {
    let setters = evaluation.setters(root, ProfileTarget::Tags);
    let mut tags: Vec<(Name, Name)> = Vec::new();
    for candidate in in_order(&setters, None, None) {
        let (Candidate::Enforced(setter) | Candidate::Preset(setter)) = candidate else { continue };
        if tags.iter().any(|(known, _)| *known == setter.field.name) {
            continue;
        }
        let (value, span) = evaluation.set_by(setter, Some(root));
        let Some(Value::String(text)) = evaluation.text_of(&value) else { continue };
        if is_tag_value(&text) {
            tags.push((setter.field.name.clone(), text));
            continue;
        }
        evaluation.report(
            Diagnostic::error(
                codes::PATTERN_MISMATCH,
                span,
                format!("the tag `{}` cannot have this value", setter.field.name),
            )
            .label("AWS takes up to 256 letters, digits, spaces and `_.:/=+-@`")
            .help("give a value of these characters"),
        );
    }
    tags
}

/// Whether AWS takes a text as a tag's value (<https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html>).
fn is_tag_value(text: &str) -> bool {
    text.chars().count() <= 256
        && text.chars().all(|c| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c))
}
