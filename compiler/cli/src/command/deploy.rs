//! `solc deploy`: what the sources say becomes what runs.
//!
//! Invariant: gates that can be seen from the sources are asked before anything is touched. What is resumed is what
//! was begun, whatever the sources say by now.

use crate::args::{Backend, Deploy, Recovery};
use crate::deploying::interrupt::Interrupt;
use crate::deploying::progress::Progress;
use crate::deploying::summary::{Shown, tell};
use crate::deploying::{Built, Place, about, begun, built, kept, show, sources};
use crate::output::{Exit, Output};
use solc_deploy::backend::LeaseRequest;
use solc_deploy::clock::SystemClock;
use solc_deploy::engine::{
    self, About, Evidence, Options, Recover, Setting, Step, StepFailure, Timing, step,
};
use solc_deploy::id::DeployId;
use solc_deploy::journal::{Entry, Journal, JournalError};
use solc_deploy::lease::{Both, NoLease};
use solc_deploy::plan::gates::unacknowledged;
use solc_deploy::probe::NoProbe;
use solc_deploy::{Clock as _, Plan, Release, codes};
use solc_source::Sources;
use std::collections::BTreeMap;

pub(crate) fn run(deploy: &Deploy, output: &Output) -> Exit {
    match started(deploy, output) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn started(deploy: &Deploy, output: &Output) -> Result<Exit, Exit> {
    let place = Place::of(&deploy.target, output)?;
    let Some(resumed) = &deploy.resume else {
        return fresh(deploy, &place, output);
    };
    let id = if resumed.is_empty() {
        let latest = place
            .deploys()
            .latest_unfinished(&place.environment)
            .map_err(|e| unreadable(&e, &place, output))?;
        latest.ok_or_else(|| {
            output.say(&format!("error: no deployment of `{}` is unfinished", place.environment));
            Exit::Usage
        })?
    } else {
        DeployId::parse(resumed).filter(|id| place.deploys().folder(id).exists()).ok_or_else(|| {
            output.say(&format!("error: there is no deployment `{resumed}` in `{}`", place.root.display()));
            Exit::Usage
        })?
    };
    resume(deploy, &place, &id, output)
}

/// What the sources say.
fn fresh(deploy: &Deploy, place: &Place, output: &Output) -> Result<Exit, Exit> {
    let Built { release, files, sources, .. } =
        built(&deploy.target.path, &deploy.target.environment, "deployed", output).map_err(|exit| {
            // Here 1 is what was begun and failed.
            if exit == Exit::Findings { Exit::Usage } else { exit }
        })?;
    let backend = place.backend(&deploy.target, &release.account, &release.region, output)?;
    if deploy.adopt {
        adopt(place, backend.as_ref(), &release, output)?;
    }
    let recorded = place.recorded(output)?;
    let plan = Plan::new(&release, &recorded).map_err(|error| {
        output.say(&format!("error: {error}"));
        Exit::Usage
    })?;
    let about = About {
        caller: caller(backend.as_ref(), output)?,
        acknowledgements: deploy.acknowledge.clone(),
        supersedes: unfinished(place, output)?,
        arguments: arguments(deploy),
        ..about(&deploy.target, &release, minted(output)?)
    };
    let refused = refusals(&plan, &about, &deploy.acknowledge);
    if !refused.is_empty() {
        show(refused.iter(), &about.environment, &sources, &place.root, output);
        output.tell("nothing was deployed");
        return Err(Exit::Deploy(engine::Exit::Refused.code()));
    }
    let states: Vec<_> = recorded.into_iter().map(|(state, _)| state).collect();
    let steps = step::of_plan(&plan, &release, &states);
    begin(
        &Run { place, about: &about, steps: &steps, release: Some(&release), sources: &sources, deploy },
        backend.as_ref(),
        files,
        output,
    )
}

/// What a run needs to know.
pub(crate) struct Run<'a> {
    pub(crate) place: &'a Place,
    pub(crate) about: &'a About,
    pub(crate) steps: &'a [Step],
    pub(crate) release: Option<&'a Release>,
    pub(crate) sources: &'a Sources,
    pub(crate) deploy: &'a Deploy,
}

