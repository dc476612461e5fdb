//! The world at the time of a call: it is first brought to that time, then asked or changed, then written down.
//!
//! Invariant: what happens depends on the records and the time alone, in the order of time across all stacks; not on
//! how often somebody looks.

use super::cloud::{self, Place};
use super::error::{Answer, Error};
use super::model::{Content, Live, Operation, Resource, StackRecord};
use super::options::{Fault, FaultPoint, Options};
use super::store::{Store, StoreError};
use super::template::{self, Template};
use crate::backend::{StackEvent, StackOperation, StackStatus};
use crate::clock::Timestamp;
use solc_cmdb::sha256;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Kinds of records.
pub(super) mod kind {
    pub(in super::super) const ALARM: &str = "alarm";
    pub(in super::super) const CHANGE_SET: &str = "change-set";
    pub(in super::super) const DETECTION: &str = "detection";
    pub(in super::super) const FAULT: &str = "fault";
    pub(in super::super) const LIVE: &str = "live";
    pub(in super::super) const NAME: &str = "name";
    pub(in super::super) const NAMED: &str = "named";
    pub(in super::super) const OBJECT: &str = "object";
    pub(in super::super) const REFACTOR: &str = "refactor";
    pub(in super::super) const SNAPSHOT: &str = "snapshot";
    pub(in super::super) const STACK: &str = "stack";
}

pub(super) struct World<'c> {
    pub(super) store: Store<'c>,
    pub(super) options: &'c Options,
    /// The time of the call.
    pub(super) now: Timestamp,
    /// The time of what is happening, while the world catches up.
    pub(super) at: Timestamp,
    /// Stacks that were read, and whether they changed.
    stacks: BTreeMap<String, (StackRecord, bool)>,
    templates: BTreeMap<String, Rc<Template>>,
    /// How many ids were ever made, once one is.
    counter: Cell<Option<u64>>,
}

impl<'c> World<'c> {
    pub(super) fn new(store: Store<'c>, options: &'c Options, now: Timestamp) -> Self {
        Self {
            store,
            options,
            now,
            at: now,
            stacks: BTreeMap::new(),
            templates: BTreeMap::new(),
            counter: Cell::new(None),
        }
    }

    /// Lets everything happen that is due.
    pub(super) fn advance(&mut self) -> Answer<()> {
        while let Some((at, kind, key)) = self.next()? {
            self.at = at;
            match kind.as_str() {
                kind::STACK => self.step_stack(&key)?,
                kind::CHANGE_SET => self.step_change_set(&key)?,
                kind::DETECTION => self.step_detection(&key)?,
                kind::REFACTOR => self.step_refactor(&key)?,
                _ => return Err(internal(&format!("a record of the kind {kind} is due"))),
            }
        }
        self.at = self.now;
        Ok(())
    }

    fn next(&self) -> Answer<Option<(Timestamp, String, String)>> {
        let read = self.stacks.iter().filter_map(|(id, (stack, _))| {
            let due = stack.due().filter(|due| *due <= self.now)?;
            Some((due, kind::STACK.to_owned(), id.clone()))
        });
        let due = self.store.due(self.now)?;
        let stored =
            due.into_iter().filter(|(_, kind, key)| kind != kind::STACK || !self.stacks.contains_key(key));
        Ok(read.chain(stored).min())
    }

    /// Writes the world down.
    pub(super) fn commit(self) -> Answer<()> {
        for (id, (stack, changed)) in &self.stacks {
            if *changed {
                self.store.put(kind::STACK, id, stack.due(), stack)?;
            }
        }
        if let Some(count) = self.counter.get() {
            self.store.put("counter", "", None, &count)?;
        }
        Ok(self.store.commit()?)
    }

    /// A stack by its id, taken out to be changed; [`World::keep`] puts it back.
    pub(super) fn take(&mut self, id: &str) -> Answer<StackRecord> {
        match self.stacks.remove(id) {
            Some((stack, _)) => Ok(stack),
            None => self.store.get(kind::STACK, id)?.ok_or_else(|| internal(&format!("{id} is not there"))),
        }
    }

    pub(super) fn keep(&mut self, stack: StackRecord) -> Answer<()> {
        self.store.remember(kind::STACK, &stack.id, self.at, Some(&stack))?;
        self.stacks.insert(stack.id.clone(), (stack, true));
        Ok(())
    }

