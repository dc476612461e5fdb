//! A process, measured: wall time, processor time, peak memory.
//!
//! Invariant: the measuring process stays small. On Linux a child's peak cannot read below its parent's, so whatever
//! needs memory (generating, parsing) runs as a child of its own.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wait4::Wait4;

/// What one run cost.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// From start to end.
    pub wall: Duration,
    /// User and system time, of all threads.
    pub cpu: Duration,
    /// Largest resident set, in bytes.
    pub peak: u64,
    /// Whether it exited with the code 0.
    pub success: bool,
}

impl Cost {
    /// Peak memory in MiB.
    #[must_use]
    pub fn mebibytes(&self) -> f64 {
        self.peak as f64 / (1024.0 * 1024.0)
    }
}

/// Runs a program to its end, without its output.
///
/// # Errors
/// Where it cannot be started or waited for.
pub fn run(command: &mut Command) -> std::io::Result<Cost> {
    let started = Instant::now();
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let ended = child.wait4()?;
    Ok(Cost {
        wall: started.elapsed(),
        cpu: ended.rusage.utime + ended.rusage.stime,
        peak: ended.rusage.maxrss,
        success: ended.status.success(),
    })
}

/// The middle of several runs, by wall time; peak memory is the largest of them.
///
/// # Errors
/// Where a run cannot be started.
pub fn median(runs: usize, mut command: impl FnMut() -> Command) -> std::io::Result<Cost> {
    let mut costs = Vec::new();
    for _ in 0..runs.max(1) {
        costs.push(run(&mut command())?);
    }
    costs.sort_by_key(|cost| cost.wall);
    let peak = costs.iter().map(|cost| cost.peak).max().unwrap_or_default();
    let success = costs.iter().all(|cost| cost.success);
    Ok(Cost { peak, success, ..costs[costs.len() / 2] })
}
