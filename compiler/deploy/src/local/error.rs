//! Why a call is not done: the service refuses in AWS's words, or the database fails.
//!
//! Invariant: a refusal leaves the world as it was.

use super::store::StoreError;
use crate::backend::{Failure, FailureClass};

/// A result of the embedded service.
pub(super) type Answer<T> = Result<T, Error>;

/// Why a call is not done.
#[derive(Debug)]
pub(super) enum Error {
    /// The service says no.
    Refused { status: u16, code: String, message: String },
    /// The database fails.
    Store(StoreError),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// `ValidationError`, as the service calls most of its refusals.
pub(super) fn invalid(message: impl Into<String>) -> Error {
    refused("ValidationError", message)
}

/// A refusal with a code of its own.
pub(super) fn refused(code: &str, message: impl Into<String>) -> Error {
    Error::Refused { status: 400, code: code.to_owned(), message: message.into() }
}

impl Error {
    pub(super) fn into_failure(self, operation: &str) -> Failure {
        match self {
            Self::Refused { status, code, message } => Failure::answered(operation, status, &code, &message),
            Self::Store(StoreError(message)) => Failure {
                class: FailureClass::Invalid,
                operation: operation.to_owned(),
                code: "LocalDatabase".to_owned(),
                message: format!("{message}; the embedded CloudFormation keeps its state there"),
            },
        }
    }
}
