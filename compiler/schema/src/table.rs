//! A table file: sorted names, a shared dictionary, one compressed record per name.
//!
//! Invariant: finding a name decompresses the list of names and one record, nothing else; a record is decoded at most
//! once. The layout is described in the crate's README; `cargo xtask schema` writes it.

use std::sync::OnceLock;

use lz4_flex::block::{decompress, decompress_with_dict};

/// What a file begins with; the last byte is the version of the layout.
pub(crate) const MAGIC: [u8; 8] = *b"solctab\x01";

/// A table, opened.
pub(crate) struct Table<T: 'static> {
    names: &'static str,
    entries: Vec<Entry>,
    dictionary: &'static [u8],
    records: &'static [u8],
    slots: Vec<OnceLock<Option<Box<T>>>>,
    decode: fn(&'static str, &'static [u8]) -> Option<T>,
}

/// Where a name and its record end, and how long the record is once decompressed.
struct Entry {
    name: usize,
    record: usize,
    size: usize,
}

impl<T> Table<T> {
    /// Opens a file. Bytes that are no table give an empty one: the crate's tests keep that from being committed.
    pub(crate) fn open(file: &'static [u8], decode: fn(&'static str, &'static [u8]) -> Option<T>) -> Self {
        Self::parse(file, decode).unwrap_or(Table {
            names: "",
            entries: Vec::new(),
            dictionary: &[],
            records: &[],
            slots: Vec::new(),
            decode,
        })
    }

    fn parse(file: &'static [u8], decode: fn(&'static str, &'static [u8]) -> Option<T>) -> Option<Self> {
        let rest = file.strip_prefix(&MAGIC)?;
        let (count, rest) = word(rest)?;
        let (dictionary_size, rest) = word(rest)?;
        let (head_size, rest) = word(rest)?;
        let (packed_size, rest) = word(rest)?;
        let (packed, rest) = rest.split_at_checked(packed_size)?;
        let (dictionary, records) = rest.split_at_checked(dictionary_size)?;
        let head: &'static [u8] = decompress(packed, head_size).ok()?.leak();
        let (ends, names) = head.split_at_checked(count.checked_mul(12)?)?;
        let (triples, _) = ends.as_chunks::<12>();
        let entries: Vec<Entry> = triples
            .iter()
            .map(|triple| {
                let [a, b, c, d, e, f, g, h, i, j, k, l] = *triple;
                let place = |bytes| u32::from_le_bytes(bytes) as usize;
                Entry { name: place([a, b, c, d]), record: place([e, f, g, h]), size: place([i, j, k, l]) }
            })
            .collect();
        let mut slots = Vec::new();
        slots.resize_with(count, OnceLock::new);
        Some(Table { names: std::str::from_utf8(names).ok()?, entries, dictionary, records, slots, decode })
    }

    fn name(&self, index: usize) -> Option<&'static str> {
        let start = index.checked_sub(1).and_then(|i| self.entries.get(i)).map_or(0, |e| e.name);
        self.names.get(start..self.entries.get(index)?.name)
    }

    /// All names, sorted.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        (0..self.entries.len()).filter_map(|index| self.name(index))
    }

    /// The record of a name, decoded at its first use.
    pub(crate) fn get(&'static self, name: &str) -> Option<&'static T> {
        let (mut low, mut high) = (0, self.entries.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.name(middle)?.cmp(name) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => {
                    return self
                        .slots
                        .get(middle)?
                        .get_or_init(|| self.decode(middle).map(Box::new))
                        .as_deref();
                }
            }
        }
        None
    }

    fn decode(&self, index: usize) -> Option<T> {
        let start = index.checked_sub(1).and_then(|i| self.entries.get(i)).map_or(0, |e| e.record);
        let entry = self.entries.get(index)?;
        let packed = self.records.get(start..entry.record)?;
        // Leaked on purpose: the decoded value lives as long as the process and its names point into these bytes.
        let record: &'static [u8] = decompress_with_dict(packed, entry.size, self.dictionary).ok()?.leak();
        (self.decode)(self.name(index)?, record)
    }
}

/// The next four bytes as a count.
fn word(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (first, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_le_bytes(*first) as usize, rest))
}