    /// A stack by its id, to be read.
    pub(super) fn peek(&mut self, id: &str) -> Answer<&StackRecord> {
        if !self.stacks.contains_key(id) {
            let stack =
                self.store.get(kind::STACK, id)?.ok_or_else(|| internal(&format!("{id} is not there")))?;
            self.stacks.insert(id.to_owned(), (stack, false));
        }
        self.stacks.get(id).map(|(stack, _)| stack).ok_or_else(|| internal(&format!("{id} is not there")))
    }

    /// The id of the stack of that name or id, where there is one. Deleted ones have their id only.
    pub(super) fn find(&self, stack: &str) -> Answer<Option<String>> {
        if stack.starts_with("arn:") {
            let known = self.stacks.contains_key(stack) || self.store.has(kind::STACK, stack)?;
            return Ok(known.then(|| stack.to_owned()));
        }
        Ok(self.store.get(kind::NAME, stack)?)
    }

    /// The ids of all stacks.
    pub(super) fn stack_ids(&self) -> Answer<Vec<String>> {
        let names: Vec<(String, String)> = self.store.all(kind::NAME)?;
        Ok(names.into_iter().map(|(_, id)| id).collect())
    }

    pub(super) fn template(&mut self, text: &str) -> Answer<Rc<Template>> {
        let key = sha256(text.as_bytes());
        if let Some(found) = self.templates.get(&key) {
            return Ok(Rc::clone(found));
        }
        let read = Rc::new(template::read(text).map_err(|message| internal(&message))?);
        self.templates.insert(key, Rc::clone(&read));
        Ok(read)
    }

    pub(super) fn place(&self) -> Place<'c> {
        Place { account: &self.options.account, region: &self.options.region }
    }

    /// A UUID that nothing else has.
    pub(super) fn unique(&self, of: &str) -> Answer<String> {
        let count = match self.counter.get() {
            Some(count) => count,
            None => self.store.get("counter", "")?.unwrap_or(0_u64),
        };
        self.counter.set(Some(count + 1));
        Ok(cloud::uuid(&sha256(format!("{of}/{count}/{}", self.at.0).as_bytes())))
    }

    /// Something happened to a resource.
    pub(super) fn emit(
        &mut self,
        stack: &StackRecord,
        logical_id: &str,
        resource: &Resource,
        status: crate::backend::ResourceStatus,
        reason: Option<&str>,
    ) -> Answer<()> {
        let event = self.event(stack, logical_id, status.as_str(), reason)?;
        let event = StackEvent {
            id: format!("{logical_id}-{status}-{}", event.id),
            physical_id: resource.physical_id.clone(),
            resource_type: resource.resource_type.clone(),
            ..event
        };
        Ok(self.store.add_event(&event)?)
    }

    /// A stack has another status.
    pub(super) fn set_status(
        &mut self,
        stack: &mut StackRecord,
        status: StackStatus,
        reason: Option<&str>,
    ) -> Answer<()> {
        stack.status = status;
        stack.reason = reason.map(str::to_owned);
        let event = self.event(stack, &stack.name, status.as_str(), reason)?;
        Ok(self.store.add_event(&event)?)
    }

    fn event(
        &self,
        stack: &StackRecord,
        logical_id: &str,
        status: &str,
        reason: Option<&str>,
    ) -> Answer<StackEvent> {
        let running = stack.running.as_ref();
        Ok(StackEvent {
            id: self.unique(&format!("{}/{logical_id}/{status}", stack.id))?,
            stack: stack.id.clone(),
            operation: running.map(|running| running.id.clone()),
            time: self.at,
            logical_id: logical_id.to_owned(),
            physical_id: Some(stack.id.clone()),
            resource_type: "AWS::CloudFormation::Stack".to_owned(),
            status: status.to_owned(),
            reason: reason.map(str::to_owned),
            token: running.and_then(|running| running.token.clone()),
        })
    }

    /// Gives what runs on a stack an id of its own, and lists it.
    pub(super) fn name_operation(&self, stack: &mut StackRecord, what: &str) -> Answer<()> {
        let id = self.unique(&format!("{}/{what}", stack.id))?;
        stack.operations.insert(0, StackOperation { kind: what.to_owned(), id: id.clone() });
        running(stack)?.id = id;
        Ok(())
    }

    /// Why a resource fails now, where it does; each time counts.
    pub(super) fn fault(
        &self,
        stack: &StackRecord,
        logical_id: &str,
        at: FaultPoint,
    ) -> Answer<Option<String>> {
        for (key, mut fault) in self.store.all::<Fault>(kind::FAULT)? {
            if fault.stack == stack.name
                && fault.logical_id == logical_id
                && fault.at == at
                && fault.times > 0
            {
                fault.times -= 1;
                if fault.times == 0 {
                    self.store.delete(kind::FAULT, &key)?;
                } else {
                    self.store.put(kind::FAULT, &key, None, &fault)?;
                }
                return Ok(Some(fault.reason));
            }
        }
        Ok(None)
    }

    /// A live resource.
    pub(super) fn live(&self, resource_type: &str, physical_id: &str) -> Answer<Option<Live>> {
        Ok(self.store.get(kind::LIVE, &live_key(resource_type, physical_id))?)
    }

    pub(super) fn put_live(&self, live: &Live) -> Answer<()> {
        let key = live_key(&live.resource_type, &live.physical_id);
        if let Some(name) = &live.name {
            self.store.put(kind::NAMED, &live_key(&live.resource_type, name), None, &key)?;
        }
        Ok(self.store.put(kind::LIVE, &key, None, live)?)
    }

    pub(super) fn remove_live(&self, resource_type: &str, physical_id: &str) -> Answer<()> {
        let key = live_key(resource_type, physical_id);
        if let Some(Live { name: Some(name), .. }) = self.store.get(kind::LIVE, &key)? {
            self.store.delete(kind::NAMED, &live_key(resource_type, &name))?;
        }
        Ok(self.store.delete(kind::LIVE, &key)?)
    }

    /// The live resource that has a name.
    pub(super) fn named(&self, resource_type: &str, name: &str) -> Answer<Option<Live>> {
        match self.store.get::<String>(kind::NAMED, &live_key(resource_type, name))? {
            Some(key) => Ok(self.store.get(kind::LIVE, &key)?),
            None => Ok(None),
        }
    }
}

