//! From the SDK's errors to [`Failure`].
//!
//! Invariant: what the service said is kept in its words, but for what it may repeat of the request's headers, where the
//! session's token is. What became of a request that was not answered is not known, and so it is `Transient`.

use crate::backend::{Failure, FailureClass};
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_cloudformation::error::{ConnectorError, ProvideErrorMetadata, SdkError};
use std::error::Error;

/// A failed request. `endpoint` is where another server than AWS was asked.
pub(super) fn failed<E>(operation: &str, error: &SdkError<E>, endpoint: Option<&str>) -> Failure
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    match error {
        SdkError::ServiceError(answer) => {
            let status = answer.raw().status().as_u16();
            match (answer.err().code(), endpoint) {
                (Some(code), _) => {
                    let message = answer.err().message().unwrap_or("the service gave no reason");
                    Failure::answered(operation, status, code, &without_headers(message))
                }
                (None, _) if status < 400 => unanswered(operation, "UnreadableAnswer", error, endpoint),
                (None, Some(endpoint)) => unknown_there(operation, status, endpoint),
                // S3 answers requests for headers without a body.
                (None, None) => Failure::answered(
                    operation,
                    status,
                    &format!("HTTP {status}"),
                    "the service gave no reason",
                ),
            }
        }
        SdkError::TimeoutError(_) => unanswered(operation, "Timeout", error, endpoint),
        SdkError::ResponseError(answer) => {
            let status = answer.raw().status().as_u16();
            match endpoint {
                Some(endpoint) if status >= 400 => unknown_there(operation, status, endpoint),
                _ => unanswered(operation, "UnreadableAnswer", error, endpoint),
            }
        }
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            unanswered(operation, "Timeout", error, endpoint)
        }
        SdkError::DispatchFailure(_) => no_credentials(operation, error)
            .unwrap_or_else(|| unanswered(operation, "Unreachable", error, endpoint)),
        SdkError::ConstructionFailure(_) => no_credentials(operation, error).unwrap_or_else(|| Failure {
            class: FailureClass::Invalid,
            operation: operation.to_owned(),
            code: "InvalidRequest".to_owned(),
            message: chain(error),
        }),
        // The SDK may come to know more kinds.
        _ => unanswered(operation, "Unknown", error, endpoint),
    }
}

/// A server other than AWS answered with an error that is none of AWS's: so do imitations where they lack something.
fn unknown_there(operation: &str, status: u16, endpoint: &str) -> Failure {
    Failure {
        class: FailureClass::Unsupported,
        operation: operation.to_owned(),
        code: format!("HTTP {status}"),
        message: format!(
            "the server at {endpoint} answers `{operation}` with {status} and without an error of AWS's: it does not \
             seem to know this operation"
        ),
    }
}

fn unanswered(operation: &str, what: &str, error: &(dyn Error + 'static), endpoint: Option<&str>) -> Failure {
    let place = endpoint.map(|endpoint| format!(" at {endpoint}")).unwrap_or_default();
    Failure::unanswered(operation, what, &format!("no answer from the service{place}: {}", chain(error)))
}

/// Whether the request was never sent, for want of credentials.
fn no_credentials(operation: &str, error: &(dyn Error + 'static)) -> Option<Failure> {
    let all: Vec<&(dyn Error + 'static)> = causes(error).collect();
    let credentials = all.iter().position(|cause| cause.is::<CredentialsError>())?;
    let within = all.get(credentials..).unwrap_or_default();
    let reason = within.first().map(|cause| chain(*cause)).unwrap_or_default();
    let says = |text: &str| reason.contains(text);
    let lost = |cause: &&(dyn Error + 'static)| {
        cause.downcast_ref::<ConnectorError>().is_some_and(|error| error.is_io() || error.is_timeout())
    };
    let timed_out = within
        .iter()
        .any(|cause| matches!(cause.downcast_ref(), Some(CredentialsError::ProviderTimedOut(_))));
    let class = if timed_out || within.iter().any(lost) {
        FailureClass::Transient
    } else if says("xpired") || says("InvalidClientTokenId") || says("UnrecognizedClient") {
        FailureClass::ExpiredCredentials
    } else {
        FailureClass::Denied
    };
    Some(Failure {
        class,
        operation: operation.to_owned(),
        code: "NoCredentials".to_owned(),
        message: format!("there are no credentials to ask with: {}", without_headers(&reason)),
    })
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| (*error).source())
}

/// An error and what caused it, each said once.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    for cause in causes(error) {
        let said = cause.to_string();
        if text.contains(&said) {
            continue;
        }
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&said);
    }
    without_headers(&text)
}

/// A refused signature is explained by the request's headers, the session's token among them.
fn without_headers(message: &str) -> String {
    const REPEATED: &[&str] = &["The Canonical String", "The String-to-Sign", "x-amz-security-token"];
    let end = REPEATED.iter().filter_map(|text| message.find(text)).min();
    match end.and_then(|end| message.get(..end)) {
        Some(kept) => format!("{} (the service repeats the request here; left out)", kept.trim_end()),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests;
