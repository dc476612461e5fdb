#![expect(clippy::needless_pass_by_value, reason = "`json!` reads best where it is handed over")]

use super::super::Plan;
use super::super::fixture::{one, plan, recorded, release, stack};
use super::{Gate, GateKind, View, changes_of, of_change_set, unacknowledged};
use crate::backend::{
    Action, ChangeDetail, ChangeSet, ChangeSetStatus, ExecutionStatus, Replacement, ResourceChange as Said,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[track_caller]
fn check(old: Value, new: Value, expect: &[(GateKind, &str, &str)]) {
    let plan = one(old, new);
    let found: Vec<_> =
        plan.gates.iter().map(|g| (g.kind, g.acknowledgement.as_str(), g.why.join("; "))).collect();
    assert_eq!(found.len(), expect.len(), "{found:#?}");
    for ((kind, text, why), (expected, named, part)) in found.iter().zip(expect) {
        assert_eq!((kind, text), (expected, named));
        assert!(why.contains(part), "{why} has no `{part}`");
    }
}

fn database(properties: Value) -> Value {
    json!({ "Db": { "Type": "AWS::RDS::DBInstance", "Properties": properties, "UpdateReplacePolicy": "Snapshot",
        "DeletionPolicy": "Snapshot" } })
}

fn with(resource: Value) -> Value {
    json!({ "X": resource })
}

fn bystander() -> Value {
    json!({ "T": { "Type": "AWS::SNS::Topic" } })
}

#[test]
fn replacing_what_holds_data_says_what_is_left_of_it() {
    let why = "`KmsKeyId` cannot change in place; the old one is deleted after a last snapshot";
    let (old, new) = (database(json!({ "KmsKeyId": "a" })), database(json!({ "KmsKeyId": "b" })));
    check(old, new, &[(GateKind::StatefulReplacement, "replace shop.db", why)]);
    let queue = |name: &str| with(json!({ "Type": "AWS::SQS::Queue", "Properties": { "QueueName": name } }));
    check(queue("a"), queue("b"), &[(GateKind::StatefulReplacement, "replace shop.x", "nothing is kept")]);
}

#[test]
fn a_replacement_that_may_be_is_a_gate_too() {
    let (old, new) = (database(json!({ "Engine": "a" })), database(json!({ "Engine": "b" })));
    check(old, new, &[(GateKind::StatefulReplacement, "replace shop.db", "may be replaced")]);
}

#[test]
fn deleting_what_holds_data_says_what_is_left_of_it() {
    let bucket = |policy: Value| json!({ "X": { "Type": "AWS::S3::Bucket", "DeletionPolicy": policy }, "T": { "Type": "AWS::SNS::Topic" } });
    for (policy, left) in
        [(json!("RetainExceptOnCreate"), "it stays in the account"), (json!("Delete"), "nothing is kept")]
    {
        check(bucket(policy), bystander(), &[(GateKind::StatefulDeletion, "delete a/X", left)]);
    }
    let protected = database(json!({ "DeletionProtection": true }));
    check(protected, bystander(), &[(GateKind::StatefulDeletion, "delete a/Db", "the service refuses")]);
}

#[test]
fn a_new_name_without_moved_from_is_told() {
    let queue = |id: &str| {
        let tags = json!([{ "Key": "component", "Value": id.to_lowercase() }, { "Key": "solution", "Value": "shop" }]);
        json!({ id: { "Type": "AWS::SQS::Queue", "Properties": { "DelaySeconds": 7, "Tags": tags } } })
    };
    let gates = one(queue("Old"), queue("New")).gates;
    assert_eq!(gates[0].acknowledgement, "delete shop.old");
    assert_eq!(
        gates[0].help.as_deref(),
        Some("if `shop.new` is what `shop.old` was, write `moved from \"old\"` in it, and nothing is lost")
    );
}

#[test]
fn data_that_is_kept_less_well_is_told() {
    let (old, new) = (
        database(json!({ "DeletionProtection": true, "MultiAZ": true })),
        database(json!({ "DeletionProtection": false, "MultiAZ": true })),
    );
    check(
        old.clone(),
        new.clone(),
        &[(GateKind::ProtectionLowered, "unprotect shop.db", "no protection against")],
    );
    check(new, old, &[]);
    let logs =
        |days: u32| with(json!({ "Type": "AWS::Logs::LogGroup", "Properties": { "RetentionInDays": days } }));
    check(
        logs(30),
        logs(7),
        &[(GateKind::ProtectionLowered, "unprotect shop.x", "7 days of logs, and not 30")],
    );
    check(logs(7), logs(30), &[]);
}

#[test]
fn deleting_a_protected_stack_is_a_gate() {
    let mut gone = stack("b", bystander(), json!({}), &[]);
    gone.termination_protection = true;
    let kept = || stack("a", bystander(), json!({}), &[]);
    let gates = plan(&release(vec![kept(), gone]), &release(vec![kept()])).gates;
    assert_eq!((gates[0].kind, gates[0].acknowledgement.as_str()), (GateKind::StackDeletion, "delete b"));
}

fn role_with(policies: &[(&str, Value)]) -> Value {
    let mut resources = json!({ "Role": { "Type": "AWS::IAM::Role", "Properties": {} } });
    for (name, statement) in policies {
        resources[name] = json!({ "Type": "AWS::IAM::RolePolicy", "Properties": { "PolicyName": name,
            "RoleName": { "Ref": "Role" }, "PolicyDocument": { "Statement": [statement] } } });
    }
    resources
}

fn may(action: Value) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": { "Fn::GetAtt": ["Role", "Arn"] } })
}

