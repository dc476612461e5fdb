use super::super::fixture::{recorded, release, stack};
use super::super::{Plan, Recorded};
use super::{PREFIX, ask};
use crate::backend::{
    Backend as _, ChangeSetType, CreateChangeSet, RollbackConfiguration, TemplateSource, Values,
};
use crate::clock::{Clock as _, Timestamp, VirtualClock};
use crate::local::{DirectRequest, Local, Options};
use crate::release::Release;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const PAUSE: Duration = Duration::from_secs(2);

/// What is recorded of `release`, and the service that has it.
fn deployed(release: &Release) -> (Local, Arc<VirtualClock>, Vec<Recorded>) {
    let clock = Arc::new(VirtualClock::at(Timestamp(1_767_225_600_000)));
    let local = Local::in_memory(Arc::clone(&clock) as Arc<_>, Options::default()).expect("in memory");
    for stack in &release.stacks {
        let request = DirectRequest {
            stack: stack.name.clone(),
            template: Some(TemplateSource::Body(stack.template.clone())),
            tags: stack.tags.clone(),
            ..DirectRequest::default()
        };
        local.create_stack(&request).expect("made");
        while local.describe_stack(&stack.name).expect("asked").expect("there").status.is_in_progress() {
            clock.sleep(PAUSE);
        }
    }
    (local, clock, recorded(release))
}

fn of(display: &str, name: &str) -> Release {
    let topic = |display: &str, name: &str| json!({ "Type": "AWS::SNS::Topic", "Properties": { "DisplayName": display, "TopicName": name } });
    release(vec![stack("shop-a", json!({ "T": topic(display, name), "U": topic("u", "u") }), json!({}), &[])])
}

fn asked(new: &Release, local: &Local, clock: &VirtualClock, recorded: &[Recorded]) -> Plan {
    let mut plan = Plan::new(new, recorded).expect("the records are sound");
    ask(&mut plan, new, recorded, local, clock, PAUSE).expect("the service can be asked");
    plan
}

#[test]
fn what_is_as_planned_is_no_news_and_nothing_is_left() {
    let (local, clock, recorded) = deployed(&of("1", "t"));
    let plan = asked(&of("2", "t"), &local, &clock, &recorded);
    assert_eq!(plan.online.len(), 1);
    assert!(!plan.online[0].is_news() && plan.online[0].not_confirmed.is_empty(), "{:#?}", plan.online);
    assert_eq!(plan.online[0].status.as_deref(), Some("CREATE_COMPLETE"));
    assert!(local.list_change_sets("shop-a").expect("asked").is_empty());
    let live = local.describe_stack("shop-a").expect("asked").expect("there");
    assert_eq!((live.status.as_str(), live.updated), ("CREATE_COMPLETE", None));
}

#[test]
fn a_replacement_that_the_records_do_not_know_of_is_told() {
    // Somebody else renamed the topic, so that the name of the release replaces it; the records say it is the same.
    let (local, clock, _) = deployed(&of("1", "theirs"));
    let records = recorded(&of("1", "ours"));
    let plan = asked(&of("2", "ours"), &local, &clock, &records);
    let unforeseen: Vec<&str> = plan.online[0].unforeseen.iter().map(|c| c.logical_id.as_str()).collect();
    assert_eq!(unforeseen, ["T"], "{:#?}", plan.online);
}

#[test]
fn what_drifted_is_told_with_its_properties_and_without_their_values() {
    let (local, clock, recorded) = deployed(&of("1", "t"));
    local.change_live("shop-a", "U", "DisplayName", Some(json!("hidden canary"))).expect("changed");
    local.delete_live("shop-a", "T").expect("deleted");
    let plan = asked(&of("1", "t"), &local, &clock, &recorded);
    let seen: Vec<(&str, &str, Vec<&str>)> = plan.online[0]
        .drifted
        .iter()
        .map(|d| {
            (d.logical_id.as_str(), d.status.as_str(), d.properties.iter().map(String::as_str).collect())
        })
        .collect();
    assert_eq!(seen, [("T", "DELETED", vec![]), ("U", "MODIFIED", vec!["/DisplayName"])]);
    assert!(!serde_json::to_string(&plan).expect("JSON").contains("canary"));
    assert!(crate::plan::render::markdown(&plan).contains("was changed outside"));
}

#[test]
fn what_an_earlier_look_left_behind_goes() {
    let (local, clock, recorded) = deployed(&of("1", "t"));
    let left = CreateChangeSet {
        stack: "shop-a".to_owned(),
        name: format!("{PREFIX}0123"),
        kind: ChangeSetType::Update,
        token: "t".to_owned(),
        template: TemplateSource::Body(of("3", "t").stacks[0].template.clone()),
        parameters: Values::new(),
        tags: Values::new(),
        capabilities: Vec::new(),
        role: None,
        notification_arns: Vec::new(),
        rollback: RollbackConfiguration::default(),
        description: String::new(),
        import_existing: false,
        revert_drift: false,
    };
    local.create_change_set(&left).expect("made");
    clock.sleep(Duration::from_secs(60));
    assert_eq!(local.list_change_sets("shop-a").expect("asked").len(), 1);
    asked(&of("2", "t"), &local, &clock, &recorded);
    assert!(local.list_change_sets("shop-a").expect("asked").is_empty());
}

#[test]
fn a_stack_that_is_not_there_gets_no_shell() {
    let (local, clock, _) = deployed(&release(Vec::new()));
    let plan = asked(&of("1", "t"), &local, &clock, &[]);
    assert!(plan.online.is_empty() && local.list_stacks("shop").expect("asked").is_empty());
    let records = recorded(&of("1", "t"));
    let plan = asked(&of("2", "t"), &local, &clock, &records);
    assert!(plan.online[0].notes[0].contains("not there"), "{:#?}", plan.online);
    assert!(local.list_stacks("shop").expect("asked").is_empty());
}

#[test]
fn a_plan_with_an_answer_is_as_its_schema_says() {
    let (local, clock, _) = deployed(&of("1", "theirs"));
    local.delete_live("shop-a", "U").expect("deleted");
    let plan = asked(&of("2", "ours"), &local, &clock, &recorded(&of("1", "ours")));
    let value: Value = serde_json::to_value(&plan).expect("JSON");
    assert!(value["online"][0]["unforeseen"][0].is_object() && value["online"][0]["drifted"][0].is_object());
    crate::plan::tests::fits(&value);
}
