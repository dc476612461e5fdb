//! `solc status`, `outputs`, `drift` and `refresh`: what runs, asked of the service.
//!
//! Invariant: nothing of a stack is changed; `refresh` writes state files, and nothing else.

use crate::args::{Backend as Where, Format, Target};
use crate::deploying::{Place, plural};
use crate::output::{Exit, Output};
use serde_json::{Value, json};
use solc_deploy::backend::{Backend, Failure, Stack};
use solc_deploy::clock::SystemClock;
use solc_deploy::engine::{About, Timing};
use solc_deploy::{Clock as _, Release};
use std::collections::BTreeMap;
use std::time::Duration;

/// How many times it is looked whether drift is known.
const LOOKS: usize = 2_400;

struct Asked {
    place: Place,
    about: About,
    files: BTreeMap<String, String>,
    backend: Box<dyn Backend>,
    /// Between two looks at the same.
    pause: Duration,
}

fn asked(target: &Target, output: &Output) -> Result<Asked, Exit> {
    let place = Place::of(target, output)?;
    let (about, files) = place.something(target, output)?;
    let backend = place.backend(target, &about.account, &about.region, output)?;
    let pause = match target.backend {
        Where::Local => Timing::local().poll,
        Where::Aws => Timing::service().poll,
    };
    Ok(Asked { place, about, files, backend, pause })
}

impl Asked {
    fn prefix(&self) -> String {
        format!("{}-{}-", self.about.product, self.about.environment)
    }

    fn stacks(&self, output: &Output) -> Result<Vec<Stack>, Exit> {
        self.backend.list_stacks(&self.prefix()).map_err(|failure| refused(&failure, output))
    }
}

fn refused(failure: &Failure, output: &Output) -> Exit {
    output.say(&format!("error: {failure}"));
    Exit::Usage
}

/// How every stack stands.
pub(crate) fn status(target: &Target, output: &Output) -> Exit {
    shown(target, output, |asked| {
        let all = asked.stacks(output)?;
        let unfinished =
            asked.place.deploys().latest_unfinished(&asked.place.environment).map_err(|error| {
                output.say(&format!("error: {error}"));
                Exit::Usage
            })?;
        if output.format == Format::Json {
            let rows: Vec<Value> = all
                .iter()
                .map(|stack| {
                    json!({
                        "stack": stack.name, "id": stack.id, "status": stack.status.as_str(),
                        "reason": stack.status_reason, "termination_protection": stack.termination_protection,
                        "updated": stack.updated.or(stack.created).map(solc_deploy::Timestamp::rfc3339),
                        "change_set": stack.change_set,
                    })
                })
                .collect();
            let text = json!({
                "schema_version": "1.0", "environment": asked.place.environment, "stacks": rows,
                "unfinished": unfinished.map(|id| id.to_string()),
            });
            return Ok(output.print(&format!("{text}\n")));
        }
        let width = all.iter().map(|stack| stack.name.chars().count()).max().unwrap_or_default();
        let mut text = String::new();
        for stack in &all {
            let when =
                stack.updated.or(stack.created).map(solc_deploy::Timestamp::rfc3339).unwrap_or_default();
            let kept = if stack.termination_protection { "protected" } else { "not protected" };
            text.push_str(&format!("{:width$}  {}  {when}  {kept}\n", stack.name, stack.status));
        }
        if all.is_empty() {
            text.push_str(&format!("{}: no stacks\n", asked.place.environment));
        }
        let exit = output.print(&text);
        if let Some(id) = unfinished {
            output.say(&format!(
                "the deployment {id} is unfinished: solc {} --resume {id}",
                asked.about.arguments
            ));
        }
        Ok(exit)
    })
}

