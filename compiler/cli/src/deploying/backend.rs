//! What stacks run on: the embedded CloudFormation, or AWS with the credentials of the environment's account.
//!
//! Invariant: an option that has no meaning for a backend is refused, and never left out of account.

use super::Place;
use crate::args::{AwsOptions, Backend, Target};
use crate::output::{Exit, Output};
use solc_deploy::Local;
use solc_deploy::clock::SystemClock;
use solc_deploy::local::Options;
use std::sync::Arc;

impl Place {
    /// The service that an account's stacks run on.
    pub(crate) fn backend(
        &self,
        target: &Target,
        account: &str,
        region: &str,
        output: &Output,
    ) -> Result<Box<dyn solc_deploy::Backend>, Exit> {
        match target.backend {
            Backend::Local if target.aws != AwsOptions::default() => {
                output.say(&format!("error: `--backend local` has no use for{}", target.aws.again()));
                output.say("help: leave that out, or deploy with `--backend aws`");
                Err(Exit::Usage)
            }
            Backend::Local => self.local(account, region, output),
            Backend::Aws => connect(&target.aws, account, region, output),
        }
    }

    fn local(
        &self,
        account: &str,
        region: &str,
        output: &Output,
    ) -> Result<Box<dyn solc_deploy::Backend>, Exit> {
        let options =
            Options { account: account.to_owned(), region: region.to_owned(), ..Options::default() };
        let path = self.folder.join("local.db");
        let opened = std::fs::create_dir_all(&self.folder)
            .map_err(|error| error.to_string())
            .and_then(|()| Local::open(&path, Arc::new(SystemClock), options).map_err(|e| e.to_string()));
        match opened {
            Ok(local) => Ok(Box::new(local)),
            Err(error) => {
                output.say(&format!("error: cannot open `{}`: {error}", path.display()));
                output.say("help: if it is damaged, delete it: what was deployed on this machine is lost, and nothing else");
                Err(Exit::Usage)
            }
        }
    }
}

/// How AWS is reached as the options say; `session` is the name that the account's trail shows for an assumed role.
#[cfg(feature = "aws")]
pub(crate) fn chain(given: &AwsOptions, region: &str, session: &str) -> solc_deploy::aws::Options {
    let role = given.role.as_ref();
    solc_deploy::aws::Options {
        region: region.to_owned(),
        account: None,
        role: role.map(|arn| solc_deploy::aws::AssumedRole { arn: arn.clone(), session: session.to_owned() }),
        profile: given.profile.clone(),
        endpoint: given.endpoint.clone(),
        template_bucket: given.template_bucket.clone(),
    }
}

#[cfg(feature = "aws")]
fn connect(
    given: &AwsOptions,
    account: &str,
    region: &str,
    output: &Output,
) -> Result<Box<dyn solc_deploy::Backend>, Exit> {
    use solc_deploy::aws::{Aws, Options};
    let options = Options { account: Some(account.to_owned()), ..chain(given, region, "solc") };
    match Aws::connect(options) {
        Ok(aws) => Ok(Box::new(aws)),
        Err(failure) => {
            output.say(&format!("error: {failure}"));
            output.say("help: `solc doctor --env ENVIRONMENT --backend aws` looks at what this takes");
            Err(Exit::Usage)
        }
    }
}

#[cfg(not(feature = "aws"))]
fn connect(_: &AwsOptions, _: &str, _: &str, output: &Output) -> Result<Box<dyn solc_deploy::Backend>, Exit> {
    output.say("error: this solc was built without AWS");
    output.say("help: use one that was built with its default features");
    Err(Exit::Usage)
}
