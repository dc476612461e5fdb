//! What an environment is deployed to: credentials, account, role, bucket, and the roles that its stacks are tied to.

use super::Finding;
use crate::args::AwsOptions;
use crate::deploying::backend::chain;
use serde_json::Value;
use solc_deploy::Backend as _;
use solc_deploy::aws::{Aws, Options, RoleState};
use solc_deploy::backend::{Failure, FailureClass, LARGEST_IN_REQUEST, Stack};
use solc_driver::{Disk, Request, compile};
use solc_source::Diagnostic;
use std::collections::BTreeMap;
use std::path::Path;

/// The name that the account's trail shows.
const SESSION: &str = "solc-doctor";

/// Where an environment goes.
struct Target {
    account: String,
    region: String,
    /// What the names of its stacks begin with.
    prefix: String,
    /// Templates that do not fit into a request.
    large: Vec<String>,
}

pub(super) fn look(path: &Path, environment: &str, given: &AwsOptions) -> Vec<Finding> {
    let target = match target(path, environment) {
        Ok(target) => target,
        Err(finding) => return vec![finding],
    };
    let chain = chain(given, &target.region, SESSION);
    let own = match Aws::connect(Options { role: None, ..chain.clone() }) {
        Ok(own) => own,
        Err(failure) => return vec![Finding::error("credentials", failure.to_string(), mend(&failure))],
    };
    let arn = &own.connected_as().arn;
    let mut findings = vec![Finding::ok("credentials", format!("they are of `{arn}`"))];
    let aws = match chain.role.clone() {
        None => own,
        Some(role) => match Aws::connect(chain) {
            Ok(aws) => {
                findings.push(Finding::ok("role", format!("`{}` may be assumed", role.arn)));
                aws
            }
            Err(failure) => {
                let help = format!(
                    "the role's trust policy must name `{arn}`, and that identity must be allowed `sts:AssumeRole`"
                );
                findings.push(Finding::error("role", failure.to_string(), help));
                return findings;
            }
        },
    };
    let account = &aws.connected_as().account;
    if *account == target.account {
        findings.push(Finding::ok(
            "account",
            format!("`{environment}` is in account {account}, and so are they"),
        ));
    } else {
        findings.push(Finding::error(
            "account",
            format!("`{environment}` is in account {}, and the credentials are of {account}", target.account),
            "name the profile or the role of that account with `--profile` or `--role`",
        ));
        return findings;
    }
    findings.push(bucket(&aws, &target, given));
    findings.extend(stacks(&aws, &target));
    findings
}

/// Builds the environment in memory, and reads where it goes from the manifest.
fn target(path: &Path, environment: &str) -> Result<Target, Finding> {
    let compilation = compile(&Disk, path, &Request::build(&[environment.to_owned()]));
    if compilation.diagnostics.iter().any(Diagnostic::is_error) {
        let help = format!("run `solc build --env {environment}`, which shows them");
        return Err(Finding::error("environment", format!("`{environment}` has errors"), help));
    }
    let built = compilation.built.iter().find(|built| built.name.as_str() == environment);
    let file = |name: &str| built?.files.iter().find(|file| file.name == name);
    let manifest: Option<Value> =
        file("manifest.json").and_then(|file| serde_json::from_str(&file.content).ok());
    let text = |pointer: &str| manifest.as_ref()?.pointer(pointer)?.as_str().map(str::to_owned);
    let (Some(built), Some(account), Some(region), Some(product)) =
        (built, text("/account/id"), text("/region"), text("/product"))
    else {
        let known: Vec<&str> = compilation.environments.iter().map(|name| name.as_str()).collect();
        let help = format!("name one of: {}", known.join(", "));
        return Err(Finding::error("environment", format!("there is no environment `{environment}`"), help));
    };
    let templates = built.files.iter().filter(|file| file.name.ends_with(".template.json"));
    let large = templates.filter(|file| file.content.len() > LARGEST_IN_REQUEST);
    Ok(Target {
        account,
        region,
        prefix: format!("{product}-{environment}-"),
        large: large.map(|file| file.name.clone()).collect(),
    })
}

fn bucket(aws: &Aws, target: &Target, given: &AwsOptions) -> Finding {
    const CHECK: &str = "bucket";
    match (&given.template_bucket, target.large.as_slice()) {
        (Some(bucket), _) => match aws.reach_bucket(bucket) {
            Ok(()) => Finding::ok(CHECK, format!("`{bucket}` can be reached, and is the account's own")),
            Err(failure) => Finding::error(
                CHECK,
                format!("`{bucket}` cannot be used: {failure}"),
                format!(
                    "name a bucket of account {} in {}, and see that the role may put and get `solc/templates/*` there",
                    target.account, target.region
                ),
            ),
        },
        (None, []) => Finding::ok(CHECK, "every template fits into a request: no bucket is needed"),
        (None, large) => Finding::warning(
            CHECK,
            format!("larger than a request may be: {}", large.join(", ")),
            "name the account's bucket for templates with `--template-bucket`",
        ),
    }
}

fn stacks(aws: &Aws, target: &Target) -> Vec<Finding> {
    const CHECK: &str = "stacks";
    let stacks = match aws.list_stacks(&target.prefix) {
        Ok(stacks) => stacks,
        Err(failure) => return vec![Finding::error(CHECK, failure.to_string(), mend(&failure))],
    };
    let mut by_role: BTreeMap<&str, Vec<&Stack>> = BTreeMap::new();
    for stack in &stacks {
        if let Some(role) = &stack.role {
            by_role.entry(role).or_default().push(stack);
        }
    }
    let mut findings =
        vec![Finding::ok(CHECK, format!("{} of `{}*` are there", stacks.len(), target.prefix))];
    for (role, stacks) in by_role {
        let names: Vec<&str> = stacks.iter().map(|stack| stack.name.as_str()).collect();
        let names = names.join(", ");
        match aws.role_state(role) {
            RoleState::There => {}
            RoleState::Missing => findings.push(Finding::error(
                CHECK,
                format!("{names}: tied to the role `{role}`, which is gone; they can be neither changed nor deleted"),
                "make that role again, or tie them to another: `aws cloudformation update-stack --stack-name STACK \
                 --use-previous-template --role-arn ARN`",
            )),
            RoleState::Elsewhere => findings.push(Finding::warning(
                CHECK,
                format!("{names}: tied to the role `{role}` of another account"),
                "see there that the role exists",
            )),
            RoleState::Unknown(failure) => findings.push(Finding::warning(
                CHECK,
                format!("{names}: whether the role `{role}` exists is not known: {failure}"),
                "allow `iam:GetRole`, or ask somebody who may",
            )),
        }
    }
    findings
}

/// What to do about a request that failed.
pub(in crate::command) fn mend(failure: &Failure) -> &'static str {
    match failure.class {
        FailureClass::ExpiredCredentials => "get new credentials, such as by `aws sso login`, and ask again",
        FailureClass::Denied => "see `--profile` and `--role`, and what the identity may do",
        FailureClass::Transient | FailureClass::Throttled => {
            "see that the endpoint can be reached from here, and ask again"
        }
        FailureClass::Unsupported => {
            "the server at `--endpoint` does not know the operation: use another one"
        }
        FailureClass::Busy
        | FailureClass::Gone
        | FailureClass::AlreadyDone
        | FailureClass::MissingCapability
        | FailureClass::Limit
        | FailureClass::RoleGone
        | FailureClass::Invalid => "see what the service says",
    }
}
