//! What a change set would do: the recorded state of a stack against a template, without doing it.
//!
//! Invariant: what a change set says to be unchanged, executing it does not change; what it cannot know yet it says
//! to be dynamic. A value that comes from a `NoEcho` parameter is never shown.

use super::cloud;
use super::difference::{self, Difference, Recreation};
use super::error::Answer;
use super::intrinsic::{self, Scope, UNKNOWN};
use super::model::{ChangeSetRecord, Policy, StackRecord};
use super::operation::on_deletion;
use super::template::{self, Declared, Reference, Template, scalar};
use super::world::{Values, World};
use crate::backend::{Action, ChangeDetail, Replacement, ResourceChange, ResourceStatus};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What becomes of a resource, as far as others see it.
#[derive(Clone, Debug, PartialEq)]
enum Fate {
    /// Its ids and attributes are those that it has.
    Same,
    /// It has these properties afterwards; its id stays.
    Modified(Value),
    /// It is another one afterwards.
    New,
}

/// The values of a template as far as they are known before anything is done.
struct Foreseen<'f> {
    values: Values<'f>,
    fates: &'f BTreeMap<String, Fate>,
}

impl Scope for Foreseen<'_> {
    fn get(&self, reference: &Reference) -> Result<Option<Value>, String> {
        let (Reference::Name(name) | Reference::Attribute(name, _)) = reference;
        let resource = self.values.content.resources.get(name);
        match (self.fates.get(name), reference) {
            (Some(Fate::New), _) => Ok(Some(Value::String(UNKNOWN.to_owned()))),
            (Some(Fate::Modified(properties)), Reference::Attribute(_, attribute)) => {
                let Some((resource, id)) = resource.and_then(|r| Some((r, r.physical_id.as_deref()?))) else {
                    return Ok(Some(Value::String(UNKNOWN.to_owned())));
                };
                Ok(Some(cloud::attribute(
                    self.values.place,
                    &resource.resource_type,
                    id,
                    &resource.seed,
                    properties,
                    attribute,
                )))
            }
            (Some(Fate::Modified(_)), Reference::Name(_)) | (Some(Fate::Same) | None, _) => {
                self.values.get(reference)
            }
        }
    }

    fn zones(&self) -> Vec<String> {
        self.values.zones()
    }
}

/// What a change set comes to.
pub(super) struct Foresight {
    pub(super) changes: Vec<ResourceChange>,
    /// Whether outputs or tags change.
    pub(super) other: bool,
    /// Custom names that something else has: the resource, its type, the name.
    pub(super) conflicts: Vec<(String, String, String)>,
}

