//! The proof that an environment can be raised from one zone to all without replacing anything.
//!
//! One environment is lowered twice, with availability alone changed; what differs is compared with the schema:
//! no create-only property may, and a conditionally create-only one only from a list with reasons.
//!
//! Invariant: resources are told apart by logical id, which does not depend on availability.

use crate::codes;
use crate::lower::Part;
use crate::model::{Deployment, Resource, ResourceId, Value};
use rustc_hash::FxHashMap;
use solc_schema::ResourceType;
use solc_source::{Diagnostic, Name, Span};

/// What the schema says of a property that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Changes in place.
    InPlace,
    /// Replaces in some cases, of which this is known to be none.
    Known(&'static str),
    /// Replaces in some cases.
    Conditional,
    /// Replaces.
    Replaces,
}

/// A property that differs between the two levels.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The resource.
    pub logical_id: Name,
    /// Its type.
    pub ty: Name,
    /// The property, dotted; empty where the whole resource is there at one level only.
    pub path: String,
    /// What changing it does.
    pub effect: Effect,
    /// Where it is written.
    pub span: Span,
}

/// Conditionally create-only properties that availability may change, with the reason why this is safe.
const KNOWN: &[(&str, &str, &str)] = &[
    (
        "AWS::RDS::DBInstance",
        "MultiAZ",
        "RDS adds the standby in place; it replaces only together with other properties",
    ),
    ("AWS::ECS::Service", "LaunchType", "a change of launch type replaces, a change of counts does not"),
];

/// Resources of one solution or of all, numbered from `base`.
#[derive(Clone, Copy)]
struct View<'a> {
    resources: &'a [Resource],
    base: usize,
}

impl<'a> View<'a> {
    fn of(part: &'a Part) -> Self {
        Self { resources: &part.deployment.resources, base: part.base }
    }

    fn logical_id(self, id: ResourceId) -> Option<&'a str> {
        self.resources.get(id.index().checked_sub(self.base)?).map(|r| r.logical_id.as_str())
    }
}

/// Every property that differs, in the order of the multi-AZ deployment.
#[must_use]
pub fn availability_differences(single: &Deployment, multi: &Deployment) -> Vec<Difference> {
    differences(View { resources: &single.resources, base: 0 }, View { resources: &multi.resources, base: 0 })
}

/// What raising availability would replace, given a solution as it is and as it would be at the other level.
pub(crate) fn replaces(solution: &Part, turned: &Part) -> Vec<Diagnostic> {
    let environment = &solution.deployment.environment;
    let (single, multi) = if environment.multi_az { (turned, solution) } else { (solution, turned) };
    differences(View::of(single), View::of(multi))
        .into_iter()
        .filter(|d| matches!(d.effect, Effect::Replaces | Effect::Conditional))
        .map(|d| {
            let ty = d.ty.replace("::", ".");
            Diagnostic::error(
                codes::AVAILABILITY_REPLACES,
                d.span,
                format!("raising availability would replace this `{ty}`"),
            )
            .label(format!("`{}` differs between single-AZ and Multi-AZ, and cannot change in place", d.path))
            .help("let availability change counts and switches only: what cannot change must be the same at both levels")
            .environment(environment.name.as_str())
        })
        .collect()
}

fn differences(single: View<'_>, multi: View<'_>) -> Vec<Difference> {
    let index = |view: View<'_>| -> FxHashMap<Name, usize> {
        view.resources.iter().enumerate().map(|(i, r)| (r.logical_id.clone(), i)).collect()
    };
    let (in_single, in_multi) = (index(single), index(multi));
    let mut found = Vec::new();
    for resource in multi.resources {
        match in_single.get(&resource.logical_id).and_then(|i| single.resources.get(*i)) {
            Some(other) => compare(single, multi, other, resource, &mut found),
            None => found.push(whole(resource)),
        }
    }
    found.extend(single.resources.iter().filter(|r| !in_multi.contains_key(&r.logical_id)).map(whole));
    found
}

fn whole(resource: &Resource) -> Difference {
    Difference {
        logical_id: resource.logical_id.clone(),
        ty: resource.ty.name.clone(),
        path: String::new(),
        effect: Effect::InPlace,
        span: resource.span,
    }
}

