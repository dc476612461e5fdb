//! `solc facts refresh`: what only AWS knows, looked up and written into `facts.json`.
//!
//! Invariant: the only command that asks what configuration has to know; every other one reads the committed file. A
//! file is written whole or not at all, and what was not looked up in it stays.

#[cfg(feature = "aws")]
mod aws;
#[cfg(feature = "aws")]
mod decide;

use super::absolute;
use crate::args::{Facts, Format, RefreshFacts};
use crate::output::{Exit, Output};
use solc_driver::{Disk, RepositoryFacts, facts};
use solc_source::Diagnostic;

pub(crate) fn run(facts: &Facts, output: &Output) -> Exit {
    match facts {
        Facts::Refresh(refresh) => refreshed(refresh, output).unwrap_or_else(|exit| exit),
    }
}

fn refreshed(refresh: &RefreshFacts, output: &Output) -> Result<Exit, Exit> {
    if output.format != Format::Human {
        output.say("error: `solc facts refresh` speaks `--format human`");
        return Err(Exit::Usage);
    }
    if refresh.aws.template_bucket.is_some() {
        output.say("error: `solc facts refresh` has no use for `--template-bucket`");
        return Err(Exit::Usage);
    }
    let path = absolute(&refresh.path);
    if !path.exists() {
        output.say(&format!("error: there is no file or folder `{}`", refresh.path.display()));
        return Err(Exit::Usage);
    }
    let wanted = facts(&Disk, &path, &refresh.environments);
    if let Some(exit) = super::unknown_of(&refresh.environments, &wanted.environments, output) {
        return Err(exit);
    }
    if wanted.diagnostics.iter().any(Diagnostic::is_error) {
        let exit = output.diagnostics(&wanted.sources, &wanted.root, &wanted.diagnostics);
        output.tell("nothing was looked up");
        return Err(exit);
    }
    if wanted.repositories.is_empty() {
        output.say("error: no repository here declares an environment");
        return Err(Exit::Usage);
    }
    look_up(refresh, &wanted.repositories, output)
}

#[cfg(feature = "aws")]
fn look_up(refresh: &RefreshFacts, repositories: &[RepositoryFacts], output: &Output) -> Result<Exit, Exit> {
    aws::look_up(refresh, repositories, output)
}

#[cfg(not(feature = "aws"))]
fn look_up(_: &RefreshFacts, _: &[RepositoryFacts], output: &Output) -> Result<Exit, Exit> {
    output.say("error: this solc was built without AWS");
    output.say("help: use one that was built with its default features");
    Err(Exit::Usage)
}
