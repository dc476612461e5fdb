//! Time and memory of `solc check` and `solc build` on synthetic products: `cargo xtask bench [SIZE…]`, and of `check`
//! on a hundred thousand lines: `cargo xtask bench --large`; of planning many stacks: `cargo xtask bench --plan`.
//!
//! Invariant: every figure is of a cold process of the release build; `--runs N` sets how many (the median is shown).
//!
//! `build` is also held against a floor: the time that serde_json takes to parse and rewrite the bytes it emitted.

use solc_cmdb::States;
use solc_deploy::{Plan, Release};
use solc_tests::child::{self, Cost};
use solc_tests::{planned, project, synthetic, workspace};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.first().map(String::as_str) {
        Some("--generate") => generate(&arguments[1..]),
        Some("--records") => records(&arguments[1..]),
        Some("--plan-once") => plan_once(Path::new(arguments.get(1).map_or("", String::as_str))),
        Some("--plan") => plan(&arguments[1..]),
        Some("--rewrite") => rewrite(Path::new(arguments.get(1).map_or("", String::as_str))),
        _ => bench(&arguments),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// `--generate SIZE DIR`: as a process of its own, to keep the measuring one small.
fn generate(arguments: &[String]) -> io::Result<bool> {
    let (Some(Ok(size)), Some(folder)) = (arguments.first().map(|size| size.parse()), arguments.get(1))
    else {
        return Ok(false);
    };
    workspace::write(Path::new(folder), &synthetic::product(size))?;
    Ok(true)
}

/// `--rewrite DIR`: parses every JSON file and writes it again, to nowhere.
fn rewrite(folder: &Path) -> io::Result<bool> {
    for path in workspace::below(folder) {
        if path.extension().is_some_and(|e| e == "json") {
            let value: serde_json::Value = serde_json::from_slice(&fs::read(&path)?)?;
            serde_json::to_writer_pretty(io::BufWriter::new(io::sink()), &value)?;
        }
    }
    Ok(true)
}

/// How many resources a stack has that is planned.
const RESOURCES: usize = 100;

/// `--records STACKS DIR`: a release and the records of the one before it, as a process of its own.
fn records(arguments: &[String]) -> io::Result<bool> {
    let (Some(Ok(stacks)), Some(folder)) = (arguments.first().map(|count| count.parse()), arguments.get(1))
    else {
        return Ok(false);
    };
    let folder = Path::new(folder);
    let files = planned::write(folder, stacks, RESOURCES).map_err(io::Error::other)?;
    fs::create_dir_all(folder.join("build"))?;
    for (name, text) in files {
        fs::write(folder.join("build").join(name), text)?;
    }
    Ok(true)
}

/// `--plan-once DIR`: reads a release and records, plans, and says how long each took.
fn plan_once(folder: &Path) -> io::Result<bool> {
    let begun = Instant::now();
    let mut files = BTreeMap::new();
    for path in workspace::below(&folder.join("build")) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.insert(name, fs::read_to_string(&path)?);
    }
    let release = Release::read(&files).map_err(io::Error::other)?;
    drop(files);
    let states = States::of(folder, planned::ENVIRONMENT).all().map_err(io::Error::other)?;
    let read = begun.elapsed();
    let plan = Plan::new(&release, &states).map_err(io::Error::other)?;
    let made = begun.elapsed() - read;
    let steps = plan.steps.len();
    let gates = plan.gates.len();
    println!("{:.3} {:.3} {steps} {gates}", read.as_secs_f64(), made.as_secs_f64());
    Ok(plan.refusals.is_empty())
}

/// `--plan [STACKS…]`: planning offline, cold.
fn plan(arguments: &[String]) -> io::Result<bool> {
    let mut sizes: Vec<usize> = arguments.iter().filter_map(|size| size.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![50, 100, 200];
    }
    let myself = std::env::current_exe()?;
    let scratch = tempfile::tempdir()?;
    println!("stacks of {RESOURCES} resources, all of them changed; a cold process, median of 3");
    println!(
        "{:>7} {:>9} {:>9} {:>9} {:>9} {:>9} {:>7} {:>7}",
        "stacks", "wall s", "cpu s", "MiB", "read s", "plan s", "steps", "gates"
    );
    let mut all_ran = true;
    for size in sizes {
        let folder = scratch.path().join(size.to_string());
        let written =
            Command::new(&myself).arg("--records").arg(size.to_string()).arg(&folder).status()?.success();
        let cost = child::median(3, || command(&myself, &["--plan-once"], &folder))?;
        let told = command(&myself, &["--plan-once"], &folder).output()?;
        let told = String::from_utf8_lossy(&told.stdout).into_owned();
        let parts: Vec<&str> = told.split_whitespace().collect();
        let part = |index: usize| parts.get(index).copied().unwrap_or("?");
        all_ran &= written && cost.success;
        println!(
            "{size:>7} {:>9.3} {:>9.3} {:>9.1} {:>9} {:>9} {:>7} {:>7}",
            cost.wall.as_secs_f64(),
            cost.cpu.as_secs_f64(),
            cost.mebibytes(),
            part(0),
            part(1),
            part(2),
            part(3)
        );
    }
    Ok(all_ran)
}