fn live_key(resource_type: &str, id: &str) -> String {
    format!("{resource_type}|{id}")
}

/// What runs on a stack.
pub(super) fn running(stack: &mut StackRecord) -> Answer<&mut Operation> {
    let id = stack.id.clone();
    stack.running.as_mut().ok_or_else(|| internal(&format!("nothing runs on {id}")))
}

/// The world is not as it can be.
pub(super) fn internal(message: &str) -> Error {
    Error::Store(StoreError(format!("the records contradict each other: {message}")))
}

/// The values that the references of a template have, within a stack.
pub(super) struct Values<'v> {
    pub(super) place: Place<'v>,
    pub(super) stack: (&'v str, &'v str),
    pub(super) notification_arns: &'v [String],
    pub(super) template: &'v Template,
    pub(super) content: &'v Content,
    pub(super) parameters: &'v crate::backend::Values,
}

impl super::intrinsic::Scope for Values<'_> {
    fn get(&self, reference: &template::Reference) -> Result<Option<serde_json::Value>, String> {
        use serde_json::Value;
        let text = |text: &str| Ok(Some(Value::String(text.to_owned())));
        match reference {
            template::Reference::Name(name) => {
                if let (Some(declared), Some(value)) =
                    (self.template.parameters.get(name), self.parameters.get(name))
                {
                    return Ok(Some(if declared.is_list() {
                        value.split(',').map(|part| Value::String(part.trim().to_owned())).collect()
                    } else {
                        Value::String(value.clone())
                    }));
                }
                match name.as_str() {
                    "AWS::AccountId" => text(self.place.account),
                    "AWS::NoValue" => Ok(None),
                    "AWS::NotificationARNs" => {
                        Ok(Some(self.notification_arns.iter().cloned().map(Value::String).collect()))
                    }
                    "AWS::Partition" => text("aws"),
                    "AWS::Region" => text(self.place.region),
                    "AWS::StackId" => text(self.stack.0),
                    "AWS::StackName" => text(self.stack.1),
                    "AWS::URLSuffix" => text("amazonaws.com"),
                    _ => match self.content.resources.get(name).and_then(|r| r.physical_id.as_deref()) {
                        Some(id) => text(id),
                        None => Err(format!("Unresolved resource dependencies [{name}]")),
                    },
                }
            }
            template::Reference::Attribute(name, attribute) => {
                let resource = self.content.resources.get(name);
                match resource.and_then(|r| Some((r, r.physical_id.as_deref()?))) {
                    Some((resource, id)) => Ok(Some(cloud::attribute(
                        self.place,
                        &resource.resource_type,
                        id,
                        &resource.seed,
                        &resource.properties,
                        attribute,
                    ))),
                    None => Err(format!("Unresolved resource dependencies [{name}]")),
                }
            }
        }
    }

    fn zones(&self) -> Vec<String> {
        ["a", "b", "c"].iter().map(|zone| format!("{}{zone}", self.place.region)).collect()
    }
}
