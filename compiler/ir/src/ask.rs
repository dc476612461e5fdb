//! Tests and policies, asked of a deployment.
//!
//! Invariant: asking changes nothing, and a claim that cannot be decided is never said to hold.

mod claims;
mod explain;
mod questions;

pub(crate) use questions::subject;

use crate::evaluate::Evaluation;
use crate::facts::Index;
use crate::facts::survival::Losses;
use crate::inputs::Inputs;
use crate::model::Deployment;
use solc_check::hir::{BlockId, Claim, ClaimKind, Project};
use solc_source::{Diagnostic, Name, Span};

/// What asking needs beyond the evaluation of expressions.
pub(crate) struct Asking<'a> {
    pub(crate) index: Index<'a>,
    /// Worked out when first asked.
    pub(crate) losses: Option<Losses>,
    /// What could not be decided since this was last cleared: where, and why.
    pub(crate) undecided: Option<(Span, String)>,
}

/// What came of a test in one environment.
#[derive(Clone, Debug, PartialEq)]
pub struct TestResult {
    /// Its name.
    pub name: Name,
    /// Where it is declared.
    pub span: Span,
    /// The environment.
    pub environment: Name,
    /// How many assertions were asked, each round of a loop by itself.
    pub assertions: usize,
    /// What does not hold.
    pub diagnostics: Vec<Diagnostic>,
}

impl TestResult {
    /// Whether everything held.
    #[must_use]
    pub fn passed(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// What the policies of a project find in a deployment of it.
#[must_use]
pub fn policies(
    project: &Project,
    environment: BlockId,
    inputs: &Inputs,
    deployment: &Deployment,
) -> Vec<Diagnostic> {
    crate::on_large_stack(|| {
        let claims = project.claims.iter().filter(|c| c.kind == ClaimKind::Policy);
        claims.flat_map(|claim| run(project, environment, inputs, deployment, claim).diagnostics).collect()
    })
}

/// Runs the tests of a project that `wanted` picks and that are about this environment.
#[must_use]
pub fn tests(
    project: &Project,
    environment: BlockId,
    inputs: &Inputs,
    deployment: &Deployment,
    wanted: &(dyn Fn(&Claim) -> bool + Sync),
) -> Vec<TestResult> {
    crate::on_large_stack(|| {
        let name = &deployment.environment.name;
        let claims = project.claims.iter().filter(|c| match &c.kind {
            ClaimKind::Policy => false,
            ClaimKind::Test => true,
            ClaimKind::TestFor(environments) => environments.contains(name),
        });
        claims
            .filter(|c| wanted(c))
            .map(|claim| run(project, environment, inputs, deployment, claim))
            .collect()
    })
}

/// One claim, with an evaluation of its own: each has the whole step budget, and none sees another's mistakes.
fn run(
    project: &Project,
    environment: BlockId,
    inputs: &Inputs,
    deployment: &Deployment,
    claim: &Claim,
) -> TestResult {
    let mut evaluation = Evaluation::new(project, inputs, Some(environment));
    evaluation.prepare(environment);
    // What is wrong with the environment itself was said when it was lowered.
    evaluation.diagnostics.clear();
    evaluation.general.clear();
    evaluation.asking =
        Some(Box::new(Asking { index: Index::new(deployment), losses: None, undecided: None }));
    let (assertions, diagnostics) = claims::run(&mut evaluation, claim);
    let name = deployment.environment.name.clone();
    TestResult {
        name: claim.name.clone(),
        span: claim.span,
        assertions,
        diagnostics: diagnostics.into_iter().map(|d| d.environment(name.as_str())).collect(),
        environment: name,
    }
}
