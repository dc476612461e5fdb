//! `stacks.lock`: which component is in which stack, where a layer needs several, so that nothing moves by itself.
//!
//! ```json
//! { "production": { "shop/data": { "shop.orders": 1, "shop.receipts": 2 } } }
//! ```
//!
//! Invariant: what the file says of environments that were not built stays as it is.

use crate::compile::OutputFile;
use crate::load::{Content, Loaded};
use crate::workspace::Unit;
use solc_ir::model::Assignment;
use solc_source::Name;
use solc_source::data::{Node, Value};
use std::collections::BTreeMap;

/// The file's name.
const LOCK: &str = "stacks.lock";

type Lock = BTreeMap<Name, Assignment>;

/// The lock files that the environments' assignments ask to be written; none where they are right already.
pub(crate) fn locks(
    loaded: &Loaded,
    units: &[Unit],
    assignments: &[(&Name, &Assignment)],
) -> Vec<OutputFile> {
    let mut files: Vec<OutputFile> = Vec::new();
    for id in units.iter().flat_map(|unit| &unit.compiled) {
        let (Some(content), Some(repository)) = (loaded.content(*id), loaded.workspace.repository(*id))
        else {
            continue;
        };
        let before = recorded(content);
        let mut after = before.clone();
        for (name, assignment) in assignments.iter().filter(|(name, _)| content.environments.contains(*name))
        {
            if assignment.is_empty() {
                after.remove(*name);
            } else {
                after.insert((*name).clone(), (*assignment).clone());
            }
        }
        if after != before
            && let Ok(text) = serde_json::to_string_pretty(&after)
        {
            let name = repository.folder.join(LOCK).to_string_lossy().into_owned();
            files.push(OutputFile { name, content: format!("{text}\n") });
        }
    }
    files
}

fn recorded(content: &Content) -> Lock {
    tables(content.stacks.as_ref())
        .map(|(environment, layers)| {
            let layers = tables(Some(layers)).map(|(layer, components)| {
                let numbers = tables(Some(components)).filter_map(|(component, number)| match number.value {
                    Value::Int(number) => Some((component, u32::try_from(number).ok()?)),
                    Value::Null
                    | Value::Bool(_)
                    | Value::Number(_)
                    | Value::String(_)
                    | Value::List(_)
                    | Value::Table(_) => None,
                });
                (layer, numbers.collect())
            });
            (environment, layers.collect())
        })
        .collect()
}

fn tables(node: Option<&Node>) -> impl Iterator<Item = (Name, &Node)> {
    node.map(Node::entries).unwrap_or_default().iter().map(|entry| (entry.key.clone(), &entry.node))
}
