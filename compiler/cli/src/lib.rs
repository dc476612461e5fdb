//! `solc`: arguments, output, exit codes.
//!
//! Invariant: the only crate that prints. Data goes to standard output, talk to standard error; a reader that goes
//! away ends the program quietly; a bug of the compiler is a diagnostic and exit code 2.

mod args;
pub mod codes;
mod command;
mod crash;
mod deploying;
mod output;
mod pages;
mod solidity;

use args::{Arguments, Command, Format};
use clap::Parser as _;
use output::{Exit, Output};
use std::ffi::OsString;
use std::process::ExitCode;
use std::thread;

/// Trees of small values are made by several threads at once, and dropped together.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What a deeply nested source may use; the pages are only touched when needed.
const STACK: usize = 64 << 20;
/// The same for the threads that parse and lower in parallel.
const WORKER_STACK: usize = 32 << 20;

/// The whole program.
#[must_use]
pub fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    if let Some(exit) = solidity::answer(&words) {
        return exit.into();
    }
    let arguments = match Arguments::try_parse_from(&words) {
        Ok(arguments) => arguments,
        // Help and version are data, and end well.
        Err(error) if !error.use_stderr() => return output::print_help(&error).into(),
        Err(error) => return output::print_usage(&error).into(),
    };
    let output = Output::new(&arguments.global);
    crash::quiet();
    let crashed = output.clone();
    let work = move || crash::caught(|| run(&arguments, &output));
    let done = thread::Builder::new().stack_size(STACK).spawn(work).map(thread::JoinHandle::join);
    match done {
        Ok(Ok(Ok(exit))) => exit.into(),
        Ok(Ok(Err(bug))) => crash::report(&crashed, &words, &bug).into(),
        Ok(Err(_)) | Err(_) => crash::report(&crashed, &words, "the compiler's thread ended").into(),
    }
}

fn run(arguments: &Arguments, output: &Output) -> Exit {
    let workers = rayon::ThreadPoolBuilder::new()
        .num_threads(arguments.global.jobs.unwrap_or_default())
        .stack_size(WORKER_STACK)
        .build_global();
    if let Err(error) = workers {
        output.say(&format!("error: cannot start worker threads: {error}"));
        return Exit::Usage;
    }
    if output.format == Format::Junit && !matches!(arguments.command, Command::Test(_)) {
        output.say("error: `--format junit` reports tests; it is for `solc test` alone");
        return Exit::Usage;
    }
    if matches!(output.format, Format::Markdown | Format::Html)
        && !matches!(arguments.command, Command::Plan(_))
    {
        output
            .say("error: `--format markdown` and `--format html` show plans; they are for `solc plan` alone");
        return Exit::Usage;
    }
    match &arguments.command {
        Command::Check(check) => command::check::run(check, output),
        Command::Test(test) => command::test::run(test, output),
        Command::Build(build) => command::build::run(build, output),
        Command::Plan(plan) => command::plan::run(plan, output),
        Command::Rehearse(rehearse) => command::rehearse::run(rehearse, output),
        Command::Doc(doc) => command::doc::run(doc, output),
        Command::Why(why) => command::why::run(why, output),
        Command::Doctor(doctor) => command::doctor::run(doctor, output),
        Command::Facts(facts) => command::facts::run(facts, output),
        Command::Fetch(fetch) => command::fetch::run(fetch, output),
        Command::Fmt(fmt) => command::fmt::run(fmt, output),
        Command::Explain(explain) => command::explain::run(explain, output),
        Command::Init(init) => command::init::run(init, output),
        Command::Local(local) => command::local::run(local, output),
        Command::Deploy(deploy) => command::deploy::run(deploy, output),
        Command::Status(target) => command::stacks::status(target, output),
        Command::Outputs(target) => command::stacks::outputs(target, output),
        Command::Drift(target) => command::stacks::drift(target, output),
        Command::Refresh(target) => command::stacks::refresh(target, output),
        Command::Destroy(destroy) => command::destroy::run(destroy, output),
        Command::Completions { shell } => command::shell::completions(*shell, output),
        Command::Man { out } => command::shell::man(out.as_deref(), output),
    }
}
