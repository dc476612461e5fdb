//! A template as the embedded CloudFormation reads it: parameters, resources with what each needs, outputs.
//!
//! Invariant: in a template that was read, every `Ref` and `Fn::GetAtt` names what is there, nothing needs itself, and
//! no function is left that cannot be evaluated.

use super::model::Policy;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Bytes of a template in the request.
pub(super) const MAX_BODY: usize = 51_200;
/// Bytes of a template in a bucket.
pub(super) const MAX_OBJECT: usize = 1_000_000;
const MAX_RESOURCES: usize = 500;
const MAX_PARAMETERS: usize = 200;

const FUNCTIONS: &[&str] =
    &["Fn::Base64", "Fn::Cidr", "Fn::GetAtt", "Fn::GetAZs", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::Sub"];

const PSEUDO: &[&str] = &[
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

/// A template, read.
#[derive(Clone, Debug)]
pub(super) struct Template {
    pub(super) parameters: BTreeMap<String, Parameter>,
    pub(super) resources: BTreeMap<String, Declared>,
    pub(super) outputs: BTreeMap<String, Value>,
    /// Logical ids, each after those that it needs.
    pub(super) order: Vec<String>,
}

/// A parameter, declared.
#[derive(Clone, Debug)]
pub(super) struct Parameter {
    pub(super) kind: String,
    pub(super) default: Option<String>,
    pub(super) no_echo: bool,
    pub(super) allowed: Vec<String>,
}

impl Parameter {
    pub(super) fn is_list(&self) -> bool {
        self.kind == "CommaDelimitedList" || self.kind.starts_with("List<")
    }
}

/// A resource, declared.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Declared {
    pub(super) resource_type: String,
    pub(super) properties: Value,
    pub(super) deletion_policy: Policy,
    pub(super) replace_policy: Policy,
    pub(super) metadata: Value,
    pub(super) creation_policy: Value,
    pub(super) update_policy: Value,
    pub(super) needs: BTreeSet<String>,
}

/// What a value refers to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reference {
    /// `Ref`.
    Name(String),
    /// `Fn::GetAtt`.
    Attribute(String, String),
}

/// Reads a template.
///
/// # Errors
/// What the service would say of it.
pub(super) fn read(text: &str) -> Result<Template, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| {
        format!(
            "Template format error: JSON not well-formed. (line {}, column {})",
            error.line(),
            error.column()
        )
    })?;
    let root = value.as_object().ok_or("Template format error: unsupported structure.")?;
    for section in root.keys() {
        match section.as_str() {
            "AWSTemplateFormatVersion"
            | "Description"
            | "Metadata"
            | "Outputs"
            | "Parameters"
            | "Resources" => {}
            "Conditions" | "Hooks" | "Mappings" | "Rules" | "Transform" => {
                return Err(format!(
                    "Template format error: the section [{section}] is not supported by the embedded CloudFormation"
                ));
            }
            _ => return Err(format!("Invalid template property or properties [{section}]")),
        }
    }
    let empty = Map::new();
    let section = |name: &str| root.get(name).and_then(Value::as_object).unwrap_or(&empty);
    let parameters: BTreeMap<_, _> = section("Parameters")
        .iter()
        .map(|(name, declared)| parameter(name, declared).map(|parameter| (name.clone(), parameter)))
        .collect::<Result<_, _>>()?;
    if parameters.len() > MAX_PARAMETERS {
        return Err(format!(
            "Template format error: Number of parameters, {}, is greater than maximum allowed, {MAX_PARAMETERS}",
            parameters.len()
        ));
    }
    let declared = section("Resources");
    if declared.is_empty() {
        return Err("Template format error: At least one Resources member must be defined.".to_owned());
    }
    if declared.len() > MAX_RESOURCES {
        return Err(format!(
            "Template format error: Number of resources, {}, is greater than maximum allowed, {MAX_RESOURCES}",
            declared.len()
        ));
    }
    let mut resources: BTreeMap<String, Declared> = declared
        .iter()
        .map(|(name, declared)| resource(name, declared).map(|resource| (name.clone(), resource)))
        .collect::<Result<_, _>>()?;
    let outputs: BTreeMap<_, _> = section("Outputs")
        .iter()
        .map(|(name, output)| (name.clone(), output.get("Value").cloned().unwrap_or(Value::Null)))
        .collect();
    connect(&mut resources, &parameters, &outputs)?;
    let order = order(&resources)?;
    Ok(Template { parameters, resources, outputs, order })
}

