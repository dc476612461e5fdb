//! The templates that a refactoring leaves: the old ones, changed by the moves alone.
//!
//! Invariant: every property has the value that it had. Who referred to a neighbour that is in another stack now gets
//! its value as text; the ordinary update that follows binds it again. Where such a value is not known there is a
//! problem, and no guess.

use super::At;
use crate::plan::reference::{Reference, pieces, references};
use crate::plan::replacement::Rules;
use crate::plan::stacks::{Records, Stored};
use crate::plan::{Move, Recorded, RefactoredStack, changes, difference, outputs};
use crate::release::Release;
use serde_json::{Map, Value, json};
use solc_cmdb::{StackState, States, canonical, sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What is put into a stack that everything goes out of: no stack may be empty.
pub(super) const PLACEHOLDER: &str = "Vacated";

/// Pseudo parameters that have another value in another stack.
const OF_STACK: &[&str] = &["AWS::NotificationARNs", "AWS::StackId", "AWS::StackName"];

/// What came of it.
pub(super) struct Made {
    pub(super) stacks: Vec<RefactoredStack>,
    /// What will be recorded.
    pub(super) states: Vec<Recorded>,
    /// Which move cannot be made, and why.
    pub(super) problems: Vec<(usize, String)>,
}

/// Whether a resource is one for whose sake a stack gets a policy.
pub(super) fn is_guarded(resource: &Value) -> bool {
    let policy = resource.get("DeletionPolicy").and_then(Value::as_str);
    matches!(policy, Some("Retain" | "RetainExceptOnCreate" | "Snapshot"))
        || Rules::of(changes::type_of(resource)).is_stateful()
}

/// A refactoring that is being worked out.
struct Work<'a> {
    records: &'a Records<'a>,
    /// Where each resource that moves goes.
    to: BTreeMap<At<'a>, At<'a>>,
    /// Which move each is.
    numbers: BTreeMap<At<'a>, usize>,
    /// The attributes that outputs tell.
    attributes: BTreeMap<(&'a str, &'a str, String), &'a str>,
    /// What is named from another stack now, where it is now.
    crossing: BTreeSet<At<'a>>,
    problems: Vec<(usize, String)>,
}

/// The stacks called `names`, as `moves` leave them.
pub(super) fn make(
    release: &Release,
    records: &Records<'_>,
    texts: &BTreeMap<&str, &str>,
    names: &BTreeSet<String>,
    moves: &[Move],
) -> Made {
    let mut work = Work {
        records,
        to: moves
            .iter()
            .map(|m| ((m.from_stack.as_str(), m.from.as_str()), (m.to_stack.as_str(), m.to.as_str())))
            .collect(),
        numbers: moves
            .iter()
            .enumerate()
            .map(|(i, m)| ((m.from_stack.as_str(), m.from.as_str()), i))
            .collect(),
        attributes: attributes(records, names),
        crossing: moves.iter().map(|m| (m.to_stack.as_str(), m.to.as_str())).collect(),
        problems: Vec::new(),
    };
    let mut resources: BTreeMap<&str, Map<String, Value>> =
        names.iter().map(|name| (name.as_str(), Map::new())).collect();
    let mut physical: BTreeMap<&str, BTreeMap<String, String>> = BTreeMap::new();
    for name in names {
        let Some(record) = records.get(name.as_str()).filter(|record| !record.gone) else { continue };
        for (id, resource) in changes::resources(Some(&record.content)).into_iter().flatten() {
            let (stack, new) = work.place((name, id));
            let (stack, new) = (stack.to_owned(), new.to_owned());
            let rewritten = work.resource((name, id), resource);
            if let Some(there) = resources.get_mut(stack.as_str()) {
                there.insert(new.clone(), rewritten);
            }
            if let (Some(known), Some(name)) = (record.state.resources.get(id), names.get(&stack)) {
                physical.entry(name).or_default().insert(new, known.clone());
            }
        }
    }
    let mut made = Made { stacks: Vec::new(), states: Vec::new(), problems: Vec::new() };
    for name in names {
        let record = records.get(name.as_str()).filter(|record| !record.gone);
        let mut content = record.map_or_else(|| empty(release, name), |record| record.content.clone());
        let mut state = record.map_or_else(|| new_state(name), |record| record.state.clone());
        let mut before =
            texts.get(name.as_str()).filter(|_| record.is_some()).map_or("", |text| text).to_owned();
        let mut all = resources.remove(name.as_str()).unwrap_or_default();
        state.resources = physical.remove(name.as_str()).unwrap_or_default();
        let vacated = all.is_empty();
        if vacated {
            let placeholder = json!({ "Type": "AWS::CloudFormation::WaitConditionHandle" });
            all.insert(PLACEHOLDER.to_owned(), placeholder.clone());
            let mut both = content.clone();
            if let Some(there) = both.get_mut("Resources").and_then(Value::as_object_mut) {
                there.insert(PLACEHOLDER.to_owned(), placeholder);
            }
            before = text(&both);
        }
        let given = work.outputs(name, &content, &mut state, release, &all);
        if let Some(content) = content.as_object_mut() {
            content.insert("Resources".to_owned(), Value::Object(all));
            if given.is_empty() {
                content.remove("Outputs");
            } else {
                content.insert("Outputs".to_owned(), Value::Object(given));
            }
        }
        let template = text(&content);
        state.template_sha256 = sha256(template.as_bytes());
        made.stacks.push(RefactoredStack {
            name: name.clone(),
            created: record.is_none(),
            vacated,
            template_sha256: state.template_sha256.clone(),
            template: template.clone(),
            before,
        });
        made.states.push((state, template));
    }
    made.problems = work.problems;
    made
}

