//! What is to be deployed: a manifest, the templates that it names, and where each resource comes from in source.
//!
//! Invariant: a release is whole. Each stack has its template, whose hash is the manifest's; each stack that is
//! depended on, and each output that is bound, is there.

use crate::backend::Values;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use solc_cmdb::sha256;
use std::collections::BTreeMap;
use std::fmt;

/// The version of the manifest that this reads.
const SCHEMA_VERSION: u64 = 1;

/// One environment's stacks, ready to be deployed.
#[derive(Clone, Debug)]
pub struct Release {
    /// The product.
    pub product: String,
    /// The environment.
    pub environment: String,
    /// Its stage, such as `preproduction`.
    pub stage: String,
    /// The account's number.
    pub account: String,
    /// The region.
    pub region: String,
    /// The images that it runs, as the manifest states them.
    pub images: Vec<Value>,
    /// What the solutions give out.
    pub outputs: Vec<SolutionOutput>,
    /// The stacks, each after those that it depends on.
    pub stacks: Vec<ReleaseStack>,
    /// What has another place now than it had, as `moved from` says.
    pub moved: Vec<Moved>,
    /// SHA-256 of the manifest, in hexadecimal.
    pub sha256: String,
}

/// An output of a solution.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SolutionOutput {
    /// Its name in the solution.
    pub name: String,
    /// The stack's output that has its value.
    pub output: String,
    /// The solution.
    pub solution: String,
    /// The stack.
    pub stack: String,
}

/// A component that stands elsewhere now.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Moved {
    /// Its path before, as in `shop.db`.
    pub from: String,
    /// Its path now.
    pub to: String,
    /// Its own resources.
    pub resources: Vec<MovedResource>,
}

/// A resource that has another logical id now. In which stack it was, only the records know.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct MovedResource {
    /// Its logical id before.
    pub from: String,
    /// Its logical id now.
    pub to: String,
    /// The stack that it is in now.
    pub stack: String,
    /// Its type.
    #[serde(rename = "type")]
    pub resource_type: String,
}

/// A stack of a release.
#[derive(Clone, Debug)]
pub struct ReleaseStack {
    /// Its name.
    pub name: String,
    /// The solution that it is part of.
    pub solution: String,
    /// `foundation`, `data` or `application`.
    pub layer: String,
    /// The stacks that it needs values of.
    pub depends_on: Vec<String>,
    /// Where the value of each parameter comes from.
    pub parameters: BTreeMap<String, Binding>,
    /// The names of its outputs.
    pub outputs: Vec<String>,
    /// `CAPABILITY_IAM` and the like.
    pub capabilities: Vec<String>,
    /// Its tags.
    pub tags: Values,
    /// Whether it is protected against deletion.
    pub termination_protection: bool,
    /// The template, to the byte.
    pub template: String,
    /// SHA-256 of the template, in hexadecimal.
    pub sha256: String,
    /// The template, read.
    pub content: Value,
    /// Where each resource comes from, by logical id.
    pub places: BTreeMap<String, Place>,
}

/// Where the value of a parameter comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// The stack.
    pub stack: String,
    /// Its output.
    pub output: String,
}

/// Where a resource comes from: `file:line:column` each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The component, by its path in the solution.
    #[serde(default)]
    pub component: String,
    /// The instance that made it.
    #[serde(default)]
    pub instance: String,
    /// The resource's own declaration.
    #[serde(default)]
    pub resource: String,
}

/// Why a set of files is no release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRelease(pub String);

