//! IAM's actions: access level, resource types, condition keys.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr as Name;

/// What an action does, in IAM's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AccessLevel {
    /// Lists things.
    List,
    /// Reads content.
    Read,
    /// Changes content.
    Write,
    /// Changes who may do what.
    PermissionsManagement,
    /// Changes tags.
    Tagging,
}

/// One action of one service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// `GetObject`
    pub name: Name,
    /// What it does.
    pub access: AccessLevel,
    /// Resource types it can be limited to; empty: only `*` makes sense.
    pub resources: Vec<Name>,
    /// Condition keys it understands, apart from the global `aws:` ones.
    pub conditions: Vec<Name>,
}

/// One service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// IAM prefix: `s3`, `rds-db`.
    pub prefix: Name,
    /// Actions, sorted by name.
    pub actions: Vec<Action>,
    /// Resource types with their ARN formats, sorted by name: (`object`, `arn:${Partition}:s3:::${BucketName}/${ObjectName}`).
    pub resources: Vec<(Name, Vec<Name>)>,
}

/// The service of that prefix, decoded at first use.
#[must_use]
pub fn service(prefix: &str) -> Option<&'static Service> {
    let _ = prefix;
    None
}

/// All prefixes, sorted.
pub fn prefixes() -> impl Iterator<Item = &'static str> {
    std::iter::empty()
}

/// An action, by prefix and name.
#[must_use]
pub fn action(prefix: &str, name: &str) -> Option<&'static Action> {
    let service = service(prefix)?;
    service.actions.binary_search_by(|a| a.name.as_str().cmp(name)).ok().and_then(|i| service.actions.get(i))
}
