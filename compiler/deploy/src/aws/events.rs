//! What happened to a stack, what validation found, and how alarms stand.

use super::Aws;
use super::answers::{self, owned, text};
use crate::backend::{Failure, StackEvent, ValidationEvent, Values};
use aws_sdk_cloudformation::types::{EventFilter, EventType, HookFailureMode};
use aws_sdk_cloudwatch::types::AlarmType;

/// As many alarms as one request may name.
const ALARMS: usize = 100;

impl Aws {
    /// The service tells the newest first; this the oldest.
    pub(super) fn events_since(&self, stack: &str, since: Option<&str>) -> Result<Vec<StackEvent>, Failure> {
        let mut events = Vec::new();
        let mut next = None;
        'pages: loop {
            let request =
                self.cloudformation().describe_stack_events().stack_name(stack).set_next_token(next.clone());
            let page = self.ask("DescribeStackEvents", request.send())?;
            for event in page.stack_events() {
                if since.is_some() && event.event_id() == since {
                    break 'pages;
                }
                events.push(answers::event(event));
            }
            let following = page.next_token().map(str::to_owned);
            if following.is_none() || following == next {
                break;
            }
            next = following;
        }
        events.reverse();
        Ok(events)
    }

    pub(super) fn found_by_validation(
        &self,
        stack: &str,
        change_set: &str,
    ) -> Result<Vec<ValidationEvent>, Failure> {
        let request = self
            .cloudformation()
            .describe_events()
            // An ARN says which stack it is of, and the service takes one of the two only.
            .set_stack_name((!change_set.starts_with("arn:")).then(|| stack.to_owned()))
            .change_set_name(change_set)
            .filters(EventFilter::builder().failed_events(true).build());
        let events = self.ask("DescribeEvents", request.into_paginator().items().send().try_collect())?;
        let validations = events.iter().filter_map(|event| match event.event_type() {
            Some(EventType::ValidationError) => Some(ValidationEvent {
                name: text(event.validation_name()),
                logical_id: text(event.logical_resource_id()),
                path: owned(event.validation_path()),
                failure_mode: text(event.validation_failure_mode().map(HookFailureMode::as_str)),
                reason: text(event.validation_status_reason()),
            }),
            Some(EventType::HookInvocationError) => Some(ValidationEvent {
                name: text(event.hook_type()),
                logical_id: text(event.logical_resource_id()),
                path: None,
                failure_mode: text(event.hook_failure_mode().map(HookFailureMode::as_str)),
                reason: text(event.hook_status_reason()),
            }),
            _ => None,
        });
        Ok(validations.collect())
    }

    pub(super) fn states_of_alarms(&self, alarms: &[String]) -> Result<Values, Failure> {
        let client = aws_sdk_cloudwatch::Client::new(&self.config);
        let mut states = Values::new();
        for some in alarms.chunks(ALARMS) {
            let request = client
                .describe_alarms()
                // Without naming both kinds, composite ones are left out.
                .alarm_types(AlarmType::MetricAlarm)
                .alarm_types(AlarmType::CompositeAlarm)
                .set_alarm_names(Some(some.iter().map(|alarm| name(alarm).to_owned()).collect()));
            let pages: Vec<_> = self.ask("DescribeAlarms", request.into_paginator().send().try_collect())?;
            let mut found = Values::new();
            for page in &pages {
                let simple =
                    page.metric_alarms().iter().map(|alarm| (alarm.alarm_name(), alarm.state_value()));
                let composite =
                    page.composite_alarms().iter().map(|alarm| (alarm.alarm_name(), alarm.state_value()));
                for (name, state) in simple.chain(composite) {
                    let state = state.map_or("INSUFFICIENT_DATA", |state| state.as_str());
                    found.insert(text(name), state.to_owned());
                }
            }
            for alarm in some {
                if let Some(state) = found.get(name(alarm)) {
                    states.insert(alarm.clone(), state.clone());
                }
            }
        }
        Ok(states)
    }
}

/// The name of an alarm that is given by name or ARN.
fn name(alarm: &str) -> &str {
    alarm.strip_prefix("arn:").and_then(|rest| rest.split_once(":alarm:")).map_or(alarm, |(_, name)| name)
}
