//! `cargo xtask schema`: writes the tables of `compiler/schema/tables` from published packages.
//!
//! Invariant: the same packages give the same bytes. What each step means is in `compiler/schema/README.md`.

mod alternatives;
mod compact;
mod convert;
mod dictionary;
mod fetch;
mod iam;
mod lz4;
mod pack;
mod tags;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use solc_schema::codec;

/// Types whose attributes only the author of a template knows.
const ANY_ATTRIBUTE: [&str; 3] = [
    "AWS::CloudFormation::CustomResource",
    "AWS::CloudFormation::Stack",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
];

/// Generates the tables.
pub(crate) fn run(arguments: &[String]) -> Result<bool, String> {
    if let Some(argument) = arguments.first() {
        return Err(format!("`cargo xtask schema` takes no `{argument}`"));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("xtask has no parent directory")?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let scratch = target.join("schema-origin");
    let cfn = fetch::cfn(&scratch)?;
    let (iam, integrity) = fetch::iam(&scratch)?;
    let tables = root.join("compiler/schema/tables");

    let resources = resources(&cfn)?;
    let services = services(&iam)?;
    let versions = fetch::json(&cfn.join("generated/data/source_versions.json"))?;
    let released = fetch::json(&iam.join("package.json"))?;
    let resource_table =
        pack::pack(resources.iter().map(|r| (r.name.to_string(), codec::encode_resource(r))).collect())?;
    let iam_table =
        pack::pack(services.iter().map(|s| (s.prefix.to_string(), codec::encode_service(s))).collect())?;
    let origin = json!({
        "resources.bin": {
            "package": fetch::CFN.0,
            "registry": "crates.io",
            "version": fetch::CFN.1,
            "licence": "Apache-2.0",
            "sources": versions,
            "types": resources.len(),
            "nodes": resources.iter().map(|r| r.nodes.len()).sum::<usize>(),
            "bytes": resource_table.len(),
        },
        "iam.bin": {
            "package": fetch::IAM.0,
            "registry": "npm",
            "version": fetch::IAM.1,
            "licence": "MIT",
            "updated": released.get("updatedAt"),
            "integrity": integrity,
            "services": services.len(),
            "actions": services.iter().map(|s| s.actions.len()).sum::<usize>(),
            "bytes": iam_table.len(),
        },
    });
    let origin = serde_json::to_string_pretty(&origin).map_err(|e| e.to_string())? + "\n";
    for (file, bytes) in
        [("resources.bin", resource_table), ("iam.bin", iam_table), ("origin.json", origin.into_bytes())]
    {
        let path = tables.join(file);
        println!("{:>9} {file}", bytes.len());
        std::fs::write(&path, bytes).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(true)
}

fn resources(package: &Path) -> Result<Vec<solc_schema::ResourceType>, String> {
    let generated = package.join("generated");
    let schemas = fetch::json(&generated.join("schema-validator/compiled_schemas.json"))?;
    let getatt = fetch::json(&generated.join("data/getatt_attributes.json"))?;
    let stateful = fetch::json(&generated.join("data/stateful_resource_types.json"))?;
    let stateful: BTreeSet<String> =
        convert::strings(stateful.get("stateful_resource_types")).into_iter().collect();
    let schemas = schemas.as_object().ok_or("the compiled schemas are not an object")?;
    Ok(schemas
        .iter()
        .map(|(name, schema)| {
            let attributes =
                getatt.pointer("/getatt_attributes").and_then(|all| all.get(name)).and_then(Value::as_array);
            let beside = convert::Beside {
                attributes: attributes.into_iter().flatten().filter_map(Value::as_str).collect(),
                stateful: stateful.contains(name),
                any_attribute: ANY_ATTRIBUTE.contains(&name.as_str()),
            };
            convert::convert(name, schema, &beside)
        })
        .collect())
}

fn services(package: &Path) -> Result<Vec<solc_schema::iam::Service>, String> {
    let actions = package.join("data/actions");
    let mut prefixes: Vec<String> = std::fs::read_dir(&actions)
        .map_err(|e| format!("{}: {e}", actions.display()))?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".json").map(str::to_owned))
        .collect();
    prefixes.sort();
    prefixes
        .iter()
        .map(|prefix| {
            let file = format!("{prefix}.json");
            iam::convert(
                prefix,
                &fetch::json(&actions.join(&file))?,
                &fetch::json(&package.join("data/resourceTypes").join(&file))?,
            )
        })
        .collect()
}
