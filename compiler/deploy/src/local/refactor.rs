//! Stack refactors: resources change their logical id or their stack, and nothing else.
//!
//! Invariant: a refactor neither creates, deletes nor changes a resource; where its templates would, it is refused
//! when it is checked, and again when it is executed.

use super::error::{Answer, invalid, refused};
use super::model::{Content, RefactorRecord, StackRecord};
use super::operation::later;
use super::template::{self, scalar};
use super::world::{Values, World, kind};
use super::{difference, intrinsic};
use crate::backend::{CreateStackRefactor, ResourceStatus, StackRefactor, StackStatus};
use crate::clock::Timestamp;
use serde_json::json;
use std::collections::BTreeMap;

impl World<'_> {
    pub(super) fn create_refactor(&mut self, request: &CreateStackRefactor) -> Answer<String> {
        if request.stacks.is_empty() || request.stacks.len() > 5 {
            return Err(invalid("A stack refactor has one to five stack definitions"));
        }
        let mut stacks = Vec::new();
        for (name, source) in &request.stacks {
            stacks.push((name.clone(), self.template_text(source)?));
        }
        let place = |at: &crate::backend::ResourceLocation| (at.stack.clone(), at.logical_id.clone());
        let mappings = request.mappings.iter().map(|(from, to)| (place(from), place(to))).collect();
        let id = self.unique("refactor")?;
        let latency = self.options.latency.request;
        let record = RefactorRecord {
            status: "CREATE_IN_PROGRESS".to_owned(),
            reason: None,
            execution: "UNAVAILABLE".to_owned(),
            execution_reason: None,
            stacks,
            mappings,
            due: Some(later(self.at, latency)),
            latency,
        };
        self.put_refactor(&id, &record)?;
        Ok(id)
    }

    fn put_refactor(&self, id: &str, record: &RefactorRecord) -> Answer<()> {
        Ok(self.store.put(kind::REFACTOR, id, record.due, record)?)
    }

    fn refactor_record(&self, id: &str) -> Answer<RefactorRecord> {
        let found = self.store.get(kind::REFACTOR, id)?;
        found.ok_or_else(|| {
            refused("StackRefactorNotFoundException", format!("StackRefactor [{id}] does not exist"))
        })
    }

    pub(super) fn refactor(&self, id: &str) -> Answer<StackRefactor> {
        let record = self.refactor_record(id)?;
        Ok(StackRefactor {
            id: id.to_owned(),
            status: record.status,
            status_reason: record.reason,
            execution_status: record.execution,
            execution_status_reason: record.execution_reason,
        })
    }

    pub(super) fn execute_refactor(&mut self, id: &str) -> Answer<()> {
        let mut record = self.refactor_record(id)?;
        if record.execution != "AVAILABLE" {
            return Err(invalid(format!(
                "StackRefactor [{id}] cannot be executed in its current execution status of [{}]",
                record.execution
            )));
        }
        record.execution = "EXECUTE_IN_PROGRESS".to_owned();
        record.due = Some(later(self.at, record.latency));
        self.put_refactor(id, &record)
    }

    /// A refactor is checked, or executed.
    pub(super) fn step_refactor(&mut self, id: &str) -> Answer<()> {
        let mut record = self.refactor_record(id)?;
        record.due = None;
        let moved = self.moved(&record)?;
        if record.execution == "EXECUTE_IN_PROGRESS" {
            match moved {
                Ok(stacks) => {
                    for stack in stacks {
                        self.settle(stack)?;
                    }
                    record.execution = "EXECUTE_COMPLETE".to_owned();
                }
                Err(reason) => {
                    record.execution = "EXECUTE_FAILED".to_owned();
                    record.execution_reason = Some(reason);
                }
            }
        } else {
            match moved {
                Ok(_) => {
                    record.status = "CREATE_COMPLETE".to_owned();
                    record.execution = "AVAILABLE".to_owned();
                }
                Err(reason) => {
                    record.status = "CREATE_FAILED".to_owned();
                    record.reason = Some(reason);
                }
            }
        }
        self.put_refactor(id, &record)
    }

    /// A stack is as a refactor makes it.
    fn settle(&mut self, moved: Moved) -> Answer<()> {
        let mut stack = match moved.id {
            Some(id) => self.take(&id)?,
            None => {
                let mut stack = self.shell(&moved.name)?;
                stack.created = Some(self.at);
                stack
            }
        };
        let status = if stack.content.template.is_empty() {
            StackStatus::CreateComplete
        } else {
            StackStatus::UpdateComplete
        };
        let ids: Vec<(String, String)> = moved
            .content
            .resources
            .values()
            .filter_map(|r| Some((r.resource_type.clone(), r.physical_id.clone()?)))
            .collect();
        for (resource_type, physical_id) in ids {
            if let Some(mut live) = self.live(&resource_type, &physical_id)? {
                live.stack = Some(stack.id.clone());
                self.put_live(&live)?;
            }
        }
        stack.content = moved.content;
        stack.updated = Some(self.at);
        self.set_status(&mut stack, status, Some("Stack refactor"))?;
        self.keep(stack)
    }

    /// The stacks as a refactor makes them, or why it cannot.
    fn moved(&mut self, record: &RefactorRecord) -> Answer<Result<Vec<Moved>, String>> {
        let mut before: BTreeMap<String, StackRecord> = BTreeMap::new();
        for (name, _) in &record.stacks {
            if let Some(id) = self.find(name)? {
                let stack = self.peek(&id)?.clone();
                let stable = stack.status.is_success() || stack.status == StackStatus::UpdateRollbackComplete;
                if !stable {
                    return Ok(Err(format!(
                        "Stack {name} is in {} state and can not be refactored",
                        stack.status
                    )));
                }
                before.insert(name.clone(), stack);
            }
        }
        let mut resources: BTreeMap<(String, String), super::model::Resource> = BTreeMap::new();
        for (name, stack) in &before {
            for (logical_id, resource) in &stack.content.resources {
                resources.insert((name.clone(), logical_id.clone()), resource.clone());
            }
        }
        let mut taken = Vec::new();
        for (from, to) in &record.mappings {
            match resources.remove(from) {
                Some(resource) => taken.push((to.clone(), resource)),
                None => return Ok(Err(format!("Resource {} does not exist in stack {}", from.1, from.0))),
            }
        }
        for (to, resource) in taken {
            if resources.insert(to.clone(), resource).is_some() {
                return Ok(Err(format!("Resource {} exists in stack {} already", to.1, to.0)));
            }
        }
        let mut result = Vec::new();
        for (name, text) in &record.stacks {
            let stack = before.get(name);
            let mine: BTreeMap<_, _> = resources
                .iter()
                .filter(|((of, _), _)| of == name)
                .map(|((_, logical_id), resource)| (logical_id.clone(), resource.clone()))
                .collect();
            match self.fit(name, text, stack, mine) {
                Ok(content) => {
                    result.push(Moved {
                        name: name.clone(),
                        id: stack.map(|stack| stack.id.clone()),
                        content,
                    });
                }
                Err(reason) => return Ok(Err(reason)),
            }
        }
        let kept: usize = result.iter().map(|moved| moved.content.resources.len()).sum();
        if kept != resources.len() {
            return Ok(Err("A resource moves to a stack that the refactor does not define".to_owned()));
        }
        Ok(Ok(result))
    }

    /// A stack with these resources and that template, which must say of each what it is.
    fn fit(
        &self,
        name: &str,
        text: &str,
        stack: Option<&StackRecord>,
        resources: BTreeMap<String, super::model::Resource>,
    ) -> Result<Content, String> {
        let template = template::read(text)?;
        let given = stack.map(|stack| stack.content.parameters.clone()).unwrap_or_default();
        let given = given.into_iter().filter(|(name, _)| template.parameters.contains_key(name)).collect();
        let parameters = template::complete(&template, &given)?;
        let here: Vec<&String> = resources.keys().collect();
        let declared: Vec<&String> = template.resources.keys().collect();
        if here != declared {
            return Err(format!(
                "Stack Refactor does not support Resource modifications: the template of {name} must declare {here:?}, and declares {declared:?}"
            ));
        }
        let mut content = Content {
            template: text.to_owned(),
            parameters,
            tags: stack.map(|stack| stack.content.tags.clone()).unwrap_or_default(),
            outputs: BTreeMap::new(),
            resources,
        };
        let arns = stack.map(|stack| stack.notification_arns.clone()).unwrap_or_default();
        let id = stack.map(|stack| stack.id.clone()).unwrap_or_default();
        let values = Values {
            place: self.place(),
            stack: (&id, name),
            notification_arns: &arns,
            template: &template,
            content: &content,
            parameters: &content.parameters,
        };
        for (logical_id, declared) in &template.resources {
            let Some(resource) = content.resources.get(logical_id) else { continue };
            let properties = intrinsic::resolve(&declared.properties, &values)?.unwrap_or_else(|| json!({}));
            if resource.resource_type != declared.resource_type
                || !difference::same(&resource.properties, &properties)
            {
                return Err(format!(
                    "Stack Refactor does not support Resource modifications: {logical_id} of {name} would change"
                ));
            }
        }
        let mut outputs = BTreeMap::new();
        for (output, value) in &template.outputs {
            if let Some(value) = intrinsic::resolve(value, &values)? {
                outputs.insert(output.clone(), scalar(&value));
            }
        }
        content.outputs = outputs;
        for (logical_id, resource) in &mut content.resources {
            if let Some(declared) = template.resources.get(logical_id) {
                resource.needs.clone_from(&declared.needs);
                resource.deletion_policy = declared.deletion_policy;
                resource.replace_policy = declared.replace_policy;
                resource.status = ResourceStatus::UpdateComplete;
            }
        }
        Ok(content)
    }

    /// The time that reads see which are behind.
    pub(super) fn past(&self) -> Timestamp {
        let lag = u64::try_from(self.options.read_lag.as_millis()).unwrap_or(u64::MAX);
        Timestamp(self.now.0.saturating_sub(lag))
    }
}

/// A stack as a refactor makes it.
struct Moved {
    name: String,
    /// Nothing where it is new.
    id: Option<String>,
    content: Content,
}
