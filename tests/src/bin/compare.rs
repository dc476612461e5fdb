//! `solc build` beside the validators, on the same machine in one run: `cargo xtask compare [RUNS]`.
//!
//! Invariant: all of them do the example's whole work from a cold process: `solc` checks, proves and emits every
//! environment; a validator only looks at what came out. The middle of RUNS runs is shown, and how many times longer.

use solc_tests::child::{self, Cost};
use solc_tests::workspace;
use std::io;
use std::path::Path;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let runs = std::env::args().nth(1).and_then(|runs| runs.parse().ok()).unwrap_or(5);
    match compare(runs) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn compare(runs: usize) -> io::Result<bool> {
    let root = workspace::root();
    let solc = workspace::release_solc()?;
    let shop = root.join("examples/shop");
    let python = root.join(".venv/bin/python");
    let script = root.join("tests/peers/check.py");
    let scratch = tempfile::tempdir()?;
    let out = scratch.path().join("shop");

    let solc_check = || {
        let mut command = Command::new(&solc);
        command.arg("check").arg(&shop);
        command
    };
    let solc_build = || {
        let mut command = Command::new(&solc);
        command.arg("build").arg(&shop).arg("--out").arg(&out);
        command
    };
    let peer = |tool: &str| {
        let mut command = Command::new(&python);
        command.arg(&script).arg(&out).arg("--tools").arg(tool);
        command
    };

    println!("examples/shop, all environments, cold process, median of {runs}");
    println!("{:46} {:>9} {:>9} {:>9} {:>9}", "command", "wall s", "cpu s", "MiB", "× build");
    let build = child::median(runs, solc_build)?;
    let check = child::median(runs, solc_check)?;
    row("solc check (every environment)", check, build);
    row("solc build (check, prove, emit)", build, build);
    let mut complete = build.success && check.success;
    for tool in ["cloudformation-validate", "cfn-lint"] {
        let cost = child::median(runs, || peer(tool))?;
        row(&format!("{tool} over the templates (Python)"), cost, build);
        complete &= cost.success;
    }
    if let Some(native) = native_validator(&root) {
        let templates: Vec<_> = workspace::below(&out)
            .into_iter()
            .filter(|path| path.to_string_lossy().ends_with(".template.json"))
            .collect();
        let cost = child::median(runs, || {
            let mut command = Command::new(&native);
            command.args(&templates);
            command
        })?;
        row("cloudformation-validate, native binary", cost, build);
    }
    Ok(complete)
}

fn row(name: &str, cost: Cost, build: Cost) {
    println!(
        "{name:46} {:>9.3} {:>9.3} {:>9.1} {:>9.1}{}",
        cost.wall.as_secs_f64(),
        cost.cpu.as_secs_f64(),
        cost.mebibytes(),
        cost.wall.as_secs_f64() / build.wall.as_secs_f64(),
        if cost.success { "" } else { "  did not succeed" }
    );
}

/// A native build of the validator, where someone put one: its crate has no program of its own.
fn native_validator(root: &Path) -> Option<std::path::PathBuf> {
    let path = root.join(".venv/bin/cloudformation-validate");
    path.exists().then_some(path)
}
