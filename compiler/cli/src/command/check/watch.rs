//! `solc check --watch`: checks again whenever a file changes.
//!
//! Invariant: whatever happens to files, watching goes on: a folder that is deleted, a manifest that is broken, an editor
//! that writes beside and renames. It ends when interrupted, with 0, or with a usage error where nothing can be watched.

use crate::args::Check;
use crate::output::{Exit, Output};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use solc_driver::workspace::LOCK;
use solc_driver::{Disk, Neighbours, discover};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

/// Editors write in several steps; what comes within this time is one change.
const SETTLED: Duration = Duration::from_millis(80);
/// A folder that was deleted sends nothing when it comes back: it is looked for so often.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// What wakes the loop.
enum Wake {
    Changed,
    Interrupted,
}

pub(super) fn run(check: &Check, path: &Path, output: &Output) -> Exit {
    let (send, wakes) = mpsc::channel();
    let interrupted = send.clone();
    let handler = ctrlc::set_handler(move || {
        // Nobody listens any more when the loop has ended.
        let _ = interrupted.send(Wake::Interrupted);
    });
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| is_change(&event)) {
            let _ = send.send(Wake::Changed);
        }
    });
    let (mut watcher, ()) = match (watcher, handler) {
        (Ok(watcher), Ok(())) => (watcher, ()),
        (Err(error), _) => return refused(&error.to_string(), output),
        (_, Err(error)) => return refused(&error.to_string(), output),
    };
    let mut watched = BTreeSet::new();
    loop {
        follow(&mut watcher, &mut watched, &folders(path));
        output.clear();
        super::once(check, path, output);
        output.tell("watching; interrupt to end");
        if !changed(&wakes, &watched) {
            return Exit::Clean;
        }
    }
}

fn refused(why: &str, output: &Output) -> Exit {
    output.say(&format!("error: cannot watch for changes: {why}"));
    Exit::Usage
}

/// Reading is no change, and what `solc` itself writes beside a file comes to nothing.
fn is_change(event: &notify::Event) -> bool {
    use notify::EventKind;
    let matters = match event.kind {
        EventKind::Create(_)
        | EventKind::Modify(_)
        | EventKind::Remove(_)
        | EventKind::Any
        | EventKind::Other => true,
        EventKind::Access(_) => false,
    };
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        [".sol", ".toml", ".json"].iter().any(|end| name.ends_with(end))
            || name == LOCK
            || !name.contains('.')
    };
    matters && (event.paths.is_empty() || event.paths.iter().any(is_ours))
}

/// Waits for a change that has settled; `false` when interrupted.
fn changed(wakes: &Receiver<Wake>, watched: &BTreeSet<PathBuf>) -> bool {
    let mut gone: Vec<&PathBuf> = watched.iter().filter(|folder| !folder.exists()).collect();
    loop {
        match wakes.recv_timeout(LOOK_AGAIN) {
            Ok(Wake::Changed) => break,
            Ok(Wake::Interrupted) | Err(RecvTimeoutError::Disconnected) => return false,
            Err(RecvTimeoutError::Timeout) => {
                let now: Vec<&PathBuf> = watched.iter().filter(|folder| !folder.exists()).collect();
                if std::mem::replace(&mut gone, now.clone()) != now {
                    break;
                }
            }
        }
    }
    loop {
        match wakes.recv_timeout(SETTLED) {
            Ok(Wake::Changed) => {}
            Ok(Wake::Interrupted) | Err(RecvTimeoutError::Disconnected) => return false,
            Err(RecvTimeoutError::Timeout) => return true,
        }
    }
}

/// The folders of the workspace, none inside another.
fn folders(path: &Path) -> BTreeSet<PathBuf> {
    let workspace = discover(&Disk, path, Neighbours::Seen);
    let repositories = workspace.repositories.iter().flat_map(|repository| {
        let infrastructure = repository.infrastructure.as_ref().map(|folder| folder.path.clone());
        std::iter::once(repository.folder.clone()).chain(infrastructure)
    });
    let all: BTreeSet<PathBuf> = std::iter::once(workspace.root.clone()).chain(repositories).collect();
    let inside = |folder: &PathBuf| all.iter().any(|other| other != folder && folder.starts_with(other));
    all.iter().filter(|folder| !inside(folder)).cloned().collect()
}

/// Watches these folders; one that was deleted and came back is another one, and is watched anew.
fn follow(watcher: &mut RecommendedWatcher, watched: &mut BTreeSet<PathBuf>, folders: &BTreeSet<PathBuf>) {
    for folder in watched.iter() {
        // What is gone is no longer watched anyway.
        let _ = watcher.unwatch(folder);
    }
    // What is not there now is looked for again, and so stays in the list.
    watched.extend(folders.iter().cloned());
    for folder in watched.iter().filter(|folder| folder.exists()) {
        let _ = watcher.watch(folder, RecursiveMode::Recursive);
    }
}