fn parameter(name: &str, declared: &Value) -> Result<Parameter, String> {
    let text = |key: &str| declared.get(key).map(scalar);
    let kind = declared.get("Type").and_then(Value::as_str).ok_or_else(|| {
        format!("Template format error: Every Parameters object must contain a Type member. [{name}]")
    })?;
    if kind.starts_with("AWS::SSM::Parameter::") {
        return Err(format!(
            "Template format error: parameter [{name}] of type {kind} is not supported by the embedded CloudFormation"
        ));
    }
    Ok(Parameter {
        kind: kind.to_owned(),
        default: text("Default"),
        no_echo: declared.get("NoEcho").is_some_and(|value| scalar(value) == "true"),
        allowed: declared
            .get("AllowedValues")
            .and_then(Value::as_array)
            .map(|values| values.iter().map(scalar).collect())
            .unwrap_or_default(),
    })
}

fn resource(name: &str, declared: &Value) -> Result<Declared, String> {
    if name.is_empty() || name.len() > 255 || !name.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Err(format!("Template format error: Resource name {name} is non alphanumeric."));
    }
    let object = declared.as_object().ok_or_else(|| {
        format!("Template format error: [/Resources/{name}] Every Resources member must be an object.")
    })?;
    let resource_type = object.get("Type").and_then(Value::as_str).ok_or_else(|| {
        format!(
            "Template format error: [/Resources/{name}] Every Resources object must contain a Type member."
        )
    })?;
    let custom = resource_type.starts_with("Custom::");
    if !custom && solc_schema::resource(resource_type).is_none() {
        return Err(format!("Template format error: Unrecognized resource types: [{resource_type}]"));
    }
    let policy = |key: &str, on_create: bool| match object.get(key) {
        None => Ok(Policy::Delete),
        Some(value) => value
            .as_str()
            .and_then(Policy::parse)
            .filter(|policy| on_create || *policy != Policy::RetainExceptOnCreate)
            .ok_or_else(|| format!("Template format error: Unrecognized {key} {value} for resource {name}")),
    };
    let value = |key: &str| object.get(key).cloned().unwrap_or(Value::Null);
    let mut needs = BTreeSet::new();
    match object.get("DependsOn") {
        None => {}
        Some(Value::String(one)) => {
            needs.insert(one.clone());
        }
        Some(Value::Array(many)) => needs.extend(many.iter().map(scalar)),
        Some(_) => {
            return Err(format!(
                "Template format error: DependsOn of {name} must be a string or a list of strings."
            ));
        }
    }
    for key in object.keys() {
        let known = [
            "Type",
            "Properties",
            "DependsOn",
            "DeletionPolicy",
            "UpdateReplacePolicy",
            "Metadata",
            "CreationPolicy",
            "UpdatePolicy",
        ];
        if !known.contains(&key.as_str()) {
            return Err(format!("Invalid template resource property '{key}'"));
        }
    }
    Ok(Declared {
        resource_type: resource_type.to_owned(),
        properties: object.get("Properties").cloned().unwrap_or_else(|| Value::Object(Map::new())),
        deletion_policy: policy("DeletionPolicy", true)?,
        replace_policy: policy("UpdateReplacePolicy", false)?,
        metadata: value("Metadata"),
        creation_policy: value("CreationPolicy"),
        update_policy: value("UpdatePolicy"),
        needs,
    })
}

