//! CloudFormation itself, or a server that imitates it: [`Backend`] over AWS's SDK.
//!
//! Invariant: [`Aws::connect`] has asked who is asking before anything else is asked, and an [`Aws`] whose credentials
//! are of another account than the environment's does not exist. The SDK retries nothing: the engine does, because it
//! knows what a repeated request may do. Here alone is an asynchronous runtime; it must not be entered from another.

mod answers;
mod changes;
mod doctor;
mod events;
mod failure;
mod lease;
mod lookup;
mod service;
mod session;
mod templates;
mod xml;

pub use doctor::RoleState;
pub use lookup::HostedZone;
pub use session::{AssumedRole, Options};

use crate::backend::{Failure, FailureClass, Identity};
use crate::clock::{Clock as _, SystemClock};
use aws_config::SdkConfig;
use aws_sdk_cloudformation::error::{ProvideErrorMetadata, SdkError};
use std::future::Future;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::runtime::Runtime;

/// CloudFormation of one account in one region, by AWS's SDK.
#[derive(Debug)]
pub struct Aws {
    runtime: Runtime,
    config: SdkConfig,
    identity: Identity,
    options: Options,
    cloudformation: OnceLock<aws_sdk_cloudformation::Client>,
    s3: OnceLock<aws_sdk_s3::Client>,
}

impl Aws {
    fn cloudformation(&self) -> &aws_sdk_cloudformation::Client {
        self.cloudformation.get_or_init(|| aws_sdk_cloudformation::Client::new(&self.config))
    }

    fn s3(&self) -> &aws_sdk_s3::Client {
        self.s3.get_or_init(|| {
            let config = aws_sdk_s3::config::Builder::from(&self.config)
                // A server at an endpoint of its own has no names for buckets.
                .force_path_style(self.options.endpoint.is_some());
            aws_sdk_s3::Client::from_conf(config.build())
        })
    }

    /// Sends a request, and waits for its answer.
    fn ask<O, E>(
        &self,
        operation: &str,
        sending: impl Future<Output = Result<O, SdkError<E>>>,
    ) -> Result<O, Failure>
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        self.runtime
            .block_on(sending)
            .map_err(|error| failure::failed(operation, &error, self.options.endpoint.as_deref()))
    }
}

/// How often something is asked that is no operation of a step, and how long is waited before the second time; twice as
/// long before each further one.
const TRIES: u32 = 5;
const WAIT: Duration = Duration::from_millis(500);

/// Asks until there is an answer, or a failure that is none of the passing ones.
fn again<T>(passing: &[FailureClass], ask: impl Fn() -> Result<T, Failure>) -> Result<T, Failure> {
    let mut wait = WAIT;
    for _ in 1..TRIES {
        match ask() {
            Err(failure) if passing.contains(&failure.class) => SystemClock.sleep(wait),
            answer => return answer,
        }
        wait = wait.saturating_mul(2);
    }
    ask()
}

#[cfg(test)]
mod tests;
