//! IAM's services from the origin's JSON.

use std::collections::BTreeSet;

use serde_json::Value;
use solc_schema::Name;
use solc_schema::iam::{AccessLevel, Action, Service};

/// A service from its two files: actions and resource types.
pub(super) fn convert(prefix: &str, actions: &Value, resources: &Value) -> Result<Service, String> {
    let mut converted = Vec::new();
    for action in actions.as_object().into_iter().flatten().map(|(_, a)| a) {
        let name = text(action, "name")?;
        let mut types = BTreeSet::new();
        let mut conditions: BTreeSet<String> = keys(action);
        for resource in action.get("resourceTypes").and_then(Value::as_array).into_iter().flatten() {
            types.insert(text(resource, "name")?.to_owned());
            conditions.extend(keys(resource));
        }
        converted.push(Action {
            name: Name::from(name),
            access: access(text(action, "accessLevel")?)
                .ok_or_else(|| format!("`{prefix}:{name}`: access level not known"))?,
            resources: types.into_iter().map(Name::from).collect(),
            conditions: conditions.into_iter().map(Name::from).collect(),
        });
    }
    converted.sort_by(|a, b| a.name.cmp(&b.name));
    let mut types: Vec<(Name, Vec<Name>)> = Vec::new();
    for (key, resource) in resources.as_object().into_iter().flatten() {
        let name = resource.get("key").and_then(Value::as_str).unwrap_or(key);
        types.push((Name::from(name), vec![Name::from(text(resource, "arn")?)]));
    }
    types.sort();
    Ok(Service { prefix: Name::from(prefix), actions: converted, resources: types })
}

/// The origin writes `Tagging, Write` for what IAM's pages call tagging.
pub(super) fn access(text: &str) -> Option<AccessLevel> {
    match text.split(',').next()? {
        "List" => Some(AccessLevel::List),
        "Read" => Some(AccessLevel::Read),
        "Write" => Some(AccessLevel::Write),
        "Permissions management" => Some(AccessLevel::PermissionsManagement),
        "Tagging" => Some(AccessLevel::Tagging),
        _ => None,
    }
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str, String> {
    value.get(key).and_then(Value::as_str).ok_or_else(|| format!("`{key}` is missing in the origin"))
}

/// Condition keys of the service; `aws:` ones are global.
fn keys(value: &Value) -> BTreeSet<String> {
    value
        .get("conditionKeys")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .filter(|k| !k.starts_with("aws:"))
        .map(str::to_owned)
        .collect()
}
