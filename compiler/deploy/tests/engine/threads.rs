//! What went wrong in other tools, thread by thread: each number is that of the book's page on faults, which says what
//! happened there.

use crate::fake::Fault;
use crate::harness::{Sample, WishAt, World, one, release, three};
use crate::page::played;
use crate::scenes::{TABLE, TOPIC, outlived, times, with_template};
use serde_json::{Value, json};
use solc_deploy::backend::{StackStatus, ValidationEvent};
use solc_deploy::clock::Clock as _;
use solc_deploy::engine::{Exit, Halt, Recover, Unattended, Wish};
use solc_deploy::journal::StepOutcome;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

/// One stack with a topic.
fn topic(properties: Value) -> BTreeMap<String, String> {
    one(TOPIC, properties)
}

fn validation(logical_id: &str, reason: &str) -> ValidationEvent {
    ValidationEvent {
        name: "NAME_CONFLICT_VALIDATION".into(),
        logical_id: logical_id.into(),
        path: None,
        failure_mode: "FAIL".into(),
        reason: reason.into(),
    }
}

#[test]
fn t01_what_was_never_executed_is_created_and_not_updated() {
    let mut world = World::new();
    world.fake.force("a", StackStatus::ReviewInProgress);
    assert_eq!(world.deploy(&topic(json!({}))).exit(), Exit::Done);
    assert_eq!(world.fake.stack("a").expect("made").status, StackStatus::CreateComplete);
    world.holds("a shell");
}

#[test]
fn t02_a_shell_is_not_waited_for() {
    let mut world = World::new();
    world.fake.force("a", StackStatus::ReviewInProgress);
    let began = world.clock.now();
    let report = world.deploy(&topic(json!({})));
    assert!(report.finished.since(began) < Duration::from_secs(60), "{report:#?}");
    world.holds("a shell");
}

#[test]
fn t03_a_stale_review_in_progress_is_no_failure() {
    let scenarios =
        [1_000, 4_000, 9_000].map(|lag| outlived("old reads", |world| world.fake.state().lag = lag));
    played("t03_a_stale_review_in_progress_is_no_failure", scenarios.iter().sum());
}

#[test]
fn t04_what_is_not_created_leaves_no_shell() {
    let mut world = World::new();
    world.fake.state().invalid = vec![validation("Thing", "the name is taken")];
    assert_eq!(world.deploy(&topic(json!({}))).exit(), Exit::Failed);
    assert_eq!(world.fake.accepted("DeleteStack"), 1, "the shell");
    world.fake.settle();
    assert!(world.truth().is_empty());
    world.holds("not created");
}

#[test]
fn t05_a_replacement_that_property_values_hide_is_seen() {
    let mut world = World::new();
    assert!(world.fake.state().lossy, "a description with values leaves replacements out");
    world.deploy(&one(TABLE, json!({"Name": "one"})));
    assert_eq!(world.deploy(&one(TABLE, json!({"Name": "two"}))).exit(), Exit::Refused);
    assert!(world.truth()[0].2.contains("\"one\""), "the table stands");
    world.holds("lossy");
}

#[test]
fn t06_an_empty_change_set_is_no_success_after_a_failed_update() {
    let release = topic(json!({"Version": "1"}));
    let mut world = World::new();
    world.deploy(&release);
    world.fake.force("a", StackStatus::UpdateFailed);
    let denied =
        Fault::Refuse(403, "AccessDenied", "not authorized to perform: cloudformation:RollbackStack");
    world.fake.fault("RollbackStack", &[denied]);
    let report = world.deploy(&release);
    assert_eq!(report.exit(), Exit::Failed, "it was not rolled back: {report:#?}");
    assert_eq!(world.fake.stack("a").expect("there").status, StackStatus::UpdateFailed);
    world.holds("denied");
    let report = world.deploy(&release);
    assert_eq!(report.exit(), Exit::Done, "{report:#?}");
    assert_eq!(world.fake.accepted("RollbackStack"), 1);
    assert_eq!(world.fake.stack("a").expect("there").status, StackStatus::UpdateRollbackComplete);
    world.holds("rolled back");
}

#[test]
fn t07_a_request_that_is_repeated_is_the_same_to_the_byte() {
    let scenarios = outlived("repeated", |world| {
        world.fake.fault("CreateChangeSet", &times(&Fault::LoseAnswer, 3));
    });
    // The checker counts requests that differ.
    played("t07_a_request_that_is_repeated_is_the_same_to_the_byte", scenarios);
    let mut world = World::new();
    world.fake.fault("CreateChangeSet", &times(&Fault::LoseAnswer, 3));
    world.deploy(&topic(json!({})));
    assert_eq!(world.fake.accepted("CreateChangeSet"), 4);
    assert_eq!(world.fake.stack("a").expect("made").sets.len(), 1);
    world.holds("repeated");
}

