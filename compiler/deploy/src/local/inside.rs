//! What serving over HTTP asks beside the operations of `Backend`.
//!
//! Invariant: the same world, brought to the same time; nothing here changes a stack.

use super::Local;
use super::error::refused;
use super::model::{ChangeSetRecord, Detection, StackRecord};
use super::request::object_key;
use super::world::kind;
use crate::backend::{DriftDetection, Failure, Stack, TemplateSource, Values};
use crate::clock::Timestamp;

impl Local {
    /// Every stack, deleted ones too, in the order of their ids.
    pub(super) fn all_stacks(&self) -> Result<Vec<Stack>, Failure> {
        self.call("ListStacks", |world| {
            let mut found = Vec::new();
            for (id, _) in world.store.all::<StackRecord>(kind::STACK)? {
                let stack = world.peek(&id)?.clone();
                found.push(world.describe(&stack)?);
            }
            Ok(found)
        })
    }

    /// When a stack was made, which is before it was created.
    pub(super) fn made(&self, stack: &str) -> Result<Timestamp, Failure> {
        self.act("DescribeStacks", |world| Ok(world.must_see(stack)?.made))
    }

    /// The parameters of a stack, hidden ones too.
    pub(super) fn parameters_of(&self, stack: &str) -> Result<Values, Failure> {
        self.act("DescribeStacks", |world| Ok(world.must_see(stack)?.content.parameters))
    }

    /// The stack that a change set belongs to.
    pub(super) fn stack_of_change_set(&self, id: &str) -> Result<String, Failure> {
        self.act("DescribeChangeSet", |world| {
            let sets: Vec<(String, ChangeSetRecord)> = world.store.all(kind::CHANGE_SET)?;
            let found = sets.into_iter().find(|(_, set)| set.id == id);
            found
                .map(|(_, set)| set.stack)
                .ok_or_else(|| refused("ChangeSetNotFound", format!("ChangeSet [{id}] does not exist")))
        })
    }

    /// A detection of drift, and its stack.
    pub(super) fn detection_of(&self, id: &str) -> Result<(String, DriftDetection), Failure> {
        self.call("DescribeStackDriftDetectionStatus", |world| {
            let found = world.detection(id)?;
            let record: Option<Detection> = world.store.get(kind::DETECTION, id)?;
            Ok((record.map(|record| record.stack).unwrap_or_default(), found))
        })
    }

    /// The text of a template.
    pub(super) fn template_of(&self, source: &TemplateSource) -> Result<String, Failure> {
        self.call("ValidateTemplate", |world| world.template_text(source))
    }

    /// An object of a bucket, as `bucket/key`.
    pub(super) fn object(&self, path: &str) -> Result<Option<String>, Failure> {
        self.call("GetObject", |world| Ok(world.store.get(kind::OBJECT, &object_key(path))?))
    }

    /// Puts an object; `false` where it must be absent and is not.
    pub(super) fn put_object_at(&self, path: &str, text: &str, absent: bool) -> Result<bool, Failure> {
        self.call("PutObject", |world| {
            let key = object_key(path);
            let found: Option<String> = world.store.get(kind::OBJECT, &key)?;
            if absent && found.is_some() {
                return Ok(false);
            }
            world.store.put(kind::OBJECT, &key, None, &text)?;
            Ok(true)
        })
    }
}
