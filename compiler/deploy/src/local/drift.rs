//! Drift: what live resources are, beside what their stacks recorded.
//!
//! Invariant: detecting looks only at properties that the template sets, as the service does.

use super::difference;
use super::error::{Answer, invalid};
use super::model::{Detection, Live, Resource, StackRecord};
use super::operation::later;
use super::template::scalar;
use super::world::{World, kind};
use crate::backend::{DriftDetection, PropertyDifference, ResourceDrift};
use serde_json::{Map, Value};

impl World<'_> {
    pub(super) fn detect_drift(&mut self, stack: &str) -> Answer<String> {
        let id = self.need(stack)?;
        let stack = self.peek(&id)?;
        if stack.status.is_in_progress() || stack.status == crate::backend::StackStatus::ReviewInProgress {
            return Err(invalid(format!(
                "Drift detection cannot be performed on stack [{}] in state {}",
                stack.id, stack.status
            )));
        }
        let detection = self.unique(&format!("detection/{id}"))?;
        let due = Some(later(self.at, self.options.latency.request));
        self.store.put(kind::DETECTION, &detection, due, &Detection { stack: id, due, drift: None })?;
        Ok(detection)
    }

    pub(super) fn step_detection(&mut self, key: &str) -> Answer<()> {
        let Some(mut detection) = self.store.get::<Detection>(kind::DETECTION, key)? else { return Ok(()) };
        let mut stack = self.take(&detection.stack)?;
        let mut drifts = Vec::new();
        for (name, resource) in &stack.content.resources {
            drifts.push(self.drift_of(name, resource)?);
        }
        let drifted = drifts.iter().any(|drift| drift.status != "IN_SYNC");
        stack.drifts = drifts;
        let drift = if drifted { "DRIFTED" } else { "IN_SYNC" }.to_owned();
        stack.drift = Some(drift.clone());
        self.keep(stack)?;
        detection.drift = Some(drift);
        detection.due = None;
        Ok(self.store.put(kind::DETECTION, key, None, &detection)?)
    }

    fn drift_of(&self, name: &str, resource: &Resource) -> Answer<ResourceDrift> {
        let id = resource.physical_id.as_deref().unwrap_or_default();
        let live = self.live(&resource.resource_type, id)?;
        let (status, found) = match &live {
            None => ("DELETED", Vec::new()),
            Some(live) => {
                let wanted = resource.properties.as_object();
                let seen: Map<String, Value> = live
                    .properties
                    .as_object()
                    .into_iter()
                    .flatten()
                    .filter(|(name, _)| wanted.is_some_and(|wanted| wanted.contains_key(*name)))
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect();
                let found = difference::differences(
                    &resource.resource_type,
                    &resource.properties,
                    &Value::Object(seen),
                );
                (if found.is_empty() { "IN_SYNC" } else { "MODIFIED" }, found)
            }
        };
        let differences = found
            .iter()
            .map(|difference| PropertyDifference {
                path: difference.pointer(),
                expected: difference.before.as_ref().map(scalar),
                actual: difference.after.as_ref().map(scalar),
                kind: match (&difference.before, &difference.after) {
                    (None, _) => "ADD",
                    (Some(_), None) => "REMOVE",
                    (Some(_), Some(_)) => "NOT_EQUAL",
                }
                .to_owned(),
            })
            .collect();
        Ok(ResourceDrift {
            logical_id: name.to_owned(),
            physical_id: resource.physical_id.clone(),
            resource_type: resource.resource_type.clone(),
            status: status.to_owned(),
            differences,
        })
    }

    pub(super) fn detection(&self, id: &str) -> Answer<DriftDetection> {
        let detection: Detection = self
            .store
            .get(kind::DETECTION, id)?
            .ok_or_else(|| invalid(format!("Drift detection [{id}] does not exist")))?;
        let status = if detection.drift.is_some() { "DETECTION_COMPLETE" } else { "DETECTION_IN_PROGRESS" };
        Ok(DriftDetection { status: status.to_owned(), reason: None, drift: detection.drift })
    }

    /// The live resource of a stack's resource.
    fn live_of(&mut self, stack: &str, logical_id: &str) -> Answer<Live> {
        let id = self.need(stack)?;
        let stack: &StackRecord = self.peek(&id)?;
        let found = stack
            .content
            .resources
            .get(logical_id)
            .and_then(|r| Some((r.resource_type.clone(), r.physical_id.clone()?)));
        let (resource_type, physical_id) =
            found.ok_or_else(|| invalid(format!("Resource {logical_id} does not exist for stack {id}")))?;
        self.live(&resource_type, &physical_id)?
            .ok_or_else(|| invalid(format!("Resource {logical_id} was deleted")))
    }

    /// Changes a property of a live resource, and tells nobody.
    pub(super) fn tamper(
        &mut self,
        stack: &str,
        logical_id: &str,
        property: &str,
        value: Option<Value>,
    ) -> Answer<()> {
        let mut live = self.live_of(stack, logical_id)?;
        if let Some(map) = live.properties.as_object_mut() {
            match value {
                Some(value) => {
                    map.insert(property.to_owned(), value);
                }
                None => {
                    map.remove(property);
                }
            }
        }
        self.put_live(&live)
    }

    /// Deletes a live resource, and tells nobody.
    pub(super) fn destroy(&mut self, stack: &str, logical_id: &str) -> Answer<()> {
        let live = self.live_of(stack, logical_id)?;
        self.remove_live(&live.resource_type, &live.physical_id)
    }
}