#[test]
fn t08_two_deployments_share_no_change_set_and_no_token() {
    let mut world = World::new();
    world.deploy(&topic(json!({"Version": "1"})));
    for _ in 0..3 {
        world.deploy(&topic(json!({"Version": "2"})));
        world.deploy(&topic(json!({"Version": "1"})));
    }
    let stack = world.fake.stack("a").expect("made");
    let mut names: Vec<&str> = stack.sets.iter().map(|set| set.set.name.as_str()).collect();
    let mut tokens: Vec<&str> = stack.sets.iter().map(|set| set.request.token.as_str()).collect();
    let all = names.len();
    assert_eq!(all, 7);
    names.sort_unstable();
    names.dedup();
    tokens.sort_unstable();
    tokens.dedup();
    assert_eq!((names.len(), tokens.len()), (all, all));
    world.holds("seven");
}

#[test]
fn t09_throttling_makes_it_slower_and_no_worse() {
    let throttle = Fault::Refuse(400, "Throttling", "Rate exceeded");
    let mut world = World::new();
    world.fake.fault("DescribeStackEvents", &times(&throttle, 40));
    let report = world.deploy(&topic(json!({})));
    assert_eq!(report.exit(), Exit::Done, "{report:#?}");
    assert!(world.heard.iter().any(|heard| heard.contains("Retrying")), "it is said");
    world.holds("throttled");
}

#[test]
fn t10_an_event_is_read_once() {
    let mut world = World::new();
    world.fake.state().takes = 4 * 3_600_000;
    world.deploy(&topic(json!({"Version": "1"})));
    world.fake.state().events_read = 0;
    let before = world.fake.stack("a").expect("made").events.len();
    assert_eq!(world.deploy(&topic(json!({"Version": "2"}))).exit(), Exit::Done);
    let all = world.fake.stack("a").expect("made").events.len();
    let read = world.fake.state().events_read;
    assert!(read <= all + before, "{read} events were read, of {all}");
    world.holds("hours");
}

#[test]
fn t11_nothing_follows_where_credentials_end() {
    let expired = Fault::Refuse(403, "ExpiredToken", "The security token included in the request is expired");
    let mut world = World::new();
    world.fake.fault("DescribeStackEvents", &times(&expired, 100));
    let report = world.deploy(&three("1"));
    assert_eq!(report.exit(), Exit::Detached, "{report:#?}");
    assert!(matches!(&report.halt, Some(Halt::Suspended(failure)) if failure.code == "ExpiredToken"));
    assert_eq!(world.fake.state().faults["DescribeStackEvents"].len(), 98, "asked again once");
    assert!(world.states().is_empty() && world.fake.stack("b").is_none(), "nothing was done after it");
    world.fake.state().faults.clear();
    let id = world.unfinished().expect("it can be resumed");
    assert_eq!(world.run(&id).exit(), Exit::Done);
    world.holds("expired");
}

#[test]
fn t12_a_deployment_that_failed_ends() {
    let mut world = World::new();
    world.deploy(&topic(json!({"Version": "1"})));
    let began = world.clock.now();
    let report = world.deploy(&topic(json!({"Fail": "no"})));
    assert_eq!(report.exit(), Exit::Failed);
    assert!(report.finished.since(began) < Duration::from_secs(60), "{report:#?}");
    world.holds("failed");
}

#[test]
fn t13_a_failed_creation_is_made_again() {
    let mut world = World::new();
    let report = world.deploy(&one(TOPIC, json!({"Fail": "no"})));
    assert_eq!(report.exit(), Exit::Failed);
    assert_eq!(report.steps[0].status.as_deref(), Some("ROLLBACK_COMPLETE"));
    let report = world.deploy(&one(TOPIC, json!({})));
    assert_eq!(report.exit(), Exit::Done, "{report:#?}");
    world.holds("again");
}