/// Finds what each resource needs, and that everything named is there.
fn connect(
    resources: &mut BTreeMap<String, Declared>,
    parameters: &BTreeMap<String, Parameter>,
    outputs: &BTreeMap<String, Value>,
) -> Result<(), String> {
    let types: BTreeMap<String, String> =
        resources.iter().map(|(name, declared)| (name.clone(), declared.resource_type.clone())).collect();
    let check = |value: &Value, block: &str| -> Result<BTreeSet<String>, String> {
        let mut found = BTreeSet::new();
        for reference in references(value)? {
            match reference {
                Reference::Name(name) if types.contains_key(&name) => {
                    found.insert(name);
                }
                Reference::Name(name)
                    if parameters.contains_key(&name) || PSEUDO.contains(&name.as_str()) => {}
                Reference::Name(name) => {
                    return Err(format!(
                        "Template format error: Unresolved resource dependencies [{name}] in the {block} block of the template"
                    ));
                }
                Reference::Attribute(name, attribute) => {
                    let Some(resource_type) = types.get(&name) else {
                        return Err(format!(
                            "Template error: instance of Fn::GetAtt references undefined resource {name}"
                        ));
                    };
                    let known = solc_schema::resource(resource_type)
                        .is_none_or(|schema| schema.any_attribute || schema.attribute(&attribute).is_some());
                    if !known {
                        return Err(format!(
                            "Template error: resource {name} does not support attribute type {attribute} in Fn::GetAtt"
                        ));
                    }
                    found.insert(name);
                }
            }
        }
        Ok(found)
    };
    for (name, declared) in resources.iter_mut() {
        if let Some(missing) = declared.needs.iter().find(|need| !types.contains_key(*need)) {
            return Err(format!(
                "Template format error: Unresolved resource dependencies [{missing}] in the Resources block of the template"
            ));
        }
        let found = check(&declared.properties, "Resources")?;
        declared.needs.extend(found);
        if declared.needs.contains(name) {
            return Err(format!("Circular dependency between resources: [{name}]"));
        }
    }
    for value in outputs.values() {
        check(value, "Outputs")?;
    }
    Ok(())
}

/// Logical ids, each after those that it needs.
fn order(resources: &BTreeMap<String, Declared>) -> Result<Vec<String>, String> {
    let mut order: Vec<String> = Vec::with_capacity(resources.len());
    let mut placed = BTreeSet::new();
    while order.len() < resources.len() {
        let before = order.len();
        for (name, declared) in resources {
            if !placed.contains(name) && declared.needs.is_subset(&placed) {
                order.push(name.clone());
            }
        }
        placed.extend(order.iter().skip(before).cloned());
        if order.len() == before {
            let left: Vec<&str> =
                resources.keys().filter(|name| !placed.contains(*name)).map(String::as_str).collect();
            return Err(format!("Circular dependency between resources: [{}]", left.join(", ")));
        }
    }
    Ok(order)
}

/// What a value refers to, in order and once each.
///
/// # Errors
/// Where it has a function that is not known, or one that is not written as it must be.
pub(super) fn references(value: &Value) -> Result<BTreeSet<Reference>, String> {
    let mut found = BTreeSet::new();
    collect(value, &mut found)?;
    Ok(found)
}

fn collect(value: &Value, found: &mut BTreeSet<Reference>) -> Result<(), String> {
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| collect(item, found)),
        Value::Object(map) => {
            let Some((key, argument)) = function(map)? else {
                return map.values().try_for_each(|value| collect(value, found));
            };
            match key {
                "Ref" => {
                    let name = argument.as_str().ok_or("Template error: every Ref must be a string.")?;
                    found.insert(Reference::Name(name.to_owned()));
                    Ok(())
                }
                "Fn::GetAtt" => {
                    let (name, attribute) = get_att(argument)?;
                    found.insert(Reference::Attribute(name, attribute));
                    Ok(())
                }
                "Fn::Sub" => {
                    let (text, local) = sub(argument)?;
                    for piece in pieces(text) {
                        match piece {
                            Piece::Text(_) => {}
                            Piece::Name(name) if local.is_some_and(|map| map.contains_key(name)) => {}
                            Piece::Name(name) => {
                                found.insert(named(name));
                            }
                        }
                    }
                    local.into_iter().flat_map(Map::values).try_for_each(|value| collect(value, found))
                }
                _ => collect(argument, found),
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

/// The function that an object is, where it is one.
pub(super) fn function(map: &Map<String, Value>) -> Result<Option<(&str, &Value)>, String> {
    let Some((key, argument)) = map.iter().find(|(key, _)| *key == "Ref" || key.starts_with("Fn::")) else {
        return Ok(None);
    };
    if map.len() > 1 {
        // `Ref` is a name like any other where it stands among others.
        return if key == "Ref" {
            Ok(None)
        } else {
            Err(format!("Template error: {key} must stand alone in its object"))
        };
    }
    if key == "Ref" || FUNCTIONS.contains(&key.as_str()) {
        return Ok(Some((key, argument)));
    }
    Err(format!("Template error: the function {key} is not supported by the embedded CloudFormation"))
}

/// The two parts of a `Fn::GetAtt`.
pub(super) fn get_att(argument: &Value) -> Result<(String, String), String> {
    let wrong = || {
        "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute".to_owned()
    };
    match argument {
        Value::String(text) => text
            .split_once('.')
            .map(|(name, attribute)| (name.to_owned(), attribute.to_owned()))
            .ok_or_else(wrong),
        Value::Array(items) => match items.as_slice() {
            [Value::String(name), Value::String(attribute)] => Ok((name.clone(), attribute.clone())),
            _ => Err(wrong()),
        },
        _ => Err(wrong()),
    }
}

/// The text of a `Fn::Sub`, and its own names.
type Substitution<'v> = (&'v str, Option<&'v Map<String, Value>>);

/// The parts of a `Fn::Sub`.
pub(super) fn sub(argument: &Value) -> Result<Substitution<'_>, String> {
    match argument {
        Value::String(text) => Ok((text, None)),
        Value::Array(items) => match items.as_slice() {
            [Value::String(text), Value::Object(map)] => Ok((text, Some(map))),
            _ => Err("Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string".to_owned()),
        },
        _ => Err("Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments.".to_owned()),
    }
}

/// A piece of a text of `Fn::Sub`.
pub(super) enum Piece<'t> {
    Text(&'t str),
    Name(&'t str),
}

/// The pieces of a text of `Fn::Sub`; `${!x}` is the text `${x}`.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        found.push(Piece::Text(before));
        match after.split_once('}') {
            Some((name, tail)) => {
                match name.strip_prefix('!') {
                    Some(literal) => {
                        found.extend([Piece::Text("${"), Piece::Text(literal), Piece::Text("}")]);
                    }
                    None => found.push(Piece::Name(name.trim())),
                }
                rest = tail;
            }
            None => {
                found.push(Piece::Text("${"));
                rest = after;
            }
        }
    }
    found.push(Piece::Text(rest));
    found
}