#[test]
fn a_role_that_may_do_more_is_told_and_one_that_may_do_less_is_not() {
    let (less, more) = (may(json!("s3:GetObject")), may(json!(["s3:GetObject", "s3:PutObject"])));
    let why = "`Role` may `s3:PutObject` on `Role.Arn`";
    let old = role_with(&[("A", less.clone())]);
    check(old, role_with(&[("A", more.clone())]), &[(GateKind::AccessWidening, "widen shop.a", why)]);
    check(role_with(&[("A", more)]), role_with(&[("A", less)]), &[]);
}

#[test]
fn a_policy_by_another_name_widens_nothing() {
    let both = may(json!(["s3:GetObject", "s3:PutObject"]));
    let cut = [("B", may(json!("s3:GetObject"))), ("C", may(json!("s3:PutObject")))];
    check(role_with(&[("A", both)]), role_with(&cut), &[]);
}

#[test]
fn a_boundary_that_is_gone_and_a_managed_policy_that_comes_are_told() {
    let role = |properties: Value| with(json!({ "Type": "AWS::IAM::Role", "Properties": properties }));
    let (bound, free) = (role(json!({ "PermissionsBoundary": "arn:b" })), role(json!({})));
    check(bound.clone(), free.clone(), &[(GateKind::AccessWidening, "widen shop.x", "permissions boundary")]);
    check(free.clone(), bound, &[]);
    let managed = role(json!({ "ManagedPolicyArns": ["arn:m"] }));
    check(free, managed, &[(GateKind::AccessWidening, "widen shop.x", "managed policy `arn:m`")]);
}

