//! The small tables beside the types: tab-separated lines under a heading, sorted.

use serde_json::Value;

use super::flat::strings;

/// A table of lines.
pub(super) fn table(heading: &[&str], mut rows: Vec<Vec<String>>) -> Vec<u8> {
    rows.sort();
    let heading = heading.iter().map(|h| (*h).to_owned()).collect();
    let lines = std::iter::once(heading).chain(rows).map(|row: Vec<String>| row.join("\t") + "\n");
    lines.collect::<String>().into_bytes()
}

/// Types whose replacement loses data.
pub(super) fn stateful(origin: &Value) -> Vec<u8> {
    let names = strings(origin.get("stateful_resource_types"));
    table(&["type"], names.into_iter().map(|name| vec![name]).collect())
}

/// Lambda's runtimes and the days on which each door closes.
pub(super) fn runtimes(origin: &Value) -> Result<Vec<u8>, String> {
    let lifecycle =
        origin.pointer("/lambda_runtimes/lifecycle").and_then(Value::as_object).ok_or("no runtimes")?;
    let rows = lifecycle.iter().map(|(name, dates)| {
        let column = |key: &str| dates.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        vec![
            name.clone(),
            column("deprecated"),
            column("create_block"),
            column("update_block"),
            column("successor"),
        ]
    });
    Ok(table(&["runtime", "deprecated", "create-blocked", "update-blocked", "successor"], rows.collect()))
}

/// Types whose service comes to its end.
pub(super) fn ending(origin: &Value) -> Result<Vec<u8>, String> {
    let lifecycle = origin.get("resource_lifecycle").and_then(Value::as_object).ok_or("no lifecycle")?;
    let rows = lifecycle.iter().map(|(name, ending)| {
        let column = |key: &str| ending.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        vec![name.clone(), column("status"), column("date")]
    });
    Ok(table(&["type", "stage", "date"], rows.collect()))
}
