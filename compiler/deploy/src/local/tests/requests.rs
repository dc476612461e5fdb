//! Requests: tokens, limits, and what befalls them on their way.

use super::{How, cloud, pair, says, template, with};
use crate::backend::{
    Backend as _, ChangeSetType, CreateChangeSet, FailureClass, StackStatus, TemplateSource,
};
use crate::local::{Injected, Injection, Options, RepeatedToken};
use serde_json::json;
use std::time::Duration;

fn asking(token: &str) -> CreateChangeSet {
    CreateChangeSet {
        token: token.to_owned(),
        ..super::request("s", "c", ChangeSetType::Create, &template(pair(1)))
    }
}

#[test]
fn the_same_token_is_the_same_request() {
    for repeated_token in [RepeatedToken::SameAnswer, RepeatedToken::AlreadyExists] {
        let cloud = with(Options { repeated_token, ..Options::default() });
        let ids = cloud.local.create_change_set(&asking("t")).expect("asked");
        let again = cloud.local.create_change_set(&asking("t"));
        match repeated_token {
            RepeatedToken::SameAnswer => assert_eq!(again.expect("answered"), ids),
            RepeatedToken::AlreadyExists => says(again, "AlreadyExistsException", "already requested"),
        }
        assert_eq!(cloud.local.list_change_sets("s").expect("read").len(), 1);
        let other = CreateChangeSet { description: "new".to_owned(), ..asking("t") };
        says(
            cloud.local.create_change_set(&other),
            "AlreadyExistsException",
            "ChangeSet c cannot be created due to a mismatch with existing attribute description",
        );
        cloud.wait(20);
        let set = cloud.local.describe_change_set("s", "c", false).expect("read");
        let execute = crate::backend::ExecuteChangeSet {
            stack: set.stack.clone(),
            change_set: set.id.clone(),
            token: "t".to_owned(),
            disable_rollback: false,
            retain_except_on_create: false,
        };
        says(cloud.local.execute_change_set(&execute), "TokenAlreadyExistsException", "already used");
    }
}

#[test]
fn a_lost_answer_is_done_once() {
    let cloud = cloud();
    let lost = |operation: &str| {
        let injected =
            Injected { operation: operation.to_owned(), skip: 0, times: 1, what: Injection::LostResponse };
        cloud.local.inject(&injected).expect("kept");
    };
    lost("CreateChangeSet");
    let failure = cloud.local.create_change_set(&asking("t")).expect_err("lost");
    assert_eq!(failure.class, FailureClass::Transient);
    let ids = cloud.local.create_change_set(&asking("t")).expect("answered");
    cloud.wait(20);
    let set = cloud.local.describe_change_set(&ids.stack, &ids.change_set, false).expect("read");
    lost("ExecuteChangeSet");
    assert!(cloud.execute(&set, &How::default()).is_err());
    cloud.execute(&set, &How::default()).expect("the same token, at the same time");
    assert_eq!(cloud.settle("s").status, StackStatus::CreateComplete);
    let starts = cloud.story("s").into_iter().filter(|line| line == "s CREATE_IN_PROGRESS").count();
    assert_eq!(starts, 1);
}

#[test]
fn what_befalls_requests_has_its_class() {
    for (what, class) in [
        (Injection::Throttle, FailureClass::Throttled),
        (Injection::ServerError, FailureClass::Transient),
        (Injection::Unreachable, FailureClass::Transient),
        (Injection::ExpiredCredentials, FailureClass::ExpiredCredentials),
    ] {
        let cloud = cloud();
        cloud.local.inject(&Injected { operation: "*".to_owned(), skip: 1, times: 2, what }).expect("kept");
        cloud.local.identity().expect("the first passes");
        for _ in 0..2 {
            assert_eq!(cloud.local.create_change_set(&asking("t")).expect_err("befallen").class, class);
        }
        assert_eq!(cloud.local.describe_stack("s").expect("read"), None, "nothing was done: {what:?}");
    }
}

