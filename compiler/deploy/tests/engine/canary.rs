//! I7: what is secret stands nowhere where it can be read, whoever says it.
//!
//! The canary is the value of a parameter that is not to be echoed, stands in properties and in a dynamic reference, and
//! in every text of the service. `World` scans what is told, and `World::holds` every file.

use crate::fake::Fault;
use crate::harness::{CANARY, DieAt, World, one, three};
use crate::invariants::says_no_secret;
use crate::scenes::{Files, TOPIC, with_template};
use serde_json::json;
use solc_deploy::backend::{StackStatus, ValidationEvent};
use solc_deploy::engine::{Exit, Halt};
use solc_deploy::probe::NoProbe;

/// What the service says, in which it repeats what it was given.
fn said() -> String {
    format!("the value '{CANARY} of a' of MasterUserPassword is too short")
}

/// The three stacks, in which `b` takes a value that is not to be echoed, and fails with it.
fn secret(version: &str, fails: bool) -> Files {
    with_template(three("1"), "b", |template| {
        template["Parameters"]["aOut"]["NoEcho"] = true.into();
        let properties = &mut template["Resources"]["Table"]["Properties"];
        properties["Version"] = version.into();
        properties["Token"] = CANARY.into();
        properties["Password"] = format!("{{{{resolve:secretsmanager:{CANARY}:SecretString}}}}").into();
        properties["Reason"] = said().into();
        if fails {
            properties["Fail"] = said().into();
        }
    })
}

fn deployed() -> World {
    let mut world = World::new();
    assert_eq!(world.deploy(&secret("1", false)).exit(), Exit::Done);
    world
}

/// What was said of `b`, and how it must begin or end.
fn told(world: &World, expected: &str) {
    assert!(world.heard.iter().any(|heard| heard.contains(expected)), "{:#?}", world.heard);
}

#[test]
fn i07_a_value_that_a_failed_resource_repeats_is_masked() {
    let mut world = deployed();
    let report = world.deploy(&secret("2", true));
    let failure = report.steps[1].failure.as_ref().expect("failed");
    assert_eq!(failure.resources[0].reason, "the value '****' of MasterUserPassword is too short");
    told(&world, "the value '****'");
    world.holds("a failure");
}

#[test]
fn i07_a_value_that_a_refusal_repeats_is_masked() {
    for (status, code) in [(400, "ValidationError"), (500, "InternalFailure"), (403, "AccessDenied")] {
        for operation in
            ["CreateChangeSet", "ExecuteChangeSet", "DescribeStackEvents", "DescribeStackResources"]
        {
            let mut world = deployed();
            let leaks = Fault::Refuse(status, code, "no: canary-7f3a9 of a");
            // `a` has no secret, and its resources are read first.
            let first = if operation == "DescribeStackResources" { Fault::None } else { leaks.clone() };
            world.fake.fault(operation, &[first, leaks]);
            let report = world.deploy(&secret("2", false));
            says_no_secret(operation, &format!("{:?}", report.halt));
            world.fake.state().faults.clear();
            if let Some(id) = world.unfinished() {
                assert_eq!(world.run(&id).exit(), Exit::Done, "{operation}");
            }
            world.holds(operation);
        }
    }
}

#[test]
fn i07_a_value_that_a_validation_repeats_is_masked() {
    let mut world = deployed();
    let event = ValidationEvent {
        name: "PROPERTY_VALIDATION".into(),
        logical_id: "Table".into(),
        path: None,
        failure_mode: "FAIL".into(),
        reason: said(),
    };
    world.fake.state().invalid_stack = Some("b".into());
    world.fake.state().invalid = vec![event];
    let report = world.deploy(&secret("2", false));
    let failure = report.steps[1].failure.as_ref().expect("failed");
    assert!(failure.resources[0].reason.contains("'****'"), "{failure:?}");
    world.holds("a validation");
}

#[test]
fn i07_a_value_that_a_stuck_stack_repeats_is_masked() {
    for status in [StackStatus::DeleteFailed, StackStatus::UpdateRollbackFailed] {
        let mut world = deployed();
        world.fake.state().stuck_rollbacks = 5;
        world.fake.force("b", status);
        let report = world.deploy(&secret("2", false));
        assert_eq!(report.exit(), Exit::NeedsRecovery, "{report:#?}");
        told(&world, "the value '****'");
        world.holds(status.as_str());
    }
}

#[test]
fn i07_who_resumes_knows_what_is_secret() {
    let mut masked = 0;
    for point in 1..400 {
        let mut world = deployed();
        world.probe = Box::new(DieAt::new(point));
        let died = world.deploy(&secret("2", true)).halt == Some(Halt::Died);
        world.probe = Box::new(NoProbe);
        if let Some(id) = world.unfinished() {
            world.run(&id);
        }
        masked += usize::from(world.heard.iter().any(|heard| heard.contains("the value '****'")));
        world.holds(&format!("killed at {point}"));
        if !died {
            break;
        }
    }
    assert!(masked > 50, "{masked}");
}

#[test]
fn i07_a_value_in_a_property_is_not_told() {
    let mut world = World::new();
    let release = one(TOPIC, json!({"Token": CANARY, "Fail": "no"}));
    assert_eq!(world.deploy(&release).exit(), Exit::Failed);
    told(&world, "Thing");
    world.holds("a property");
}
