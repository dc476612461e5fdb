//! IAM's actions: access level, resource types, condition keys.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr as Name;

use crate::codec::decode_service;
use crate::table::Table;

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

fn table() -> &'static Table<Service> {
    static TABLE: LazyLock<Table<Service>> =
        LazyLock::new(|| Table::open(include_bytes!("../tables/iam.bin"), decode_service));
    &TABLE
}

/// The service of that prefix, decoded at first use.
#[must_use]
pub fn service(prefix: &str) -> Option<&'static Service> {
    table().get(prefix)
}

/// All prefixes, sorted.
pub fn prefixes() -> impl Iterator<Item = &'static str> {
    table().names()
}

/// An action, by prefix and name.
#[must_use]
pub fn action(prefix: &str, name: &str) -> Option<&'static Action> {
    let service = service(prefix)?;
    service.actions.binary_search_by(|a| a.name.as_str().cmp(name)).ok().and_then(|i| service.actions.get(i))
}
