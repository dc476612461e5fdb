//! Which properties of a type cannot change in place.
//!
//! Invariant: the schemas decide, by path; what they do not know is a replacement that may be.

use serde_json::Value;
use solc_schema::{ResourceType, resource};

/// Whether changing a property replaces the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Recreation {
    /// The service decides, by the values.
    Conditionally,
    /// It does.
    Always,
}

/// What is known of a type's properties.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    schema: Option<&'static ResourceType>,
}

impl Rules {
    /// Those of a type.
    pub(super) fn of(resource_type: &str) -> Self {
        Self { schema: resource(resource_type) }
    }

    /// Whether the schemas have the type.
    pub(super) fn known(self) -> bool {
        self.schema.is_some()
    }

    fn all(self) -> impl Iterator<Item = (&'static str, Recreation)> {
        let listed =
            |names: &'static [solc_schema::Name], how| names.iter().map(move |name| (name.as_str(), how));
        self.schema.into_iter().flat_map(move |schema| {
            listed(&schema.create_only, Recreation::Always)
                .chain(listed(&schema.conditional_create_only, Recreation::Conditionally))
        })
    }

    /// The create-only properties whose values differ.
    pub(super) fn changed(self, before: &Value, after: &Value) -> Vec<(&'static str, Recreation)> {
        self.all().filter(|(path, _)| !same(before, after, &names(path))).collect()
    }

    /// The create-only property that a value at `path` is part of, or that is part of it.
    pub(super) fn covering(self, path: &[String]) -> Option<(&'static str, Recreation)> {
        self.all()
            .filter(|(listed, _)| names(listed).iter().zip(path).all(|(listed, part)| listed == part))
            .max_by_key(|(_, how)| *how)
    }

    /// Whether an attribute is fixed once the resource is there: its identity.
    pub(super) fn is_identity(self, attribute: &str) -> bool {
        let listed =
            self.schema.is_some_and(|schema| schema.primary_identifier.iter().any(|id| id == attribute));
        let ends = ["Ref", "Arn", "ARN", "Id", "ID", "Name", "Address", "QueueUrl"];
        listed || ends.iter().any(|end| attribute.ends_with(end))
    }

    /// Whether replacing it loses data.
    pub(super) fn is_stateful(self) -> bool {
        self.schema.is_some_and(|schema| schema.stateful)
    }

    /// The names that the template gives the resource itself, where those alone identify it: CloudFormation cannot
    /// replace it while they stay.
    pub(super) fn custom_name(self, before: &Value, after: &Value) -> Option<String> {
        let schema = self.schema?;
        let given = |side: &Value, id: &str| {
            select(side, &names(id)).first().and_then(|v| v.as_str().map(str::to_owned))
        };
        let mut named = Vec::new();
        for id in &schema.primary_identifier {
            let (old, new) = (given(before, id)?, given(after, id)?);
            if old != new {
                return None;
            }
            named.push(format!("{id} = {new}"));
        }
        (!named.is_empty()).then(|| named.join(", "))
    }
}

/// The parts of a dotted path, without those that stand for elements.
fn names(path: &str) -> Vec<&str> {
    path.split('.').filter(|part| *part != "*").collect()
}

fn same(before: &Value, after: &Value, path: &[&str]) -> bool {
    select(before, path) == select(after, path)
}

/// The values at a path, through all elements of lists on the way.
fn select<'a>(value: &'a Value, path: &[&str]) -> Vec<&'a Value> {
    match (path.split_first(), value) {
        (None, value) => vec![value],
        (Some(_), Value::Array(items)) => items.iter().flat_map(|item| select(item, path)).collect(),
        (Some((first, rest)), Value::Object(map)) => {
            map.get(*first).map(|value| select(value, rest)).unwrap_or_default()
        }
        (Some(_), Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => Vec::new(),
    }
}
