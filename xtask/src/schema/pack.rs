//! Writes a table file in the layout that `solc-schema` opens.

use super::{dictionary, lz4};

/// What a file begins with; the last byte is the version of the layout.
const MAGIC: &[u8; 8] = b"solctab\x01";

/// A table of named records, sorted by name.
pub(super) fn pack(mut records: Vec<(String, Vec<u8>)>) -> Result<Vec<u8>, String> {
    records.sort();
    let bodies: Vec<Vec<u8>> = records.iter().map(|(_, body)| body.clone()).collect();
    let dictionary = dictionary::choose(&bodies);
    let prepared = lz4::Prepared::new(&dictionary);
    let (mut names, mut packed, mut head) = (String::new(), Vec::new(), Vec::new());
    for (name, body) in &records {
        names.push_str(name);
        let block = prepared.compress(body);
        let back = lz4_flex::block::decompress_with_dict(&block, body.len(), &dictionary)
            .map_err(|e| format!("`{name}` does not decompress: {e}"))?;
        if back != *body {
            return Err(format!("`{name}` decompresses to something else"));
        }
        packed.extend(block);
        for number in [names.len(), packed.len(), body.len()] {
            head.extend(word(number)?);
        }
    }
    head.extend(names.bytes());
    let packed_head = lz4::Prepared::new(&[]).compress(&head);
    let mut file = MAGIC.to_vec();
    for number in [records.len(), dictionary.len(), head.len(), packed_head.len()] {
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
