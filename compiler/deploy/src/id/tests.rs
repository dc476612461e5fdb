use super::{DeployId, base32, change_set_name, fingerprint, is_change_set_of};
use crate::clock::Timestamp;

fn id() -> DeployId {
    DeployId::of(Timestamp(1_700_000_000_000), 42)
}

#[test]
fn an_id_is_read_back_with_its_time() {
    assert_eq!(DeployId::parse(id().as_str()), Some(id()));
    assert_eq!(id().minted(), Timestamp(1_700_000_000_000));
    assert_eq!(DeployId::parse("../../etc"), None);
}

#[test]
fn ids_sort_by_time() {
    assert!(DeployId::of(Timestamp(1), u128::MAX) < DeployId::of(Timestamp(2), 0));
}

#[test]
fn a_fingerprint_depends_on_each_part() {
    let all = [
        fingerprint(&id(), "a", "p", 0),
        fingerprint(&DeployId::of(Timestamp(1), 0), "a", "p", 0),
        fingerprint(&id(), "b", "p", 0),
        fingerprint(&id(), "a", "q", 0),
        fingerprint(&id(), "a", "p", 1),
    ];
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
    assert!(all.iter().all(|text| text.len() == 26));
}

#[test]
fn names_of_change_sets_are_the_services() {
    let name = change_set_name(&id(), &fingerprint(&id(), "a", "p", 0));
    assert!(name.starts_with("solc-") && name.len() == 5 + 8 + 1 + 12, "{name}");
    assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    assert!(is_change_set_of(&id(), &name));
    assert!(!is_change_set_of(&DeployId::of(Timestamp(1), 7), &name));
}

#[test]
fn base_32_is_that_of_rfc_4648() {
    // The RFC's "foobar" is MZXW6YTBOI, its last digit filled with zero bits; those before it are whole.
    assert!(base32("666f6f626172").starts_with("mzxw6ytbo"));
}
