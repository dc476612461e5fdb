//! A file that is no table holds nothing.

use super::Table;

fn length(_: &'static str, record: &'static [u8]) -> Option<usize> {
    Some(record.len())
}

#[test]
fn bytes_that_are_no_table_hold_nothing() {
    let whole: &'static [u8] = include_bytes!("../../tables/iam.bin");
    for file in [&[], &whole[..8], &whole[..28], &whole[..200], &whole[1..]] {
        let table: &'static Table<usize> = Box::leak(Box::new(Table::open(file, length)));
        assert_eq!(table.names().count(), 0);
        assert!(table.get("s3").is_none());
    }
}

#[test]
fn a_cut_table_gives_what_is_left() {
    let whole: &'static [u8] = include_bytes!("../../tables/iam.bin");
    let table: &'static Table<usize> = Box::leak(Box::new(Table::open(&whole[..whole.len() / 2], length)));
    assert!(table.get("a4b").is_some());
    assert!(table.get("xray").is_none());
}