fn compare(single: View<'_>, multi: View<'_>, a: &Resource, b: &Resource, out: &mut Vec<Difference>) {
    let mut paths = Vec::new();
    let names: std::collections::BTreeSet<&Name> =
        a.properties.iter().chain(&b.properties).map(|(n, _)| n).collect();
    for name in names {
        differ(single, multi, a.property(name), b.property(name), name, &mut paths);
    }
    for path in paths {
        let top = path.split('.').next().unwrap_or_default();
        let span = b
            .property_spans
            .iter()
            .rev()
            .find(|(n, _)| path == n.as_str())
            .or_else(|| b.property_spans.iter().find(|(n, _)| n == top))
            .map_or(b.span, |(_, s)| *s);
        out.push(Difference {
            logical_id: b.logical_id.clone(),
            ty: b.ty.name.clone(),
            effect: effect(b.ty, &path),
            path,
            span,
        });
    }
}

/// Whether a change of a property, or of something inside it, may replace a resource of the type.
pub(crate) fn may_replace(ty: &ResourceType, property: &str) -> bool {
    matches!(effect(ty, property), Effect::Replaces | Effect::Conditional)
}

fn effect(ty: &ResourceType, path: &str) -> Effect {
    let covers = |rules: &[Name]| rules.iter().any(|rule| touches(rule, path));
    if covers(&ty.create_only) {
        return Effect::Replaces;
    }
    if covers(&ty.conditional_create_only) {
        let known = KNOWN.iter().find(|(name, rule, _)| ty.name == *name && touches(rule, path));
        return known.map_or(Effect::Conditional, |(_, _, reason)| Effect::Known(reason));
    }
    Effect::InPlace
}

/// Whether a rule's path (`Foo.*.Bar`) covers a property's, or a part of it.
fn touches(rule: &str, path: &str) -> bool {
    rule.split('.').zip(path.split('.')).all(|(r, p)| r == "*" || p == "*" || r == p)
}

fn differ(
    single: View<'_>,
    multi: View<'_>,
    a: Option<&Value>,
    b: Option<&Value>,
    path: &str,
    out: &mut Vec<String>,
) {
    match (a, b) {
        // Nearly everything is the same.
        (Some(a), Some(b)) if same(single, multi, a, b) => {}
        (Some(Value::Object(x)), Some(Value::Object(y))) => {
            let keys: std::collections::BTreeSet<&Name> = x.iter().chain(y.iter()).map(|(k, _)| k).collect();
            for key in keys {
                let find = |entries: &[(Name, Value)]| {
                    entries.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone())
                };
                differ(single, multi, find(x).as_ref(), find(y).as_ref(), &format!("{path}.{key}"), out);
            }
        }
        (Some(Value::List(x)), Some(Value::List(y))) if x.len() == y.len() => {
            for (a, b) in x.iter().zip(y.iter()) {
                differ(single, multi, Some(a), Some(b), &format!("{path}.*"), out);
            }
        }
        (None, None) => {}
        (Some(_) | None, Some(_) | None) => {
            if !out.iter().any(|p| p == path) {
                out.push(path.to_owned());
            }
        }
    }
}

/// Equality across two deployments: references are equal where they name one logical id.
fn same(single: View<'_>, multi: View<'_>, a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Ref(x), Value::Ref(y)) => single.logical_id(*x) == multi.logical_id(*y),
        (Value::Attribute(x, m), Value::Attribute(y, n)) => {
            m == n && single.logical_id(*x) == multi.logical_id(*y)
        }
        (Value::Join(x), Value::Join(y)) | (Value::List(x), Value::List(y)) => {
            x.len() == y.len() && x.iter().zip(y.iter()).all(|(a, b)| same(single, multi, a, b))
        }
        (Value::Object(x), Value::Object(y)) => {
            x.len() == y.len()
                && x.iter().zip(y.iter()).all(|((k, a), (l, b))| k == l && same(single, multi, a, b))
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::touches;

    #[test]
    fn a_rule_covers_what_is_below_it_and_around_it() {
        for (rule, path, covers) in [
            ("Engine", "Engine", true),
            ("EncryptionConfiguration", "EncryptionConfiguration.KmsKey", true),
            ("EncryptionAtRestOptions.KmsKeyId", "EncryptionAtRestOptions", true),
            ("Volumes.*.Name", "Volumes.*.Name", true),
            ("Volumes.*.Name", "Volumes.*.Host", false),
            ("Engine", "EngineVersion", false),
        ] {
            assert_eq!(touches(rule, path), covers, "{rule} {path}");
        }
    }
}
