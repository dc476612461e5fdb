//! What the commands of deploying share: the workspace's `.solc` folder, its backend, and its deployments.
//!
//! Invariant: what the embedded CloudFormation has lies below `.solc` in the workspace's root, which git does not see.
//! What is deployed on this machine alone is no evidence of anything, and stands in no repository. What is deployed to
//! AWS is recorded in the environment's infrastructure repository; its journals lie below `.solc` too.

pub(crate) mod backend;
pub(crate) mod interrupt;
pub(crate) mod progress;
pub(crate) mod summary;

use crate::args::{Backend, Target};
use crate::output::{Exit, Output};
use solc_cmdb::{Records, StackState, States};
use solc_deploy::Release;
use solc_deploy::engine::{About, Step, StepFailure};
use solc_deploy::id::DeployId;
use solc_deploy::journal::Deploys;
use solc_deploy::lease::{FileLease, NoLease};
use solc_driver::{BuiltEnvironment, Disk, Neighbours, Request, Workspace, compile, discover};
use solc_source::{Diagnostic, Sources};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The file in a deployment's folder that says what it is about.
const ABOUT: &str = "about.json";
/// The file that holds its steps.
const STEPS: &str = "steps.json";

/// What a deployment was about, and the files beside its journal.
pub(crate) type Kept = (About, BTreeMap<String, String>);

/// Where a workspace keeps what it deploys.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The workspace's root.
    pub(crate) root: PathBuf,
    /// Where journals and leases are, and the database of the embedded CloudFormation: in its `.solc` folder.
    folder: PathBuf,
    /// Where state and records are.
    records: PathBuf,
    /// The environment.
    pub(crate) environment: String,
}

impl Place {
    /// That of the workspace that `path` lies in.
    pub(crate) fn of(target: &Target, output: &Output) -> Result<Self, Exit> {
        let (start, environment) = (crate::command::absolute(&target.path), &target.environment);
        if !start.exists() {
            output.say(&format!("error: there is no file or folder `{}`", target.path.display()));
            return Err(Exit::Usage);
        }
        let workspace = discover(&Disk, &start, Neighbours::Seen);
        let root = workspace.root.clone();
        let own = root.join(".solc");
        let (folder, records) = match target.backend {
            Backend::Local => (own.clone(), own.join("local")),
            Backend::Aws => (own.join("aws"), infrastructure(&start, &workspace, environment, output)?),
        };
        Ok(Self { root, folder, records, environment: environment.clone() })
    }

    /// Its deployments.
    pub(crate) fn deploys(&self) -> Deploys {
        Deploys::of(&self.folder.join("deploys"))
    }

    /// The records of operations.
    pub(crate) fn records(&self) -> Records {
        Records::of(&self.records)
    }

    /// Where state and records are.
    pub(crate) fn records_folder(&self) -> &Path {
        &self.records
    }

    /// The state of the environment's stacks.
    pub(crate) fn states(&self) -> States {
        States::of(&self.records, &self.environment)
    }

    /// All of them, with their templates.
    pub(crate) fn recorded(&self, output: &Output) -> Result<Vec<(StackState, String)>, Exit> {
        self.states().all().map_err(|error| {
            output.say(&format!("error: {error}"));
            output.say(&format!("help: write the state again: solc refresh --env {}", self.environment));
            Exit::Usage
        })
    }

    /// The right to change the environment.
    pub(crate) fn lease(&self, deploy: &DeployId, output: &Output) -> Result<FileLease, Exit> {
        let owner = format!("process {}", std::process::id());
        FileLease::take(&self.folder.join("leases"), &self.environment, deploy.as_str(), &owner).map_err(
            |error| {
                output.say(&format!("error: `{}` cannot be changed: {error}", self.environment));
                output.say(&format!("help: see how it stands: solc status --env {}", self.environment));
                match error {
                    NoLease::Held(_) => Exit::Deploy(solc_deploy::engine::Exit::Busy.code()),
                    NoLease::Unknown(_) => Exit::Usage,
                }
            },
        )
    }

    /// What the latest deployment of the environment was about, with its files; nothing where there was none.
    pub(crate) fn latest(&self, output: &Output) -> Result<Option<Kept>, Exit> {
        let found = self.deploys().all().map_err(|error| {
            output.say(&format!("error: {error}"));
            Exit::Usage
        })?;
        for found in found {
            if found.environment.as_deref() != Some(&self.environment) {
                continue;
            }
            if let Ok(files) = self.deploys().release(&found.id)
                && let Some(about) = files.get(ABOUT).and_then(|text| serde_json::from_str(text).ok())
            {
                return Ok(Some((about, files)));
            }
        }
        Ok(None)
    }

    /// The same, where there must be one; of AWS, what the sources say serves as well: others may have deployed it.
    pub(crate) fn something(&self, target: &Target, output: &Output) -> Result<Kept, Exit> {
        match (self.latest(output)?, target.backend) {
            (Some(latest), _) => Ok(latest),
            (None, Backend::Aws) => {
                let Built { release, files, .. } = built(&target.path, &target.environment, "asked", output)?;
                Ok((about(target, &release, crate::command::deploy::minted(output)?), files))
            }
            (None, Backend::Local) => {
                output.say(&format!(
                    "error: nothing was deployed to `{}` from this workspace",
                    self.environment
                ));
                output.say(&format!("help: deploy it: solc {}", target.again("deploy")));
                Err(Exit::Usage)
            }
        }
    }
}