/// Canonical JSON. Its keys are texts, so that writing it cannot fail.
fn text(content: &Value) -> String {
    canonical::to_string(content).unwrap_or_else(|_| content.to_string())
}

/// The frame of a template that is not there yet.
fn empty(release: &Release, name: &str) -> Value {
    let mut frame = Map::new();
    let new = release.stack(name).and_then(|stack| stack.content.get("AWSTemplateFormatVersion"));
    frame.extend(new.map(|version| ("AWSTemplateFormatVersion".to_owned(), version.clone())));
    Value::Object(frame)
}

/// What is recorded of a stack that a refactoring makes.
fn new_state(name: &str) -> StackState {
    StackState {
        schema_version: States::schema_version(),
        stack: name.to_owned(),
        id: String::new(),
        status: "CREATE_COMPLETE".to_owned(),
        depends_on: Vec::new(),
        parameters: BTreeMap::new(),
        bindings: BTreeMap::new(),
        outputs: BTreeMap::new(),
        tags: BTreeMap::new(),
        termination_protection: false,
        template_sha256: String::new(),
        operation: String::new(),
        manifest_sha256: String::new(),
        resources: BTreeMap::new(),
        retained: BTreeMap::new(),
    }
}

/// The attributes of resources that outputs consist of.
fn attributes<'a>(
    records: &'a Records<'a>,
    names: &BTreeSet<String>,
) -> BTreeMap<(&'a str, &'a str, String), &'a str> {
    let mut found = BTreeMap::new();
    for (name, record) in records.iter().filter(|(name, record)| names.contains(**name) && !record.gone) {
        for (output, declared) in outputs::listed(Some(&record.content)).into_iter().flatten() {
            let (Some(one), Some(value)) =
                (declared.get("Value").and_then(single), record.state.outputs.get(output))
            else {
                continue;
            };
            let resources = changes::resources(Some(&record.content));
            if let Some((id, _)) = resources.and_then(|all| all.get_key_value(&one.name)) {
                found.insert((*name, id.as_str(), one.attribute), value.as_str());
            }
        }
    }
    found
}

/// The one reference that a value consists of.
fn single(value: &Value) -> Option<Reference> {
    let whole = value.as_object().filter(|map| map.len() == 1)?;
    let plain = whole.contains_key("Ref") || whole.contains_key("Fn::GetAtt");
    references(value).pop().filter(|_| plain)
}

impl<'a> Work<'a> {
    /// Where a resource is afterwards.
    fn place<'n>(&self, at: (&'n str, &'n str)) -> (&'n str, &'n str)
    where
        'a: 'n,
    {
        self.to.get(&at).map_or(at, |to| *to)
    }

    fn record(&self, stack: &str) -> Option<&'a Stored<'a>> {
        self.records.get(stack)
    }

    /// A resource that was at `at`, as it is written where it is afterwards.
    fn resource(&mut self, at: At<'_>, resource: &Value) -> Value {
        let away = self.place(at).0 != at.0;
        let mut rewritten = Map::new();
        for (key, value) in resource.as_object().into_iter().flatten() {
            match key.as_str() {
                "DependsOn" => {
                    let left = self.depends_on(at, value);
                    if !left.is_empty() {
                        rewritten.insert(key.clone(), Value::Array(left));
                    }
                }
                "Condition" if away => {
                    self.problem(at, None, "it has a condition, and a refactoring adds none to a stack");
                }
                _ => {
                    rewritten.insert(key.clone(), self.value(at, value));
                }
            }
        }
        Value::Object(rewritten)
    }

