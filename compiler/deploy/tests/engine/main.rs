//! Deployments on a scripted service and a virtual clock, with every fault that the engine must bear.
//!
//! `harness.rs` sets one up, runs it, lets it die and resumes it; `fake.rs` is the service. Each file beside them is
//! about one family of faults, and ends with the invariants that `harness::World::holds` checks.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the whole crate is tests; clippy knows only functions marked so"
)]

mod basics;
mod canary;
mod crashes;
mod disks;
mod fake;
mod faults;
mod harness;
mod invariants;
mod moves;
mod page;
mod recoveries;
mod refusals;
mod scenes;
mod threads;
mod witness;
