//! One type of the origin's compiled schemas → one [`ResourceType`].
//!
//! Invariant: what the model cannot say is left out (a rule is lost), never replaced by a stricter one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use solc_schema::{Name, Node, NodeId, ObjectRules, ResourceType};

use super::flat::{Flat, count, merge, sorted, string, strings, types, values, whole};
use super::{alternatives, compact, tags};

/// What the origin knows of a type outside its schema.
pub(super) struct Beside<'a> {
    /// Names that `Fn::GetAtt` accepts.
    pub attributes: Vec<&'a str>,
    /// Whether replacing it loses data.
    pub stateful: bool,
    /// Whether the author of a template names attributes of his own.
    pub any_attribute: bool,
}

/// Deepest chain of references and merges followed; the origin's deepest is 4.
const DEPTH: u32 = 16;

/// Converts the schema of one type.
pub(super) fn convert(name: &str, schema: &Value, beside: &Beside<'_>) -> ResourceType {
    let mut converter = Converter {
        definitions: schema.get("definitions").and_then(Value::as_object),
        arena: Vec::new(),
        references: BTreeMap::new(),
    };
    let paths = |key: &str| -> BTreeSet<String> { strings(schema.get(key)).into_iter().collect() };
    let read_only = paths("read_only_properties");
    let create_only = paths("create_only_properties");
    let write_only = paths("write_only_properties");
    let conditional = paths("conditional_create_only_properties");

    let mut flat = converter.flatten(schema, DEPTH);
    flat.insert("type".into(), Value::from("object"));
    let required: BTreeSet<String> = strings(flat.get("required")).into_iter().collect();
    let all = flat.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut writable = all.clone();
    writable.retain(|property, schema| {
        let kept = required.contains(property)
            || create_only.contains(property)
            || write_only.contains(property)
            || conditional.contains(property);
        kept || !converter.only_read(schema, property, &read_only, 6)
    });
    flat.insert("properties".into(), Value::Object(writable));
    let mut root = converter.object(&flat);
    // What a custom resource takes is its provider's affair.
    root.open |= name == "AWS::CloudFormation::CustomResource";
    let root = converter.push(Node::Object(root));

    let mut attributes: Vec<(Name, NodeId)> = Vec::new();
    for attribute in beside.attributes.iter().filter(|a| !a.contains('*')) {
        let node = converter
            .at_path(&all, attribute)
            .unwrap_or_else(|| Value::from(Map::from_iter([("type".to_owned(), Value::from("string"))])));
        let id = converter.node(&node);
        attributes.push((Name::from(*attribute), id));
    }
    attributes.sort_by(|a, b| a.0.cmp(&b.0));
    attributes.dedup_by(|a, b| a.0 == b.0);

    let names = |set: BTreeSet<String>| set.into_iter().map(Name::from).collect::<Vec<Name>>();
    let mut resource = ResourceType {
        name: Name::from(name),
        nodes: converter.arena,
        root,
        attributes,
        reference: reference(name, schema, &all),
        create_only: names(create_only),
        conditional_create_only: names(conditional),
        read_only: names(read_only),
        write_only: names(write_only),
        primary_identifier: strings(schema.get("primary_identifier")).into_iter().map(Name::from).collect(),
        tags: None,
        stateful: beside.stateful,
        any_attribute: beside.any_attribute,
    };
    compact::compact(&mut resource);
    resource.tags = tags::shape(&resource);
    resource
}

/// `Ref` gives the primary identifier where that is a single property; compound ones differ from service to service.
fn reference(name: &str, schema: &Value, properties: &Map<String, Value>) -> Option<Name> {
    let identifier = strings(schema.get("primary_identifier"));
    let [property] = identifier.as_slice() else { return None };
    let format = properties
        .get(property)
        .and_then(|p| p.get("format"))
        .and_then(Value::as_str)
        .filter(|f| f.starts_with("AWS::"));
    Some(Name::from(format.map_or_else(|| format!("{name}.{property}"), str::to_owned)))
}

/// The origin's arena while it grows.
pub(super) struct Converter<'a> {
    definitions: Option<&'a Map<String, Value>>,
    arena: Vec<Node>,
    references: BTreeMap<String, NodeId>,
}

