//! `cargo xtask COMMAND`: the commands of development. `cargo verify` is `cargo xtask verify`.
//!
//! Invariant: every command is one module with a `run`; it works from any directory of a fresh clone.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command of development talks to its terminal"
)]

mod measure;
mod schema;
mod verify;
mod workspace;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask COMMAND

  verify [--only STEP]… [--list]   everything that must hold, with totals
  fuzz [--seconds N] [--seed N]    random mistakes through parse and check
  bench [--runs N] [SIZE…]         time and memory on synthetic products
  bench --plan [STACKS…]           time and memory of planning many stacks
  compare [RUNS]                   solc beside the validators over examples/shop
  schema                           writes compiler/schema/tables from the pinned packages
  schema-crosscheck [--all]        compares the tables with packages they were not made from
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, rest)) = arguments.split_first() else {
        eprint!("{USAGE}");
        return ExitCode::from(2);
    };
    let result = match command.as_str() {
        "verify" => verify::run(rest),
        "fuzz" => measure::fuzz(rest),
        "bench" => measure::bench(rest),
        "compare" => measure::compare(rest),
        "schema" => schema::run(rest),
        "schema-crosscheck" => schema::crosscheck::run(rest),
        other => Err(format!("there is no command `{other}`\n{USAGE}")),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}