impl World<'_> {
    /// Compares a stack with what a change set asks for.
    pub(super) fn foresee(
        &mut self,
        stack: &StackRecord,
        set: &ChangeSetRecord,
    ) -> Answer<Result<Foresight, String>> {
        let template = self.template(&set.template)?;
        let before = if stack.content.template.is_empty() {
            None
        } else {
            Some(self.template(&stack.content.template)?)
        };
        let mut fates: BTreeMap<String, Fate> = BTreeMap::new();
        let mut changes: BTreeMap<String, ResourceChange> = BTreeMap::new();
        let mut conflicts = Vec::new();
        for name in &template.order {
            let Some(declared) = template.resources.get(name) else { continue };
            let scope = Foreseen {
                values: Values {
                    place: self.place(),
                    stack: (&stack.id, &stack.name),
                    notification_arns: &set.notification_arns,
                    template: &template,
                    content: &stack.content,
                    parameters: &set.parameters,
                },
                fates: &fates,
            };
            let properties = match intrinsic::resolve(&declared.properties, &scope) {
                Ok(properties) => properties.unwrap_or_else(|| json!({})),
                Err(message) => return Ok(Err(message)),
            };
            let there = stack
                .content
                .resources
                .get(name)
                .filter(|r| r.physical_id.is_some() && r.status != ResourceStatus::CreateFailed);
            let live = match there {
                Some(resource) => {
                    self.live(&resource.resource_type, resource.physical_id.as_deref().unwrap_or_default())?
                }
                None => None,
            };
            let Some(current) = there.filter(|_| live.is_some() || !set.revert_drift) else {
                let custom = cloud::custom_name(&declared.resource_type, &properties);
                let taken = match &custom {
                    Some(custom) => self.named(&declared.resource_type, custom)?,
                    None => None,
                };
                let adopts = set.import_existing && taken.as_ref().is_some_and(|live| live.stack.is_none());
                if let (Some(_), false, Some(custom)) = (&taken, adopts, custom) {
                    conflicts.push((name.clone(), declared.resource_type.clone(), custom));
                }
                let id = taken.filter(|_| adopts).map(|live| live.physical_id);
                let action = if adopts { Action::Import } else { Action::Add };
                changes.insert(name.clone(), plain(action, name, id, &declared.resource_type));
                fates.insert(name.clone(), Fate::New);
                continue;
            };
            if current.resource_type != declared.resource_type {
                return Ok(Err(format!(
                    "Update of resource type is not permitted. The new template modifies resource type of the following resources: [{name}]"
                )));
            }
            let base =
                live.as_ref().filter(|_| set.revert_drift).map_or(&current.properties, |l| &l.properties);
            let found = difference::differences(&declared.resource_type, base, &properties);
            let old = before.as_ref().and_then(|before| before.resources.get(name));
            let cause = Cause {
                template: &template,
                old_template: before.as_deref(),
                old: old.map(|old| &old.properties),
                new: &declared.properties,
                parameters: (&stack.content.parameters, &set.parameters),
                fates: &fates,
            };
            let details: Vec<ChangeDetail> = found
                .iter()
                .map(|difference| cause.detail(difference))
                .collect::<Result<_, _>>()
                .unwrap_or_default();
            let (scope, attributes) = aside(old, declared);
            if found.is_empty() && scope.is_empty() && current.status != ResourceStatus::UpdateFailed {
                if set.revert_drift && !difference::same(&current.properties, base) {
                    let mut change = plain(
                        Action::SyncWithActual,
                        name,
                        current.physical_id.clone(),
                        &declared.resource_type,
                    );
                    change.scope = vec!["Properties".to_owned()];
                    changes.insert(name.clone(), change);
                }
                continue;
            }
            let replacement = replacement(&found, &details);
            fates.insert(
                name.clone(),
                match replacement {
                    Replacement::True | Replacement::Conditional => Fate::New,
                    Replacement::False if found.is_empty() => Fate::Same,
                    Replacement::False => Fate::Modified(properties),
                },
            );
            let mut change =
                plain(Action::Modify, name, current.physical_id.clone(), &declared.resource_type);
            let mut scopes: BTreeSet<String> = scope;
            scopes.extend(found.iter().map(|difference| {
                if difference.property() == "Tags" { "Tags".to_owned() } else { "Properties".to_owned() }
            }));
            change.replacement = Some(replacement);
            change.policy_action = (replacement != Replacement::False).then(|| {
                let policy = declared.replace_policy;
                format!("ReplaceAnd{}", policy.as_str())
            });
            change.scope = scopes.into_iter().collect();
            change.details = details.into_iter().chain(attributes).collect();
            changes.insert(name.clone(), change);
        }
        for (name, resource) in &stack.content.resources {
            if template.resources.contains_key(name) || resource.physical_id.is_none() {
                continue;
            }
            let mut change =
                plain(Action::Remove, name, resource.physical_id.clone(), &resource.resource_type);
            let policy: Policy = on_deletion(resource.deletion_policy);
            change.policy_action = Some(policy.as_str().to_owned());
            changes.insert(name.clone(), change);
        }
        let other = before.as_ref().is_none_or(|before| before.outputs != template.outputs)
            || stack.content.tags != set.tags
            || self.output_differs(stack, set, &template, &fates);
        Ok(Ok(Foresight { changes: changes.into_values().collect(), other, conflicts }))
    }

    /// Whether an output has another value afterwards, though no resource changes.
    fn output_differs(
        &self,
        stack: &StackRecord,
        set: &ChangeSetRecord,
        template: &Template,
        fates: &BTreeMap<String, Fate>,
    ) -> bool {
        let values = Values {
            place: self.place(),
            stack: (&stack.id, &stack.name),
            notification_arns: &set.notification_arns,
            template,
            content: &stack.content,
            parameters: &set.parameters,
        };
        let scope = Foreseen { values, fates };
        template.outputs.iter().any(|(name, value)| match intrinsic::resolve(value, &scope) {
            Ok(Some(value)) => stack.content.outputs.get(name) != Some(&scalar(&value)),
            Ok(None) => stack.content.outputs.contains_key(name),
            Err(_) => true,
        })
    }
}

fn plain(action: Action, name: &str, physical_id: Option<String>, resource_type: &str) -> ResourceChange {
    ResourceChange {
        action,
        logical_id: name.to_owned(),
        physical_id,
        resource_type: resource_type.to_owned(),
        replacement: None,
        policy_action: None,
        scope: Vec::new(),
        details: Vec::new(),
    }
}

