//! Records as bytes: a header of twelve bytes, then `length ‖ CRC-32C ‖ payload` for each, numbers little-endian.
//!
//! Invariant: the checksum covers length and payload. What stands at the end and is no whole record is a torn tail,
//! unless a sound record follows it: then the middle is damaged.

/// What a journal begins with.
const MAGIC: &[u8; 8] = b"solc-jnl";
/// The version of the form.
const VERSION: u32 = 1;
/// Bytes before the first record.
const HEADER: usize = 12;
/// Bytes before a payload.
const PREFIX: usize = 8;
/// The longest payload; more is damage.
const LONGEST: usize = 16 << 20;

/// Why bytes are no journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// Something is damaged.
    Corrupt(String),
    /// A later version.
    Version(u32),
}

/// What a new journal begins with.
pub(super) fn header() -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(VERSION.to_le_bytes());
    bytes
}

/// A record around a payload.
pub(super) fn record(payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX).to_le_bytes();
    let mut bytes = Vec::with_capacity(PREFIX + payload.len());
    bytes.extend(length);
    bytes.extend(checksum(length, payload).to_le_bytes());
    bytes.extend(payload);
    bytes
}

/// The payloads, and the number of bytes that they and the header take; what follows is a torn tail.
pub(super) fn read(bytes: &[u8]) -> Result<(Vec<&[u8]>, usize), Problem> {
    if bytes.len() < HEADER {
        // The header is synced before anything else is written.
        return if header().starts_with(bytes) {
            Ok((Vec::new(), 0))
        } else {
            Err(Problem::Corrupt("it does not begin as a journal does".into()))
        };
    }
    if !bytes.starts_with(MAGIC) {
        return Err(Problem::Corrupt("it does not begin as a journal does".into()));
    }
    match number(bytes, MAGIC.len()) {
        Some(VERSION) => {}
        version => return Err(Problem::Version(version.unwrap_or_default())),
    }
    let mut payloads = Vec::new();
    let mut at = HEADER;
    while let Some(payload) = sound(bytes, at) {
        payloads.push(payload);
        at += PREFIX + payload.len();
    }
    if let Some(next) = (at + 1..bytes.len()).find(|next| sound(bytes, *next).is_some()) {
        return Err(Problem::Corrupt(format!(
            "the record at byte {at} is not what was written, and a sound one follows at byte {next}"
        )));
    }
    Ok((payloads, at))
}

/// The payload of the record at `at`, if a sound one is there.
fn sound(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let length = number(bytes, at)?;
    let size = usize::try_from(length).ok().filter(|size| (1..=LONGEST).contains(size))?;
    let start = at.checked_add(PREFIX)?;
    let payload = bytes.get(start..start.checked_add(size)?)?;
    (number(bytes, at + 4)? == checksum(length.to_le_bytes(), payload)).then_some(payload)
}

fn checksum(length: [u8; 4], payload: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&length), payload)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}