fn bench(arguments: &[String]) -> io::Result<bool> {
    if arguments.first().is_some_and(|a| a == "--large") {
        return large(&arguments[1..]);
    }
    let mut sizes: Vec<usize> = Vec::new();
    let mut runs = 5;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if argument == "--runs" {
            runs = rest.next().and_then(|runs| runs.parse().ok()).unwrap_or(runs);
        } else if let Ok(size) = argument.parse() {
            sizes.push(size);
        } else {
            eprintln!("usage: bench [--runs N] [SIZE…], bench --large [FILES…], or bench --plan [STACKS…]");
            return Ok(false);
        }
    }
    if sizes.is_empty() {
        sizes = vec![10, 100, 1_000, 10_000];
    }
    let solc = workspace::release_solc()?;
    let myself = std::env::current_exe()?;
    let scratch = tempfile::tempdir()?;

    println!("synthetic products, 3 environments, cold process, median of {runs}");
    let shop = workspace::root().join("examples/shop");
    let example = shop.join("solc.toml").exists();
    println!(
        "{:>10} {:>10} {:>10} {:>10} {:>10} {:>10} {:>9} {:>10} {:>7}",
        "components", "check s", "cpu s", "MiB", "build s", "cpu s", "MiB", "emitted MB", "× json"
    );
    let mut rows: Vec<(usize, Cost, Cost)> = Vec::new();
    let mut all_ran = true;
    if example {
        let (check, build) = measure(&solc, &myself, &shop, &scratch.path().join("shop"), runs, "shop")?;
        all_ran &= check.success && build.success;
    }
    for size in sizes {
        let folder = scratch.path().join(format!("product-{size}"));
        let generated =
            Command::new(&myself).arg("--generate").arg(size.to_string()).arg(&folder).status()?.success();
        let out = scratch.path().join(format!("out-{size}"));
        // The largest ones take seconds: fewer runs say as much.
        let runs = if size >= 10_000 { runs.min(3) } else { runs };
        let (check, build) = measure(&solc, &myself, &folder, &out, runs, &size.to_string())?;
        all_ran &= generated && check.success && build.success;
        rows.push((size, check, build));
    }
    growth(&rows);
    Ok(all_ran)
}

/// `--large [FILES…]`: `check` of products of many files in six environments, cold and in a warm process.
fn large(arguments: &[String]) -> io::Result<bool> {
    let mut sizes: Vec<usize> = arguments.iter().filter_map(|size| size.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![50, 100, 250, 500];
    }
    let solc = workspace::release_solc()?;
    let scratch = tempfile::tempdir()?;
    println!(
        "products of files of two hundred lines, 6 environments; cold: a process, median of 3; warm: once more, in memory"
    );
    println!(
        "{:>6} {:>8} {:>9} {:>9} {:>9} {:>9} {:>14}",
        "files", "lines", "cold s", "cpu s", "MiB", "warm s", "µs cpu a line"
    );
    let mut all_ran = true;
    for size in sizes {
        let files = synthetic::large(size);
        let lines: usize = files
            .iter()
            .filter(|(path, _)| path.ends_with(".sol"))
            .map(|(_, text)| text.lines().count())
            .sum();
        let folder = scratch.path().join(size.to_string());
        workspace::write(&folder, &files)?;
        let cold = child::median(3, || command(&solc, &["check"], &folder))?;
        let sound = project::check(&files);
        let begun = Instant::now();
        let again = project::check(&files);
        let warm = begun.elapsed();
        all_ran &= cold.success && sound.diagnostics == again.diagnostics;
        println!(
            "{size:>6} {lines:>8} {:>9.3} {:>9.3} {:>9.1} {:>9.3} {:>14.1}",
            cold.wall.as_secs_f64(),
            cold.cpu.as_secs_f64(),
            cold.mebibytes(),
            warm.as_secs_f64(),
            cold.cpu.as_secs_f64() * 1e6 / lines as f64
        );
    }
    Ok(all_ran)
}

fn measure(
    solc: &Path,
    myself: &Path,
    product: &Path,
    out: &Path,
    runs: usize,
    name: &str,
) -> io::Result<(Cost, Cost)> {
    let check = child::median(runs, || command(solc, &["check"], product))?;
    let build = child::median(runs, || {
        let mut build = command(solc, &["build"], product);
        build.arg("--out").arg(out);
        build
    })?;
    let json = child::median(runs, || command(myself, &["--rewrite"], out))?;
    let emitted: u64 =
        workspace::below(out).iter().filter_map(|path| fs::metadata(path).ok()).map(|file| file.len()).sum();
    println!(
        "{name:>10} {:>10.3} {:>10.3} {:>10.1} {:>10.3} {:>10.3} {:>9.1} {:>10.2} {:>7.1}{}",
        check.wall.as_secs_f64(),
        check.cpu.as_secs_f64(),
        check.mebibytes(),
        build.wall.as_secs_f64(),
        build.cpu.as_secs_f64(),
        build.mebibytes(),
        emitted as f64 / 1e6,
        build.wall.as_secs_f64() / json.wall.as_secs_f64(),
        if check.success && build.success { "" } else { "  did not succeed" }
    );
    Ok((check, build))
}

fn command(program: &Path, arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).arg(folder);
    command
}

/// How cost grows with size: 1 is linear.
fn growth(rows: &[(usize, Cost, Cost)]) {
    for (small, large) in rows.iter().zip(rows.iter().skip(1)) {
        let exponent = |a: Cost, b: Cost| {
            (b.cpu.as_secs_f64() / a.cpu.as_secs_f64()).ln() / (large.0 as f64 / small.0 as f64).ln()
        };
        println!(
            "from {} to {}: cpu time grows with exponent {:.2} (check), {:.2} (build)",
            small.0,
            large.0,
            exponent(small.1, large.1),
            exponent(small.2, large.2)
        );
    }
    let at = |size| rows.iter().find(|row| row.0 == size);
    if let (Some(small), Some(large)) = (at(100), at(10_000)) {
        let per = |a: Cost, b: Cost| b.cpu.as_secs_f64() / a.cpu.as_secs_f64() / 100.0;
        println!(
            "from 100 to 10000: {:.2} × linear (check), {:.2} × linear (build)",
            per(small.1, large.1),
            per(small.2, large.2)
        );
    }
}
