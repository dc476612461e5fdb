//! F21: a disk that is full when a record is appended, made durable, or written as a file of its own.
//!
//! Before anything is sent that changes something, the end is clean and nothing was done. While something runs it is
//! followed to its end, and the exit code says that not all of it is written down.

use crate::harness::World;
use crate::page;
use crate::scenes::{self, Scene};
use solc_deploy::engine::{Exit, Halt, Report};
use solc_deploy::probe::{Died, NoProbe, Point, Probe};
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Deploys on a disk that gives up somewhere, looks at what that left, and goes on when there is room. Whether it
/// gave up at all.
fn gives_up(what: &str, scene: &Scene, fill: impl Fn(&World), free: impl Fn(&mut World)) -> bool {
    let mut world = scene.set();
    let before = world.truth();
    let calls = world.fake.witness.seen().calls;
    fill(&world);
    let report = world.deploy(&scene.files);
    let sent = world.fake.witness.seen().calls - calls;
    let name = format!("{what}: {}", scene.name);
    let gave_up = report.halt.is_some();
    if gave_up {
        clean_or_told(&name, &report, sent);
        if sent == 0 {
            assert_eq!(world.truth(), before, "{name}: nothing was done");
        }
        let runs = world.fake.state().stacks.iter().any(|stack| stack.status.is_in_progress());
        assert!(!runs, "{name}: what ran was followed to its end");
    }
    free(&mut world);
    if let Some(id) = world.unfinished() {
        assert_eq!(world.run(&id).exit(), scene.exit, "{name}");
    }
    assert_eq!(world.truth(), scene.undisturbed().truth(), "{name}");
    world.holds(&name);
    gave_up
}

fn clean_or_told(name: &str, report: &Report, sent: usize) {
    assert!(matches!(report.halt, Some(Halt::NoEvidence(_))), "{name}: {report:#?}");
    let exit = if sent == 0 { Exit::Failed } else { Exit::Detached };
    assert_eq!(report.exit(), exit, "{name}: {sent} calls: {report:#?}");
}

#[test]
fn f21_a_journal_that_takes_no_more_stops_what_is_to_come_and_follows_what_runs() {
    let mut full = 0;
    for scene in scenes::all() {
        let step = if scene.name.starts_with("six") { 5 } else { 1 };
        for of_syncs in [false, true] {
            for left in (0..).step_by(step) {
                let what = format!("{left} more {}", if of_syncs { "syncs" } else { "records" });
                let fill = |world: &World| {
                    let mut seen = world.fake.witness.seen();
                    *(if of_syncs { &mut seen.syncs_left } else { &mut seen.appends_left }) = Some(left);
                };
                let free = |world: &mut World| {
                    let mut seen = world.fake.witness.seen();
                    (seen.appends_left, seen.syncs_left) = (None, None);
                };
                if !gives_up(&what, &scene, fill, free) {
                    break;
                }
                full += 1;
            }
        }
    }

    assert!(full >= page::FULL_DISKS, "{full}");
}

/// Puts a file where a folder must be, before the `n`th file is written.
struct Blocked(usize, AtomicUsize, PathBuf);

impl Probe for Blocked {
    fn reach(&self, point: Point<'_>) -> Result<(), Died> {
        if point == Point::BeforeFile && self.1.fetch_add(1, Ordering::SeqCst) == self.0 {
            let aside = self.2.with_extension("aside");
            if self.2.exists() {
                fs::rename(&self.2, &aside).expect("moved");
            }
            fs::write(&self.2, "").expect("written");
        }
        Ok(())
    }
}

#[test]
fn f21_a_record_or_a_state_that_cannot_be_written_is_written_when_there_is_room() {
    let mut blocked = 0;
    for scene in scenes::all() {
        for folder in ["audit", "state"] {
            for file in 0..9 {
                let mut world = scene.set();
                let before = world.truth();
                let calls = world.fake.witness.seen().calls;
                let path = world.folder.path().join(folder);
                world.probe = Box::new(Blocked(file, AtomicUsize::new(0), path.clone()));
                let report = world.deploy(&scene.files);
                let sent = world.fake.witness.seen().calls - calls;
                let name = format!("{folder}, before file {file}: {}", scene.name);
                if report.halt.is_some() {
                    clean_or_told(&name, &report, sent);
                    if sent == 0 {
                        assert_eq!(world.truth(), before, "{name}: nothing was done");
                    }
                    blocked += 1;
                }
                world.probe = Box::new(NoProbe);
                if path.is_file() {
                    fs::remove_file(&path).expect("removed");
                    let aside = path.with_extension("aside");
                    if aside.exists() {
                        fs::rename(aside, &path).expect("moved back");
                    }
                }
                if let Some(id) = world.unfinished() {
                    assert_eq!(world.run(&id).exit(), scene.exit, "{name}");
                }
                let undisturbed = scene.undisturbed();
                assert_eq!(world.truth(), undisturbed.truth(), "{name}");
                assert_eq!(world.states().len(), undisturbed.states().len(), "{name}");
                world.holds(&name);
            }
        }
    }

    assert!(blocked >= page::BLOCKED_FILES, "{blocked}");
}
