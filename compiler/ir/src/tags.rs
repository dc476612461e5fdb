//! Tags: product, environment, stage, solution, component, and what profiles add.
//!
//! Invariant: every taggable resource has them, and nothing else is touched; components set none.

use crate::evaluate::Evaluation;
use crate::model::{InstanceId, Origin, Value};
use rustc_hash::FxHashMap;
use solc_check::hir::ProfileTarget;
use solc_schema::TagShape;
use solc_source::Name;

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

fn tags_of(evaluation: &Evaluation<'_>, id: InstanceId, extra: Vec<(Name, Name)>) -> Vec<(Name, Name)> {
    let environment = &evaluation.environment;
    let root = evaluation.instance(id).and_then(|i| evaluation.instance(i.root)).map(|r| r.path.clone());
    let solution = root.unwrap_or_default();
    let path = evaluation.path(id);
    let component = path.strip_prefix(solution.as_str()).and_then(|p| p.strip_prefix('.')).unwrap_or(&path);
    let mut tags = vec![
        (Name::new_static("component"), Name::from(component)),
        (Name::new_static("environment"), environment.name.clone()),
        (Name::new_static("product"), environment.product.clone()),
        (Name::new_static("solution"), solution.clone()),
        (Name::new_static("stage"), environment.stage.clone()),
    ];
    for (key, value) in extra {
        if !tags.iter().any(|(k, _)| *k == key) {
            tags.push((key, value));
        }
    }
    tags.sort();
    tags
}

/// What profiles say: defaults from general to specific, and of what is enforced the most general.
fn from_profiles(evaluation: &mut Evaluation<'_>, root: InstanceId) -> Vec<(Name, Name)> {
    let mut setters = evaluation.tag_profiles.clone();
    setters.extend(evaluation.solution_setters(root, ProfileTarget::Tags));
    let defaults = setters.iter().filter(|s| s.origin == Origin::Profile);
    let enforced = setters.iter().rev().filter(|s| s.origin == Origin::Enforced);
    let ordered: Vec<_> = defaults.chain(enforced).copied().collect();
    let mut tags: Vec<(Name, Name)> = Vec::new();
    for setter in ordered {
        let (value, _) = evaluation.set_by(setter, root);
        let Some(Value::String(text)) = evaluation.text_of(&value) else { continue };
        match tags.iter_mut().find(|(k, _)| *k == setter.field.name) {
            Some((_, known)) => *known = text,
            None => tags.push((setter.field.name.clone(), text)),
        }
    }
    tags
}