impl fmt::Display for BadRelease {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for BadRelease {}

#[derive(Deserialize)]
struct Manifest {
    schema_version: u64,
    product: String,
    environment: String,
    stage: String,
    region: String,
    account: Account,
    images: Vec<Value>,
    outputs: Vec<SolutionOutput>,
    #[serde(default)]
    moved: Vec<Moved>,
    stacks: Vec<ManifestStack>,
}

#[derive(Deserialize)]
struct Account {
    id: String,
}

#[derive(Deserialize)]
struct ManifestStack {
    name: String,
    solution: String,
    layer: String,
    depends_on: Vec<String>,
    parameters: BTreeMap<String, Binding>,
    outputs: Vec<String>,
    capabilities: Vec<String>,
    tags: Values,
    termination_protection: bool,
    template: String,
    sha256: String,
}

impl Release {
    /// Reads a release out of the files that a build wrote: `manifest.json`, `source-map.json` where there is one,
    /// and a template for each stack.
    ///
    /// # Errors
    /// Where a file is missing, cannot be read, or does not have the hash that the manifest states.
    pub fn read(files: &BTreeMap<String, String>) -> Result<Self, BadRelease> {
        let text =
            files.get("manifest.json").ok_or_else(|| BadRelease("there is no `manifest.json`".into()))?;
        let manifest: Manifest =
            serde_json::from_str(text).map_err(|error| BadRelease(format!("`manifest.json`: {error}")))?;
        if manifest.schema_version != SCHEMA_VERSION {
            return Err(BadRelease(format!(
                "`manifest.json` has the form {}; this `solc` reads {SCHEMA_VERSION}",
                manifest.schema_version
            )));
        }
        let mut places: BTreeMap<String, BTreeMap<String, Place>> = match files.get("source-map.json") {
            Some(text) => serde_json::from_str(text)
                .map_err(|error| BadRelease(format!("`source-map.json`: {error}")))?,
            None => BTreeMap::new(),
        };
        let mut stacks: Vec<ReleaseStack> = Vec::with_capacity(manifest.stacks.len());
        for stack in manifest.stacks {
            if let Some(missing) =
                stack.depends_on.iter().find(|name| !stacks.iter().any(|s| s.name == **name))
            {
                return Err(BadRelease(format!(
                    "`{}` depends on `{missing}`, which is not a stack before it",
                    stack.name
                )));
            }
            for (name, binding) in &stack.parameters {
                let bound = stacks.iter().find(|s| s.name == binding.stack);
                if !bound.is_some_and(|s| s.outputs.contains(&binding.output)) {
                    return Err(BadRelease(format!(
                        "parameter `{name}` of `{}` is bound to `{}.{}`, which is not there",
                        stack.name, binding.stack, binding.output
                    )));
                }
            }
            let template = files
                .get(&stack.template)
                .ok_or_else(|| BadRelease(format!("there is no `{}`", stack.template)))?;
            let found = sha256(template.as_bytes());
            if found != stack.sha256 {
                return Err(BadRelease(format!(
                    "`{}` is not what the manifest states: SHA-256 {found}, not {}",
                    stack.template, stack.sha256
                )));
            }
            let content = serde_json::from_str(template)
                .map_err(|error| BadRelease(format!("`{}`: {error}", stack.template)))?;
            stacks.push(ReleaseStack {
                places: places.remove(&stack.name).unwrap_or_default(),
                name: stack.name,
                solution: stack.solution,
                layer: stack.layer,
                depends_on: stack.depends_on,
                parameters: stack.parameters,
                outputs: stack.outputs,
                capabilities: stack.capabilities,
                tags: stack.tags,
                termination_protection: stack.termination_protection,
                template: template.clone(),
                sha256: found,
                content,
            });
        }
        for resource in manifest.moved.iter().flat_map(|moved| &moved.resources) {
            let stack = stacks.iter().find(|stack| stack.name == resource.stack);
            let there = stack.and_then(|stack| stack.content.get("Resources")?.get(&resource.to));
            if there.and_then(|there| there.get("Type")?.as_str()) != Some(resource.resource_type.as_str()) {
                return Err(BadRelease(format!(
                    "`{}` has moved to `{}` of `{}`, which is not there",
                    resource.from, resource.to, resource.stack
                )));
            }
        }
        Ok(Self {
            moved: manifest.moved,
            product: manifest.product,
            environment: manifest.environment,
            stage: manifest.stage,
            account: manifest.account.id,
            region: manifest.region,
            images: manifest.images,
            outputs: manifest.outputs,
            stacks,
            sha256: sha256(text.as_bytes()),
        })
    }

    /// A stack by its name.
    #[must_use]
    pub fn stack(&self, name: &str) -> Option<&ReleaseStack> {
        self.stacks.iter().find(|stack| stack.name == name)
    }
}

#[cfg(test)]
mod tests;
