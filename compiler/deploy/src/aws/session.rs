//! Who is asking: one chain of credentials, a role for the account, and the proof that it is the right account.
//!
//! Invariant: credentials of another account than was expected are refused before anything else is asked, since what
//! they would change is somebody else's.

use super::{Aws, failure};
use crate::backend::{Failure, FailureClass, Identity};
use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use std::sync::OnceLock;
use std::time::Duration;

/// How long the way to the service may take.
const CONNECT: Duration = Duration::from_secs(5);

/// How long an answer may take.
const ATTEMPT: Duration = Duration::from_secs(60);

/// How long before they expire credentials are got anew: a request that is on its way then still holds.
const BEFORE_EXPIRY: Duration = Duration::from_secs(300);

/// The operation that says who is asking.
const WHO: &str = "GetCallerIdentity";

/// What to connect to, and as whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The region.
    pub region: String,
    /// The number of the account that is meant; where it is left out, any will do.
    pub account: Option<String>,
    /// The role to assume, with whatever the chain of credentials found.
    pub role: Option<AssumedRole>,
    /// The profile of the shared configuration files, instead of the one that the environment names.
    pub profile: Option<String>,
    /// Another server than AWS, for all services.
    pub endpoint: Option<String>,
    /// The bucket that templates are put into; it is the account's own.
    pub template_bucket: Option<String>,
}

/// A role to assume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumedRole {
    /// Its ARN.
    pub arn: String,
    /// The name of the session, which the account's trail shows.
    pub session: String,
}

impl Aws {
    /// Gets credentials, asks whose they are, and refuses those of another account.
    ///
    /// # Errors
    /// Where there are no credentials, the role may not be assumed, the service cannot be reached, or the account is
    /// another one.
    pub fn connect(options: Options) -> Result<Self, Failure> {
        Self::connect_by(options, aws_config::defaults(BehaviorVersion::latest()))
    }

    /// The same, by a chain of credentials that a test may replace.
    pub(super) fn connect_by(options: Options, loader: ConfigLoader) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::unanswered(WHO, "Runtime", &error.to_string()))?;
        let (config, answer) = runtime.block_on(async {
            let config = load(&options, loader).await;
            let answer = aws_sdk_sts::Client::new(&config).get_caller_identity().send().await;
            (config, answer)
        });
        let answer = answer.map_err(|error| failure::failed(WHO, &error, options.endpoint.as_deref()))?;
        let identity = Identity {
            account: answer.account().unwrap_or_default().to_owned(),
            arn: answer.arn().unwrap_or_default().to_owned(),
            region: options.region.clone(),
        };
        expect_account(&identity, &options)?;
        Ok(Self { runtime, config, identity, options, cloudformation: OnceLock::new(), s3: OnceLock::new() })
    }

    /// Who it acts as, as it was when it connected.
    #[must_use]
    pub fn connected_as(&self) -> &Identity {
        &self.identity
    }

    /// Asks again who is asking: the credentials may have been changed meanwhile.
    pub(super) fn ask_identity(&self) -> Result<Identity, Failure> {
        let answer = self.ask(WHO, aws_sdk_sts::Client::new(&self.config).get_caller_identity().send())?;
        let identity = Identity {
            account: answer.account().unwrap_or_default().to_owned(),
            arn: answer.arn().unwrap_or_default().to_owned(),
            region: self.options.region.clone(),
        };
        expect_account(&identity, &self.options)?;
        Ok(identity)
    }
}

/// The configuration of all clients.
async fn load(options: &Options, loader: ConfigLoader) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(ATTEMPT)
        .build();
    let mut loader = loader
        .region(Region::new(options.region.clone()))
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts)
        .identity_cache(IdentityCache::lazy().buffer_time(BEFORE_EXPIRY).build());
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(endpoint) = &options.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    let config = loader.load().await;
    let Some(role) = &options.role else { return config };
    let provider = AssumeRoleProvider::builder(&role.arn)
        .session_name(&role.session)
        .region(Region::new(options.region.clone()))
        .configure(&config)
        .build()
        .await;
    config.into_builder().credentials_provider(SharedCredentialsProvider::new(provider)).build()
}

fn expect_account(identity: &Identity, options: &Options) -> Result<(), Failure> {
    let Some(expected) = options.account.as_deref().filter(|expected| *expected != identity.account) else {
        return Ok(());
    };
    Err(Failure {
        class: FailureClass::Denied,
        operation: WHO.to_owned(),
        code: "WrongAccount".to_owned(),
        message: format!(
            "the credentials are of account {}, as `{}`; what is to be deployed belongs to account {expected}. Nothing \
             was changed. Name the profile or the role of that account with `--profile` or `--role`",
            identity.account, identity.arn
        ),
    })
}
