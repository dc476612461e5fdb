//! From templates to running stacks: the plan, its gates, the deployment that follows it, and what it runs on.
//!
//! Invariant: nothing changes a stack but through a [`Backend`], after an intent with its token is on the disk; and
//! time comes from a [`Clock`], so that a test may turn it by hand.

#[cfg(feature = "aws")]
pub mod aws;
pub mod backend;
pub mod clock;
pub mod codes;
pub mod engine;
pub mod id;
pub mod journal;
pub mod lease;
pub mod local;
pub mod plan;
pub mod probe;
pub mod refresh;
pub mod rehearse;
pub mod release;
pub mod report;

pub use backend::Backend;
pub use clock::{Clock, Timestamp};
pub use local::Local;
pub use plan::Plan;
pub use release::Release;
