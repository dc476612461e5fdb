//! Fuzzing, benchmarks and the comparison with the validators: programs of `solc-tests`, built with optimisation.
//!
//! Invariant: what is measured is the release build of `solc` in a cold process; nothing here is a test with a clock.

use crate::workspace::{Workspace, succeeds};

/// `cargo xtask fuzz`
pub(crate) fn fuzz(arguments: &[String]) -> Result<bool, String> {
    program("fuzz", "fuzz", arguments)
}

/// `cargo xtask bench`
pub(crate) fn bench(arguments: &[String]) -> Result<bool, String> {
    // Planning is measured in the program itself: `solc` need not be built.
    if arguments.first().is_some_and(|argument| argument == "--plan") {
        return program("bench", "release", arguments);
    }
    measured("bench", arguments)
}

/// `cargo xtask compare`
pub(crate) fn compare(arguments: &[String]) -> Result<bool, String> {
    measured("compare", arguments)
}

fn measured(name: &str, arguments: &[String]) -> Result<bool, String> {
    let workspace = Workspace::find()?;
    if !succeeds(&mut workspace.cargo(&["build", "--release", "--package", "solc-cli"])) {
        return Err("`solc` does not build".to_owned());
    }
    program(name, "release", arguments)
}

fn program(name: &str, profile: &str, arguments: &[String]) -> Result<bool, String> {
    let workspace = Workspace::find()?;
    let mut command = workspace.cargo(&[
        "run",
        "--quiet",
        "--package",
        "solc-tests",
        "--bin",
        name,
        "--profile",
        profile,
        "--",
    ]);
    command.args(arguments);
    Ok(succeeds(&mut command))
}
