//! Logical ids: the path in PascalCase, the resource, and the zone or key.
//!
//! `shop.api` and `task_role` make `ShopApiTaskRole`; a key that is no plain name gets a short hash of itself.
//!
//! Invariant: an id is a function of its own path, never of its neighbours, so nothing renames anything else.
//! Two paths that read alike across their boundaries (`api_task.role`, `api.task_role`) are a collision, which
//! is reported rather than renamed.

use solc_source::Name;

/// The longest id that we make; CloudFormation takes 255.
const MAX_ID: usize = 200;

/// One part of a path in PascalCase, with a hash where the conversion loses something.
pub(crate) fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut start = true;
    for c in text.chars() {
        if !c.is_ascii_alphanumeric() {
            start = true;
        } else if std::mem::take(&mut start) {
            out.push(c.to_ascii_uppercase());
        } else {
            out.push(c);
        }
    }
    if !is_snake(&out, text) {
        out.push('X');
        out.push_str(&hash(text));
    }
    out
}

/// Prefix, and further parts.
pub(crate) fn logical_id<'a>(prefix: &str, parts: impl IntoIterator<Item = &'a str>) -> Name {
    let mut id = prefix.to_owned();
    for part in parts {
        id.push_str(&segment(part));
    }
    shorten(id)
}

/// Within the limit, by a hash of the whole.
pub(crate) fn shorten(mut id: String) -> Name {
    if id.len() > MAX_ID {
        let digest = hash(&id);
        id.truncate(MAX_ID - digest.len());
        id.push_str(&digest);
    }
    Name::from(id)
}

/// Whether `text` is the snake_case name that the PascalCase one stands for.
fn is_snake(pascal: &str, text: &str) -> bool {
    let mut rest = text.bytes();
    pascal.bytes().enumerate().all(|(index, byte)| {
        let word = byte.is_ascii_uppercase();
        (!word || index == 0 || rest.next() == Some(b'_')) && rest.next() == Some(byte.to_ascii_lowercase())
    }) && rest.next().is_none()
}

/// Six characters that stand for a text: FNV-1a, folded, in base 32.
pub(crate) fn hash(text: &str) -> String {
    let folded = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    let mut rest = folded ^ (folded >> 30);
    (0..6)
        .map(|_| {
            let digit = u32::try_from(rest & 31).unwrap_or(0);
            rest >>= 5;
            char::from_digit(digit, 32).unwrap_or('0')
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{logical_id, segment};

    #[test]
    fn plain_names_become_pascal_case() {
        for (text, id) in [("api", "Api"), ("dead_letters", "DeadLetters"), ("api2", "Api2"), ("a", "A")] {
            assert_eq!(segment(text), id);
        }
        assert_eq!(logical_id("ShopApi", ["task_role", "a"]), "ShopApiTaskRoleA");
    }

    #[test]
    fn what_would_collide_in_characters_or_case_gets_a_hash() {
        let ids: std::collections::BTreeSet<String> =
            ["eu-west", "eu.west", "eu_west", "euWest", "EuWest", "EU", "eu", "api_2", "api2", "a__b", "a_b"]
                .iter()
                .map(|t| segment(t).to_ascii_lowercase())
                .collect();
        assert_eq!(ids.len(), 11, "{ids:?}");
        assert!(ids.iter().all(|i| i.chars().all(|c| c.is_ascii_alphanumeric())));
    }

    #[test]
    fn long_paths_stay_within_the_limit() {
        let long = "a".repeat(300);
        let id = logical_id("Shop", [long.as_str()]);
        assert_eq!(id.len(), 200);
        assert_ne!(id, logical_id("Shop", [format!("{long}b").as_str()]));
    }
}
