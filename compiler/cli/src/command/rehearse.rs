//! `solc rehearse`: the plan run on the embedded CloudFormation, with a failure at each step in turn.
//!
//! Invariant: nobody is asked, and nothing is written: the rehearsal has a folder of its own, which goes with it.

use super::plan::Prepared;
use crate::args::{Format, Rehearse};
use crate::deploying::plural;
use crate::output::{Exit, Output};
use solc_deploy::Plan;
use solc_deploy::engine::step;
use solc_deploy::plan::Recorded;
use solc_deploy::rehearse::{Finding, Rehearsal, Subject, rehearse};

pub(crate) fn run(asked: &Rehearse, output: &Output) -> Exit {
    match rehearsed(asked, output) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn rehearsed(asked: &Rehearse, output: &Output) -> Result<Exit, Exit> {
    if !matches!(output.format, Format::Human | Format::Json) {
        output.say("error: `solc rehearse` speaks `--format human` or `--format json`");
        return Err(Exit::Usage);
    }
    let Prepared { release, recorded, plan, .. } = Prepared::of(&asked.of, output)?;
    if !plan.refusals.is_empty() {
        for refusal in &plan.refusals {
            output.say(&format!("error: `{}`: {}", refusal.stack, refusal.why));
            output.say(&format!("help: {}", refusal.help));
        }
        output.tell("nothing was rehearsed: the plan cannot be carried out");
        return Err(Exit::Refused);
    }
    let planner = |recorded: &[Recorded]| {
        let plan = Plan::new(&release, recorded).map_err(|error| error.to_string())?;
        let states: Vec<_> = recorded.iter().map(|(state, _)| state.clone()).collect();
        Ok(step::of_plan(&plan, &release, &states))
    };
    let subject = Subject {
        product: &release.product,
        environment: &release.environment,
        stage: &release.stage,
        account: &release.account,
        region: &release.region,
        manifest_sha256: &release.sha256,
        recorded: &recorded,
        planner: &planner,
        acknowledgements: &plan.acknowledgements(),
    };
    let rehearsal = rehearse(&subject).map_err(|error| {
        output.say(&format!("error: {error}"));
        Exit::Usage
    })?;
    let printed = match output.format {
        Format::Json => match serde_json::to_string_pretty(&rehearsal) {
            Ok(text) => output.print(&format!("{text}\n")),
            Err(error) => {
                output.say(&format!("error: the rehearsal cannot be written: {error}"));
                Exit::Usage
            }
        },
        Format::Human
        | Format::Concise
        | Format::Sarif
        | Format::Github
        | Format::Narrated
        | Format::Junit
        | Format::Markdown
        | Format::Html => output.print(&rehearsal.findings.iter().map(shown).collect::<String>()),
    };
    output.tell(&summary(&rehearsal));
    Ok(if printed == Exit::Clean && !rehearsal.is_clean() { Exit::Findings } else { printed })
}

/// One finding, for people.
fn shown(finding: &Finding) -> String {
    let mut text = format!("{}: {}", finding.kind.title(), finding.stack);
    if !finding.logical_id.is_empty() {
        text.push_str(&format!("/{}", finding.logical_id));
    }
    if !finding.component.is_empty() {
        text.push_str(&format!(" ({})", finding.component));
    }
    if !finding.place.is_empty() {
        text.push_str(&format!(" at {}", finding.place));
    }
    text.push('\n');
    if !finding.after.is_empty() {
        text.push_str(&format!("  after {}\n", finding.after));
    }
    text.push_str(&format!("  {}\n  help: {}\n", finding.what, finding.help));
    text
}

fn summary(rehearsal: &Rehearsal) -> String {
    let failures = rehearsal.runs.saturating_sub(1);
    let deployed = format!("{}: deployed {}", rehearsal.environment, plural(rehearsal.runs, "time"));
    if failures == 0 {
        return format!(
            "{deployed}; {}",
            if rehearsal.is_clean() { "it changes nothing" } else { "it fails as it is" }
        );
    }
    format!(
        "{deployed}, with {}; {} rolled back and repeated with success; {}",
        plural(failures, "failure"),
        rehearsal.recovered,
        plural(rehearsal.findings.len(), "finding")
    )
}