/// Takes the lease, keeps what is begun, and runs it.
pub(crate) fn begin(
    run: &Run<'_>,
    backend: &dyn solc_deploy::Backend,
    mut files: BTreeMap<String, String>,
    output: &Output,
) -> Result<Exit, Exit> {
    let lease = both(run, backend, output)?;
    supersede(run.place, run.about, output)?;
    let unwritten = |error: String| {
        output.say(&format!("error: what is to be deployed cannot be kept: {error}"));
        Exit::Usage
    };
    files.extend(kept(run.about, run.steps).map_err(|error| unwritten(error.to_string()))?);
    let deploys = run.place.deploys();
    let mut journal =
        deploys.create(&run.about.deploy, &files, &NoProbe).map_err(|error| unwritten(error.to_string()))?;
    journal
        .append(&Entry::Begin(run.about.begin(run.steps)))
        .and_then(|()| journal.sync())
        .map_err(|error| unwritten(error.to_string()))?;
    Ok(go(run, backend, &lease, &mut journal, &[], output))
}

fn resume(deploy: &Deploy, place: &Place, id: &DeployId, output: &Output) -> Result<Exit, Exit> {
    let deploys = place.deploys();
    let (mut journal, history) =
        deploys.open(id, &NoProbe).map_err(|error| unreadable(&error, place, output))?;
    if history.iter().any(Entry::is_end) {
        output.say(&format!("error: the deployment {id} is over"));
        output.say(&format!("help: see how it stands: solc {}", deploy.target.again("status")));
        return Err(Exit::Usage);
    }
    let files = deploys.release(id).map_err(|error| unreadable(&error, place, output))?;
    let Some((mut about, steps)) = begun(&files) else {
        output.say(&format!("error: what the deployment {id} was about cannot be read"));
        output.say(&format!("help: begin anew from what runs: solc {} --adopt", arguments(deploy)));
        return Err(Exit::Usage);
    };
    if about.environment != place.environment {
        output.say(&format!("error: the deployment {id} is one of `{}`", about.environment));
        return Err(Exit::Usage);
    }
    let release = Release::read(&files).ok();
    let backend = place.backend(&deploy.target, &about.account, &about.region, output)?;
    about.acknowledgements.extend(deploy.acknowledge.iter().cloned());
    let sources = sources(&deploy.target.path);
    let run =
        Run { place, about: &about, steps: &steps, release: release.as_ref(), sources: &sources, deploy };
    let lease = both(&run, backend.as_ref(), output)?;
    let entry = Entry::Resumed { time: SystemClock.now() };
    journal
        .append(&entry)
        .and_then(|()| journal.sync())
        .map_err(|error| unreadable(&error, place, output))?;
    Ok(go(&run, backend.as_ref(), &lease, &mut journal, &history, output))
}

fn go(
    run: &Run<'_>,
    backend: &dyn solc_deploy::Backend,
    lease: &dyn solc_deploy::lease::Lease,
    journal: &mut Journal<'_>,
    history: &[Entry],
    output: &Output,
) -> Exit {
    let options = Options {
        acknowledgements: run.about.acknowledgements.iter().cloned().collect(),
        fail_fast: run.deploy.fail_fast,
        role: run.deploy.service_role.clone(),
        rollback: solc_deploy::backend::RollbackConfiguration {
            alarms: run.deploy.alarm.clone(),
            monitoring_minutes: run.deploy.monitor,
        },
        recover: match run.deploy.recover {
            Recovery::Retry => Recover::Retry,
            Recovery::Skip => Recover::Skip,
            Recovery::Force => Recover::Force,
        },
        always_upload: !matches!(run.about.stage.as_str(), "development" | "integration"),
        timing: match run.deploy.target.backend {
            Backend::Local => Timing::local(),
            Backend::Aws => Timing::service(),
        },
    };
    let original = About { acknowledgements: original(history, run.about), ..run.about.clone() };
    let evidence = Evidence {
        records: run.place.records(),
        states: run.place.states(),
        intent: original.intent(run.steps),
    };
    let control = Interrupt::listen(run.deploy.cancel_on_interrupt);
    let setting = Setting {
        backend,
        clock: &SystemClock,
        lease,
        probe: &NoProbe,
        control: &control,
        evidence: &evidence,
        options: &options,
    };
    let on = match run.deploy.target.backend {
        Backend::Local => "on the embedded CloudFormation".to_owned(),
        Backend::Aws => format!("in account {}, {}", run.about.account, run.about.region),
    };
    output.tell(&format!(
        "{} {} {on}, recorded in {}",
        if run.about.operation == "destroy" {
            format!("destroying {} in", run.about.product)
        } else {
            format!("deploying {} to", run.about.product)
        },
        run.about.environment,
        solc_driver::file_system::relative(
            run.place.records_folder(),
            &std::env::current_dir().unwrap_or_default()
        ),
    ));
    let mut progress = Progress::new(&run.about.deploy, run.steps, output);
    let report = engine::run(setting, run.about, run.steps, journal, history, &mut progress);
    // What is unfinished keeps its right, wherever it is gone on with.
    if report.halt.is_none()
        && let Err(error) = lease.release()
    {
        output.say(&format!("warning: the environment was not given back: {error}"));
    }
    let outputs = run.release.map(|release| release.outputs.as_slice()).unwrap_or_default();
    let shown = Shown { about: run.about, outputs, sources: run.sources, root: &run.place.root };
    tell(&report, &shown, &mut progress, output)
}

