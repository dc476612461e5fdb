//! `solc destroy`: every stack of an environment goes, those that take values of others first.
//!
//! Invariant: it is what is recorded that goes, and not what the sources say. A stack that holds data goes only when
//! it is named.

use super::deploy::{Run, begin, caller, minted, unfinished};
use crate::args::{Deploy, Destroy};
use crate::deploying::{Place, plural, sources};
use crate::output::{Exit, Output};
use solc_deploy::engine::{About, step};
use std::collections::BTreeMap;

pub(crate) fn run(destroy: &Destroy, output: &Output) -> Exit {
    match started(destroy, output) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn started(destroy: &Destroy, output: &Output) -> Result<Exit, Exit> {
    let deploy = &destroy.deploy;
    let place = Place::of(&deploy.path, &deploy.environment, output)?;
    if deploy.resume.is_some() {
        return Ok(super::deploy::run(deploy, output));
    }
    let (latest, _) = place.something(output)?;
    let recorded = place.recorded(output)?;
    let states: Vec<_> = recorded.into_iter().map(|(state, _)| state).collect();
    if states.is_empty() {
        output.tell(&format!("{}: nothing to destroy", place.environment));
        return Ok(Exit::Clean);
    }
    let steps = step::of_destruction(&states);
    if !destroy.yes {
        output.say(&format!(
            "error: this would delete {} of `{}`:",
            plural(steps.len(), "stack"),
            place.environment
        ));
        for step in &steps {
            output.say(&format!("  {}", step.stack));
        }
        output.say(&format!("help: if that is wanted: solc {} --yes", arguments(deploy)));
        return Err(Exit::Deploy(solc_deploy::engine::Exit::Refused.code()));
    }
    let backend = place.backend(deploy.backend, &latest.account, &latest.region, output)?;
    let about = About {
        deploy: minted(output)?,
        operation: "destroy".to_owned(),
        backend: deploy.backend.name().to_owned(),
        caller: caller(&backend, output)?,
        acknowledgements: deploy.acknowledge.clone(),
        supersedes: unfinished(&place, output)?,
        images: Vec::new(),
        arguments: format!("{} --yes", arguments(deploy)),
        status_arguments: latest.status_arguments.clone(),
        ..latest
    };
    let sources = sources(&deploy.path);
    let run = Run { place: &place, about: &about, steps: &steps, release: None, sources: &sources, deploy };
    begin(&run, &backend, BTreeMap::new(), output)
}

fn arguments(deploy: &Deploy) -> String {
    let path = deploy.path.display().to_string();
    let path = if path == "." { String::new() } else { format!(" {path}") };
    format!("destroy{path} --env {} --backend {}", deploy.environment, deploy.backend.name())
}
