//! Writes a table file in the layout that `solc-schema` opens.

use super::{dictionary, lz4};

/// What a file begins with; the last byte is the version of the layout.
const MAGIC: &[u8; 8] = b"solctab\x02";
/// Most bytes of a block, unless one record is longer: what one look-up decompresses.
const BLOCK: usize = 8 * 1024;

/// How the names of a table are kept together, and how much they share.
pub(super) struct Layout {
    /// Bytes of the shared dictionary.
    pub dictionary: usize,
    /// What names of one family share: types of a service are looked up together.
    pub family: fn(&str) -> &str,
}

/// A table of named records, sorted by name.
pub(super) fn pack(mut records: Vec<(String, Vec<u8>)>, layout: &Layout) -> Result<Vec<u8>, String> {
    records.sort();
    let bodies: Vec<Vec<u8>> = records.iter().map(|(_, body)| body.clone()).collect();
    let dictionary = dictionary::choose(&bodies, layout.dictionary);
    let prepared = lz4::Prepared::new(&dictionary);

    let (mut names, mut entries) = (String::new(), Vec::new());
    let mut blocks: Vec<Vec<u8>> = Vec::new();
    let mut family = "";
    for (name, body) in &records {
        let fits = blocks.last().is_some_and(|block| {
            let same = (layout.family)(name) == family;
            block.len() + body.len() <= BLOCK && (same || block.len() < BLOCK / 4)
        });
        if !fits {
            blocks.push(Vec::new());
        }
        family = (layout.family)(name);
        names.push_str(name);
        let last = blocks.len().saturating_sub(1);
        let block = blocks.last_mut().ok_or("a block was just added")?;
        block.extend(body);
        for number in [names.len(), last, block.len()] {
            entries.extend(word(number)?);
        }
    }

    let (mut packed, mut ends) = (Vec::new(), Vec::new());
    for block in &blocks {
        let bytes = prepared.compress(block);
        let back = lz4_flex::block::decompress_with_dict(&bytes, block.len(), &dictionary)
            .map_err(|e| format!("a block does not decompress: {e}"))?;
        if back != *block {
            return Err("a block decompresses to something else".to_owned());
        }
        packed.extend(bytes);
        ends.extend(word(packed.len())?);
        ends.extend(word(block.len())?);
    }

    let head: Vec<u8> = [entries, ends, names.into_bytes()].concat();
    let packed_head = lz4::Prepared::new(&[]).compress(&head);
    let mut file = MAGIC.to_vec();
    for number in [records.len(), blocks.len(), dictionary.len(), head.len(), packed_head.len()] {
        file.extend(word(number)?);
    }
    file.extend(packed_head);
    file.extend(dictionary);
    file.extend(packed);
    Ok(file)
}

fn word(number: usize) -> Result<[u8; 4], String> {
    u32::try_from(number).map(u32::to_le_bytes).map_err(|_| "the table is over 4 GB".to_owned())
}
