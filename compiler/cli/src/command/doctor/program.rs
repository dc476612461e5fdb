//! Which `solc` answers, where there may be several, or Solidity's.

use super::Finding;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const CHECK: &str = "program";

/// The name that Solidity's compiler has too.
const NAME: &str = "solc";

pub(super) fn look() -> Vec<Finding> {
    let version = env!("CARGO_PKG_VERSION");
    let Ok(own) = std::env::current_exe() else {
        return vec![Finding::warning(
            CHECK,
            format!("solc {version}, in a place that the system does not tell"),
            "",
        )];
    };
    let mut findings = vec![Finding::ok(CHECK, format!("solc {version}, `{}`", own.display()))];
    match on_path() {
        None => findings.push(Finding::warning(
            CHECK,
            format!("there is no `{NAME}` on the PATH"),
            format!("add `{}` to the PATH", own.parent().unwrap_or(&own).display()),
        )),
        Some(first) if same(&first, &own) => {}
        Some(first) => findings.push(shadow(&first, &own)),
    }
    findings
}

/// Another program that is found first.
fn shadow(first: &Path, own: &Path) -> Finding {
    let said = Command::new(first).arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output();
    let said = said.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let line = said.lines().next().unwrap_or_default();
    let what = if said.to_lowercase().contains("solidity") {
        "Solidity's compiler".to_owned()
    } else if line.is_empty() {
        "another program".to_owned()
    } else {
        format!("another program, which says `{line}`")
    };
    Finding::warning(
        CHECK,
        format!("`{NAME}` on the PATH is {what}: `{}`", first.display()),
        format!(
            "put `{}` first on the PATH, or call this one `solution`",
            own.parent().unwrap_or(own).display()
        ),
    )
}

/// What a shell would run.
fn on_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let name = format!("{NAME}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&path).map(|folder| folder.join(&name)).find(|program| runs(program))
}

#[cfg(unix)]
fn runs(program: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    program.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn runs(program: &Path) -> bool {
    program.is_file()
}

/// Whether two paths are one file. The second name of the binary lies beside it, and is as good.
fn same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let (one, other) = (real(one), real(other));
    one == other || one.parent() == other.parent()
}