#[test]
fn a_trust_and_a_denial_are_access_too() {
    let trust = |who: &str| {
        let statement =
            json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": who } });
        with(
            json!({ "Type": "AWS::IAM::Role", "Properties": { "AssumeRolePolicyDocument": { "Statement": [statement] } } }),
        )
    };
    let why = "`lambda.amazonaws.com` may become `X`";
    let new = trust("lambda.amazonaws.com");
    check(trust("ecs.amazonaws.com"), new, &[(GateKind::AccessWidening, "widen shop.x", why)]);
    let bucket = |statements: Value| {
        json!({ "B": { "Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain" },
            "X": { "Type": "AWS::S3::BucketPolicy", "Properties": { "Bucket": { "Ref": "B" },
                "PolicyDocument": { "Statement": statements } } } })
    };
    let deny = json!([{ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*" }]);
    let lost = "`s3:*` on `B` is denied no longer";
    check(bucket(deny), bucket(json!([])), &[(GateKind::AccessWidening, "widen shop.x", lost)]);
}

#[test]
fn what_is_new_widens_nothing_of_what_was() {
    let policy = json!({ "Statement": [{ "Effect": "Allow", "Principal": { "Service": "sns.amazonaws.com" },
        "Action": "sqs:SendMessage", "Resource": "*" }] });
    let new = json!({ "T": { "Type": "AWS::SNS::Topic" }, "Q": { "Type": "AWS::SQS::Queue" },
        "P": { "Type": "AWS::SQS::QueuePolicy", "Properties": { "Queues": [{ "Ref": "Q" }], "PolicyDocument": policy } } });
    check(bystander(), new, &[]);
    let first =
        Plan::new(&release(vec![stack("a", role_with(&[("A", may(json!("*")))]), json!({}), &[])]), &[]);
    assert!(first.expect("planned").gates.is_empty(), "nobody could do anything before");
}

#[test]
fn what_everybody_can_reach_is_told_where_it_is_new() {
    let rule = |cidr: &str| {
        with(
            json!({ "Type": "AWS::EC2::SecurityGroupIngress", "Properties": { "CidrIp": cidr, "IpProtocol": "tcp",
            "FromPort": 443, "ToPort": 443 } }),
        )
    };
    let expected = [(GateKind::PublicExposure, "expose shop.x", "port 443 is open to `0.0.0.0/0`")];
    check(rule("10.0.0.0/8"), rule("0.0.0.0/0"), &expected);
    check(rule("0.0.0.0/0"), rule("0.0.0.0/0"), &[]);
    check(rule("0.0.0.0/0"), rule("10.0.0.0/8"), &[]);
    let balancer = |scheme: Value| {
        json!({ "T": { "Type": "AWS::SNS::Topic" }, "X": { "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "Properties": { "Scheme": scheme } } })
    };
    let expected = [(GateKind::PublicExposure, "expose shop.x", "faces the internet")];
    check(bystander(), balancer(json!("internet-facing")), &expected);
    check(bystander(), balancer(json!("internal")), &[]);
    let expected = [(GateKind::PublicExposure, "expose shop.db", "public address")];
    let (old, new) =
        (database(json!({ "PubliclyAccessible": false })), database(json!({ "PubliclyAccessible": true })));
    check(old, new, &expected);
}

#[test]
fn a_bucket_that_everybody_may_read_is_exposed() {
    let bucket = |statement: Value| {
        json!({ "B": { "Type": "AWS::S3::Bucket" }, "X": { "Type": "AWS::S3::BucketPolicy", "Properties": {
            "Bucket": { "Ref": "B" }, "PolicyDocument": { "Statement": [statement] } } } })
    };
    let read = |condition: Value| json!({ "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*", "Condition": condition });
    let bound = read(json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1" } }));
    check(
        bucket(bound),
        bucket(read(json!({}))),
        &[
            (GateKind::AccessWidening, "widen shop.x", "`*` may `s3:GetObject` on `B`"),
            (GateKind::PublicExposure, "expose shop.x", "everybody may `s3:GetObject`"),
        ],
    );
}

#[test]
fn fewer_of_what_keeps_it_running_is_told() {
    let scaling = |least: u32| {
        with(
            json!({ "Type": "AWS::ApplicationAutoScaling::ScalableTarget", "Properties": { "MinCapacity": least } }),
        )
    };
    let expected = [(GateKind::AvailabilityLowered, "lower shop.x", "`MinCapacity` goes from 2 to 1")];
    check(scaling(2), scaling(1), &expected);
    check(scaling(1), scaling(2), &[]);
    let balancer = |subnets: Value| {
        with(
            json!({ "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": { "Scheme": "internal",
            "Subnets": subnets } }),
        )
    };
    let expected = [(GateKind::AvailabilityLowered, "lower shop.x", "`Subnets` are 2 instead of 3")];
    check(balancer(json!(["a", "b", "c"])), balancer(json!(["a", "b"])), &expected);
    let gateways = |ids: &[&str]| -> Value {
        ids.iter().map(|id| ((*id).to_owned(), json!({ "Type": "AWS::EC2::NatGateway" }))).collect()
    };
    let expected = [(GateKind::AvailabilityLowered, "lower a/B", "1 NAT gateways instead of 2")];
    check(gateways(&["A", "B"]), gateways(&["A"]), &expected);
}

#[test]
fn continuous_environments_are_asked_about_data_only() {
    let of = |cidr: &str, name: &str| {
        let mut release = release(vec![stack(
            "a",
            json!({
                "X": { "Type": "AWS::EC2::SecurityGroupIngress", "Properties": { "CidrIp": cidr } },
                "Q": { "Type": "AWS::SQS::Queue", "Properties": { "QueueName": name } },
            }),
            json!({}),
            &[],
        )]);
        release.stage = "integration".into();
        release
    };
    let plan = plan(&of("10.0.0.0/8", "a"), &of("0.0.0.0/0", "b"));
    assert_eq!(plan.acknowledgements(), ["replace shop.q"]);
    assert_eq!((plan.summary.gates_required, plan.summary.gates_told), (1, 1));
    assert_eq!(unacknowledged(&plan.gates, &[]).len(), 1);
    assert!(unacknowledged(&plan.gates, &[" replace  shop.q".to_owned()]).is_empty());
}

fn said(action: Action, logical_id: &str, replacement: Option<Replacement>, policy: Option<&str>) -> Said {
    let detail = ChangeDetail {
        name: "KmsKeyId".into(),
        path: Some("/Properties/KmsKeyId".into()),
        requires_recreation: "Always".into(),
        evaluation: "Static".into(),
        change_source: "DirectModification".into(),
        causing_entity: None,
        before: Some("a".into()),
        after: Some("{{resolve:ssm-secure:canary}}".into()),
    };
    Said {
        action,
        logical_id: logical_id.into(),
        physical_id: None,
        resource_type: "AWS::RDS::DBInstance".into(),
        replacement,
        policy_action: policy.map(str::to_owned),
        scope: Vec::new(),
        details: vec![detail],
    }
}

fn of_service(changes: Vec<Said>) -> (Vec<Gate>, String) {
    let release = release(vec![stack("a", database(json!({})), json!({}), &[])]);
    let (states, new) = (recorded(&release), &release.stacks[0]);
    let view = View {
        stack: "a",
        stage: "integration",
        old: Some(&new.content),
        new: Some(&new.content),
        old_bindings: states[0].0.bindings.clone(),
        new_bindings: BTreeMap::new(),
        places: &new.places,
        was_protected: false,
        protected: false,
    };
    let change_set = ChangeSet {
        id: "arn".into(),
        name: "n".into(),
        stack: "arn".into(),
        status: ChangeSetStatus::CreateComplete,
        status_reason: None,
        execution_status: ExecutionStatus::Available,
        changes,
        parameters: BTreeMap::new(),
    };
    let shown = serde_json::to_string(&changes_of(&view, &change_set)).expect("JSON");
    (of_change_set(&view, &change_set), shown)
}

#[test]
fn a_change_set_has_the_same_gates() {
    let (gates, shown) =
        of_service(vec![said(Action::Modify, "Db", Some(Replacement::True), Some("ReplaceAndDelete"))]);
    assert_eq!(gates[0].acknowledgement, "replace shop.db");
    assert!(gates[0].why.iter().any(|why| why.contains("nothing is kept")), "{gates:?}");
    assert!(!shown.contains("canary") && shown.contains("****"), "{shown}");
    let (gates, _) = of_service(vec![said(Action::Modify, "Db", Some(Replacement::Conditional), None)]);
    assert!(gates[0].why[0].contains("may be replaced"), "{gates:?}");
    let (gates, _) = of_service(vec![said(Action::Dynamic, "Db", None, None)]);
    assert!(gates[0].why[0].contains("may go"), "{gates:?}");
    let (gates, _) = of_service(vec![said(Action::Modify, "Db", Some(Replacement::False), None)]);
    assert!(gates.is_empty(), "{gates:?}");
}
