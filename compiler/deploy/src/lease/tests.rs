use super::{FileLease, Lease as _, NoLease};
use std::fs;

#[test]
fn the_second_is_told_who_holds_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = FileLease::take(folder.path(), "integration", "one", "ann").expect("free");
    let Err(NoLease::Held(Some(holder))) = FileLease::take(folder.path(), "integration", "two", "bob") else {
        panic!("it is held");
    };
    assert_eq!((holder.deploy.as_str(), holder.owner.as_str()), ("one", "ann"));
    FileLease::take(folder.path(), "production", "two", "bob").expect("another environment");
    drop(first);
    let second = FileLease::take(folder.path(), "integration", "two", "bob").expect("free again");
    assert_eq!(second.fence(), 2);
}

#[test]
fn who_finds_another_number_has_lost_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let lease = FileLease::take(folder.path(), "integration", "one", "ann").expect("free");
    lease.check().expect("ours");
    let path = folder.path().join("integration.json");
    let text = fs::read_to_string(&path).expect("there");
    fs::write(&path, text.replace("\"fence\":1", "\"fence\":2")).expect("written");
    assert!(matches!(lease.check(), Err(NoLease::Held(Some(_)))));
    fs::remove_file(&path).expect("removed");
    assert!(matches!(lease.check(), Err(NoLease::Held(None))));
}
