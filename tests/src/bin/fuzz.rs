//! Almost-right projects through the parser, the formatter and the whole check: `cargo xtask fuzz [--seconds N] [--seed N]`.
//!
//! Invariant: what a run does depends on its seed alone; only how long it goes on is measured by a clock. A panic or
//! a run beyond the limit is written to `target/fuzz/` and makes the program fail.

use solc_source::FileId;
use solc_tests::frame::Files;
use solc_tests::mutate::mutate;
use solc_tests::random::Random;
use solc_tests::{corpus, project, workspace};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// A run that takes longer is a hang.
const LIMIT: Duration = Duration::from_secs(10);

#[derive(Default)]
struct Tally {
    runs: u64,
    panics: u64,
    hangs: u64,
    slowest: Duration,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str, default: u64| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)).and_then(|value| value.parse().ok()).unwrap_or(default)
    };
    let seconds = option("--seconds", 60);
    let seed = option("--seed", 1);
    let projects = corpus::projects();
    let texts: Vec<&String> = projects.iter().flat_map(Files::values).collect();
    let kept = workspace::root().join("target/fuzz");
    println!("{} projects, {} files, seed {seed}, {seconds} s", projects.len(), texts.len());

    // Panics are counted and kept; the default report of thousands would hide the totals.
    std::panic::set_hook(Box::new(|_| {}));
    let mut random = Random::new(seed);
    let (mut parse, mut check) = (Tally::default(), Tally::default());
    let started = Instant::now();
    let mut shown = 0;
    while started.elapsed() < Duration::from_secs(seconds) {
        let Some(project) = random.choose(&projects) else { break };
        let paths: Vec<&String> = project.keys().collect();
        let (Some(path), Some(other)) = (random.choose(&paths), random.choose(&texts)) else { break };
        let text = project.get(*path).map_or("", String::as_str);
        let mutant = mutate(&mut random, text, other);
        if path.ends_with(".sol") {
            parse.run(&kept, "parse", &mutant, || {
                let (tree, _) = solc_syntax::parse(FileId(0), &mutant);
                drop(tree);
            });
        }
        let mut changed = project.clone();
        changed.insert((*path).clone(), mutant.clone());
        check.run(&kept, "check", &mutant, || {
            let compilation = project::build(&changed);
            // Rendering reads every span: one that is no character's boundary shows here.
            let said = project::said(&compilation);
            drop(said);
        });
        if started.elapsed().as_secs() / 30 > shown {
            shown = started.elapsed().as_secs() / 30;
            println!("{:>5} s: {} parses, {} checks", shown * 30, parse.runs, check.runs);
        }
    }
    drop(std::panic::take_hook());
    for (name, tally) in [("parse", &parse), ("check", &check)] {
        println!(
            "{name}: {} executions, {} panics, {} hangs, slowest {:.0} ms",
            tally.runs,
            tally.panics,
            tally.hangs,
            tally.slowest.as_secs_f64() * 1e3
        );
    }
    let bad = parse.panics + check.panics + parse.hangs + check.hangs;
    if bad > 0 {
        println!("kept in {}", kept.display());
    }
    if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

impl Tally {
    fn run(&mut self, kept: &PathBuf, name: &str, input: &str, run: impl FnOnce()) {
        let started = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(run));
        let time = started.elapsed();
        self.runs += 1;
        let keep = |kind: &str, number: u64| {
            let written = fs::create_dir_all(kept)
                .and_then(|()| fs::write(kept.join(format!("{name}-{kind}-{number}.sol")), input));
            if let Err(error) = written {
                println!("cannot keep an input: {error}");
            }
        };
        if outcome.is_err() {
            self.panics += 1;
            keep("panic", self.panics);
        }
        if time > LIMIT {
            self.hangs += 1;
            keep("hang", self.hangs);
        }
        if time > self.slowest {
            self.slowest = time;
            keep("slowest", 0);
        }
    }
}