/// What a name within `Fn::Sub` refers to.
pub(super) fn named(name: &str) -> Reference {
    match name.split_once('.') {
        Some((resource, attribute)) => Reference::Attribute(resource.to_owned(), attribute.to_owned()),
        None => Reference::Name(name.to_owned()),
    }
}

/// A scalar as CloudFormation writes it in texts.
pub(super) fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// The parameters of a request, completed by the defaults of a template.
///
/// # Errors
/// Where one has no value, is not declared, or is not allowed.
pub(super) fn complete(
    template: &Template,
    given: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, String> {
    let unknown: Vec<&str> =
        given.keys().filter(|name| !template.parameters.contains_key(*name)).map(String::as_str).collect();
    if !unknown.is_empty() {
        return Err(format!("Parameters: [{}] do not exist in the template", unknown.join(", ")));
    }
    let mut complete = BTreeMap::new();
    let mut missing = Vec::new();
    for (name, declared) in &template.parameters {
        match given.get(name).or(declared.default.as_ref()) {
            Some(value) if value.len() > 4_096 => {
                return Err(format!("Parameter '{name}' must not be longer than 4096 bytes"));
            }
            Some(value) if !declared.allowed.is_empty() && !declared.allowed.contains(value) => {
                return Err(format!("Parameter '{name}' must be one of AllowedValues"));
            }
            Some(value) if declared.kind == "Number" && value.parse::<f64>().is_err() => {
                return Err(format!("Parameter '{name}' must be a number."));
            }
            Some(value) => {
                complete.insert(name.clone(), value.clone());
            }
            None => missing.push(name.as_str()),
        }
    }
    if missing.is_empty() {
        Ok(complete)
    } else {
        Err(format!("Parameters: [{}] must have values", missing.join(", ")))
    }
}

/// The capabilities that a template needs.
pub(super) fn capability(template: &Template) -> Option<&'static str> {
    let named = ["RoleName", "UserName", "GroupName", "ManagedPolicyName", "InstanceProfileName"];
    let owners = [
        "AWS::IAM::Role",
        "AWS::IAM::User",
        "AWS::IAM::Group",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::InstanceProfile",
    ];
    let iam = || template.resources.values().filter(|r| r.resource_type.starts_with("AWS::IAM::"));
    if iam().any(|r| {
        owners.contains(&r.resource_type.as_str())
            && named.iter().any(|name| r.properties.get(name).is_some())
    }) {
        Some("CAPABILITY_NAMED_IAM")
    } else if iam().next().is_some() {
        Some("CAPABILITY_IAM")
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
