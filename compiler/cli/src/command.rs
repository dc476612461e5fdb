//! One file for each command.

pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod doc;
pub(crate) mod explain;
pub(crate) mod fmt;
pub(crate) mod init;
pub(crate) mod shell;
pub(crate) mod why;

use std::path::{Path, PathBuf};

/// The path from the root of the disk, without `..`; as it is where the current folder is unknown.
fn absolute(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    solc_driver::file_system::normalized(&absolute)
}
