//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use std::path::PathBuf;

/// Check, build and explain products written in the Solution language.
#[derive(Debug, Parser)]
#[command(
    name = "solc",
    version = concat!(env!("CARGO_PKG_VERSION"), " (compiler of the Solution language)"),
    after_help = "Exit codes: 0 clean, 1 findings, 2 usage or internal error, 3 a plan that cannot be carried out, \
                  64 called as Solidity's compiler. Those of deploying are in the book.",
    arg_required_else_help = true,
    disable_help_subcommand = true,
    max_term_width = 110
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: Global,
}

/// What applies to every command.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// How findings are shown
    #[arg(long, global = true, value_enum, default_value_t = Format::Human, value_name = "FORMAT")]
    pub(crate) format: Format,
    /// Whether to write colours
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    pub(crate) color: When,
    /// Show findings only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Show also what was read and how long it took
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// Number of threads; as many as there are processors, if left out
    #[arg(short, long, global = true, value_name = "N")]
    pub(crate) jobs: Option<usize>,
}

/// How findings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Source excerpts, for people
    Human,
    /// One line each
    Concise,
    /// One JSON object a line
    #[value(alias = "jsonl")]
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// Sentences, for screen readers
    Narrated,
    /// JUnit XML, of `solc test` alone
    Junit,
    /// For a pull request, of `solc plan` alone
    Markdown,
    /// One page for a browser, of `solc plan` alone
    Html,
}

/// When to write colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal, unless NO_COLOR is set; CLICOLOR_FORCE turns them on
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check every solution in every environment
    Check(Check),
    /// Run the tests of a product
    Test(Test),
    /// Check, and write templates and manifests
    Build(Build),
    /// Say what deploying would change, in which order, and what must be agreed to; asks no account without `--online`
    Plan(Plan),
    /// Deploy on the embedded CloudFormation from what is recorded, with a failure at each step in turn: exit with 1
    /// where a rollback could stick, or data be lost
    Rehearse(Rehearse),
    /// Write the reference of a project, or of the standard library
    Doc(Doc),
    /// Say why a value is what it is: all that might have set it, and who won
    Why(Why),
    /// Look at what `solc` stands on: the program, the workspace, git, and AWS where an environment is named
    Doctor(Doctor),
    /// What only AWS knows, and `facts.json` says
    #[command(subcommand)]
    Facts(Facts),
    /// Fetch the libraries that manifests name from git, and record them in `solc.lock`
    Fetch(Fetch),
    /// Format `.sol` files
    Fmt(Fmt),
    /// Explain a kind of finding
    Explain(Explain),
    /// Lay out the repositories of a new product
    Init(Init),
    /// The embedded CloudFormation
    #[command(subcommand)]
    Local(Local),
    /// Make an environment what its sources say
    Deploy(Deploy),
    /// Say how the stacks of an environment stand
    Status(Target),
    /// Print what the solutions of an environment give out
    Outputs(Target),
    /// Say what is no longer as its template says; exit with 1 if anything is
    Drift(Target),
    /// Write the state of an environment's stacks again, from what the service says
    Refresh(Target),
    /// Delete every stack of an environment
    Destroy(Destroy),
    /// Print a completion script for a shell
    Completions {
        /// For which shell
        shell: Shell,
    },
    /// Print the manual page, or write all of them
    Man {
        /// Write one page for each command into this folder
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Local {
    /// Serve it over HTTP, for the AWS CLI and every SDK, until interrupted
    Serve(Serve),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Facts {
    /// Look up what these environments read of `facts.json`, and write what has changed
    Refresh(RefreshFacts),
}

#[derive(Debug, Args)]
pub(crate) struct RefreshFacts {
    /// A file or folder; the nearest `solc.toml` upwards says what belongs to it
    #[arg(default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) path: PathBuf,
    /// Look in the account and the region of this environment (may be repeated)
    #[arg(long = "env", value_name = "ENVIRONMENT", required = true)]
    pub(crate) environments: Vec<String>,
    /// Who is asked
    #[arg(long, value_enum, value_name = "BACKEND")]
    pub(crate) backend: RemoteBackend,
    #[command(flatten)]
    pub(crate) aws: AwsOptions,
    /// Write nothing; exit with 1 if anything would change
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The port at 127.0.0.1; a free one is taken for 0, and printed
    #[arg(long, default_value_t = 4599, value_name = "PORT")]
    pub(crate) port: u16,
    /// The folder that keeps its state
    #[arg(long, default_value = ".solc", value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub(crate) data: PathBuf,
    /// The account that it is
    #[arg(long, default_value = "111122223333", value_name = "NUMBER", value_parser = account)]
    pub(crate) account: String,
}

/// The number of an account: twelve digits.
fn account(text: &str) -> Result<String, String> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("an account's number has twelve digits".to_owned())
    }
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// A file or folder; the nearest `solc.toml` upwards says what belongs to it
    #[arg(default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) path: PathBuf,
    /// Apply the fixes that checking again, in every environment, proves harmless
    #[arg(long)]
    pub(crate) fix: bool,
    /// With `--fix`: write nothing; print what would change, and exit with 1 if anything would
    #[arg(long, requires = "fix")]
    pub(crate) diff: bool,
    /// Check each repository by itself: names, types and shapes, without accounts, libraries and infrastructure
    #[arg(long, conflicts_with = "fix")]
    pub(crate) isolated: bool,
    /// Check again whenever a file changes, until interrupted
    #[arg(long, conflicts_with = "fix")]
    pub(crate) watch: bool,
    /// Exit with 1 where there is a warning, too
    #[arg(long)]
    pub(crate) deny_warnings: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Test {
    /// A file or folder; the nearest `solc.toml` upwards says what belongs to it
    #[arg(default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) path: PathBuf,
    /// Test this environment only (may be repeated)
    #[arg(long = "env", value_name = "ENVIRONMENT")]
    pub(crate) environments: Vec<String>,
    /// Run only the tests whose name holds this text
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) filter: String,
}