/// What changes of a resource beside its properties: the scopes, and a detail for each.
fn aside(old: Option<&Declared>, new: &Declared) -> (BTreeSet<String>, Vec<ChangeDetail>) {
    let Some(old) = old else {
        return (BTreeSet::new(), Vec::new());
    };
    let changed = [
        ("Metadata", old.metadata != new.metadata),
        ("CreationPolicy", old.creation_policy != new.creation_policy),
        ("UpdatePolicy", old.update_policy != new.update_policy),
        ("DeletionPolicy", old.deletion_policy != new.deletion_policy),
        ("UpdateReplacePolicy", old.replace_policy != new.replace_policy),
    ];
    let names: BTreeSet<String> =
        changed.into_iter().filter(|(_, changed)| *changed).map(|(name, _)| name.to_owned()).collect();
    let details = names
        .iter()
        .map(|name| ChangeDetail {
            name: name.clone(),
            path: None,
            requires_recreation: Recreation::Never.as_str().to_owned(),
            evaluation: "Static".to_owned(),
            change_source: "DirectModification".to_owned(),
            causing_entity: None,
            before: None,
            after: None,
        })
        .collect();
    (names, details)
}

/// Whether differences replace their resource, given what is known of each.
fn replacement(found: &[Difference], details: &[ChangeDetail]) -> Replacement {
    let mut result = Replacement::False;
    for (difference, detail) in found.iter().zip(details) {
        match (difference.recreation, detail.evaluation.as_str()) {
            (Recreation::Always, "Static") => return Replacement::True,
            (Recreation::Always | Recreation::Conditionally, _) => result = Replacement::Conditional,
            (Recreation::Never, _) => {}
        }
    }
    result
}

/// Where a difference comes from.
struct Cause<'c> {
    template: &'c Template,
    old_template: Option<&'c Template>,
    old: Option<&'c Value>,
    new: &'c Value,
    parameters: (&'c crate::backend::Values, &'c crate::backend::Values),
    fates: &'c BTreeMap<String, Fate>,
}

impl Cause<'_> {
    fn detail(&self, difference: &Difference) -> Result<ChangeDetail, String> {
        let written = self.new.get(difference.property()).unwrap_or(&Value::Null);
        let was = self.old.and_then(|old| old.get(difference.property()));
        let mut source = "DirectModification";
        let mut entity = None;
        let references = template::references(written)?;
        let secret = self.is_secret(&references);
        if was == Some(written) {
            for reference in &references {
                let (Reference::Name(name) | Reference::Attribute(name, _)) = reference;
                let moves = self.fates.get(name).is_some_and(|fate| *fate != Fate::Same);
                match reference {
                    Reference::Name(_) if self.template.parameters.contains_key(name) => {
                        if self.parameters.0.get(name) != self.parameters.1.get(name) {
                            (source, entity) = ("ParameterReference", Some(name.clone()));
                        }
                    }
                    Reference::Name(_) if moves => {
                        (source, entity) = ("ResourceReference", Some(name.clone()));
                    }
                    Reference::Attribute(_, attribute) if moves => {
                        (source, entity) = ("ResourceAttribute", Some(format!("{name}.{attribute}")));
                    }
                    Reference::Name(_) | Reference::Attribute(..) => {}
                }
            }
        }
        let dynamic = difference.after.as_ref().is_some_and(intrinsic::is_unknown);
        let show = |value: &Option<Value>| {
            value.as_ref().map(|value| if secret { "****".to_owned() } else { scalar(value) })
        };
        Ok(ChangeDetail {
            name: difference.property().to_owned(),
            path: Some(format!("/Properties{}", difference.pointer())),
            requires_recreation: difference.recreation.as_str().to_owned(),
            evaluation: if dynamic { "Dynamic" } else { "Static" }.to_owned(),
            change_source: source.to_owned(),
            causing_entity: entity,
            before: show(&difference.before),
            after: show(&difference.after),
        })
    }

    /// Whether a value comes from a parameter that is not to be shown, now or before.
    fn is_secret(&self, references: &BTreeSet<Reference>) -> bool {
        let hidden = |template: &Template, reference: &Reference| match reference {
            Reference::Name(name) => template.parameters.get(name).is_some_and(|p| p.no_echo),
            Reference::Attribute(..) => false,
        };
        let before = self.old.map(template::references).and_then(Result::ok).unwrap_or_default();
        references.iter().any(|reference| hidden(self.template, reference))
            || self.old_template.is_some_and(|old| before.iter().any(|reference| hidden(old, reference)))
    }
}
