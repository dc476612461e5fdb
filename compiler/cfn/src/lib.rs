//! CloudFormation templates from the IR, the manifest that binds them, and the source map.
//!
//! Invariant: nothing a user can get wrong is found here; the same deployment gives the same bytes.

mod json;
mod manifest;
mod source_map;
mod template;

use rayon::prelude::*;
use sha2::{Digest, Sha256};
use solc_ir::Deployment;
use solc_ir::model::StackId;
use solc_source::{Name, Sources};

/// What a deployment becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emission {
    /// One for each stack, in the order in which they can be created.
    pub templates: Vec<Template>,
    /// `manifest.json`: how the stacks are bound to each other.
    pub manifest: String,
    /// `source-map.json`: where each resource comes from.
    pub source_map: String,
}

/// A template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The stack that it is for.
    pub stack: Name,
    /// `shop-production-shop-data.template.json`
    pub file_name: String,
    /// Canonical JSON: sorted keys, one trailing newline.
    pub body: String,
    /// Of the body, in hexadecimal digits.
    pub sha256: String,
    /// How many resources it holds.
    pub resources: usize,
}

/// The most bytes that CloudFormation takes as a template.
pub const MAX_TEMPLATE: usize = 1_000_000;

/// Writes every stack of a deployment.
#[must_use]
pub fn emit(deployment: &Deployment, sources: &Sources) -> Emission {
    let ids: Vec<StackId> =
        (0..deployment.stacks.len()).filter_map(|i| u32::try_from(i).ok()).map(StackId).collect();
    let templates: Vec<Template> = deployment
        .stacks
        .par_iter()
        .zip(ids)
        .map(|(stack, id)| {
            let body = template::write(deployment, id, stack);
            let sha256 = hex(&Sha256::digest(body.as_bytes()));
            Template {
                stack: stack.name.clone(),
                file_name: format!("{}.template.json", stack.name),
                body,
                sha256,
                resources: stack.resources.len(),
            }
        })
        .collect();
    Emission {
        manifest: manifest::write(deployment, &templates),
        source_map: source_map::write(deployment, sources),
        templates,
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
    }
    text
}