#[test]
fn too_many_requests_in_a_second_are_throttled() {
    let cloud = with(Options { rate: Some(3), ..Options::default() });
    let ask = || cloud.local.identity().map_err(|failure| failure.class);
    assert!((0..3).all(|_| ask().is_ok()));
    assert_eq!(ask(), Err(FailureClass::Throttled));
    cloud.wait(1_000);
    assert!(ask().is_ok());
}

#[test]
fn reads_that_are_behind_see_an_earlier_state() {
    let cloud = with(Options { read_lag: Duration::from_secs(5), ..Options::default() });
    cloud.local.create_change_set(&asking("t")).expect("asked");
    assert_eq!(cloud.local.describe_stack("s").expect("read"), None, "it is not seen yet");
    cloud.wait(5_100);
    let set = cloud.local.describe_change_set("s", "c", false).expect("read");
    cloud.execute(&set, &How::default()).expect("executed");
    cloud.wait(1_000);
    assert_eq!(cloud.stack("s").status, StackStatus::ReviewInProgress, "a stale read");
    assert_eq!(cloud.story("s"), ["s REVIEW_IN_PROGRESS"]);
    cloud.wait(4_010);
    assert_eq!(cloud.stack("s").status, StackStatus::CreateInProgress);
    cloud.wait(5_000);
    assert_eq!(cloud.stack("s").status, StackStatus::CreateComplete);
}

#[test]
fn templates_come_in_the_request_or_from_the_bucket() {
    let cloud = cloud();
    let large = json!({"Description": "x".repeat(60_000), "Resources": pair(1)}).to_string();
    let body = super::request("s", "c", ChangeSetType::Create, &large);
    says(cloud.local.create_change_set(&body), "ValidationError", "51200");
    let url = cloud.local.put_template(&large).expect("put");
    assert_eq!(cloud.local.put_template(&large).expect("put again"), url);
    let by_url = CreateChangeSet { template: TemplateSource::Url(url), ..body.clone() };
    cloud.local.create_change_set(&by_url).expect("asked");
    let missing = TemplateSource::Url("https://bucket.s3.amazonaws.com/none".to_owned());
    says(
        cloud.local.create_change_set(&CreateChangeSet { template: missing, ..body }),
        "ValidationError",
        "specified key does not exist",
    );
    says(cloud.local.put_template(&"x".repeat(1_000_001)), "EntityTooLarge", "1000000");
}

#[test]
fn requests_are_checked_before_anything_is_done() {
    let cloud = cloud();
    let role = json!({"R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}}});
    let named = json!({"R": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r", "AssumeRolePolicyDocument": {}}}});
    let declared = json!({"Parameters": {"P": {"Type": "String"}}, "Resources": pair(1)}).to_string();
    let given = |name: &str| CreateChangeSet {
        parameters: [(name.to_owned(), "v".to_owned())].into(),
        ..super::request("s", "c", ChangeSetType::Create, &declared)
    };
    let capable = |resources: serde_json::Value, capabilities: &[&str]| CreateChangeSet {
        capabilities: capabilities.iter().map(|name| (*name).to_owned()).collect(),
        ..super::request("s", "c", ChangeSetType::Create, &template(resources))
    };
    let name = CreateChangeSet { name: "1".to_owned(), ..asking("") };
    let cases = [
        (capable(role.clone(), &[]), "InsufficientCapabilitiesException", "[CAPABILITY_IAM]"),
        (capable(named, &["CAPABILITY_IAM"]), "InsufficientCapabilitiesException", "[CAPABILITY_NAMED_IAM]"),
        (
            super::request("s", "c", ChangeSetType::Create, &declared),
            "ValidationError",
            "Parameters: [P] must have values",
        ),
        (
            CreateChangeSet {
                parameters: [("P".to_owned(), String::new()), ("Q".to_owned(), String::new())].into(),
                ..given("P")
            },
            "ValidationError",
            "Parameters: [Q] do not exist in the template",
        ),
        (name, "ValidationError", "'changeSetName'"),
    ];
    for (request, code, text) in cases {
        says(cloud.local.create_change_set(&request), code, text);
    }
    cloud.local.create_change_set(&capable(role, &["CAPABILITY_IAM"])).expect("enough");
}
