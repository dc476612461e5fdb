//! Chooses the shared dictionary of a table: the stretches of its records that most others repeat.
//!
//! The method is the "cover" of Liao, Petri, Moffat and Wirth (WWW 2016), in its plain form. Deterministic.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

/// Bytes that are counted together.
const GRAM: usize = 6;
/// Bytes taken at once.
const SEGMENT: usize = 64;

type Gram = [u8; GRAM];

fn grams(bytes: &[u8]) -> impl Iterator<Item = Gram> + '_ {
    bytes.windows(GRAM).filter_map(|w| w.first_chunk::<GRAM>().copied())
}

/// A dictionary of at most `size` bytes for these records.
pub(super) fn choose(records: &[Vec<u8>], size: usize) -> Vec<u8> {
    let mut count: FxHashMap<Gram, u64> = FxHashMap::default();
    for record in records {
        let distinct: BTreeSet<Gram> = grams(record).collect();
        for gram in distinct {
            *count.entry(gram).or_default() += 1;
        }
    }
    // What occurs in one record only is no use to others.
    count.retain(|_, n| *n > 1);
    let all: Vec<u8> = records.concat();
    let epochs = (size / SEGMENT).min(all.len() / SEGMENT).max(1);
    let mut chosen: Vec<(u64, &[u8])> = Vec::new();
    for epoch in all.chunks(all.len().div_ceil(epochs).max(SEGMENT)) {
        let Some((score, segment)) = best_segment(epoch, &count) else { continue };
        for gram in grams(segment) {
            count.remove(&gram);
        }
        chosen.push((score, segment));
    }
    // The best last, nearest to the record.
    chosen.sort();
    chosen.into_iter().flat_map(|(_, segment)| segment).copied().collect()
}

/// The stretch whose different grams occur most, its useless ends cut off.
fn best_segment<'a>(epoch: &'a [u8], count: &FxHashMap<Gram, u64>) -> Option<(u64, &'a [u8])> {
    let all: Vec<Gram> = grams(epoch).collect();
    let worth = |gram: &Gram| count.get(gram).copied().unwrap_or(0);
    let mut inside: FxHashMap<Gram, u32> = FxHashMap::default();
    let (mut score, mut best) = (0_u64, (0_u64, 0_usize));
    for (end, gram) in all.iter().enumerate() {
        let times = inside.entry(*gram).or_default();
        *times += 1;
        if *times == 1 {
            score += worth(gram);
        }
        let start = (end + GRAM).saturating_sub(SEGMENT);
        if let Some(left) = start.checked_sub(1).and_then(|before| all.get(before))
            && let Some(times) = inside.get_mut(left)
        {
            *times -= 1;
            if *times == 0 {
                score -= worth(left);
            }
        }
        if score > best.0 {
            best = (score, start);
        }
    }
    let segment = epoch.get(best.1..(best.1 + SEGMENT).min(epoch.len()))?;
    let useful: Vec<bool> = grams(segment).map(|gram| count.contains_key(&gram)).collect();
    let first = useful.iter().position(|u| *u)?;
    let last = useful.iter().rposition(|u| *u)? + GRAM;
    Some((best.0, segment.get(first..last)?))
}
