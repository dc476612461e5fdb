//! The codes of what can go wrong while deploying.

use solc_source::Code;

/// A stack could not be made, changed or deleted; what was done to it was undone.
pub const STACK_FAILED: Code = Code("stack-failed");
/// Something that holds data, or widens access, was not acknowledged.
pub const NOT_ACKNOWLEDGED: Code = Code("not-acknowledged");
/// Somebody else is at work on a stack or an environment.
pub const STACK_BUSY: Code = Code("stack-busy");
/// A stack is in a state that only a recovery ends.
pub const STACK_STUCK: Code = Code("stack-stuck");
/// A deployment ended before its stacks did.
pub const DEPLOY_SUSPENDED: Code = Code("deploy-suspended");
/// The journal of a deployment cannot be read.
pub const DAMAGED_JOURNAL: Code = Code("damaged-journal");

/// All of them.
pub const ALL: &[Code] =
    &[DAMAGED_JOURNAL, DEPLOY_SUSPENDED, NOT_ACKNOWLEDGED, STACK_BUSY, STACK_FAILED, STACK_STUCK];