#[test]
fn t13_after_a_rollback_the_old_release_changes_nothing_and_the_next_is_deployed() {
    let mut world = World::new();
    world.deploy(&one(TOPIC, json!({"Version": "1"})));
    world.deploy(&one(TOPIC, json!({"Fail": "no"})));
    assert_eq!(world.fake.stack("a").expect("there").status, StackStatus::UpdateRollbackComplete);
    let report = world.deploy(&one(TOPIC, json!({"Version": "1"})));
    assert_eq!(report.exit(), Exit::Done, "{report:#?}");
    assert_eq!(report.steps[0].outcome, Some(StepOutcome::Unchanged));
    assert_eq!(world.deploy(&one(TOPIC, json!({"Version": "2"}))).exit(), Exit::Done);
    world.holds("after");
}

#[test]
fn t14_a_stack_is_never_deleted_because_its_rollback_failed() {
    let mut world = World::new();
    world.deploy(&topic(json!({"Version": "1"})));
    world.fake.state().stuck_rollbacks = 9;
    for _ in 0..3 {
        let report = world.deploy(&topic(json!({"Fail": "the limit is reached"})));
        assert_eq!(report.exit(), Exit::NeedsRecovery, "{report:#?}");
        world.holds("stuck");
    }
    assert_eq!(world.fake.accepted("DeleteStack"), 0);
    assert_eq!(world.fake.accepted("ContinueUpdateRollback"), 3, "once for each deployment");
}

#[test]
fn t15_a_rollback_that_only_needed_time_is_gone_on_with() {
    let mut world = World::new();
    world.deploy(&topic(json!({"Version": "1"})));
    world.fake.state().stuck_rollbacks = 1;
    let report = world.deploy(&topic(json!({"Fail": "storage-optimization"})));
    assert_eq!(report.exit(), Exit::Failed, "{report:#?}");
    let failure = report.steps[0].failure.as_ref().expect("failed");
    assert_eq!(failure.resources[0].reason, "storage-optimization", "{failure:?}");
    world.holds("gone on with");
}

#[test]
fn t16_a_rollback_that_stays_stuck_is_skipped_or_forced_where_somebody_says_so() {
    for recover in [Recover::Skip, Recover::Force] {
        let mut world = World::new();
        world.deploy(&topic(json!({"Version": "1"})));
        world.fake.state().stuck_rollbacks = 5;
        let report = world.deploy(&topic(json!({"Fail": "the limit is reached"})));
        assert_eq!(report.exit(), Exit::NeedsRecovery, "{report:#?}");
        let failure = report.steps[0].failure.as_ref().expect("failed");
        assert!(failure.help.contains("--recover skip"), "{failure:?}");
        assert_eq!(failure.resources[0].reason, "the limit is reached", "{failure:?}");
        world.options.recover = recover;
        let report = world.deploy(&topic(json!({"Version": "2"})));
        assert_eq!(report.exit(), Exit::Done, "{report:#?}");
        let warned = report.warnings.iter().any(|warning| warning.contains("solc drift"));
        assert_eq!(warned, recover == Recover::Skip, "{:?}", report.warnings);
        world.holds("recovered");
    }
}

#[test]
fn t17_who_no_longer_takes_a_value_is_changed_before_its_producer_goes() {
    let resources = [("Topic", TOPIC, json!({"Version": "1"}))];
    let mut world = World::new();
    world.deploy(&release(&[
        Sample { name: "a", after: &[], resources: &resources },
        Sample { name: "b", after: &["a"], resources: &resources },
    ]));
    world.options.acknowledgements = ["delete a".to_owned()].into();
    let report = world.deploy(&release(&[Sample { name: "b", after: &[], resources: &resources }]));
    assert_eq!(report.exit(), Exit::Done, "{report:#?}");
    let log = &world.fake.state().log;
    let at = |wanted: &str| log.iter().rposition(|(name, _)| name == wanted).expect("called");
    assert!(at("ExecuteChangeSet") < at("DeleteStack"), "{log:?}");
}

#[test]
fn t18_who_needs_what_was_rolled_back_is_not_begun_and_it_is_no_success() {
    let mut world = World::new();
    world.deploy(&three("1"));
    let bad = release(&[
        Sample { name: "a", after: &[], resources: &[("Topic", TOPIC, json!({"Fail": "no"}))] },
        Sample {
            name: "b",
            after: &["a"],
            resources: &[("Table", TABLE, json!({"Name": "one", "Version": "2"}))],
        },
        Sample { name: "c", after: &["a", "b"], resources: &[("Queue", TOPIC, json!({"Version": "2"}))] },
    ]);
    let report = world.deploy(&bad);
    assert_eq!(report.exit(), Exit::Failed);
    let outcomes: Vec<_> = report.steps.iter().map(|step| step.outcome).collect();
    let not = Some(StepOutcome::NotStarted);
    assert_eq!(outcomes, [Some(StepOutcome::Failed), not, not]);
    world.holds("rolled back");
}

