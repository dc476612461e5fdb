//! A table file: sorted names, a shared dictionary, and the records of neighbouring names in small compressed blocks.
//!
//! Invariant: finding a name decompresses the list of names and one block, nothing else; a block is decompressed and a
//! record decoded at most once. The layout is described in the crate's README; `cargo xtask schema` writes it.

use std::cmp::Ordering;
use std::sync::OnceLock;

use lz4_flex::block::{decompress, decompress_with_dict};

/// What a file begins with; the last byte is the version of the layout.
const MAGIC: [u8; 8] = *b"solctab\x02";

/// Makes a value of a name and its record. Both stay in memory for good: values may point into them.
type Decode<T> = fn(&'static str, &'static [u8]) -> Option<T>;

/// A table, opened.
pub(crate) struct Table<T: 'static> {
    names: &'static str,
    entries: Vec<Entry<T>>,
    blocks: Vec<Block>,
    dictionary: &'static [u8],
    packed: &'static [u8],
    decode: Decode<T>,
}

/// Where a name and its record end; they begin where those before them end.
struct Entry<T> {
    name: usize,
    block: usize,
    record: usize,
    value: OnceLock<Option<Box<T>>>,
}

/// Where the compressed form of a block ends, and how long the block is.
struct Block {
    packed: usize,
    size: usize,
    bytes: OnceLock<Option<&'static [u8]>>,
}

impl<T> Table<T> {
    /// Opens a file. Bytes that are no table give an empty one: the crate's tests keep that from being committed.
    pub(crate) fn open(file: &'static [u8], decode: Decode<T>) -> Self {
        Self::parse(file, decode).unwrap_or(Table {
            names: "",
            entries: Vec::new(),
            blocks: Vec::new(),
            dictionary: &[],
            packed: &[],
            decode,
        })
    }

    fn parse(file: &'static [u8], decode: Decode<T>) -> Option<Self> {
        let ([entries, blocks, dictionary, head, packed_head], rest) = words(file.strip_prefix(&MAGIC)?)?;
        let (packed_head, rest) = rest.split_at_checked(packed_head)?;
        let (dictionary, packed) = rest.split_at_checked(dictionary)?;
        let head: &'static [u8] = decompress(packed_head, head).ok()?.leak();
        let (entry_words, rest) = head.split_at_checked(entries.checked_mul(12)?)?;
        let (block_words, names) = rest.split_at_checked(blocks.checked_mul(8)?)?;
        let entries = entry_words.as_chunks::<12>().0.iter().map(|bytes| {
            let ([name, block, record], _) = words(bytes)?;
            Some(Entry { name, block, record, value: OnceLock::new() })
        });
        let blocks = block_words.as_chunks::<8>().0.iter().map(|bytes| {
            let ([packed, size], _) = words(bytes)?;
            Some(Block { packed, size, bytes: OnceLock::new() })
        });
        Some(Table {
            names: std::str::from_utf8(names).ok()?,
            entries: entries.collect::<Option<Vec<_>>>()?,
            blocks: blocks.collect::<Option<Vec<_>>>()?,
            dictionary,
            packed,
            decode,
        })
    }

    /// All names, sorted.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        (0..self.entries.len()).filter_map(|index| self.name(index))
    }

    /// The value of a name, decoded at its first use.
    pub(crate) fn get(&'static self, name: &str) -> Option<&'static T> {
        let (mut low, mut high) = (0, self.entries.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.name(middle)?.cmp(name) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return self.value(middle),
            }
        }
        None
    }

    fn value(&'static self, index: usize) -> Option<&'static T> {
        let entry = self.entries.get(index)?;
        let decoded = entry.value.get_or_init(|| {
            let start =
                self.before(index).filter(|other| other.block == entry.block).map_or(0, |other| other.record);
            let record = self.block(entry.block)?.get(start..entry.record)?;
            (self.decode)(self.name(index)?, record).map(Box::new)
        });
        decoded.as_deref()
    }

    fn name(&self, index: usize) -> Option<&'static str> {
        let start = self.before(index).map_or(0, |other| other.name);
        self.names.get(start..self.entries.get(index)?.name)
    }

    fn before(&self, index: usize) -> Option<&Entry<T>> {
        index.checked_sub(1).and_then(|before| self.entries.get(before))
    }

    fn block(&self, index: usize) -> Option<&'static [u8]> {
        let block = self.blocks.get(index)?;
        *block.bytes.get_or_init(|| {
            let start = index
                .checked_sub(1)
                .and_then(|before| self.blocks.get(before))
                .map_or(0, |other| other.packed);
            let packed = self.packed.get(start..block.packed)?;
            let bytes: &'static [u8] = decompress_with_dict(packed, block.size, self.dictionary).ok()?.leak();
            Some(bytes)
        })
    }
}

/// The first `N` numbers of four bytes.
fn words<const N: usize>(mut bytes: &[u8]) -> Option<([usize; N], &[u8])> {
    let mut numbers = [0; N];
    for number in &mut numbers {
        let (first, rest) = bytes.split_first_chunk::<4>()?;
        *number = usize::try_from(u32::from_le_bytes(*first)).ok()?;
        bytes = rest;
    }
    Some((numbers, bytes))
}

#[cfg(test)]
mod tests;
