//! `solc plan`: what deploying an environment would do, against what is recorded of it.
//!
//! Invariant: nothing is asked of any account without `--online`, nothing is ever changed there, and nothing is written but
//! the file that was asked for.

use super::build::write_whole;
use crate::args::{AwsOptions, Backend, Format, Plan as Asked, Planned, Target};
use crate::codes::CANNOT_WRITE;
use crate::deploying::{Built, Place, built};
use crate::output::{Exit, Output, shown_names};
use solc_cmdb::States;
use solc_deploy::clock::SystemClock;
use solc_deploy::engine::Timing;
use solc_deploy::plan::render::{self, Look};
use solc_deploy::plan::{self, Recorded};
use solc_deploy::{Plan, Release};
use solc_source::{Diagnostic, Span};
use std::path::{Path, PathBuf};

pub(crate) fn run(asked: &Asked, output: &Output) -> Exit {
    let exit = plan(asked, output);
    // As elsewhere where 2 means that something changes, mistakes are 1.
    if asked.detailed_exitcode && exit == Exit::Usage { Exit::Findings } else { exit }
}

fn plan(asked: &Asked, output: &Output) -> Exit {
    if matches!(output.format, Format::Sarif | Format::Github | Format::Concise) {
        output.say("error: a plan is no finding: `plan` writes `human`, `json`, `markdown` or `html`");
        return Exit::Usage;
    }
    let Prepared { release, recorded, mut plan, root } = match Prepared::of(&asked.of, output) {
        Ok(prepared) => prepared,
        Err(exit) => return exit,
    };
    if asked.online
        && let Err(exit) = online(asked, &release, &recorded, &mut plan, output)
    {
        return exit;
    }
    if !asked.online && asked.aws != AwsOptions::default() {
        output.say(&format!("error: without `--online` there is no use for{}", asked.aws.again()));
        return Exit::Usage;
    }
    let shown = shown_names(&root);
    let text = match rendered(&plan, output, asked.out.is_some(), &shown) {
        Ok(text) => text,
        Err(message) => {
            output.say(&format!("error: {message}"));
            return Exit::Usage;
        }
    };
    let printed = match &asked.out {
        None => output.print(&text),
        Some(file) => written(file, &text, &root, output),
    };
    match printed {
        Exit::Clean if !plan.refusals.is_empty() => Exit::Refused,
        Exit::Clean if asked.detailed_exitcode && !plan.is_empty() => Exit::Changes,
        exit => exit,
    }
}

/// Adds what the service says.
fn online(
    asked: &Asked,
    release: &Release,
    recorded: &[Recorded],
    plan: &mut Plan,
    output: &Output,
) -> Result<(), Exit> {
    let target = Target {
        path: asked.of.path.clone(),
        environment: asked.of.environment.clone(),
        backend: asked.of.backend.unwrap_or(Backend::Local),
        aws: asked.aws.clone(),
    };
    let place = Place::of(&target, output)?;
    let backend = place.backend(&target, &release.account, &release.region, output)?;
    let pause = match target.backend {
        Backend::Local => Timing::local(),
        Backend::Aws => Timing::service(),
    }
    .poll;
    plan::online::ask(plan, release, recorded, backend.as_ref(), &SystemClock, pause).map_err(|failure| {
        output.say(&format!("error: {failure}"));
        Exit::Usage
    })
}

/// What would be deployed, what is recorded, and what comes of the two.
pub(crate) struct Prepared {
    pub(crate) release: Release,
    pub(crate) recorded: Vec<Recorded>,
    pub(crate) plan: Plan,
    /// The workspace's root.
    pub(crate) root: PathBuf,
}

impl Prepared {
    pub(crate) fn of(asked: &Planned, output: &Output) -> Result<Self, Exit> {
        let Built { release, root, infrastructure, .. } =
            built(&asked.path, &asked.environment, "planned", output)?;
        let (recorded, plan) = made(asked, &release, infrastructure, &root, output).map_err(|message| {
            output.say(&format!("error: {message}"));
            Exit::Usage
        })?;
        Ok(Self { release, recorded, plan, root })
    }
}

/// The plan of what was built, against what is recorded.
fn made(
    asked: &Planned,
    release: &Release,
    infrastructure: Option<PathBuf>,
    root: &Path,
    output: &Output,
) -> Result<(Vec<Recorded>, Plan), String> {
    let here = root.join(".solc").join("local");
    let folder: PathBuf = match (asked.backend, &asked.records, infrastructure) {
        (Some(Backend::Local), _, _) => here.clone(),
        (_, Some(folder), _) if !folder.is_dir() => {
            return Err(format!("there is no folder `{}`", folder.display()));
        }
        (_, Some(folder), _) => folder.clone(),
        (_, None, Some(folder)) => folder,
        (_, None, None) => {
            return Err(format!(
                "nothing says where the state of `{}` is recorded; name the infrastructure repository in \
                 `solc.toml` (`paths.infrastructure`), or a folder with `--records`",
                release.environment
            ));
        }
    };
    let all =
        |folder: &Path| States::of(folder, &release.environment).all().map_err(|error| error.to_string());
    let recorded = all(&folder)?;
    if recorded.is_empty() && asked.backend.is_none() && all(&here).is_ok_and(|found| !found.is_empty()) {
        output.tell(
            "note: the infrastructure repository has no state of it, and so all is new; what was deployed on this \
             machine is planned against with `--backend local`",
        );
    }
    let plan = Plan::new(release, &recorded).map_err(|error| error.to_string())?;
    Ok((recorded, plan))
}

fn rendered(
    plan: &Plan,
    output: &Output,
    to_file: bool,
    shown: &dyn Fn(&str) -> String,
) -> Result<String, String> {
    let place = |place: &str| {
        // `file:line:column`, of which the file alone is a name; the library's names have a colon too.
        let mut parts = place.rsplitn(3, ':');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(column), Some(line), Some(file)) => format!("{}:{line}:{column}", shown(file)),
            _ => place.to_owned(),
        }
    };
    let look = Look { colours: output.colours_data() && !to_file, place: &place };
    Ok(match output.format {
        Format::Json => render::json(plan).map_err(|error| format!("the plan cannot be written: {error}"))?,
        Format::Markdown => render::markdown(plan),
        Format::Html => render::html(plan),
        Format::Human
        | Format::Narrated
        | Format::Concise
        | Format::Sarif
        | Format::Github
        | Format::Junit => render::tree(plan, &look),
    })
}

/// Writes the plan into a file, whole or not at all.
fn written(file: &Path, text: &str, root: &Path, output: &Output) -> Exit {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match write_whole(folder, file, text) {
        Ok(()) => {
            output.tell(&format!("wrote {}", file.display()));
            Exit::Clean
        }
        Err(error) => {
            let message = format!("cannot write `{}`: {error}", file.display());
            let finding = Diagnostic::error(CANNOT_WRITE, Span::NOWHERE, message);
            output.diagnostics(&solc_source::Sources::default(), root, &[finding])
        }
    }
}
