//! Why an operation of the service did not do what was asked.
//!
//! Source of the codes and of what to do about each: CloudFormation's API model and what its users met; the book's
//! page on deploying has the table.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What kind of failure it is, which decides what is done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureClass {
    /// Too many requests: wait, and ask less often.
    Throttled,
    /// The service or the way to it failed: ask again. Whether the request was accepted is not known.
    Transient,
    /// The credentials do not hold any longer: get new ones once, never ask blindly again.
    ExpiredCredentials,
    /// Another operation runs on the stack.
    Busy,
    /// The stack or the change set is not there.
    Gone,
    /// What was asked for was done already, with the same token.
    AlreadyDone,
    /// A capability is missing: the compiler derived too few.
    MissingCapability,
    /// A limit of the account.
    Limit,
    /// The caller may not do this.
    Denied,
    /// The role of the stack is gone, or may not be assumed.
    RoleGone,
    /// The server does not know the operation, as one that imitates the service may not.
    Unsupported,
    /// The request or the template is wrong.
    Invalid,
}

/// A failed operation, in the service's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What kind.
    pub class: FailureClass,
    /// The operation, such as `CreateChangeSet`.
    pub operation: String,
    /// The service's code, such as `ValidationError`; for a failure on the way there, what failed.
    pub code: String,
    /// The service's message.
    pub message: String,
}

impl Failure {
    /// From what the service answered.
    #[must_use]
    pub fn answered(operation: &str, status: u16, code: &str, message: &str) -> Self {
        Self {
            class: classify(status, code, message),
            operation: operation.to_owned(),
            code: code.to_owned(),
            message: message.to_owned(),
        }
    }

    /// No answer came, or none that can be read.
    #[must_use]
    pub fn unanswered(operation: &str, what: &str, message: &str) -> Self {
        Self {
            class: FailureClass::Transient,
            operation: operation.to_owned(),
            code: what.to_owned(),
            message: message.to_owned(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}: {}", self.operation, self.code, self.message)
    }
}

impl std::error::Error for Failure {}

/// The class of an answer, from its HTTP status, its code and its message.
fn classify(status: u16, code: &str, message: &str) -> FailureClass {
    let says = |text: &str| message.contains(text);
    match code {
        "Throttling"
        | "ThrottlingException"
        | "RequestLimitExceeded"
        | "TooManyRequestsException"
        | "SlowDown" => FailureClass::Throttled,
        "InternalFailure" | "InternalError" | "ServiceUnavailable" | "RequestTimeout" => {
            FailureClass::Transient
        }
        "ExpiredToken"
        | "ExpiredTokenException"
        | "RequestExpired"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch" => FailureClass::ExpiredCredentials,
        "OperationInProgressException" | "OperationInProgress" => FailureClass::Busy,
        "InvalidChangeSetStatus" | "InvalidChangeSetStatusException" if says("IN_PROGRESS") => {
            FailureClass::Busy
        }
        "ChangeSetNotFound"
        | "ChangeSetNotFoundException"
        | "StackNotFoundException"
        | "StackRefactorNotFoundException" => FailureClass::Gone,
        "AlreadyExistsException" | "TokenAlreadyExistsException" => FailureClass::AlreadyDone,
        "InsufficientCapabilitiesException" | "InsufficientCapabilities" => FailureClass::MissingCapability,
        "LimitExceededException" | "LimitExceeded" => FailureClass::Limit,
        "InvalidAction" | "UnknownOperationException" | "NotImplemented" => FailureClass::Unsupported,
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => FailureClass::Denied,
        _ if says("Rate exceeded") || status == 429 || status == 503 => FailureClass::Throttled,
        _ if status == 501 => FailureClass::Unsupported,
        _ if status >= 500 => FailureClass::Transient,
        _ if says("does not exist") => FailureClass::Gone,
        _ if says("_IN_PROGRESS state and can not be") || says("_IN_PROGRESS state and cannot be") => {
            FailureClass::Busy
        }
        _ if says("is invalid or cannot be assumed") => FailureClass::RoleGone,
        _ if says("not authorized to perform") => FailureClass::Denied,
        _ => FailureClass::Invalid,
    }
}

#[cfg(test)]
mod tests;