#[derive(Debug, Args)]
pub(crate) struct Build {
    /// A file or folder; the nearest `solc.toml` upwards says what belongs to it
    #[arg(default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) path: PathBuf,
    /// Build this environment only, and demand every image, setting and secret (may be repeated)
    #[arg(long = "env", value_name = "ENVIRONMENT")]
    pub(crate) environments: Vec<String>,
    /// Where to write
    #[arg(long, value_name = "DIR", default_value = "build", value_hint = ValueHint::DirPath)]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) of: Planned,
    /// Ask the service too: what drifted, and what change sets of its own would do; they are not executed
    #[arg(long, requires = "backend")]
    pub(crate) online: bool,
    #[command(flatten)]
    pub(crate) aws: AwsOptions,
    /// Write the plan into this file, and not to standard output
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
    /// Exit with 2 where something changes; mistakes then exit with 1
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
}

/// What would be deployed, and where what is deployed is recorded.
#[derive(Debug, Args)]
pub(crate) struct Planned {
    /// A file or folder; the nearest `solc.toml` upwards says what belongs to it
    #[arg(default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) path: PathBuf,
    /// The environment that would be deployed
    #[arg(long = "env", value_name = "ENVIRONMENT")]
    pub(crate) environment: String,
    /// What it runs on: `local` is recorded in `.solc/local`, `aws` in the infrastructure repository, which is also read
    /// if this is left out
    #[arg(long, value_enum, value_name = "BACKEND")]
    pub(crate) backend: Option<Backend>,
    /// Where `state/ENVIRONMENT` lies, if neither there
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, conflicts_with = "backend")]
    pub(crate) records: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Rehearse {
    #[command(flatten)]
    pub(crate) of: Planned,
}

#[derive(Debug, Args)]
pub(crate) struct Doc {
    /// A file or folder; the nearest `solc.toml` upwards says what belongs to it
    #[arg(default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) path: PathBuf,
    /// Where to write
    #[arg(long, value_name = "DIR", default_value = "doc", value_hint = ValueHint::DirPath)]
    pub(crate) out: PathBuf,
    /// What the pages are written in
    #[arg(long, value_enum, default_value_t = Markup::Html, value_name = "MARKUP")]
    pub(crate) markup: Markup,
    /// The standard library alone; no project is needed
    #[arg(long, conflicts_with_all = ["no_library", "path"])]
    pub(crate) library: bool,
    /// The project alone, without the standard library's pages
    #[arg(long)]
    pub(crate) no_library: bool,
    /// Write nothing; exit with 1 if a page is missing, left over, or not what the sources say
    #[arg(long)]
    pub(crate) check: bool,
}

/// What pages are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Markup {
    /// To be opened in a browser
    Html,
    /// For a forge, a wiki or a book
    Markdown,
}

#[derive(Debug, Args)]
pub(crate) struct Why {
    /// What: `shop.api` (all of it), `shop.db.backup_retention`, `shop.api.LOG_LEVEL`, `shop.db.tags.owner`,
    /// `shop.db.database.MultiAZ`, `production.availability`
    pub(crate) value: String,
    /// A file or folder; the nearest `solc.toml` upwards says what belongs to it
    #[arg(default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) path: PathBuf,
    /// In this environment only (may be repeated); in all of them, if left out
    #[arg(long = "env", value_name = "ENVIRONMENT")]
    pub(crate) environments: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Fetch {
    /// A file or folder; the nearest `solc.toml` upwards says what is needed
    #[arg(default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) path: PathBuf,
    /// Look again which commits the revisions are, and record them
    #[arg(long)]
    pub(crate) update: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// A file or folder; the nearest `solc.toml` upwards says what belongs to it
    #[arg(default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) path: PathBuf,
    /// Look also at what this environment is deployed to
    #[arg(long = "env", value_name = "ENVIRONMENT", requires = "backend")]
    pub(crate) environment: Option<String>,
    /// What it is deployed to
    #[arg(long, value_enum, requires = "environment")]
    pub(crate) backend: Option<RemoteBackend>,
    #[command(flatten)]
    pub(crate) aws: AwsOptions,
}

/// What an environment is deployed to, outside this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RemoteBackend {
    /// The account and the region that the environment names
    Aws,
}