/// What deploying a release is about, before anybody was asked.
pub(crate) fn about(target: &Target, release: &Release, deploy: DeployId) -> About {
    About {
        deploy,
        operation: "deploy".to_owned(),
        product: release.product.clone(),
        environment: release.environment.clone(),
        stage: release.stage.clone(),
        account: release.account.clone(),
        region: release.region.clone(),
        backend: target.backend.name().to_owned(),
        caller: String::new(),
        release: release.sha256.clone(),
        images: release.images.clone(),
        acknowledgements: Vec::new(),
        supersedes: None,
        arguments: target.again("deploy"),
        status_arguments: target.again("status"),
    }
}

/// The infrastructure repository that an environment is recorded in.
fn infrastructure(
    path: &Path,
    workspace: &Workspace,
    environment: &str,
    output: &Output,
) -> Result<PathBuf, Exit> {
    let compilation = compile(&Disk, path, &Request::build(&[environment.to_owned()]));
    if let Some(exit) = crate::command::unknown(&[environment.to_owned()], &compilation, output) {
        return Err(exit);
    }
    if let Some(folder) = only(compilation.built, environment, output)?.and_then(|built| built.infrastructure)
    {
        return Ok(folder);
    }
    // What has mistakes now may have been deployed before: then one repository alone has its state.
    let all = workspace.repositories.iter().filter_map(|repository| repository.infrastructure.as_ref());
    let mut with_state =
        all.map(|folder| &folder.path).filter(|f| f.join("state").join(environment).is_dir());
    match (with_state.next(), with_state.next()) {
        (Some(folder), None) => Ok(folder.clone()),
        (None, _) | (Some(_), Some(_)) => {
            output.say(&format!("error: nothing says where the state of `{environment}` is recorded"));
            output.say(
                "help: name the infrastructure repository in `solc.toml` (`paths.infrastructure`), and see that \
                 `solc check` has nothing to say",
            );
            Err(Exit::Usage)
        }
    }
}

/// What a deployment keeps beside its release, so that it can be gone on with.
pub(crate) fn kept(about: &About, steps: &[Step]) -> Result<[(String, String); 2], serde_json::Error> {
    Ok([(ABOUT.to_owned(), serde_json::to_string(about)?), (STEPS.to_owned(), serde_json::to_string(steps)?)])
}

/// What was kept.
pub(crate) fn begun(files: &BTreeMap<String, String>) -> Option<(About, Vec<Step>)> {
    let about = serde_json::from_str(files.get(ABOUT)?).ok()?;
    let steps = serde_json::from_str(files.get(STEPS)?).ok()?;
    Some((about, steps))
}

/// The release of an environment as its sources say, and its sources.
pub(crate) struct Built {
    pub(crate) release: Release,
    /// What the release was read from.
    pub(crate) files: BTreeMap<String, String>,
    pub(crate) sources: Sources,
    /// The workspace's root.
    pub(crate) root: PathBuf,
    /// Where it is recorded.
    pub(crate) infrastructure: Option<PathBuf>,
}

/// Builds an environment; `done` is what does not happen where that cannot be, as in `deployed`.
pub(crate) fn built(path: &Path, environment: &str, done: &str, output: &Output) -> Result<Built, Exit> {
    let start = crate::command::absolute(path);
    if !start.exists() {
        output.say(&format!("error: there is no file or folder `{}`", path.display()));
        return Err(Exit::Usage);
    }
    let environments = [environment.to_owned()];
    let compilation = compile(&Disk, &start, &Request::build(&environments));
    if let Some(exit) = crate::command::unknown(&environments, &compilation, output) {
        return Err(exit);
    }
    if compilation.diagnostics.iter().any(Diagnostic::is_error) {
        let exit = output.diagnostics(&compilation.sources, &compilation.root, &compilation.diagnostics);
        output.tell(&format!("nothing was {done}: what does not compile cannot be deployed"));
        return Err(exit);
    }
    let Some(built) = only(compilation.built, environment, output)? else {
        output.say(&format!("error: `{environment}` has no stacks"));
        return Err(Exit::Usage);
    };
    let files: BTreeMap<String, String> =
        built.files.into_iter().map(|file| (file.name, file.content)).collect();
    let release = Release::read(&files).map_err(|error| {
        output.say(&format!("error: what was built for `{environment}` is no release: {error}"));
        Exit::Usage
    })?;
    let (sources, root) = (compilation.sources, compilation.root);
    Ok(Built { release, files, sources, root, infrastructure: built.infrastructure })
}

/// The environment of this name; nothing where there is none, and a mistake where several products have one.
fn only(
    built: Vec<BuiltEnvironment>,
    environment: &str,
    output: &Output,
) -> Result<Option<BuiltEnvironment>, Exit> {
    let mut named = built.into_iter().filter(|built| built.name == environment);
    let first = named.next();
    if named.next().is_some() {
        output.say(&format!(
            "error: several products have an environment `{environment}`; name the folder of one, as in \
             `solc plan FOLDER --env {environment}`"
        ));
        return Err(Exit::Usage);
    }
    Ok(first)
}

/// The sources as they are now, whatever is wrong with them: to show places in.
pub(crate) fn sources(path: &Path) -> Sources {
    compile(&Disk, &crate::command::absolute(path), &Request::check()).sources
}

/// Shows failed steps at their places.
pub(crate) fn show<'a>(
    failures: impl Iterator<Item = &'a StepFailure>,
    environment: &str,
    sources: &Sources,
    root: &Path,
    output: &Output,
) {
    let diagnostics: Vec<Diagnostic> =
        failures.map(|failure| solc_deploy::report::diagnostic(failure, environment, sources)).collect();
    if !diagnostics.is_empty() {
        output.diagnostics(sources, root, &diagnostics);
    }
}

/// A number and its noun.
pub(crate) fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
