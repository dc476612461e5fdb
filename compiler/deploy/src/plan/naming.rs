//! Which component a resource is part of, and where that is written.
//!
//! Invariant: the source map is asked first; of what the source has no longer, the resource's own tags tell.

use crate::release::Place;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The component of a resource, as in `shop.db`; empty where nobody knows.
pub(super) fn component(
    logical_id: &str,
    places: &BTreeMap<String, Place>,
    resource: Option<&Value>,
    template: Option<&Value>,
) -> String {
    match places.get(logical_id) {
        Some(place) if !place.component.is_empty() => place.component.clone(),
        Some(_) | None => tagged(resource, template).unwrap_or_default(),
    }
}

/// Where the component is written.
pub(super) fn place(logical_id: &str, places: &BTreeMap<String, Place>) -> Option<String> {
    let place = places.get(logical_id)?;
    let found = if place.instance.is_empty() { &place.resource } else { &place.instance };
    (!found.is_empty()).then(|| found.clone())
}

/// What the tags say: those of the resource, or of what it belongs to.
pub(super) fn tagged(resource: Option<&Value>, template: Option<&Value>) -> Option<String> {
    let properties = resource?.get("Properties")?;
    if let Some(name) = of_tags(properties) {
        return Some(name);
    }
    // A policy has no tags: it is named after the role, queue or bucket that it is about.
    let resources = template?.get("Resources")?;
    ["RoleName", "Roles", "Bucket", "Queues", "Topics", "GroupId", "FunctionName"].iter().find_map(
        |property| {
            let value = properties.get(*property)?;
            let owner = owner(value.as_array().and_then(|all| all.first()).unwrap_or(value))?;
            of_tags(resources.get(owner)?.get("Properties")?)
        },
    )
}

fn owner(value: &Value) -> Option<&str> {
    let object = value.as_object()?;
    let attribute = |value: &'_ Value| value.as_array().and_then(|parts| parts.first().cloned());
    object.get("Ref").and_then(Value::as_str).or_else(|| {
        let target = object.get("Fn::GetAtt")?;
        attribute(target)?;
        target.get(0)?.as_str()
    })
}

fn of_tags(properties: &Value) -> Option<String> {
    let tags = properties.get("Tags")?;
    let tag = |name: &str| match tags {
        Value::Array(items) => items
            .iter()
            .find(|item| item.get("Key").and_then(Value::as_str) == Some(name))
            .and_then(|item| item.get("Value")?.as_str()),
        Value::Object(map) => text(map, name),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    };
    let component = tag("component")?;
    Some(tag("solution").map_or_else(|| component.to_owned(), |solution| format!("{solution}.{component}")))
}

fn text<'a>(map: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    map.get(name)?.as_str()
}
