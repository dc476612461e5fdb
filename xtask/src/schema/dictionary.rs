//! Chooses the shared dictionary of a table: the stretches of its records that most others repeat.
//!
//! The method is the "cover" of Liao, Petri, Moffat and Wirth (WWW 2016), in its plain form. Deterministic.

use std::collections::{HashMap, HashSet};

/// Bytes that are counted together.
const GRAM: usize = 6;
/// Bytes taken at once.
const SEGMENT: usize = 48;
/// LZ4 reaches back 64 kB; the rest of the window is for the record itself.
const SIZE: usize = 56 * 1024;

type Gram = [u8; GRAM];

fn grams(bytes: &[u8]) -> impl Iterator<Item = Gram> + '_ {
    bytes.windows(GRAM).filter_map(|w| w.first_chunk::<GRAM>().copied())
}

/// A dictionary for these records.
pub(super) fn choose(records: &[Vec<u8>]) -> Vec<u8> {
    let mut count: HashMap<Gram, u32> = HashMap::new();
    for record in records {
        let distinct: HashSet<Gram> = grams(record).collect();
        for gram in distinct {
            *count.entry(gram).or_default() += 1;
        }
    }
    // What occurs in one record only is no use to others.
    count.retain(|_, n| *n > 1);
    let total: usize = records.iter().map(Vec::len).sum();
    let epochs = (SIZE / SEGMENT).min(total / SEGMENT).max(1);
    let all: Vec<u8> = records.concat();
    let mut chosen: Vec<(u64, Vec<u8>)> = Vec::new();
    for epoch in all.chunks(all.len().div_ceil(epochs).max(SEGMENT)) {
        let Some((score, segment)) = best_segment(epoch, &count) else { continue };
        for gram in grams(&segment) {
            count.remove(&gram);
        }
        chosen.push((score, segment));
    }
    // The best last, nearest to the record.
    chosen.sort();
    chosen.into_iter().flat_map(|(_, segment)| segment).collect()
}

fn best_segment(epoch: &[u8], count: &HashMap<Gram, u32>) -> Option<(u64, Vec<u8>)> {
    let score = |segment: &[u8]| -> u64 {
        let distinct: HashSet<Gram> = grams(segment).collect();
        distinct.iter().map(|g| u64::from(count.get(g).copied().unwrap_or(0))).sum()
    };
    let mut best: Option<(u64, &[u8])> = None;
    for window in epoch.windows(SEGMENT.min(epoch.len())) {
        let score = score(window);
        if score > best.map_or(0, |(s, _)| s) {
            best = Some((score, window));
        }
    }
    let (score, segment) = best?;
    // Ends that nothing repeats are cut off.
    let useful: Vec<bool> = grams(segment).map(|g| count.contains_key(&g)).collect();
    let first = useful.iter().position(|u| *u)?;
    let last = useful.iter().rposition(|u| *u)? + GRAM;
    Some((score, segment.get(first..last)?.to_vec()))
}
