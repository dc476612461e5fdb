//! Compresses a record as one LZ4 block that may point back into a dictionary.
//!
//! Slow and thorough (the shortest parse, not a greedy one): the tables are written seldom and read at every start.
//! The format is LZ4's published block format; `lz4_flex` reads it back, and [`pack`](super::pack) checks that it does.

use rustc_hash::FxHashMap;

/// Shortest match that the format can say.
const MIN_MATCH: usize = 4;
/// The last bytes of a block are always literals, and no match starts in the last twelve.
const LAST_LITERALS: usize = 5;
const LAST_MATCH: usize = 12;
/// Farthest a match may reach back.
const WINDOW: usize = 65_535;
/// Most earlier places tried for one position.
const CANDIDATES: usize = 512;

/// A match this long ends the search for a longer one.
const ENOUGH: usize = 512;

/// Where each four bytes of a dictionary occur.
pub(super) struct Prepared<'a> {
    dictionary: &'a [u8],
    places: FxHashMap<[u8; 4], Vec<usize>>,
}

impl<'a> Prepared<'a> {
    /// Indexes a dictionary.
    pub(super) fn new(dictionary: &'a [u8]) -> Self {
        let mut places: FxHashMap<[u8; 4], Vec<usize>> = FxHashMap::default();
        for (at, four) in dictionary.windows(4).enumerate() {
            if let Some(four) = four.first_chunk::<4>() {
                places.entry(*four).or_default().push(at);
            }
        }
        Prepared { dictionary, places }
    }

    /// The block for `record`.
    pub(super) fn compress(&self, record: &[u8]) -> Vec<u8> {
        let base = self.dictionary.len();
        let all: Vec<u8> = self.dictionary.iter().chain(record).copied().collect();
        let longest = self.longest_matches(&all, base);
        let steps = shortest_parse(&longest, record.len());
        emit(&steps, record)
    }

    /// For each position of the record: the longest match and how far back it is.
    fn longest_matches(&self, all: &[u8], base: usize) -> Vec<(usize, usize)> {
        let mut own: FxHashMap<[u8; 4], Vec<usize>> = FxHashMap::default();
        let end = all.len();
        let mut found = Vec::with_capacity(end - base);
        for at in base..end {
            let mut best = (0, 0);
            let here = all.get(at..).unwrap_or_default();
            if let Some(four) = here.first_chunk::<4>() {
                if at + LAST_MATCH <= end {
                    let limit = end - LAST_LITERALS - at;
                    let nearest = own.get(four).into_iter().flat_map(|p| p.iter().rev().take(CANDIDATES));
                    let farther =
                        self.places.get(four).into_iter().flat_map(|p| p.iter().rev().take(CANDIDATES));
                    for place in nearest.chain(farther).copied().filter(|place| at - place <= WINDOW) {
                        let there = all.get(place..).unwrap_or_default();
                        let length = here.iter().zip(there).take(limit).take_while(|(a, b)| a == b).count();
                        if length >= MIN_MATCH && length > best.0 {
                            best = (length, at - place);
                        }
                        if best.0 >= ENOUGH {
                            break;
                        }
                    }
                }
                own.entry(*four).or_default().push(at);
            }
            found.push(best);
        }
        found
    }
}

/// What the block does at a position: a match of that length from that far back, or (0, 0) for a literal.
fn shortest_parse(longest: &[(usize, usize)], size: usize) -> Vec<(usize, usize)> {
    // Cost in bytes from each position to the end; literals cost one byte, a sequence three plus its length's overflow.
    let mut cost = vec![0_usize; size + 1];
    let mut choice = vec![(0, 0); size];
    for at in (0..size).rev() {
        let after = |step: usize| cost.get(at + step).copied().unwrap_or(0);
        let mut best = (1 + after(1), (0, 0));
        if let Some((length, offset)) = longest.get(at).copied().filter(|(length, _)| *length >= MIN_MATCH) {
            for shorter in MIN_MATCH..=length {
                let extra = if shorter >= 19 { 1 + (shorter - 19) / 255 } else { 0 };
                let total = 3 + extra + after(shorter);
                if total < best.0 {
                    best = (total, (shorter, offset));
                }
            }
        }
        if let (Some(c), Some(s)) = (cost.get_mut(at), choice.get_mut(at)) {
            (*c, *s) = best;
        }
    }
    choice
}

fn emit(steps: &[(usize, usize)], record: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut at, mut literals) = (0, 0);
    while at < record.len() {
        match steps.get(at) {
            Some((length, offset)) if *length > 0 => {
                sequence(&mut out, record.get(literals..at).unwrap_or_default(), Some((*length, *offset)));
                at += length;
                literals = at;
            }
            _ => at += 1,
        }
    }
    sequence(&mut out, record.get(literals..).unwrap_or_default(), None);
    out
}

fn sequence(out: &mut Vec<u8>, literals: &[u8], copy: Option<(usize, usize)>) {
    let rest = copy.map_or(0, |(length, _)| length - MIN_MATCH);
    let nibble = |n: usize| u8::try_from(n.min(15)).unwrap_or(15);
    out.push(nibble(literals.len()) << 4 | nibble(rest));
    overflow(out, literals.len());
    out.extend_from_slice(literals);
    if let Some((_, offset)) = copy {
        out.extend_from_slice(&u16::try_from(offset).unwrap_or(u16::MAX).to_le_bytes());
        overflow(out, rest);
    }
}

fn overflow(out: &mut Vec<u8>, length: usize) {
    let Some(mut rest) = length.checked_sub(15) else { return };
    while rest >= 255 {
        out.push(255);
        rest -= 255;
    }
    out.push(u8::try_from(rest).unwrap_or(255));
}

#[cfg(test)]
mod tests {
    use super::Prepared;

    #[test]
    fn blocks_decompress_to_what_they_were() {
        let dictionary = b"AWS::S3::Bucket.BucketName AWS::SQS::Queue.QueueName";
        let long = b"BucketName and QueueName, ".repeat(40);
        for record in [&b""[..], b"a", b"QueueName", b"AWS::SQS::Queue.QueueName", &[7; 300], &long] {
            let block = Prepared::new(dictionary).compress(record);
            let back = lz4_flex::block::decompress_with_dict(&block, record.len(), dictionary).unwrap();
            assert_eq!(back, record);
        }
    }

    #[test]
    fn what_the_dictionary_holds_costs_little() {
        let dictionary = b"AWS::ElasticLoadBalancingV2::TargetGroup";
        let record = b"AWS::ElasticLoadBalancingV2::TargetGroup!!!!!";
        assert!(Prepared::new(dictionary).compress(record).len() < 14);
    }
}
