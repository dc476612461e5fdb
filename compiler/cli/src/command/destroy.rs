//! `solc destroy`: every stack of an environment goes, those that take values of others first.
//!
//! Invariant: it is what is recorded that goes, and not what the sources say. A stack that holds data goes only when
//! it is named.

use super::deploy::{Run, begin, caller, minted, unfinished};
use crate::args::Destroy;
use crate::deploying::{Place, plural, sources};
use crate::output::{Exit, Output};
use serde_json::Value;
use solc_deploy::engine::{About, step};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) fn run(destroy: &Destroy, output: &Output) -> Exit {
    match started(destroy, output) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn started(destroy: &Destroy, output: &Output) -> Result<Exit, Exit> {
    let deploy = &destroy.deploy;
    let place = Place::of(&deploy.target, output)?;
    if deploy.resume.is_some() {
        return Ok(super::deploy::run(deploy, output));
    }
    let (latest, _) = place.something(&deploy.target, output)?;
    let recorded = place.recorded(output)?;
    let with_data: BTreeSet<String> = recorded
        .iter()
        .filter(|(_, template)| holds_data(template))
        .map(|(state, _)| state.stack.clone())
        .collect();
    let states: Vec<_> = recorded.into_iter().map(|(state, _)| state).collect();
    if states.is_empty() {
        output.tell(&format!("{}: nothing to destroy", place.environment));
        return Ok(Exit::Clean);
    }
    let steps = step::of_destruction(&states);
    let needed = |stack: &str| format!("delete {stack}");
    let unnamed: Vec<&str> = steps
        .iter()
        .map(|step| step.stack.as_str())
        .filter(|stack| with_data.contains(*stack) && !deploy.acknowledge.contains(&needed(stack)))
        .collect();
    // Otherwise the first would be asked for, and after it the next.
    if !destroy.yes || !unnamed.is_empty() {
        let stacks = plural(steps.len(), "stack");
        output.say(&format!("error: this would delete {stacks} of `{}`:", place.environment));
        for step in &steps {
            let data = if with_data.contains(&step.stack) { "  (holds data)" } else { "" };
            output.say(&format!("  {}{data}", step.stack));
        }
        let flags: String =
            unnamed.iter().map(|stack| format!(" --acknowledge \"{}\"", needed(stack))).collect();
        output.say(&format!("help: if that is wanted: solc {} --yes{flags}", deploy.target.again("destroy")));
        return Err(Exit::Deploy(solc_deploy::engine::Exit::Refused.code()));
    }
    let backend = place.backend(&deploy.target, &latest.account, &latest.region, output)?;
    let about = About {
        deploy: minted(output)?,
        operation: "destroy".to_owned(),
        backend: deploy.target.backend.name().to_owned(),
        caller: caller(backend.as_ref(), output)?,
        acknowledgements: deploy.acknowledge.clone(),
        supersedes: unfinished(&place, output)?,
        images: Vec::new(),
        arguments: format!("{} --yes", deploy.target.again("destroy")),
        status_arguments: latest.status_arguments.clone(),
        ..latest
    };
    let sources = sources(&deploy.target.path);
    let run = Run { place: &place, about: &about, steps: &steps, release: None, sources: &sources, deploy };
    begin(&run, backend.as_ref(), BTreeMap::new(), output)
}

/// Whether a template makes something that holds data.
fn holds_data(template: &str) -> bool {
    let content: Value = serde_json::from_str(template).unwrap_or_default();
    let resources = content.get("Resources").and_then(Value::as_object);
    let kinds = resources.into_iter().flatten().filter_map(|(_, resource)| resource.get("Type")?.as_str());
    kinds.into_iter().any(step::holds_data)
}
