use super::{Begin, Deploys, Entry, Journal, JournalError, Medium, frame};
use crate::clock::Timestamp;
use crate::id::DeployId;
use crate::probe::NoProbe;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;

fn id(random: u128) -> DeployId {
    DeployId::of(Timestamp(1_700_000_000_000), random)
}

fn begin(environment: &str) -> Entry {
    Entry::Begin(Begin {
        deploy: id(1),
        operation: "deploy".into(),
        product: "shop".into(),
        environment: environment.into(),
        account: "111122223333".into(),
        region: "r".into(),
        release: "00".into(),
        steps: Vec::new(),
        acknowledgements: Vec::new(),
        supersedes: None,
    })
}

fn resumed(millis: u64) -> Entry {
    Entry::Resumed { time: Timestamp(millis) }
}

/// The bytes of a journal with three records.
fn three() -> Vec<u8> {
    let mut bytes = frame::header();
    for entry in [begin("integration"), resumed(1), resumed(2)] {
        bytes.extend(frame::record(&serde_json::to_vec(&entry).expect("JSON")));
    }
    bytes
}

/// What a journal of these bytes says, or why none is.
fn read(bytes: &[u8]) -> Result<usize, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let deploys = Deploys::of(folder.path());
    let place = deploys.folder(&id(1));
    fs::create_dir_all(&place).expect("made");
    fs::write(place.join("journal"), bytes).expect("written");
    deploys.open(&id(1), &NoProbe).map(|(_, entries)| entries.len()).map_err(|error| error.to_string())
}

#[test]
fn what_is_appended_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let deploys = Deploys::of(folder.path());
    let mut journal = deploys.create(&id(1), &BTreeMap::new(), &NoProbe).expect("made");
    journal.append(&begin("integration")).expect("appended");
    journal.sync().expect("durable");
    assert!(matches!(deploys.open(&id(1), &NoProbe), Err(JournalError::Held(_))), "one writer at a time");
    drop(journal);
    let (mut journal, entries) = deploys.open(&id(1), &NoProbe).expect("read");
    assert_eq!(entries, [begin("integration")]);
    journal.append(&resumed(1)).expect("appended");
    drop(journal);
    let (_journal, entries) = deploys.open(&id(1), &NoProbe).expect("read");
    assert_eq!(entries, [begin("integration"), resumed(1)]);
}

#[test]
fn every_torn_tail_is_cut() {
    let bytes = three();
    let last = bytes.len() - frame::record(&serde_json::to_vec(&resumed(2)).expect("JSON")).len();
    for length in last..bytes.len() {
        assert_eq!(read(&bytes[..length]), Ok(2), "cut at {length}");
    }
    let mut zeros = bytes.clone();
    zeros.extend([0; 4096]);
    assert_eq!(read(&zeros), Ok(3), "pages that were never written");
    assert_eq!(read(&[]), Ok(0));
}

#[test]
fn after_a_torn_tail_records_follow_the_last_whole_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let deploys = Deploys::of(folder.path());
    fs::create_dir_all(deploys.folder(&id(1))).expect("made");
    let mut bytes = three();
    bytes.truncate(bytes.len() - 3);
    fs::write(deploys.folder(&id(1)).join("journal"), bytes).expect("written");
    let (mut journal, _) = deploys.open(&id(1), &NoProbe).expect("read");
    journal.append(&resumed(3)).expect("appended");
    drop(journal);
    let (_journal, entries) = deploys.open(&id(1), &NoProbe).expect("read");
    assert_eq!(entries, [begin("integration"), resumed(1), resumed(3)]);
}

#[test]
fn every_changed_byte_is_noticed() {
    let bytes = three();
    let last = bytes.len() - frame::record(&serde_json::to_vec(&resumed(2)).expect("JSON")).len();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x20;
        match read(&changed) {
            // Damage to the last record cannot be told from half of it.
            Ok(entries) => assert!(at >= last && entries == 2, "byte {at} made {entries} records"),
            Err(error) => assert!(at < last && error.contains("journal"), "byte {at}: {error}"),
        }
    }
}

#[test]
fn another_version_and_another_file_are_refused() {
    let mut later = three();
    later[8] = 2;
    assert!(read(&later).expect_err("later").contains("the form 2"));
    assert!(read(b"{\"not\": \"a journal\"}").expect_err("another").contains("damaged"));
}

#[cfg(unix)]
#[test]
fn a_link_is_no_journal() {
    let folder = tempfile::tempdir().expect("a folder");
    let deploys = Deploys::of(folder.path());
    fs::create_dir_all(deploys.folder(&id(1))).expect("made");
    let target = folder.path().join("precious");
    fs::write(&target, "").expect("written");
    std::os::unix::fs::symlink(&target, deploys.folder(&id(1)).join("journal")).expect("linked");
    assert!(matches!(deploys.open(&id(1), &NoProbe), Err(JournalError::Corrupt(..))));
    assert_eq!(fs::read(&target).expect("read"), b"", "it was not touched");
}

#[test]
fn the_latest_that_is_not_over_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let deploys = Deploys::of(folder.path());
    assert!(deploys.latest_unfinished("integration").expect("none").is_none());
    let end = Entry::End { exit: 0, time: Timestamp(0) };
    for (random, environment, over) in [
        (1, "integration", false),
        (2, "integration", false),
        (3, "integration", true),
        (4, "production", false),
    ] {
        let mut journal = deploys.create(&id(random), &BTreeMap::new(), &NoProbe).expect("made");
        journal.append(&begin(environment)).expect("appended");
        if over {
            journal.append(&end).expect("appended");
        }
    }
    assert_eq!(deploys.latest_unfinished("integration").expect("read"), Some(id(2)));
    assert_eq!(deploys.latest_unfinished("production").expect("read"), Some(id(4)));
}

#[test]
fn the_release_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let deploys = Deploys::of(folder.path());
    let files: BTreeMap<String, String> = [("manifest.json".to_owned(), "{}".to_owned())].into();
    drop(deploys.create(&id(1), &files, &NoProbe).expect("made"));
    assert_eq!(deploys.release(&id(1)).expect("read"), files);
}

/// A disk that takes this many bytes and no more.
struct Small(usize);

impl Medium for Small {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        Ok(Vec::new())
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn cut(&mut self, _: usize) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn nothing_follows_a_record_that_could_not_be_written() {
    let (mut journal, _) = Journal::on(Box::new(Small(60)), PathBuf::from("j"), &NoProbe).expect("small");
    assert!(matches!(journal.append(&begin("integration")), Err(JournalError::Disk(..))), "it is too long");
    assert!(journal.append(&resumed(1)).is_err(), "it would fit, after half of the other");
}