/// How AWS is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub(crate) struct AwsOptions {
    /// The profile of AWS's configuration files to take credentials from
    #[arg(long, value_name = "NAME", requires = "backend")]
    pub(crate) profile: Option<String>,
    /// The role to assume with these credentials
    #[arg(long, value_name = "ARN", requires = "backend")]
    pub(crate) role: Option<String>,
    /// Another server than AWS's
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, requires = "backend")]
    pub(crate) endpoint: Option<String>,
    /// The account's bucket for templates that are larger than a request may be
    #[arg(long, value_name = "BUCKET", requires = "backend")]
    pub(crate) template_bucket: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Fmt {
    /// Files and folders; `-` for standard input
    #[arg(default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,
    /// Write nothing; exit with 1 if a file is not formatted
    #[arg(long)]
    pub(crate) check: bool,
    /// Write nothing; print what would change, and exit with 1 if anything would
    #[arg(long)]
    pub(crate) diff: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The name in `error[…]`
    #[arg(required_unless_present = "all")]
    pub(crate) code: Option<String>,
    /// All of them, one line each; with `--format json`, whole pages
    #[arg(long, conflicts_with = "code")]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Where; created if need be
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) folder: PathBuf,
    /// The product's name; the folder's, if left out
    #[arg(long, value_name = "NAME")]
    pub(crate) product: Option<String>,
    /// Add the repositories of production
    #[arg(long)]
    pub(crate) production: bool,
}

/// What stacks run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Backend {
    /// The embedded CloudFormation: nothing is needed, and nothing leaves this machine
    Local,
    /// The account and the region that the environment names
    Aws,
}

impl AwsOptions {
    /// As they are written again, each after a space.
    pub(crate) fn again(&self) -> String {
        let options = [
            ("profile", &self.profile),
            ("role", &self.role),
            ("endpoint", &self.endpoint),
            ("template-bucket", &self.template_bucket),
        ];
        let given = options.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        given.map(|(name, value)| format!(" --{name} {value}")).collect()
    }
}

impl Backend {
    /// As it is written.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Aws => "aws",
        }
    }
}

/// What is done about a rollback that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Recovery {
    /// Go on with it once
    Retry,
    /// Leave the resources that cannot be rolled back as they are
    Skip,
    /// Go on whatever fails
    Force,
}

/// An environment, and what it runs on.
#[derive(Clone, Debug, Args)]
pub(crate) struct Target {
    /// A file or folder; the nearest `solc.toml` upwards says what belongs to it
    #[arg(default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) path: PathBuf,
    /// The environment
    #[arg(long = "env", value_name = "ENVIRONMENT")]
    pub(crate) environment: String,
    /// What it runs on
    #[arg(long, value_enum, default_value_t = Backend::Local, value_name = "BACKEND")]
    pub(crate) backend: Backend,
    #[command(flatten)]
    pub(crate) aws: AwsOptions,
}

impl Target {
    /// The arguments that name the same again, after a command's.
    pub(crate) fn again(&self, command: &str) -> String {
        let path = self.path.display().to_string();
        let path = if path == "." { String::new() } else { format!(" {path}") };
        let (environment, backend, aws) = (&self.environment, self.backend.name(), self.aws.again());
        format!("{command}{path} --env {environment} --backend {backend}{aws}")
    }
}

#[derive(Debug, Args)]
pub(crate) struct Deploy {
    #[command(flatten)]
    pub(crate) target: Target,
    /// The role that CloudFormation assumes to change resources; a stack keeps it
    #[arg(long, value_name = "ARN")]
    pub(crate) service_role: Option<String>,
    /// Agree to what a gate names, as in `replace shop.db` (may be repeated)
    #[arg(long, value_name = "WHAT")]
    pub(crate) acknowledge: Vec<String>,
    /// Go on with an unfinished one: the latest, or this
    #[arg(long, value_name = "ID", num_args = 0..=1, default_missing_value = "")]
    pub(crate) resume: Option<String>,
    /// Begin anew from what runs, where the journal is damaged or lost
    #[arg(long, conflicts_with = "resume")]
    pub(crate) adopt: bool,
    /// Start no other stack after one failed
    #[arg(long)]
    pub(crate) fail_fast: bool,
    /// What to do about a rollback that failed
    #[arg(long, value_enum, default_value_t = Recovery::Retry, value_name = "HOW")]
    pub(crate) recover: Recovery,
    /// Roll an update back when this alarm rings: its name or ARN (may be repeated, five times at most)
    #[arg(long, value_name = "ALARM")]
    pub(crate) alarm: Vec<String>,
    /// How long alarms are watched after the last resource, in minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=180))]
    pub(crate) monitor: u8,
    /// Let a second Ctrl-C within five seconds cancel what runs; without, the first leaves it running
    #[arg(long)]
    pub(crate) cancel_on_interrupt: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Destroy {
    #[command(flatten)]
    pub(crate) deploy: Deploy,
    /// Delete them; without, only what would go is said
    #[arg(long)]
    pub(crate) yes: bool,
}