#[test]
fn t19_a_shell_is_deleted() {
    let release = topic(json!({}));
    let mut world = World::new();
    world.deploy(&release);
    world.fake.state().stacks[0].protected = false;
    world.fake.force("a", StackStatus::ReviewInProgress);
    assert_eq!(world.destroy(&release).exit(), Exit::Done);
    assert!(world.truth().is_empty());
    world.holds("destroyed");
}

#[test]
fn t19_a_change_set_that_is_still_being_made_is_waited_for_and_then_deleted() {
    let mut waited = 0;
    for looks in 0..30 {
        let mut world = World::new();
        world.fake.state().planning = 4_000;
        world.control = Box::new(WishAt(looks, Wish::Cancel, AtomicUsize::new(0)));
        let report = world.deploy(&topic(json!({})));
        waited += usize::from(world.fake.accepted("DeleteChangeSet") > 0);
        assert!(report.warnings.iter().all(|warning| !warning.contains("was left")), "{report:#?}");
        world.control = Box::new(Unattended);
        world.holds(&format!("cancelled after {looks} looks"));
    }
    assert!(waited > 5, "{waited}");
}

#[test]
fn t20_the_root_cause_comes_first_and_what_follows_from_it_is_not_said() {
    let mut world = World::new();
    world.deploy(&three("1"));
    let bad = release(&[
        Sample { name: "a", after: &[], resources: &[("Topic", TOPIC, json!({"Version": "2"}))] },
        Sample {
            name: "b",
            after: &["a"],
            resources: &[
                ("Table", TABLE, json!({"Name": "one", "Fail": "the key is disabled"})),
                ("Second", TOPIC, json!({})),
            ],
        },
        Sample { name: "c", after: &["a", "b"], resources: &[("Queue", TOPIC, json!({"Version": "2"}))] },
    ]);
    let report = world.deploy(&bad);
    assert_eq!(report.exit(), Exit::PartlyApplied, "{report:#?}");
    let failure = report.steps[1].failure.as_ref().expect("failed");
    assert!(failure.message.contains("Table (AWS::DynamoDB::Table): the key is disabled"), "{failure:?}");
    assert_eq!(failure.resources.len(), 1, "{failure:?}");
    assert_eq!(failure.resources[0].place.as_ref().expect("known").instance, "shop.sol:3:5");
    assert_eq!(report.steps[2].outcome, Some(StepOutcome::NotStarted));
    world.holds("failed");
}

#[test]
fn t21_old_change_sets_make_room_and_a_quota_is_named() {
    let full = Fault::Refuse(400, "LimitExceededException", "ChangeSet limit exceeded for stack a");
    let mut world = World::new();
    world.deploy(&topic(json!({"Version": "1"})));
    world.fake.fault("CreateChangeSet", std::slice::from_ref(&full));
    let report = world.deploy(&topic(json!({"Version": "2"})));
    assert_eq!(report.exit(), Exit::Done, "the executed one of before went: {report:#?}");
    assert_eq!(world.fake.stack("a").expect("there").sets.len(), 1);
    world.fake.fault("CreateChangeSet", &times(&full, 9));
    let report = world.deploy(&topic(json!({"Version": "3"})));
    assert_eq!(report.exit(), Exit::Failed);
    let failure = report.steps[0].failure.as_ref().expect("failed");
    assert!(failure.message.contains("ChangeSet limit exceeded"), "{failure:?}");
    assert!(failure.help.starts_with("raise the quota"), "{failure:?}");
    world.holds("full");
}

#[test]
fn t23_a_name_that_is_taken_fails_and_what_stood_stands() {
    let mut world = World::new();
    world.deploy(&one(TABLE, json!({"Name": "one", "Version": "1"})));
    let before = world.truth();
    world.fake.state().invalid =
        vec![validation("Thing", "Resource of type 'AWS::DynamoDB::Table' already exists")];
    world.options.acknowledgements = ["replace shop.thing".to_owned()].into();
    let report = world.deploy(&one(TABLE, json!({"Name": "two", "Version": "1"})));
    assert_eq!(report.exit(), Exit::Failed, "{report:#?}");
    let failure = report.steps[0].failure.as_ref().expect("failed");
    assert!(failure.resources[0].reason.contains("already exists"), "{failure:?}");
    assert_eq!(world.truth(), before);
    world.holds("taken");
}

