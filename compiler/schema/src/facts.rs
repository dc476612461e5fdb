//! Small tables beside the types: stateful types, Lambda's runtimes, types at the end of their life, the origin.
//!
//! Dates are written `2026-10-31`, so that their order is that of the text.

use std::sync::LazyLock;

use smol_str::SmolStr as Name;

/// A runtime of Lambda.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runtime {
    /// `python3.13`
    pub name: Name,
    /// From this day on it gets no more security patches.
    pub deprecated: Name,
    /// From this day on no function can be created with it.
    pub create_blocked: Name,
    /// From this day on no function with it can be updated.
    pub update_blocked: Name,
    /// The newest runtime of its language, if it is not that itself.
    pub successor: Option<Name>,
}

/// How far a service is from its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Nothing new is added.
    Maintenance,
    /// New customers are refused.
    Sunset,
    /// It is switched off.
    Shutdown,
}

/// A type whose service comes to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// `AWS::QLDB::Ledger`
    pub name: Name,
    /// What happens to it.
    pub stage: Stage,
    /// From when on, where that is published.
    pub date: Option<Name>,
}

/// A package that facts come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// The file of ours that holds them.
    pub table: Name,
    /// Where the package is published: `crates.io`, `npm`.
    pub registry: Name,
    /// Its name there.
    pub name: Name,
    /// Its version.
    pub version: Name,
    /// Its licence.
    pub licence: Name,
    /// The day of its facts.
    pub date: Name,
    /// How many records the table took from it: types, actions.
    pub records: u32,
}

/// Where the tables come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The packages.
    pub versions: Vec<Package>,
}

/// Lines of a table in columns, without its heading.
fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    table.lines().skip(1).filter_map(|line| {
        let mut columns = line.split('\t');
        let row = std::array::from_fn(|_| columns.next().unwrap_or_default());
        (!line.is_empty()).then_some(row)
    })
}

fn optional(text: &'static str) -> Option<Name> {
    (!text.is_empty()).then(|| Name::new_static(text))
}

/// Types whose replacement loses data, sorted.
#[must_use]
pub fn stateful_types() -> &'static [Name] {
    static TYPES: LazyLock<Vec<Name>> = LazyLock::new(|| {
        rows(include_str!("../tables/stateful.tsv")).map(|[name]| Name::new_static(name)).collect()
    });
    &TYPES
}

/// Lambda's runtimes, sorted by name.
#[must_use]
pub fn lambda_runtimes() -> &'static [Runtime] {
    static RUNTIMES: LazyLock<Vec<Runtime>> = LazyLock::new(|| {
        let rows = rows(include_str!("../tables/lambda-runtimes.tsv"));
        rows.map(|[name, deprecated, create_blocked, update_blocked, successor]| Runtime {
            name: Name::new_static(name),
            deprecated: Name::new_static(deprecated),
            create_blocked: Name::new_static(create_blocked),
            update_blocked: Name::new_static(update_blocked),
            successor: optional(successor),
        })
        .collect()
    });
    &RUNTIMES
}

/// Types at the end of their life, sorted by name.
#[must_use]
pub fn ending_types() -> &'static [Ending] {
    static TYPES: LazyLock<Vec<Ending>> = LazyLock::new(|| {
        let rows = rows(include_str!("../tables/ending.tsv"));
        rows.filter_map(|[name, stage, date]| {
            let stage = match stage {
                "maintenance" => Stage::Maintenance,
                "sunset" => Stage::Sunset,
                "shutdown" => Stage::Shutdown,
                _ => return None,
            };
            Some(Ending { name: Name::new_static(name), stage, date: optional(date) })
        })
        .collect()
    });
    &TYPES
}

/// The packages that the tables were generated from.
#[must_use]
pub fn origin() -> Origin {
    let rows = rows(include_str!("../tables/origin.tsv"));
    let versions = rows.map(|[table, registry, name, version, licence, date, records]| Package {
        table: Name::new_static(table),
        registry: Name::new_static(registry),
        name: Name::new_static(name),
        version: Name::new_static(version),
        licence: Name::new_static(licence),
        date: Name::new_static(date),
        records: records.parse().unwrap_or(0),
    });
    Origin { versions: versions.collect() }
}
