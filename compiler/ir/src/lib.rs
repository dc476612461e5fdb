//! One environment made explicit: evaluation, zones, links, stacks, verification.
//!
//! Invariant: after `lower` nothing is conditional and nothing has a name from source; every replica and every
//! permission is a node with its span and its reason.

pub mod inputs;
pub mod model;

pub use inputs::{Documents, Inputs, PathDocument};
pub use model::{Deployment, Value};
