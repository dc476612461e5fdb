//! Names that can be found again: a deployment's id, and the tokens and change-set names that follow from it.
//!
//! Invariant: everything that is sent to the service under a name is a function of the id, the stack, the plan and the
//! attempt, so that a process that starts again sends the same and recognises its own. The syntax is the service's:
//! `[a-zA-Z0-9][-a-zA-Z0-9]*`, at most 128 characters; names of change sets begin with a letter.

use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use ulid::Ulid;

/// The alphabet of base 32 (RFC 4648), in lower case.
const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// How many of its digits a token holds: 130 bits.
const DIGITS: usize = 26;

/// The id of one deployment: a ULID, minted once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeployId(String);

impl DeployId {
    /// A new one.
    ///
    /// # Errors
    /// Where the system gives no random bytes.
    pub fn mint(now: Timestamp) -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Self::of(now, u128::from_le_bytes(bytes)))
    }

    /// That of a time and a random part.
    #[must_use]
    pub fn of(now: Timestamp, random: u128) -> Self {
        Self(Ulid::from_parts(now.0, random).to_string())
    }

    /// From what was written down.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let ulid = Ulid::from_string(text).ok()?;
        Some(Self(ulid.to_string()))
    }

    /// When it was minted.
    #[must_use]
    pub fn minted(&self) -> Timestamp {
        Timestamp(Ulid::from_string(&self.0).map_or(0, |ulid| ulid.timestamp_ms()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeployId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for DeployId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is no id of a deployment"))
    }
}

impl From<DeployId> for String {
    fn from(id: DeployId) -> Self {
        id.0
    }
}

/// What tokens and names of one attempt at a step have in common.
#[must_use]
pub fn fingerprint(deploy: &DeployId, step: &str, plan: &str, attempt: u32) -> String {
    let text = format!("{deploy}\n{step}\n{plan}\n{attempt}");
    base32(&solc_cmdb::sha256(text.as_bytes()))
}

/// `solc-<deploy8>-<plan12>`: the random end of the deployment's id, and the start of the fingerprint.
#[must_use]
pub fn change_set_name(deploy: &DeployId, fingerprint: &str) -> String {
    let end: String = deploy.as_str().chars().skip(18).collect();
    let start: String = fingerprint.chars().take(12).collect();
    format!("solc-{}-{start}", end.to_lowercase())
}

/// The deployment's part of a change set's name, where the name is one of ours.
#[must_use]
pub fn is_change_set_of(deploy: &DeployId, name: &str) -> bool {
    let end: String = deploy.as_str().chars().skip(18).collect();
    name.strip_prefix("solc-")
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(d, _)| d == end.to_lowercase())
}

/// The first 130 bits of a hash in hexadecimal, in base 32.
fn base32(hexadecimal: &str) -> String {
    let mut bits = 0_u32;
    let mut held = 0_u32;
    let mut text = String::with_capacity(DIGITS);
    for digit in hexadecimal.chars().filter_map(|c| c.to_digit(16)) {
        held = (held << 4) | digit;
        bits += 4;
        if bits >= 5 {
            bits -= 5;
            let index = usize::try_from((held >> bits) & 31).unwrap_or_default();
            text.push(char::from(BASE32.get(index).copied().unwrap_or(b'a')));
            held &= (1 << bits) - 1;
        }
        if text.len() == DIGITS {
            break;
        }
    }
    text
}

#[cfg(test)]
mod tests;