/// What the solutions give out.
pub(crate) fn outputs(target: &Target, output: &Output) -> Exit {
    shown(target, output, |asked| {
        let all = asked.stacks(output)?;
        let Ok(release) = Release::read(&asked.files) else {
            output.say(&format!("error: the last operation on `{}` destroyed it", asked.place.environment));
            return Err(Exit::Usage);
        };
        let mut values: BTreeMap<String, &str> = BTreeMap::new();
        for wanted in &release.outputs {
            let stack = all.iter().find(|stack| stack.name == wanted.stack);
            if let Some(value) = stack.and_then(|stack| stack.outputs.get(&wanted.output)) {
                values.insert(format!("{}.{}", wanted.solution, wanted.name), value);
            }
        }
        if output.format == Format::Json {
            let text = json!({
                "schema_version": "1.0", "environment": asked.place.environment, "outputs": values,
            });
            return Ok(output.print(&format!("{text}\n")));
        }
        let width = values.keys().map(|name| name.chars().count()).max().unwrap_or_default();
        let lines = values.iter().map(|(name, value)| format!("{name:width$}  {value}\n"));
        Ok(output.print(&lines.collect::<String>()))
    })
}

/// What is not as its template says.
pub(crate) fn drift(target: &Target, output: &Output) -> Exit {
    shown(target, output, |asked| {
        let mut drifted = 0;
        let mut rows = Vec::new();
        let all = asked.stacks(output)?;
        for stack in &all {
            let backend = &asked.backend;
            let detection = backend.detect_stack_drift(&stack.id).map_err(|f| refused(&f, output))?;
            let mut found = backend.describe_drift_detection(&detection).map_err(|f| refused(&f, output))?;
            for _ in 0..LOOKS {
                if found.status != "DETECTION_IN_PROGRESS" {
                    break;
                }
                SystemClock.sleep(asked.pause);
                found = backend.describe_drift_detection(&detection).map_err(|f| refused(&f, output))?;
            }
            if found.status != "DETECTION_COMPLETE" {
                let why = found.reason.unwrap_or(found.status);
                output.say(&format!("error: drift of `{}` cannot be told: {why}", stack.name));
                return Err(Exit::Findings);
            }
            let resources =
                backend.describe_stack_resource_drifts(&stack.id).map_err(|f| refused(&f, output))?;
            for resource in
                resources.into_iter().filter(|r| matches!(r.status.as_str(), "MODIFIED" | "DELETED"))
            {
                drifted += 1;
                rows.push((stack.name.clone(), resource));
            }
        }
        let mut text = String::new();
        for (stack, resource) in &rows {
            if output.format == Format::Json {
                let line = json!({
                    "schema_version": "1.0", "environment": asked.place.environment, "stack": stack,
                    "logicalId": resource.logical_id, "type": resource.resource_type, "status": resource.status,
                    "differences": resource.differences.iter().map(|d| json!({"path": d.path, "kind": d.kind})).collect::<Vec<_>>(),
                });
                text.push_str(&format!("{line}\n"));
                continue;
            }
            text.push_str(&format!(
                "{stack}: {} ({}) is {}\n",
                resource.logical_id, resource.resource_type, resource.status
            ));
            for difference in &resource.differences {
                text.push_str(&format!("  {} {}\n", difference.path, difference.kind));
            }
        }
        let exit = output.print(&text);
        if drifted == 0 {
            output.tell(&format!(
                "{}: {} as their templates say",
                asked.place.environment,
                plural(all.len(), "stack")
            ));
            return Ok(exit);
        }
        output.tell(&format!("{}: {} drifted", asked.place.environment, plural(drifted, "resource")));
        Err(Exit::Findings)
    })
}

/// The state files again.
pub(crate) fn refresh(target: &Target, output: &Output) -> Exit {
    shown(target, output, |asked| {
        let id = super::deploy::minted(output)?;
        // Nothing may change the stacks while their state is copied.
        let _lease = asked.place.lease(&id, output)?;
        let release = Release::read(&asked.files).ok();
        let states = asked.place.states();
        let (written, forgotten) =
            solc_deploy::refresh::refresh(asked.backend.as_ref(), &states, &asked.prefix(), release.as_ref())
                .map_err(|error| {
                    output.say(&format!("error: {error}"));
                    Exit::Usage
                })?;
        output.tell(&format!(
            "{}: wrote the state of {}",
            asked.place.environment,
            plural(written.len(), "stack")
        ));
        for name in forgotten {
            output.tell(&format!("forgot `{name}`, which is gone"));
        }
        Ok(Exit::Clean)
    })
}

fn shown(target: &Target, output: &Output, show: impl FnOnce(&Asked) -> Result<Exit, Exit>) -> Exit {
    let done = asked(target, output).and_then(|asked| show(&asked));
    match done {
        Ok(exit) | Err(exit) => exit,
    }
}