impl Converter<'_> {
    fn push(&mut self, node: Node) -> NodeId {
        self.arena.push(node);
        NodeId(u32::try_from(self.arena.len().saturating_sub(1)).unwrap_or(u32::MAX))
    }

    fn definition(&self, name: &str) -> Option<Value> {
        self.definitions.and_then(|d| d.get(name)).cloned()
    }

    /// Follows a reference and merges `all_of` members, so that one map says it all.
    pub(super) fn flatten(&self, schema: &Value, depth: u32) -> Flat {
        let Some(map) = schema.as_object() else { return Flat::new() };
        if depth == 0 {
            return Flat::new();
        }
        if let Some(name) = map.get("ref_name").and_then(Value::as_str) {
            return self.definition(name).map(|d| self.flatten(&d, depth - 1)).unwrap_or_default();
        }
        let mut flat = map.clone();
        flat.remove("definitions");
        if let Some(Value::Array(members)) = flat.remove("all_of") {
            for member in members {
                let member = self.flatten(&member, depth - 1);
                flat = merge(flat, member);
            }
        }
        flat
    }

    /// The node of a schema.
    pub(super) fn node(&mut self, schema: &Value) -> NodeId {
        let target = schema.get("ref_name").or_else(|| {
            // `all_of` of one member is that member: SAM's schemas are full of them.
            let map = schema.as_object().filter(|m| m.len() == 1)?;
            match map.get("all_of")?.as_array()?.as_slice() {
                [only] => only.get("ref_name"),
                _ => None,
            }
        });
        if let Some(name) = target.and_then(Value::as_str) {
            if let Some(id) = self.references.get(name) {
                return *id;
            }
            let id = self.push(Node::Json);
            self.references.insert(name.to_owned(), id);
            let node = match self.definition(name) {
                Some(definition) => {
                    let target = self.node(&definition);
                    // An alias: `compact` looks through it.
                    Node::AnyOf(vec![target])
                }
                None => Node::Json,
            };
            if let Some(slot) = self.arena.get_mut(id.0 as usize) {
                *slot = node;
            }
            return id;
        }
        let flat = self.flatten(schema, DEPTH);
        let node = self.flat_node(&flat);
        self.push(node)
    }

    fn flat_node(&mut self, flat: &Flat) -> Node {
        let types = types(flat);
        let has_properties = flat.get("properties").and_then(Value::as_object).is_some_and(|p| !p.is_empty());
        if !has_properties {
            for key in ["one_of", "any_of"] {
                if let Some(variants) = flat.get(key).and_then(Value::as_array)
                    && let Some(node) = self.variants(flat, key, variants)
                {
                    return node;
                }
            }
        }
        match types.as_slice() {
            [] => Node::Json,
            [one] => self.typed(one, flat),
            many => {
                let free_form = many.iter().any(|t| t == "object")
                    && !has_properties
                    && !flat.contains_key("pattern_properties");
                if free_form || many.len() > 3 {
                    return Node::Json;
                }
                let ids = many
                    .iter()
                    .map(|one| {
                        let node = self.typed(one, flat);
                        self.push(node)
                    })
                    .collect();
                Node::AnyOf(ids)
            }
        }
    }

    /// The variants of a schema without properties of its own; `None` where they add nothing.
    fn variants(&mut self, flat: &Flat, key: &str, variants: &[Value]) -> Option<Node> {
        let mut base = flat.clone();
        base.remove("one_of");
        base.remove("any_of");
        // A typed list or object, "or any JSON": the second is a spelling of the past.
        let (typed, free): (Vec<_>, Vec<_>) = variants
            .iter()
            .map(|v| (v, self.flatten(v, DEPTH)))
            .partition(|(_, flat)| flat.get("format") != Some(&Value::from("json")));
        let kept = if typed.is_empty() { free } else { typed };
        let (variants, flats): (Vec<&Value>, Vec<Flat>) = kept.into_iter().unzip();
        if flats.iter().any(Flat::is_empty) {
            return None;
        }
        if alternatives::is_tagged_union(&flats) {
            let mut object = base.clone();
            object.insert(key.to_owned(), variants.into_iter().cloned().collect());
            object.insert("type".into(), Value::from("object"));
            object.insert("additional_properties".into(), Value::from(false));
            return Some(Node::Object(self.object(&object)));
        }
        if flats
            .iter()
            .all(|f| f.contains_key("required") && !f.contains_key("type") && !f.contains_key("properties"))
        {
            return None;
        }
        base.remove("format");
        let base_says = base.keys().any(|k| k != "type") || !types(&base).is_empty();
        let ids = variants
            .iter()
            .zip(flats)
            .map(|(variant, flat)| {
                if base_says {
                    let merged = merge(base.clone(), flat);
                    let node = self.flat_node(&merged);
                    self.push(node)
                } else {
                    self.node(variant)
                }
            })
            .collect();
        Some(Node::AnyOf(ids))
    }

    fn typed(&mut self, kind: &str, flat: &Flat) -> Node {
        match kind {
            "boolean" => Node::Boolean,
            "integer" => Node::Integer {
                min: flat
                    .get("minimum")
                    .and_then(whole)
                    .max(flat.get("exclusive_minimum").and_then(whole).map(|n| n.saturating_add(1))),
                max: [
                    flat.get("maximum").and_then(whole),
                    flat.get("exclusive_maximum").and_then(whole).map(|n| n.saturating_sub(1)),
                ]
                .into_iter()
                .flatten()
                .min(),
                allowed: values(flat).filter_map(Value::as_i64).collect(),
            },
            "number" => Node::Number {
                min: flat.get("minimum").or_else(|| flat.get("exclusive_minimum")).and_then(Value::as_f64),
                max: flat.get("maximum").or_else(|| flat.get("exclusive_maximum")).and_then(Value::as_f64),
            },
            "string" => Node::String(string(flat)),
            "array" => {
                let items = match flat.get("items") {
                    Some(items) => self.node(items),
                    None => self.push(Node::Json),
                };
                Node::Array {
                    items,
                    min: count(flat, "min_items").filter(|n| *n > 0),
                    max: count(flat, "max_items"),
                    unique: flat.get("unique_items") == Some(&Value::from(true)),
                }
            }
            "object" => {
                let properties =
                    flat.get("properties").and_then(Value::as_object).is_some_and(|p| !p.is_empty());
                let patterns =
                    flat.get("pattern_properties").and_then(Value::as_object).filter(|p| !p.is_empty());
                match patterns {
                    Some(patterns) if !properties => {
                        let ids: Vec<NodeId> = patterns.clone().values().map(|v| self.node(v)).collect();
                        match ids.as_slice() {
                            [one] => Node::Map(*one),
                            _ => {
                                let any = self.push(Node::AnyOf(ids));
                                Node::Map(any)
                            }
                        }
                    }
                    _ if !properties
                        && flat.get("additional_properties") != Some(&Value::from(false))
                        && !flat.contains_key("required") =>
                    {
                        Node::Json
                    }
                    _ => Node::Object(self.object(flat)),
                }
            }
            _ => Node::Json,
        }
    }

    /// The rules of an object, its variants merged into it.
    fn object(&mut self, flat: &Flat) -> ObjectRules {
        let mut properties: BTreeMap<String, Vec<NodeId>> = BTreeMap::new();
        if let Some(own) = flat.get("properties").and_then(Value::as_object) {
            for (name, schema) in own {
                let id = self.node(schema);
                properties.insert(name.clone(), vec![id]);
            }
        }
        let mut rules = alternatives::Required {
            required: strings(flat.get("required")).into_iter().collect(),
            ..Default::default()
        };
        let own: BTreeSet<String> = properties.keys().cloned().collect();
        for key in ["one_of", "any_of"] {
            let Some(variants) = flat.get(key).and_then(Value::as_array) else { continue };
            let flats: Vec<Flat> = variants.iter().map(|v| self.flatten(v, DEPTH)).collect();
            for variant in &flats {
                for (name, schema) in
                    variant.get("properties").and_then(Value::as_object).into_iter().flatten()
                {
                    if !own.contains(name) {
                        let id = self.node(schema);
                        properties.entry(name.clone()).or_default().push(id);
                    }
                }
            }
            rules.add_variants(&flats, key == "one_of");
        }
        rules.add_sets(flat);
        let dependents = |key: &str| -> Vec<(Name, Vec<Name>)> {
            flat.get(key)
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
                .map(|(name, others)| (Name::from(name.as_str()), sorted(strings(Some(others)))))
                .collect()
        };
        let (dependent_required, dependent_excluded) =
            (dependents("dependent_required"), dependents("dependent_excluded"));
        let has_patterns =
            flat.get("pattern_properties").and_then(Value::as_object).is_some_and(|p| !p.is_empty());
        let properties: Vec<(Name, NodeId)> = properties
            .into_iter()
            .map(|(name, ids)| {
                let id = match ids.as_slice() {
                    [one] => *one,
                    _ => self.push(Node::AnyOf(ids)),
                };
                (Name::from(name), id)
            })
            .collect();
        ObjectRules {
            open: has_patterns || flat.get("additional_properties") != Some(&Value::from(false)),
            properties,
            required: rules.required.into_iter().map(Name::from).collect(),
            exactly_one: rules.exactly_one.into_iter().map(sorted).collect(),
            at_least_one: rules.at_least_one.into_iter().map(sorted).collect(),
            dependent_required,
            dependent_excluded,
        }
    }

    /// Whether nothing of a property can be written.
    fn only_read(&self, schema: &Value, path: &str, read_only: &BTreeSet<String>, depth: u32) -> bool {
        if read_only.contains(path) {
            return true;
        }
        if depth == 0 {
            return false;
        }
        let flat = self.flatten(schema, DEPTH);
        if let Some(properties) = flat.get("properties").and_then(Value::as_object).filter(|p| !p.is_empty())
        {
            return properties.iter().all(|(name, schema)| {
                self.only_read(schema, &format!("{path}.{name}"), read_only, depth - 1)
            });
        }
        flat.get("items")
            .is_some_and(|items| self.only_read(items, &format!("{path}.*"), read_only, depth - 1))
    }

    /// The schema of a dotted path.
    fn at_path(&self, properties: &Map<String, Value>, path: &str) -> Option<Value> {
        // A few attribute names have dots of their own.
        if let Some(found) = properties.get(path) {
            return Some(found.clone());
        }
        let (first, rest) = path.split_once('.')?;
        let flat = self.flatten(properties.get(first)?, DEPTH);
        if let Some(inner) = flat.get("properties").and_then(Value::as_object)
            && let Some(found) = self.at_path(inner, rest)
        {
            return Some(found);
        }
        ["one_of", "any_of"]
            .iter()
            .filter_map(|key| flat.get(*key).and_then(Value::as_array))
            .flatten()
            .find_map(|variant| {
                let variant = self.flatten(variant, DEPTH);
                self.at_path(variant.get("properties")?.as_object()?, rest)
            })
    }
}
