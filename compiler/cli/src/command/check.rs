//! `solc check`: every solution in every environment, in one run.

mod fix;
mod watch;

use super::absolute;
use crate::args::Check;
use crate::output::{Exit, Output};
use solc_driver::{Disk, Request, compile};
use solc_source::{Diagnostic, Severity, Sources};
use std::path::Path;

pub(crate) fn run(check: &Check, output: &Output) -> Exit {
    let path = absolute(&check.path);
    if !path.exists() {
        output.say(&format!("error: there is no file or folder `{}`", check.path.display()));
        return Exit::Usage;
    }
    if check.watch {
        return watch::run(check, &path, output);
    }
    if check.fix {
        return fix::run(check, &path, output);
    }
    once(check, &path, output)
}

/// One check, shown.
fn once(check: &Check, path: &Path, output: &Output) -> Exit {
    let request = if check.isolated { Request::isolated() } else { Request::check() };
    let compilation = compile(&Disk, path, &request);
    let (sources, root) = (&compilation.sources, &compilation.root);
    let exit = shown(sources, root, &compilation.diagnostics, check.deny_warnings, output);
    output.whisper(&format!("{} files", compilation.sources.iter().count()));
    if compilation.silenced > 0 && output.talks() {
        output.tell(&format!("{} turned off by `[diagnostics]`", counted(compilation.silenced, "warning")));
    }
    if exit == Exit::Clean && output.talks() {
        let environments = compilation.environments.join(", ");
        output.tell(&match environments.as_str() {
            _ if check.isolated => "no errors in names and types; values are not checked".to_owned(),
            "" => "no errors".to_owned(),
            names => format!("no errors in {names}"),
        });
    }
    exit
}

/// "1 file", "2 files".
pub(crate) fn counted(number: usize, what: &str) -> String {
    match (number, what.strip_suffix('y')) {
        (1, _) => format!("1 {what}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        (_, None) => format!("{number} {what}s"),
    }
}

/// Shows findings; with `--deny-warnings`, a warning ends the run as an error does, and is shown as what it is.
fn shown(
    sources: &Sources,
    root: &Path,
    diagnostics: &[Diagnostic],
    deny_warnings: bool,
    output: &Output,
) -> Exit {
    let exit = output.diagnostics(sources, root, diagnostics);
    let warned = diagnostics.iter().any(|d| d.severity == Severity::Warning);
    if exit == Exit::Clean && deny_warnings && warned {
        output.tell("warnings are denied by `--deny-warnings`");
        return Exit::Findings;
    }
    exit
}