    fn depends_on(&self, at: At<'_>, value: &Value) -> Vec<Value> {
        let own = self.place(at).0;
        let listed = match value {
            Value::Array(items) => items.as_slice(),
            other => std::slice::from_ref(other),
        };
        let there = listed.iter().filter_map(Value::as_str).map(|name| self.place((at.0, name)));
        there.filter(|(stack, _)| *stack == own).map(|(_, id)| id.into()).collect()
    }

    /// Notes why a resource, or what it refers to, cannot move.
    fn problem(&mut self, at: At<'_>, about: Option<At<'_>>, why: &str) {
        let number = self.numbers.get(&at).or_else(|| self.numbers.get(&about?));
        if let Some(number) = number {
            self.problems.push((*number, why.to_owned()));
        }
    }

    fn value(&mut self, at: At<'_>, value: &Value) -> Value {
        match value {
            Value::Object(map) => {
                if let (1, Some((function, argument))) = (map.len(), map.iter().next()) {
                    return self.call(at, function, argument);
                }
                Value::Object(map.iter().map(|(key, value)| (key.clone(), self.value(at, value))).collect())
            }
            Value::Array(items) => Value::Array(items.iter().map(|item| self.value(at, item)).collect()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
        }
    }

    fn call(&mut self, at: At<'_>, function: &str, argument: &Value) -> Value {
        match (function, argument) {
            ("Ref", Value::String(name)) => match self.named(at, name, "Ref") {
                Now::Name(name) => json!({ "Ref": name }),
                Now::Text(text) => text.into(),
            },
            ("Fn::GetAtt", _) => {
                let whole = json!({ function: argument });
                let Some(Reference { name, attribute, .. }) = references(&whole).pop() else { return whole };
                match self.named(at, &name, &attribute) {
                    Now::Name(new) if new == name => whole,
                    Now::Name(new) => json!({ "Fn::GetAtt": [new, attribute] }),
                    Now::Text(text) => text.into(),
                }
            }
            ("Fn::Sub", Value::String(text)) => json!({ "Fn::Sub": self.substitution(at, text, None) }),
            ("Fn::Sub", Value::Array(parts)) => match parts.as_slice() {
                [Value::String(text), own] => {
                    let text = self.substitution(at, text, own.as_object());
                    json!({ "Fn::Sub": [text, self.value(at, own)] })
                }
                _ => json!({ function: argument }),
            },
            ("Fn::If" | "Fn::FindInMap", _) if self.place(at).0 != at.0 => {
                self.problem(at, None, &format!("it uses `{function}`, and a refactoring adds neither conditions nor mappings to a stack"));
                json!({ function: argument })
            }
            (key, argument) => {
                let inner = self.value(at, argument);
                Value::Object([(key.to_owned(), inner)].into_iter().collect())
            }
        }
    }

    fn substitution(&mut self, at: At<'_>, text: &str, own: Option<&Map<String, Value>>) -> String {
        let mut out = String::new();
        for (literal, name) in pieces(text) {
            out.push_str(literal);
            let Some(name) = name else { continue };
            if own.is_some_and(|own| own.contains_key(name)) {
                out.push_str(&format!("${{{name}}}"));
                continue;
            }
            let (id, attribute) = name.split_once('.').unwrap_or((name, "Ref"));
            match self.named(at, id, attribute) {
                Now::Name(new) if attribute == "Ref" => out.push_str(&format!("${{{new}}}")),
                Now::Name(new) => out.push_str(&format!("${{{new}.{attribute}}}")),
                Now::Text(text) => out.push_str(&text.replace("${", "${!")),
            }
        }
        out
    }

    /// What `name` of the stack that `at` was in is called where `at` is afterwards.
    fn named(&mut self, at: At<'_>, name: &str, attribute: &str) -> Now {
        let own = self.place(at).0.to_owned();
        let as_it_was = || Now::Name(name.to_owned());
        let Some(record) = self.record(at.0) else { return as_it_was() };
        let known = changes::resources(Some(&record.content)).and_then(|all| all.get_key_value(name));
        if let Some((id, _)) = known {
            let Some((stack, _)) = self.records.get_key_value(at.0) else { return as_it_was() };
            let from: At<'a> = (stack, id.as_str());
            let to: At<'a> = self.to.get(&from).copied().unwrap_or(from);
            if to.0 == own {
                return Now::Name(to.1.to_owned());
            }
            self.crossing.insert(to);
            let value = if attribute == "Ref" {
                record.state.resources.get(name).map(String::as_str)
            } else {
                self.attributes.get(&(from.0, from.1, attribute.to_owned())).copied()
            };
            return value.map_or_else(
                || {
                    let why = format!(
                        "`{}` takes `{attribute}` of `{name}`, which is in another stack then, and its value is \
                         not recorded",
                        at.1
                    );
                    self.problem(at, Some(from), &why);
                    as_it_was()
                },
                |value| Now::Text(value.to_owned()),
            );
        }
        if own == at.0 {
            return as_it_was();
        }
        if OF_STACK.contains(&name) {
            self.problem(at, None, &format!("it takes `{name}`, which is another value in another stack"));
            return as_it_was();
        }
        let Some(declared) = record.content.get("Parameters").and_then(|all| all.get(name)) else {
            return as_it_was();
        };
        match parameter(record, name, declared) {
            Ok(value) => Now::Text(value),
            Err(why) => {
                self.problem(at, None, &why);
                as_it_was()
            }
        }
    }

    /// The outputs of a stack afterwards, with their values in `state`.
    fn outputs(
        &mut self,
        stack: &str,
        old: &Value,
        state: &mut StackState,
        release: &Release,
        resources: &Map<String, Value>,
    ) -> Map<String, Value> {
        let mut all = Map::new();
        for (name, output) in outputs::listed(Some(old)).into_iter().flatten() {
            let value = output.get("Value").unwrap_or(&Value::Null);
            let leaves = references(value).iter().any(|one| self.place((stack, &one.name)).0 != stack);
            let mut output = output.clone();
            let value = if leaves {
                // Who takes it finds it until it takes it of the other stack.
                state.outputs.get(name).map(|known| json!(known))
            } else {
                Some(self.value((stack, ""), value))
            };
            if let (Some(value), Some(output)) = (value, output.as_object_mut()) {
                output.insert("Value".to_owned(), value);
            } else {
                state.outputs.remove(name);
                continue;
            }
            all.insert(name.clone(), output);
        }
        let new = release.stack(stack).map(|stack| &stack.content);
        for (name, output) in outputs::listed(new).into_iter().flatten() {
            let Some(one) = output.get("Value").and_then(single) else { continue };
            let here = !all.contains_key(name) && resources.contains_key(&one.name);
            if !here || !self.crossing.contains(&(stack, one.name.as_str())) {
                continue;
            }
            if let Some(value) = self.known(stack, &one, state) {
                all.insert(name.clone(), json!({ "Value": output.get("Value") }));
                state.outputs.insert(name.clone(), value);
            }
        }
        all
    }

    /// The value of a reference to what is in `stack` afterwards.
    fn known(&self, stack: &str, one: &Reference, state: &StackState) -> Option<String> {
        if one.attribute == "Ref" {
            return state.resources.get(&one.name).cloned();
        }
        let here = |to: &At<'_>| *to == (stack, one.name.as_str());
        let from =
            self.to.iter().find(|(_, to)| here(to)).map_or((stack, one.name.as_str()), |(from, _)| *from);
        let mut known = self.attributes.iter();
        let found =
            known.find(|((stack, id, attribute), _)| (*stack, *id) == from && *attribute == one.attribute);
        found.map(|(_, value)| (*value).to_owned())
    }
}

/// How something is written now.
enum Now {
    /// By this name.
    Name(String),
    /// As its value.
    Text(String),
}

/// The value of a parameter, as text.
fn parameter(record: &Stored<'_>, name: &str, declared: &Value) -> Result<String, String> {
    let kind = declared.get("Type").and_then(Value::as_str).unwrap_or_default();
    if kind.starts_with("List<") || kind == "CommaDelimitedList" || kind.contains("::SSM::") {
        return Err(format!("it takes the parameter `{name}`, which is no text"));
    }
    let default = declared.get("Default").and_then(Value::as_str);
    match record.state.parameters.get(name).map(String::as_str).or(default) {
        Some(value) if value != difference::MASK => Ok(value.to_owned()),
        Some(_) => Err(format!("it takes the parameter `{name}`, whose value is hidden")),
        None => Err(format!("it takes the parameter `{name}`, whose value is not recorded")),
    }
}
