//! Requests of the query protocol: flat names and values, lists as `Name.member.1`.
//!
//! Invariant: a parameter that an action does not know is refused, rather than left out of account.

use std::collections::BTreeMap;

/// The parameters of a request.
pub(super) struct Query(BTreeMap<String, String>);

impl Query {
    /// Reads a body that is encoded as forms are.
    pub(super) fn read(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    /// A text that may be left out and is then empty.
    pub(super) fn or_empty(&self, name: &str) -> String {
        self.text(name).unwrap_or_default()
    }

    pub(super) fn truth(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// A list of texts.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        (1..).map_while(|index| self.text(&format!("{name}.member.{index}"))).collect()
    }

    /// A list of structures, of which each has the member `key`.
    pub(super) fn structures(&self, name: &str, key: &str) -> Vec<Self> {
        (1..)
            .map_while(|index| {
                let prefix = format!("{name}.member.{index}.");
                let part: BTreeMap<String, String> = self
                    .0
                    .iter()
                    .filter_map(|(name, value)| Some((name.strip_prefix(&prefix)?.to_owned(), value.clone())))
                    .collect();
                part.keys()
                    .any(|name| name == key || name.starts_with(&format!("{key}.")))
                    .then_some(Self(part))
            })
            .collect()
    }

    /// A parameter that is not among those that an action takes.
    pub(super) fn unknown(&self, known: &[&str]) -> Option<&str> {
        let always = ["Action", "Version"];
        self.0.keys().map(String::as_str).find(|name| {
            let head = name.split('.').next().unwrap_or(name);
            !always.contains(&head) && !known.contains(&head)
        })
    }
}
