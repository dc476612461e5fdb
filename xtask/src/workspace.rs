//! Where things are, and how to run a program there.
//!
//! Invariant: every path is absolute, so that a command does not depend on the directory it was called from.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The clone, and where cargo builds it.
pub(crate) struct Workspace {
    /// The folder of the root `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// The program that called us.
    pub(crate) cargo: String,
}

impl Workspace {
    /// The clone that this program was built from.
    pub(crate) fn find() -> Result<Self, String> {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let root =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the workspace has no root")?.to_path_buf();
        Ok(Self { root, cargo })
    }

    /// A program to be run in the root.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.root);
        command
    }

    /// Cargo, in the root.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        self.command(&self.cargo, arguments)
    }

    /// The Python of the pinned peers.
    pub(crate) fn python(&self) -> PathBuf {
        self.root.join(".venv/bin/python")
    }
}

/// Whether the program ran and was content; says on the terminal why not.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    match command.status() {
        Ok(status) => status.success(),
        Err(error) => {
            println!("{}: {error}", command.get_program().to_string_lossy());
            false
        }
    }
}
