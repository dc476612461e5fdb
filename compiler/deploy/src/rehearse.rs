//! A deployment on the embedded CloudFormation, from what is recorded, once as it should go and once for each resource
//! that it changes with that one failing.
//!
//! What is looked for after each: a stack that nothing but a recovery gets out of where it is, data that is gone, and a
//! deployment that cannot be repeated afterwards.
//!
//! Invariant: nothing outside a folder of its own is written, and nobody is asked; time is turned, so that hours pass in
//! seconds. Each run starts from the same world.

mod irreversible;
mod stage;

pub use stage::RehearsalError;

use crate::backend::StackStatus;
use crate::engine::{Report, Step};
use crate::journal::StepOutcome;
use crate::local::{Fault, FaultPoint};
use crate::plan::Recorded;
use crate::release::Place;
use rayon::prelude::*;
use serde::Serialize;
use stage::{Stage, World};
use std::collections::{BTreeMap, BTreeSet};

/// The version of the form.
const SCHEMA_VERSION: &str = "1.0";
/// What the embedded service says of a resource that is made to fail.
const REASON: &str = "made to fail, for a rehearsal";
/// As often as anything may be tried.
const ALWAYS: u32 = 10_000;

/// What would be done where this is recorded.
pub type Planner<'a> = dyn Fn(&[Recorded]) -> Result<Vec<Step>, String> + Sync + 'a;

/// What a rehearsal is of.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The product.
    pub product: &'a str,
    /// The environment.
    pub environment: &'a str,
    /// Its stage.
    pub stage: &'a str,
    /// The account's number.
    pub account: &'a str,
    /// The region.
    pub region: &'a str,
    /// The manifest: SHA-256 in hexadecimal.
    pub manifest_sha256: &'a str,
    /// What is recorded.
    pub recorded: &'a [Recorded],
    /// What would be done. It is asked of the records of the rehearsal's own world, where everything has other physical
    /// ids than in the account.
    pub planner: &'a Planner<'a>,
    /// What the plan's gates want named: a rehearsal shows what happens then.
    pub acknowledgements: &'a [&'a str],
}

/// What came of a rehearsal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rehearsal {
    /// The version of the form.
    pub schema_version: &'static str,
    /// The product.
    pub product: String,
    /// The environment.
    pub environment: String,
    /// The manifest: SHA-256 in hexadecimal.
    pub manifest_sha256: String,
    /// How often it was deployed, the first time without a failure.
    pub runs: usize,
    /// How many of the failures were rolled back, and the deployment repeated with success.
    pub recovered: usize,
    /// Everything that was found.
    pub findings: Vec<Finding>,
}

impl Rehearsal {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    /// It fails although nothing was made to.
    Fails,
    /// A rollback could stick.
    RollbackSticks,
    /// Data would be gone.
    DataLost,
    /// After the failure, the same deployment does not succeed.
    NotRepeatable,
    /// Something would be left that no stack owns.
    LeftBehind,
}

impl FindingKind {
    /// What it is called.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Fails => "fails as it is",
            Self::RollbackSticks => "a rollback could stick",
            Self::DataLost => "data would be lost",
            Self::NotRepeatable => "cannot be repeated after a failure",
            Self::LeftBehind => "something would be left behind",
        }
    }
}

/// Something that a rehearsal showed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// What it is about.
    pub kind: FindingKind,
    /// The stack.
    pub stack: String,
    /// The resource; empty where it is the stack as a whole.
    pub logical_id: String,
    /// The component that it is part of; empty where nothing says.
    pub component: String,
    /// Where it is declared, as `file:line:column`; empty where nothing says.
    pub place: String,
    /// What failed before; empty where nothing was made to.
    pub after: String,
    /// What would be.
    pub what: String,
    /// What to do about it.
    pub help: String,
}

/// A failure that is tried.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Scenario {
    stack: String,
    logical_id: String,
    point: Try,
    /// The resource whose way back fails as well.
    rollback: Option<String>,
}

/// At what a resource fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Try {
    Create,
    Update,
    Delete,
}

impl Try {
    fn point(self) -> FaultPoint {
        match self {
            Self::Create => FaultPoint::Create,
            Self::Update => FaultPoint::Update,
            Self::Delete => FaultPoint::Delete,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Create => "being created",
            Self::Update => "being updated",
            Self::Delete => "being deleted",
        }
    }
}