/// The right to change the environment: on this machine, and between machines where the account keeps one.
fn both<'a>(run: &Run<'_>, backend: &'a dyn solc_deploy::Backend, output: &Output) -> Result<Both<'a>, Exit> {
    let here = run.place.lease(&run.about.deploy, output)?;
    let over: Vec<&str> = run.about.supersedes.iter().map(DeployId::as_str).collect();
    let request = LeaseRequest {
        product: &run.about.product,
        environment: &run.about.environment,
        deploy: run.about.deploy.as_str(),
        owner: &run.about.caller,
        over: &over,
        force: run.deploy.adopt,
    };
    let shared = backend.lease(&request).transpose().map_err(|error| {
        output.say(&format!("error: `{}` cannot be changed: {error}", run.about.environment));
        match error {
            NoLease::Held(_) => {
                output.say(&format!(
                    "help: wait for it, or go on with it on its machine; if that is gone for good: solc {} --adopt",
                    run.about.arguments
                ));
                Exit::Deploy(engine::Exit::Busy.code())
            }
            NoLease::Unknown(_) => Exit::Deploy(engine::Exit::Detached.code()),
        }
    })?;
    Ok(Both { here, shared })
}

/// The acknowledgements that the intent is recorded with: those it was begun with.
fn original(history: &[Entry], about: &About) -> Vec<String> {
    let begin = history.iter().find_map(Entry::as_begin).map(|begin| begin.acknowledgements.clone());
    begin.unwrap_or_else(|| about.acknowledgements.clone())
}

/// What the plan does not allow, and what nobody agreed to.
fn refusals(plan: &Plan, about: &About, given: &[String]) -> Vec<StepFailure> {
    let mut failures: Vec<StepFailure> = plan
        .refusals
        .iter()
        .map(|refusal| {
            StepFailure::new(codes::NOT_ACKNOWLEDGED, refusal.why.clone(), refusal.help.clone())
                .note(format!("it is about `{}`", refusal.stack))
        })
        .collect();
    let mut by_stack: BTreeMap<&str, Vec<&solc_deploy::plan::Gate>> = BTreeMap::new();
    for gate in unacknowledged(&plan.gates, given) {
        by_stack.entry(&gate.stack).or_default().push(gate);
    }
    failures.extend(by_stack.iter().map(|(stack, gates)| engine::refusal(stack, about, gates)));
    failures
}

/// A new id.
pub(crate) fn minted(output: &Output) -> Result<DeployId, Exit> {
    DeployId::mint(SystemClock.now()).map_err(|error| {
        output.say(&format!("error: the system gives no random bytes: {error}"));
        Exit::Usage
    })
}

/// Who asks the service.
pub(crate) fn caller(backend: &dyn solc_deploy::Backend, output: &Output) -> Result<String, Exit> {
    backend.identity().map(|identity| identity.arn).map_err(|failure| {
        output.say(&format!("error: the service does not say who asks: {failure}"));
        Exit::Usage
    })
}

