//! `cargo xtask schema`: writes the tables of `compiler/schema/tables` from published packages.
//!
//! Invariant: the same packages give the same bytes. What each step means is in `compiler/schema/README.md`.
#![expect(clippy::print_stdout, reason = "a command of development talks to its terminal")]

mod alternatives;
mod beside;
mod compact;
mod convert;
pub(crate) mod crosscheck;
mod dictionary;
mod fetch;
mod flat;
mod iam;
mod lz4;
mod pack;
mod tags;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use solc_schema::iam::Service;
use solc_schema::{ResourceType, codec};

use crate::workspace::Workspace;

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
    let workspace = Workspace::find()?;
    let scratch = workspace.target.join("schema-origin");
    let cfn = fetch::cfn(&scratch)?.join("generated");
    let iam = fetch::iam(&scratch)?;

    let resources = resources(&cfn)?;
    let services = services(&iam)?;
    let beside = |file: &str| fetch::json(&cfn.join("data").join(file));
    let tables = [
        ("resources.bin", resource_table(&resources)?),
        ("iam.bin", iam_table(&services)?),
        ("stateful.tsv", beside::stateful(&beside("stateful_resource_types.json")?)),
        ("lambda-runtimes.tsv", beside::runtimes(&beside("lambda_runtimes.json")?)?),
        ("ending.tsv", beside::ending(&beside("resource_lifecycle.json")?)?),
        ("origin.tsv", origin(&cfn, &iam, resources.len(), services.iter().map(|s| s.actions.len()).sum())?),
    ];
    for (file, bytes) in tables {
        let path = workspace.root.join("compiler/schema/tables").join(file);
        println!("{:>9} {file}", bytes.len());
        std::fs::write(&path, bytes).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(true)
}

fn resource_table(resources: &[ResourceType]) -> Result<Vec<u8>, String> {
    let records = resources.iter().map(|r| (r.name.to_string(), codec::encode_resource(r))).collect();
    // LZ4 reaches back 64 kB: the dictionary and the block itself.
    pack::pack(records, &pack::Layout { dictionary: 56 * 1024, family: service })
}

/// `AWS::S3` of `AWS::S3::Bucket`.
fn service(name: &str) -> &str {
    name.rsplit_once("::").map_or(name, |(service, _)| service)
}

fn iam_table(services: &[Service]) -> Result<Vec<u8>, String> {
    let records = services.iter().map(|s| (s.prefix.to_string(), codec::encode_service(s))).collect();
    pack::pack(records, &pack::Layout { dictionary: 16 * 1024, family: |prefix| prefix })
}

/// Which packages, of which day, how much.
fn origin(cfn: &Path, iam: &Path, types: usize, actions: usize) -> Result<Vec<u8>, String> {
    let day = |value: Option<&Value>| -> Result<String, String> {
        let text = value.and_then(Value::as_str).ok_or("the origin has no date")?;
        let date = text.rsplit('@').next().and_then(|date| date.get(..10));
        date.map(str::to_owned).ok_or_else(|| format!("`{text}` has no date"))
    };
    let sources = fetch::json(&cfn.join("data/source_versions.json"))?;
    let released = fetch::json(&iam.join("package.json"))?;
    let row = |table: &str, package: &fetch::Package, date: String, count: String| -> Vec<String> {
        let fetch::Package { registry, name, version, licence } = package;
        [table, registry, name, version, licence, &date, &count].map(str::to_owned).to_vec()
    };
    let heading = ["table", "registry", "package", "version", "licence", "date", "records"];
    let rows = vec![
        row("resources.bin", &fetch::CFN, day(sources.get("resource_schema_version"))?, types.to_string()),
        row("iam.bin", &fetch::IAM, day(released.get("updatedAt"))?, actions.to_string()),
    ];
    Ok(beside::table(&heading, rows))
}

fn resources(generated: &Path) -> Result<Vec<ResourceType>, String> {
    let schemas = fetch::json(&generated.join("schema-validator/compiled_schemas.json"))?;
    let getatt = fetch::json(&generated.join("data/getatt_attributes.json"))?;
    let stateful = fetch::json(&generated.join("data/stateful_resource_types.json"))?;
    let stateful: BTreeSet<String> =
        flat::strings(stateful.get("stateful_resource_types")).into_iter().collect();
    let schemas = schemas.as_object().ok_or("the compiled schemas are not an object")?;
    let convert = |(name, schema): (&String, &Value)| {
        let attributes =
            getatt.pointer("/getatt_attributes").and_then(|all| all.get(name)).and_then(Value::as_array);
        let beside = convert::Beside {
            attributes: attributes.into_iter().flatten().filter_map(Value::as_str).collect(),
            stateful: stateful.contains(name),
            any_attribute: ANY_ATTRIBUTE.contains(&name.as_str()),
        };
        convert::convert(name, schema, &beside)
    };
    Ok(schemas.iter().map(convert).collect())
}

fn services(package: &Path) -> Result<Vec<Service>, String> {
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
            let resources = fetch::json(&package.join("data/resourceTypes").join(&file))?;
            iam::convert(prefix, &fetch::json(&actions.join(&file))?, &resources)
        })
        .collect()
}
