//! What git says of the repositories, and whether what deployments leave behind stays out of them.

use super::Finding;
use solc_driver::Workspace;
use std::path::Path;
use std::process::{Command, Stdio};

/// Where the local database and journals are.
const OWN: &str = ".solc";

pub(super) fn look(workspace: &Workspace) -> Vec<Finding> {
    if workspace.repositories.is_empty() {
        return Vec::new();
    }
    if ask(&workspace.root, &["--version"]).is_none() {
        let help = "install git: commits are what a release is made of";
        return vec![Finding::warning("git", "there is no `git` on the PATH", help)];
    }
    let mut findings: Vec<Finding> = Vec::new();
    for repository in workspace.repositories.iter().filter(|repository| repository.member) {
        let infrastructure =
            repository.infrastructure.as_ref().map(|folder| (&folder.name, folder.path.as_path()));
        for (name, folder) in
            std::iter::once((&repository.name, repository.folder.as_path())).chain(infrastructure)
        {
            let finding = state(name, folder);
            // Several may lie in one repository, and one may be named twice.
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
    findings.push(own(&workspace.root));
    findings
}

fn state(name: &str, folder: &Path) -> Finding {
    let Some(changed) = ask(folder, &["status", "--porcelain", "--", "."]) else {
        let help = format!("run `git init {}`, and commit what is there", folder.display());
        return Finding::warning("git", format!("`{name}` is not in a git repository"), help);
    };
    let commit = ask(folder, &["rev-parse", "--short", "HEAD"]);
    let commit = commit.as_deref().map(str::trim);
    match (commit, changed.lines().count()) {
        (None, _) => {
            let help = "commit: what is deployed should be found again";
            Finding::warning("git", format!("`{name}` has no commit"), help)
        }
        (Some(commit), 0) => Finding::ok("git", format!("`{name}` is as committed in {commit}")),
        (Some(commit), count) => Finding::warning(
            "git",
            format!("`{name}` has {count} files that differ from {commit}"),
            format!("see them with `git -C {} status`, and commit them before deploying", folder.display()),
        ),
    }
}

fn own(root: &Path) -> Finding {
    let folder = root.join(OWN);
    if !folder.exists() {
        return Finding::ok("folder", format!("there is no `{OWN}` yet; deploying locally makes it"));
    }
    if !folder.is_dir() {
        let help = format!("move `{}` away", folder.display());
        return Finding::error("folder", format!("`{OWN}` is not a folder"), help);
    }
    if folder.metadata().is_ok_and(|metadata| metadata.permissions().readonly()) {
        let help = format!("make `{}` writable", folder.display());
        return Finding::error("folder", format!("`{OWN}` cannot be written to"), help);
    }
    let inside = ask(root, &["rev-parse", "--is-inside-work-tree"]).is_some();
    if inside && ask(root, &["check-ignore", "--quiet", OWN]).is_none() {
        let help = format!("add `{OWN}/` to `{}`", root.join(".gitignore").display());
        return Finding::warning("folder", format!("git would commit `{OWN}`"), help);
    }
    Finding::ok("folder", format!("`{OWN}` is there, and git leaves it out"))
}

/// What git says, where it is content.
fn ask(folder: &Path, words: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(words).stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}
