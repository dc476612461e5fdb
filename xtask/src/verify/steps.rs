//! The steps of `cargo verify`, in order: the one place to add one.
//!
//! Invariant: a step depends on nothing but a clone and the steps above it.

use super::{Outcome, python};
use crate::schema::crosscheck;
use crate::workspace::{Workspace, succeeds};
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// One step.
pub(super) struct Step {
    /// What `--only` takes.
    pub(super) name: &'static str,
    /// What holds when it passes.
    pub(super) about: &'static str,
    /// Checks it.
    pub(super) run: fn(&Workspace) -> Outcome,
}

/// All of them.
pub(super) const ALL: &[Step] = &[
    Step {
        name: "python",
        about: "the pinned peers are installed in .venv",
        run: |w| Outcome::of(python::prepare(w)),
    },
    Step { name: "format", about: "rustfmt has nothing to change", run: format },
    Step { name: "lints", about: "clippy has nothing to say", run: lints },
    Step { name: "tests", about: "every test of the workspace passes", run: tests },
    Step { name: "schema", about: "the tables agree with packages they were not made from", run: schema },
    Step { name: "example", about: "the README's command builds examples/shop, in release", run: example },
    Step { name: "products", about: "random valid products build", run: products },
    Step { name: "peers", about: "the peers have no complaint about what was built", run: peers },
    Step { name: "faults", about: "the peers notice the faults seeded into a sound template", run: faults },
    Step { name: "formats", about: "SARIF, JSON and annotations are what their schemas say", run: formats },
    Step {
        name: "cloudformation",
        about: "the embedded CloudFormation answers boto3 as its page says, beside moto",
        run: cloudformation,
    },
    Step {
        name: "moto",
        about: "stacks live on a server that imitates AWS, and what it lacks is known",
        run: moto,
    },
];

fn format(workspace: &Workspace) -> Outcome {
    Outcome::of(succeeds(&mut workspace.cargo(&["fmt", "--all", "--check"])))
}

fn lints(workspace: &Workspace) -> Outcome {
    let arguments = ["clippy", "--quiet", "--workspace", "--all-targets", "--", "--deny", "warnings"];
    Outcome::of(succeeds(&mut workspace.cargo(&arguments)))
}

fn tests(workspace: &Workspace) -> Outcome {
    count(&mut workspace.cargo(&["test", "--quiet", "--workspace", "--no-fail-fast"]))
}

fn example(workspace: &Workspace) -> Outcome {
    let out = emptied(workspace, "shop");
    Outcome::of(succeeds(&mut workspace.cargo(&[
        "run",
        "--release",
        "--quiet",
        "--",
        "build",
        "examples/shop",
        "--out",
        &out,
    ])))
}

/// How many random products the peers look at: they take seconds for each.
const PRODUCTS: &str = "8";

fn products(workspace: &Workspace) -> Outcome {
    let out = emptied(workspace, "products");
    let build = ["build", "--quiet", "--workspace", "--bin", "products"];
    let products = workspace.target.join("debug").join("products");
    Outcome::of(
        succeeds(&mut workspace.cargo(&build))
            && succeeds(&mut workspace.command(products, &[PRODUCTS, &out])),
    )
}

fn peers(workspace: &Workspace) -> Outcome {
    let (shop, products) = (scratch(workspace, "shop"), scratch(workspace, "products"));
    let arguments = ["tests/peers/check.py", &shop, &products, "--unused"];
    Outcome::of(succeeds(&mut workspace.command(workspace.python(), &arguments)))
}

/// Where a step leaves what it built.
fn scratch(workspace: &Workspace, name: &str) -> String {
    workspace.target.join("verify").join(name).display().to_string()
}

/// The same, with nothing left in it from an earlier run.
fn emptied(workspace: &Workspace, name: &str) -> String {
    let folder = scratch(workspace, name);
    // It may not be there; whatever else is wrong shows when it is written to.
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn faults(workspace: &Workspace) -> Outcome {
    Outcome::of(succeeds(&mut workspace.command(workspace.python(), &["tests/peers/faults.py"])))
}

/// `solc`, built with the features that the step `tests` has: those of one package alone would compile AWS's SDK once more.
fn solc(workspace: &Workspace) -> Option<String> {
    succeeds(&mut workspace.cargo(&["build", "--quiet", "--workspace", "--bin", "solc"]))
        .then(|| workspace.target.join("debug").join("solc").display().to_string())
}

fn formats(workspace: &Workspace) -> Outcome {
    let Some(solc) = solc(workspace) else { return Outcome::of(false) };
    Outcome::of(succeeds(&mut workspace.command(workspace.python(), &["tests/peers/formats.py", &solc])))
}

fn cloudformation(workspace: &Workspace) -> Outcome {
    let Some(solc) = solc(workspace) else { return Outcome::of(false) };
    Outcome::of(succeeds(
        &mut workspace.command(workspace.python(), &["tests/peers/cloudformation.py", &solc]),
    ))
}

/// Where the step `moto` finds what is in an environment of the example.
const EXAMPLE: &str = "SOLC_MOTO_EXAMPLE";

fn moto(workspace: &Workspace) -> Outcome {
    let (scratch, built) = (emptied(workspace, "moto"), emptied(workspace, "moto-example"));
    let Some(solc) = solc(workspace) else { return Outcome::of(false) };
    let build = ["build", "examples/shop", "--out", &built];
    let tests = ["test", "--quiet", "--workspace", "--no-fail-fast", "--test", "moto"];
    // What is built meanwhile may be fetched, and the server's certificate is not that of a registry.
    if !succeeds(&mut workspace.command(&solc, &build)) || !succeeds(workspace.cargo(&tests).arg("--no-run"))
    {
        return Outcome::of(false);
    }
    let beside = ["tests/peers/beside_moto.py", &scratch, &workspace.cargo];
    let mut command = workspace.command(workspace.python(), &beside);
    command.args(tests).args(["--", "--ignored"]);
    count(command.env(EXAMPLE, format!("{built}/integration")))
}

fn schema(_: &Workspace) -> Outcome {
    Outcome::of(crosscheck::run(&[]).unwrap_or_else(|message| {
        println!("{message}");
        false
    }))
}

/// Runs tests, shows what they print, and adds up their summaries.
fn count(command: &mut Command) -> Outcome {
    let mut child = match command.stdout(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(error) => {
            println!("{}: {error}", command.get_program().to_string_lossy());
            return Outcome::of(false);
        }
    };
    let mut outcome = Outcome::default();
    for line in child.stdout.take().map(BufReader::new).into_iter().flat_map(BufRead::lines) {
        let Ok(line) = line else { break };
        println!("{line}");
        outcome = outcome.and(summary(&line).unwrap_or_default());
    }
    let content = child.wait().is_ok_and(|status| status.success());
    if !content && outcome.failed == 0 {
        outcome.failed = 1;
    }
    outcome
}

/// `test result: ok. 12 passed; 0 failed; …`
fn summary(line: &str) -> Option<Outcome> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let mut outcome = Outcome::default();
    for part in counts.split("; ") {
        match part.split_once(' ') {
            Some((number, "passed")) => outcome.passed = number.parse().ok()?,
            Some((number, "failed")) => outcome.failed = number.parse().ok()?,
            _ => {}
        }
    }
    Some(outcome)
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn a_summary_is_read() {
        let line = "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        let outcome = summary(line).unwrap();
        assert_eq!((outcome.passed, outcome.failed), (12, 3));
    }

    #[test]
    fn another_line_is_no_summary() {
        assert!(summary("test spec::a ... ok").is_none());
    }
}
