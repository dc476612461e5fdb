//! CloudFormation's types beside the provider schemas in the cfn-lint wheel.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;
use solc_schema::{Node, NodeId, ResourceType, TagShape, resource, resource_names};

use super::Findings;
use crate::schema::fetch;

/// How deep property names are compared; deeper ones are few and recursive.
const DEPTH: usize = 6;

/// Compares every type.
pub(super) fn compare(directory: &Path, findings: &mut Findings) -> Result<(), String> {
    let mut schemas: BTreeMap<String, Value> = BTreeMap::new();
    let files = std::fs::read_dir(directory).map_err(|e| format!("{}: {e}", directory.display()))?;
    for file in files {
        let path = file.map_err(|e| e.to_string())?.path();
        if path.extension().is_some_and(|e| e == "json") {
            let schema = fetch::json(&path)?;
            if let Some(name) = schema.get("typeName").and_then(Value::as_str) {
                schemas.insert(name.to_owned(), schema);
            }
        }
    }
    findings.names("types", "type", resource_names(), schemas.keys().map(String::as_str));
    for (name, schema) in &schemas {
        if let Some(ours) = resource(name) {
            compare_type(ours, schema, findings);
        }
    }
    Ok(())
}

fn compare_type(ours: &ResourceType, schema: &Value, findings: &mut Findings) {
    let name = ours.name.as_str();
    let Some(root) = ours.root() else { return };
    let their_required = names(schema.get("required"));
    findings.names(
        "required",
        name,
        root.required.iter().map(|n| n.as_str()),
        their_required.iter().map(String::as_str),
    );
    for (kind, key, mine) in [
        ("create-only", "createOnlyProperties", &ours.create_only),
        ("conditionally create-only", "conditionalCreateOnlyProperties", &ours.conditional_create_only),
        ("read-only", "readOnlyProperties", &ours.read_only),
        ("write-only", "writeOnlyProperties", &ours.write_only),
        ("primary identifiers", "primaryIdentifier", &ours.primary_identifier),
    ] {
        let theirs: Vec<String> = names(schema.get(key))
            .iter()
            .map(|p| p.trim_start_matches("/properties/").replace('/', "."))
            .collect();
        findings.names(kind, name, mine.iter().map(|n| n.as_str()), theirs.iter().map(String::as_str));
    }

    let read_only: BTreeSet<String> = ours.read_only.iter().map(|n| n.replace(".*", "")).collect();
    let theirs = Theirs { schema };
    let (mut mine, mut other) = (BTreeMap::new(), BTreeMap::new());
    our_paths(ours, ours.root, "", DEPTH, &mut mine);
    theirs.paths(schema, "", DEPTH, &mut other);
    // What cannot be written is not among our properties; their schema lists it.
    let writable = |path: &&str| !read_only.iter().any(|r| *path == r || path.starts_with(&format!("{r}.")));
    let parents_of_read_only = |path: &&str| read_only.iter().any(|r| r.starts_with(&format!("{path}.")));
    findings.names(
        "property names",
        name,
        mine.keys().map(String::as_str).filter(writable),
        other
            .keys()
            .map(String::as_str)
            .filter(writable)
            .filter(|p| mine.contains_key(*p) || !parents_of_read_only(p)),
    );
    for (path, values) in &mine {
        if let (Some(values), Some(Some(theirs))) = (values, other.get(path)) {
            findings.fact("allowed values", values == theirs, || {
                format!("{name} {path}: {}", difference(values, theirs))
            });
        }
    }

    let tags = schema
        .pointer("/tagging/tagProperty")
        .and_then(Value::as_str)
        .map(|p| p.trim_start_matches("/properties/"));
    let taggable = schema.pointer("/tagging/taggable") != Some(&Value::from(false));
    if let (Some(tags), true) = (tags, taggable) {
        let mine = match &ours.tags {
            Some(TagShape::List(name) | TagShape::Map(name) | TagShape::PropagatedList(name)) => {
                name.as_str()
            }
            None => "",
        };
        findings.fact("tag properties", mine == tags, || format!("{name}: ours `{mine}`, theirs `{tags}`"));
    }
}

fn difference(ours: &BTreeSet<String>, theirs: &BTreeSet<String>) -> String {
    let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| {
        a.difference(b).take(4).cloned().collect::<Vec<_>>().join(" ")
    };
    format!("only ours [{}], only theirs [{}]", only(ours, theirs), only(theirs, ours))
}

fn names(value: Option<&Value>) -> BTreeSet<String> {
    value
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// Paths to properties; where the property is a string with allowed values, those.
type Paths = BTreeMap<String, Option<BTreeSet<String>>>;

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Notes a property; where variants of an object share its name, all their values.
fn add(found: &mut Paths, path: String, values: Option<BTreeSet<String>>) {
    let known = found.entry(path).or_default();
    match (known.as_mut(), values) {
        (Some(known), Some(values)) => known.extend(values),
        (None, values) => *known = values,
        (Some(_), None) => {}
    }
}

fn our_paths(resource: &ResourceType, id: NodeId, path: &str, depth: usize, found: &mut Paths) {
    match resource.node(id) {
        Node::Boolean | Node::Integer { .. } | Node::Number { .. } | Node::String(_) | Node::Json => {}
        Node::Array { items, .. } => our_paths(resource, *items, path, depth, found),
        Node::Map(values) => our_paths(resource, *values, path, depth, found),
        Node::AnyOf(ids) => ids.iter().for_each(|id| our_paths(resource, *id, path, depth, found)),
        Node::Object(rules) => {
            if depth == 0 {
                return;
            }
            for (name, id) in &rules.properties {
                let path = joined(path, name);
                let values = match resource.node(*id) {
                    Node::String(rules) if !rules.allowed.is_empty() && !rules.ignore_case => {
                        Some(rules.allowed.iter().map(ToString::to_string).collect())
                    }
                    _ => None,
                };
                our_paths(resource, *id, &path, depth - 1, found);
                add(found, path, values);
            }
        }
    }
}

/// Their schema, read on its own.
struct Theirs<'a> {
    schema: &'a Value,
}

impl<'a> Theirs<'a> {
    fn target(&self, mut schema: &'a Value) -> &'a Value {
        for _ in 0..8 {
            match schema
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|r| self.schema.pointer(r.trim_start_matches('#')))
            {
                Some(target) => schema = target,
                None => break,
            }
        }
        schema
    }

    fn paths(&self, schema: &'a Value, path: &str, depth: usize, found: &mut Paths) {
        let schema = self.target(schema);
        if let Some(items) = schema.get("items") {
            self.paths(items, path, depth, found);
        }
        for values in schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten() {
            self.paths(values.1, path, depth, found);
        }
        for key in ["allOf", "anyOf", "oneOf"] {
            for variant in schema.get(key).and_then(Value::as_array).into_iter().flatten() {
                self.paths(variant, path, depth, found);
            }
        }
        if depth == 0 {
            return;
        }
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let path = joined(path, name);
            let target = self.target(property);
            let string = target.get("type") == Some(&Value::from("string"));
            let values = target.get("enum").filter(|_| string).map(|values| names(Some(values)));
            self.paths(target, &path, depth - 1, found);
            add(found, path, values);
        }
    }
}
