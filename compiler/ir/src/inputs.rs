//! What the compiler reads beside `.sol`: settings, credentials, image references, facts, stack assignments.
//!
//! Invariant: located trees only; the driver parsed them, this crate says what they mean.

use solc_source::Name;
use solc_source::data::Node;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A data file that belongs to an environment and a place in it.
#[derive(Clone, Debug)]
pub struct PathDocument {
    /// `production`
    pub environment: Name,
    /// Solution, then component path: `shop`, `api`; or the unit of an image.
    pub path: Vec<Name>,
    /// Its content.
    pub node: Node,
}

/// The data files of all repositories.
#[derive(Clone, Debug, Default)]
pub struct Documents {
    /// `settings/<environment>/<solution>/<component>.toml`
    pub settings: Vec<PathDocument>,
    /// `credentials/<environment>/<solution>/<component>.toml`
    pub credentials: Vec<PathDocument>,
    /// `references/<environment>/<unit>.json`
    pub images: Vec<PathDocument>,
    /// `facts.json` of each environment's config repository, by environment.
    pub facts: BTreeMap<Name, Node>,
    /// `stacks.lock` of each environment's config repository, by environment.
    pub stacks: BTreeMap<Name, Node>,
    /// Environments whose infrastructure repository is there: only for those are credentials and images checked.
    pub with_infrastructure: Vec<Name>,
}

/// How `lower` is to go about it.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// Data files; shared, because one environment is lowered more than once.
    pub documents: Arc<Documents>,
    /// Missing images, settings and secrets are errors even in `manual` environments (`build --env`, prepare).
    pub strict: bool,
    /// If set: compile as though the environment had this availability (`true`: multi-AZ), for the proof that
    /// raising it replaces nothing.
    pub assume_multi_az: Option<bool>,
    /// How many expressions may be evaluated for one solution in one environment.
    pub step_budget: u64,
}

impl Inputs {
    /// Ten times what a solution of ten thousand components needs, and about a second.
    pub const STEP_BUDGET: u64 = 40_000_000;
}

impl Default for Inputs {
    fn default() -> Self {
        Self {
            documents: Arc::default(),
            strict: false,
            assume_multi_az: None,
            step_budget: Self::STEP_BUDGET,
        }
    }
}