/// Deploys as often as it takes.
///
/// # Errors
/// Where what is recorded cannot be set up, or the disk fails.
pub fn rehearse(subject: &Subject<'_>) -> Result<Rehearsal, RehearsalError> {
    let stage = Stage::set(subject)?;
    let mut rehearsal = Rehearsal {
        schema_version: SCHEMA_VERSION,
        product: subject.product.to_owned(),
        environment: subject.environment.to_owned(),
        manifest_sha256: subject.manifest_sha256.to_owned(),
        runs: 0,
        recovered: 0,
        findings: Vec::new(),
    };
    let mut world = stage.world()?;
    let before = world.data()?;
    let report = world.deploy()?;
    rehearsal.runs += 1;
    let places = places(&stage.steps);
    for step in report.steps.iter().filter(|step| !is_over(step.outcome)) {
        rehearsal.findings.push(finding(
            &places,
            FindingKind::Fails,
            (&step.stack, ""),
            String::new(),
            reasons(&report, &step.stack),
            "mend it before it is deployed: the service would refuse it alike".to_owned(),
        ));
    }
    if !rehearsal.findings.is_empty() {
        return Ok(rehearsal);
    }
    let whole = Whole { live: world.live()?, lost: lost(&before, &world)? };
    for (stack, logical_id, kind) in &whole.lost {
        rehearsal.findings.push(finding(
            &places,
            FindingKind::DataLost,
            (stack, logical_id),
            String::new(),
            format!("it is replaced or deleted, and no snapshot of this `{kind}` is kept"),
            "keep it: give it a deletion policy that retains, or move the data first".to_owned(),
        ));
    }
    let played: Result<Vec<Vec<Finding>>, RehearsalError> = scenarios(subject, &world)?
        .par_iter()
        .map(|scenario| play(scenario, &mut stage.world()?, &before, &whole, &places))
        .collect();
    for found in played? {
        rehearsal.runs += 1;
        rehearsal.recovered += usize::from(found.is_empty());
        rehearsal.findings.extend(found);
    }
    rehearsal.findings.sort();
    rehearsal.findings.dedup();
    Ok(rehearsal)
}

/// What there is when nothing failed.
struct Whole {
    /// How many live resources of each type.
    live: BTreeMap<String, usize>,
    /// What held data, and is lost although nothing failed: stack, logical id, type.
    lost: BTreeSet<(String, String, String)>,
}

/// Every resource that the deployment touched, failing at what was done to it; and, for each change that cannot be
/// undone, the last of its stack failing after it.
fn scenarios(subject: &Subject<'_>, world: &World<'_>) -> Result<Vec<Scenario>, RehearsalError> {
    let mut all = Vec::new();
    let stacks: BTreeSet<&str> = world.steps().iter().map(|step| step.stack.as_str()).collect();
    for stack in stacks {
        let touched = world.touched(stack)?;
        for (logical_id, point) in &touched {
            all.push(Scenario {
                stack: stack.to_owned(),
                logical_id: logical_id.clone(),
                point: *point,
                rollback: None,
            });
        }
        let last = touched.iter().rev().find(|(_, point)| *point != Try::Delete);
        for (logical_id, _) in irreversible::changes(subject, world.steps(), stack) {
            // A failure of another one, or of itself where it stands alone.
            let other = touched.iter().rev().find(|(id, point)| *point != Try::Delete && *id != logical_id);
            if let Some((failing, point)) = other.or(last) {
                all.push(Scenario {
                    stack: stack.to_owned(),
                    logical_id: failing.clone(),
                    point: *point,
                    rollback: Some(logical_id),
                });
            }
        }
    }
    Ok(all)
}