#[test]
fn t24_a_failed_creation_leaves_nothing_that_blocks_the_next() {
    let mut world = World::new();
    let report = world.deploy(&one(TABLE, json!({"Name": "one", "Fail": "no"})));
    assert_eq!(report.exit(), Exit::Failed);
    assert_eq!(world.deploy(&one(TABLE, json!({"Name": "one"}))).exit(), Exit::Done);
    assert!(!world.fake.state().leaves_orphans, "each execution says that what it made goes with it");
    world.holds("again");
}

#[test]
fn t25_what_is_read_from_a_store_is_never_called_unchanged_unasked() {
    let plain = topic(json!({"Version": "1"}));
    let reads = with_template(plain.clone(), "a", |template| {
        template["Parameters"] =
            json!({"Ami": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/ami"}});
    });
    for (files, asked) in [(plain, 0), (reads, 1)] {
        let mut world = World::new();
        world.deploy(&files);
        let before = world.fake.accepted("CreateChangeSet");
        assert_eq!(world.deploy(&files).exit(), Exit::Done);
        assert_eq!(world.fake.accepted("CreateChangeSet") - before, asked);
        world.holds("again");
    }
}

#[test]
fn t26_the_end_of_a_nested_stack_is_not_the_end() {
    let scenarios = outlived("nested", |world| {
        let mut state = world.fake.state();
        // Longer than an old look is waited for.
        (state.nested, state.takes) = (true, 120_000);
    });
    played("t26_the_end_of_a_nested_stack_is_not_the_end", scenarios);
}

#[test]
fn t27_every_finding_of_an_early_validation_is_told() {
    let mut world = World::new();
    world.fake.state().invalid =
        vec![validation("Thing", "the name is taken"), validation("Other", "so is this")];
    let report = world.deploy(&topic(json!({})));
    let failure = report.steps[0].failure.as_ref().expect("failed");
    let reasons: Vec<&str> = failure.resources.iter().map(|r| r.reason.as_str()).collect();
    assert_eq!(reasons, ["the name is taken", "so is this"]);
    assert_eq!(failure.resources[0].place.as_ref().expect("known").instance, "shop.sol:3:5");
    world.holds("validated");
    let denied =
        Fault::Refuse(403, "AccessDenied", "not authorized to perform: cloudformation:DescribeEvents");
    world.fake.fault("DescribeEvents", &[denied]);
    let report = world.deploy(&topic(json!({})));
    let failure = report.steps[0].failure.as_ref().expect("failed");
    assert!(failure.message.contains("AWS::EarlyValidation"), "the reason is not masked: {failure:?}");
    assert!(failure.notes[0].contains("DescribeEvents"), "{failure:?}");
    world.holds("denied");
}

#[test]
fn t28_a_stack_that_is_not_found_for_a_moment_is_still_there() {
    let mut scenarios = 0;
    for skipped in 0..14 {
        let mut blinks = times(&Fault::None, skipped);
        blinks.push(Fault::Blank);
        scenarios += outlived(&format!("not found after {skipped} looks"), |world| {
            world.fake.fault("DescribeStacks", &blinks);
        });
        let mut world = World::new();
        world.deploy(&three("1"));
        world.options.acknowledgements = ["delete b".to_owned()].into();
        world.fake.fault("DescribeStacks", &blinks);
        assert_eq!(world.destroy(&three("1")).exit(), Exit::Done);
        assert!(world.truth().is_empty() && world.states().is_empty(), "after {skipped} looks");
        world.holds("destroyed");
    }
    played("t28_a_stack_that_is_not_found_for_a_moment_is_still_there", scenarios);
}

#[test]
fn t29_nothing_is_cleared_away_after_a_failure() {
    let mut world = World::new();
    world.deploy(&three("1"));
    world.options.acknowledgements = ["delete c".to_owned()].into();
    let table = json!({"Name": "one", "Version": "1", "Fail": "no"});
    let report = world.deploy(&release(&[
        Sample { name: "a", after: &[], resources: &[("Topic", TOPIC, json!({"Version": "1"}))] },
        Sample { name: "b", after: &["a"], resources: &[("Table", TABLE, table)] },
    ]));
    assert_eq!(report.exit(), Exit::Failed, "{report:#?}");
    assert_eq!(report.steps[2].outcome, Some(StepOutcome::NotStarted));
    assert!(world.fake.stack("c").is_some());
    world.holds("failed");
}
