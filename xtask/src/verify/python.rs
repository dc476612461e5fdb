//! The Python environment with the pinned peers: made once, made again when the pins change.
//!
//! Invariant: a stamp beside it holds the pins it was made from; without the right stamp it is made anew.

use crate::workspace::{Workspace, succeeds};
use std::fs;

/// Makes `.venv` hold what `tests/peers/requirements.txt` pins.
pub(super) fn prepare(workspace: &Workspace) -> bool {
    let pins = workspace.root.join("tests/peers/requirements.txt");
    let stamp = workspace.root.join(".venv/pins.txt");
    let wanted = match fs::read_to_string(&pins) {
        Ok(text) => text,
        Err(error) => {
            println!("{}: {error}", pins.display());
            return false;
        }
    };
    let python = workspace.python();
    if fs::read_to_string(&stamp).is_ok_and(|made_from| made_from == wanted) && python.exists() {
        println!("already as pinned");
        return true;
    }
    let pins = pins.display().to_string();
    if !succeeds(&mut workspace.command("python3", &["-m", "venv", "--clear", ".venv"])) {
        println!("Python 3.11 or later with its `venv` module is needed (Debian: python3-venv)");
        return false;
    }
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", pins.as_str()];
    succeeds(&mut workspace.command(&python, &install)) && fs::write(&stamp, wanted).is_ok()
}