/// Deploys with a failure, looks, and deploys again without.
fn play(
    scenario: &Scenario,
    world: &mut World<'_>,
    before: &BTreeMap<String, (String, String, String)>,
    whole: &Whole,
    places: &BTreeMap<(String, String), Place>,
) -> Result<Vec<Finding>, RehearsalError> {
    world.fail(&Fault {
        stack: scenario.stack.clone(),
        logical_id: scenario.logical_id.clone(),
        at: scenario.point.point(),
        times: 1,
        reason: REASON.to_owned(),
    })?;
    if let Some(rollback) = &scenario.rollback {
        world.fail(&Fault {
            stack: scenario.stack.clone(),
            logical_id: rollback.clone(),
            at: FaultPoint::Rollback,
            times: ALWAYS,
            reason: REASON.to_owned(),
        })?;
    }
    let after = format!("`{}` failed while {}", scenario.logical_id, scenario.point.words());
    let stack = scenario.stack.as_str();
    let mut found = Vec::new();
    world.deploy()?;
    for (stack, logical_id, kind) in lost(before, world)?.difference(&whole.lost) {
        found.push(finding(
            places,
            FindingKind::DataLost,
            (stack, logical_id),
            after.clone(),
            format!("the rollback leaves neither this `{kind}` nor a snapshot of it"),
            "give it a deletion policy that retains".to_owned(),
        ));
    }
    let status = world.status(stack)?;
    if let Some(status) = status.filter(|status| sticks(*status)) {
        let named = scenario.rollback.as_deref().unwrap_or_default();
        let why = scenario.rollback.as_ref().map_or_else(String::new, |id| {
            let why = irreversible::why(world.subject(), world.steps(), stack, id)
                .unwrap_or("its change cannot be undone");
            format!(": {why}")
        });
        found.push(finding(
            places,
            FindingKind::RollbackSticks,
            (stack, named),
            after.clone(),
            format!("the stack stays in {status}{why}"),
            "deploy this change alone, before what may fail beside it; a stack that sticks goes on with \
             `solc deploy --recover skip`"
                .to_owned(),
        ));
        // What follows is what a person does about it.
        return Ok(found);
    }
    let report = world.deploy()?;
    if let Some(step) = report.steps.iter().find(|step| !is_over(step.outcome)) {
        found.push(finding(
            places,
            FindingKind::NotRepeatable,
            (&step.stack, ""),
            after,
            reasons(&report, &step.stack),
            "what was left behind keeps it from being made again: see `solc status`".to_owned(),
        ));
        return Ok(found);
    }
    let live = world.live()?;
    for (kind, count) in &live {
        let wanted = whole.live.get(kind).copied().unwrap_or_default();
        if *count > wanted {
            found.push(finding(
                places,
                FindingKind::LeftBehind,
                (stack, &scenario.logical_id),
                after.clone(),
                format!("{} `{kind}` more than there should be, which no stack owns", count - wanted),
                "delete it by hand, or give what is made new the policy `RetainExceptOnCreate`".to_owned(),
            ));
        }
    }
    Ok(found)
}

/// Whether nothing but a recovery gets a stack out of where it is.
fn sticks(status: StackStatus) -> bool {
    matches!(
        status,
        StackStatus::UpdateRollbackFailed
            | StackStatus::RollbackFailed
            | StackStatus::DeleteFailed
            | StackStatus::CreateFailed
            | StackStatus::UpdateFailed
            | StackStatus::ImportRollbackFailed
    )
}

/// What held data before and is neither there nor in a snapshot: stack, logical id, type.
fn lost(
    before: &BTreeMap<String, (String, String, String)>,
    world: &World<'_>,
) -> Result<BTreeSet<(String, String, String)>, RehearsalError> {
    let kept = world.kept()?;
    Ok(before.iter().filter(|(id, _)| !kept.contains(*id)).map(|(_, what)| what.clone()).collect())
}

/// Whether a step ended as it should.
fn is_over(outcome: Option<StepOutcome>) -> bool {
    matches!(outcome, Some(StepOutcome::Changed | StepOutcome::Unchanged | StepOutcome::Deleted))
}

/// Why a step failed, root cause first.
fn reasons(report: &Report, stack: &str) -> String {
    let step = report.steps.iter().find(|step| step.stack == stack && !is_over(step.outcome));
    let failure = step.and_then(|step| step.failure.as_ref());
    failure.map_or_else(|| "it was not reached".to_owned(), |failure| failure.reasons().join("; "))
}

/// Where each resource comes from, by stack and logical id.
fn places(steps: &[Step]) -> BTreeMap<(String, String), Place> {
    let of = |step: &Step| {
        let stack = step.stack.clone();
        step.places.clone().into_iter().map(move |(id, place)| ((stack.clone(), id), place))
    };
    steps.iter().flat_map(of).collect()
}

fn finding(
    places: &BTreeMap<(String, String), Place>,
    kind: FindingKind,
    (stack, logical_id): (&str, &str),
    after: String,
    what: String,
    help: String,
) -> Finding {
    let place = places.get(&(stack.to_owned(), logical_id.to_owned()));
    Finding {
        kind,
        stack: stack.to_owned(),
        logical_id: logical_id.to_owned(),
        component: place.map(|p| p.component.clone()).unwrap_or_default(),
        place: place.map(|p| p.instance.clone()).unwrap_or_default(),
        after,
        what,
        help,
    }
}

#[cfg(test)]
mod tests;