/// The unfinished deployment that a new one takes the place of.
pub(crate) fn unfinished(place: &Place, output: &Output) -> Result<Option<DeployId>, Exit> {
    let all = place.deploys().all().map_err(|error| unreadable(&error, place, output))?;
    for found in all {
        if found.over.is_none() && found.environment.is_none() {
            let path = place.deploys().folder(&found.id).join("journal");
            let error = JournalError::Corrupt(path, "a record is not what was written".into());
            return Err(unreadable(&error, place, output));
        }
        if found.environment.as_deref() == Some(&place.environment) && found.over == Some(false) {
            return Ok(Some(found.id));
        }
    }
    Ok(None)
}

/// Says in the journal and the records of the unfinished one that another takes its place.
fn supersede(place: &Place, about: &About, output: &Output) -> Result<(), Exit> {
    let Some(old) = &about.supersedes else { return Ok(()) };
    let (mut journal, history) =
        place.deploys().open(old, &NoProbe).map_err(|e| unreadable(&e, place, output))?;
    if let Some(begin) = history.iter().find_map(Entry::as_begin) {
        let result = engine::superseded(begin, &about.deploy, SystemClock.now());
        if let Err(error) = place.records().put_result(&result) {
            output.say(&format!("error: {error}"));
            return Err(Exit::Usage);
        }
    }
    journal
        .append(&Entry::Superseded { by: about.deploy.clone() })
        .and_then(|()| journal.sync())
        .map_err(|error| unreadable(&error, place, output))?;
    output.tell(&format!("takes the place of the unfinished deployment {old}"));
    Ok(())
}

/// Sets damaged journals aside, and writes the state again from what the service says.
fn adopt(
    place: &Place,
    backend: &dyn solc_deploy::Backend,
    release: &Release,
    output: &Output,
) -> Result<(), Exit> {
    let deploys = place.deploys();
    let all = deploys.all().map_err(|error| unreadable(&error, place, output))?;
    for found in all.into_iter().filter(|found| found.environment.is_none()) {
        let folder = deploys.folder(&found.id);
        let aside = folder.with_extension("damaged");
        if let Err(error) = std::fs::rename(&folder, &aside) {
            output.say(&format!("error: cannot set `{}` aside: {error}", folder.display()));
            return Err(Exit::Usage);
        }
        output.tell(&format!("set the damaged journal aside: {}", aside.display()));
    }
    let prefix = format!("{}-{}-", release.product, release.environment);
    let (written, _) = solc_deploy::refresh::refresh(backend, &place.states(), &prefix, Some(release))
        .map_err(|error| {
            output.say(&format!("error: {error}"));
            Exit::Usage
        })?;
    output.tell(&format!("adopted {}", crate::deploying::plural(written.len(), "stack")));
    Ok(())
}

fn unreadable(error: &JournalError, place: &Place, output: &Output) -> Exit {
    let (code, help) = match error {
        JournalError::Corrupt(..) | JournalError::Version(..) => (
            codes::DAMAGED_JOURNAL,
            format!("begin anew from what runs: solc deploy --env {} --adopt", place.environment),
        ),
        JournalError::Held(_) => {
            (codes::STACK_BUSY, format!("wait for it: solc status --env {}", place.environment))
        }
        JournalError::Disk(..) | JournalError::Died => {
            (codes::DEPLOY_SUSPENDED, "mend the disk, and try again".to_owned())
        }
    };
    let failure = StepFailure::new(code, error.to_string(), help);
    show(std::iter::once(&failure), &place.environment, &Sources::new(), &place.root, output);
    match error {
        JournalError::Held(_) => Exit::Deploy(engine::Exit::Busy.code()),
        JournalError::Corrupt(..)
        | JournalError::Version(..)
        | JournalError::Disk(..)
        | JournalError::Died => Exit::Deploy(engine::Exit::Detached.code()),
    }
}

/// The arguments that do the same again.
fn arguments(deploy: &Deploy) -> String {
    let role: String = deploy.service_role.iter().map(|role| format!(" --service-role {role}")).collect();
    format!("{}{role}", deploy.target.again("deploy"))
}
