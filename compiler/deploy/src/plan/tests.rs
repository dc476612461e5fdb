#![expect(clippy::needless_pass_by_value, reason = "`json!` reads best where it is handed over")]

use super::fixture::{one, plan, recorded, release, stack};
use super::{Cause, Fate, GateKind, Phase, Plan, ResourceAction, StackAction, StepAction};
use crate::release::{Moved, MovedResource};
use serde_json::{Value, json};

fn topic(name: Value) -> Value {
    json!({ "Type": "AWS::SNS::Topic", "Properties": { "DisplayName": name } })
}

fn queue(properties: Value) -> Value {
    json!({ "Type": "AWS::SQS::Queue", "Properties": properties })
}

fn actions(plan: &Plan) -> Vec<(&str, StackAction)> {
    plan.stacks.iter().map(|stack| (stack.name.as_str(), stack.action)).collect()
}

fn order(plan: &Plan) -> Vec<String> {
    let shown = |phase| match phase {
        Phase::Only => "",
        Phase::Expand => "+",
        Phase::Contract => "-",
    };
    plan.steps.iter().map(|step| format!("{}{}", step.stack, shown(step.phase))).collect()
}

#[test]
fn what_is_deployed_already_changes_nothing() {
    let a = stack("a", json!({ "T": topic("x".into()) }), json!({ "Arn": { "Ref": "T" } }), &[]);
    let b = stack("b", json!({ "U": topic(json!({ "Ref": "P" })) }), json!({}), &[("P", "a.Arn")]);
    let release = release(vec![a, b]);
    let plan = plan(&release, &release);
    assert!(plan.is_empty() && plan.gates.is_empty() && plan.refusals.is_empty(), "{plan:#?}");
    assert_eq!(plan.summary.stacks.unchanged, 2);
}

#[test]
fn the_first_deployment_creates_everything_producers_first() {
    let a = stack("b", json!({ "T": topic("x".into()) }), json!({ "Arn": { "Ref": "T" } }), &[]);
    let b = stack("a", json!({ "U": topic(json!({ "Ref": "P" })) }), json!({}), &[("P", "b.Arn")]);
    let plan = Plan::new(&release(vec![a, b]), &[]).expect("planned");
    assert_eq!(order(&plan), ["b", "a"]);
    assert!(plan.steps.iter().all(|step| step.action == StepAction::Create));
    assert_eq!(plan.steps[1].depends_on, [0]);
    let pending = &plan.stack("a").expect("planned").pending;
    assert!(pending.len() == 1 && pending[0].certain, "{pending:?}");
}

#[test]
fn a_replacement_is_told_with_all_that_it_causes() {
    let resources = |description: &str| {
        json!({
            "Group": { "Type": "AWS::EC2::SecurityGroup", "Properties": { "GroupDescription": description } },
            "Open": { "Type": "AWS::EC2::SecurityGroupIngress", "Properties": {
                "GroupId": { "Fn::GetAtt": ["Group", "GroupId"] }, "IpProtocol": "tcp", "CidrIp": "10.0.0.0/8" } },
            "Cache": { "Type": "AWS::ElastiCache::ServerlessCache", "Properties": {
                "Engine": "valkey", "ServerlessCacheName": "x", "SecurityGroupIds": [{ "Fn::GetAtt": ["Group", "GroupId"] }] } },
        })
    };
    let plan = one(resources("old"), resources("new"));
    let found: Vec<_> =
        plan.stacks[0].resources.iter().map(|c| (c.logical_id.as_str(), c.action, c.certain)).collect();
    assert_eq!(found[1], ("Group", ResourceAction::Replace, true));
    assert_eq!(found[2], ("Open", ResourceAction::Replace, true));
    assert_eq!(found[0].1, ResourceAction::Modify);
    let open = &plan.stacks[0].resources[2];
    assert_eq!(open.reasons[0].property, "GroupId");
    assert!(matches!(&open.reasons[0].cause, Cause::Resource { logical_id, .. } if logical_id == "Group"));
    assert_eq!(plan.stacks[0].resources[1].fate, Some(Fate::Deleted));
}

#[test]
fn a_replacement_reaches_other_stacks_as_a_value_that_is_not_known() {
    let producer = |cidr: &str| {
        let vpc = json!({ "Type": "AWS::EC2::VPC", "Properties": { "CidrBlock": cidr } });
        stack("a", json!({ "Vpc": vpc }), json!({ "Id": { "Ref": "Vpc" }, "Fixed": "same" }), &[])
    };
    let consumer = || {
        let group = json!({ "Type": "AWS::EC2::SecurityGroup", "Properties": {
            "GroupDescription": "g", "VpcId": { "Ref": "P" } } });
        stack("b", json!({ "G": group }), json!({}), &[("P", "a.Id")])
    };
    let third = || stack("c", json!({ "T": topic(json!({ "Ref": "P" })) }), json!({}), &[("P", "a.Fixed")]);
    let plan = plan(
        &release(vec![producer("10.0.0.0/16"), consumer(), third()]),
        &release(vec![producer("10.1.0.0/16"), consumer(), third()]),
    );
    let expected = [("a", StackAction::Update), ("b", StackAction::Update), ("c", StackAction::Unchanged)];
    assert_eq!(actions(&plan), expected);
    let group = &plan.stacks[1].resources[0];
    assert!(group.action == ResourceAction::Replace && group.certain, "{group:?}");
    let output = Cause::Output { stack: "a".into(), output: "Id".into() };
    assert_eq!(group.reasons[0].cause, output);
    assert_eq!(plan.stacks[1].pending[0].output, "Id");
    assert_eq!(plan.stacks[0].outputs_changed, ["Id"]);
}

#[test]
fn a_change_in_place_leaves_names_and_arns_as_they_are() {
    let producer = |delay: u32| {
        let resources = json!({ "Q": queue(json!({ "DelaySeconds": delay })) });
        stack("a", resources, json!({ "Arn": { "Fn::GetAtt": ["Q", "Arn"] } }), &[])
    };
    let consumer = || stack("b", json!({ "T": topic(json!({ "Ref": "P" })) }), json!({}), &[("P", "a.Arn")]);
    let plan = plan(&release(vec![producer(1), consumer()]), &release(vec![producer(2), consumer()]));
    assert_eq!(actions(&plan), [("a", StackAction::Update), ("b", StackAction::Unchanged)]);
    let change = &plan.stacks[0].resources[0];
    assert_eq!((change.action, change.certain), (ResourceAction::Modify, true));
    assert_eq!(change.properties[0].path, "DelaySeconds");
    assert_eq!(change.component, "shop.q");
    assert_eq!(change.place.as_deref(), Some("shop-config/solutions/shop.sol:17:3"));
    assert_eq!(change.physical_id.as_deref(), Some("physical-Q"));
}

#[test]
fn an_attribute_that_is_no_name_may_change_with_its_resource() {
    let template = |size: &str| {
        json!({
            "L": { "Type": "AWS::EC2::LaunchTemplate", "Properties": { "LaunchTemplateData": { "InstanceType": size } } },
            "T": topic(json!({ "Fn::GetAtt": ["L", "LatestVersionNumber"] })),
        })
    };
    let plan = one(template("t3.micro"), template("t3.small"));
    let topic = &plan.stacks[0].resources[1];
    assert_eq!((topic.action, topic.certain), (ResourceAction::Modify, false));
    assert_eq!(plan.summary.resources.may_modify, 1);
}

#[test]
fn a_stack_that_the_release_has_no_longer_is_deleted_last() {
    let a = || stack("a", json!({ "T": topic("x".into()) }), json!({ "Arn": { "Ref": "T" } }), &[]);
    let b = || stack("b", json!({ "U": topic(json!({ "Ref": "P" })) }), json!({}), &[("P", "a.Arn")]);
    let c = |name: &str| stack("c", json!({ "V": topic(name.into()) }), json!({}), &[]);
    let plan = plan(&release(vec![a(), b(), c("1")]), &release(vec![c("2")]));
    assert_eq!(order(&plan), ["c", "b", "a"]);
    assert_eq!(plan.steps[2].action, StepAction::Delete);
    assert_eq!(plan.steps[2].depends_on, [0, 1]);
    assert!(plan.steps[2].template.is_none());
}

#[test]
fn a_consumer_lets_go_before_its_producer_does() {
    let a = |outputs: Value| stack("a", json!({ "T": topic("x".into()) }), outputs, &[]);
    let b = |bound: &[(&str, &str)]| stack("b", json!({ "U": topic("y".into()) }), json!({}), bound);
    let old = release(vec![a(json!({ "Old": "1" })), b(&[("P", "a.Old")])]);
    let plan = plan(&old, &release(vec![a(json!({})), b(&[])]));
    assert_eq!(order(&plan), ["b", "a"]);
    assert_eq!(plan.steps[1].depends_on, [0]);
}

#[test]
fn what_would_be_a_cycle_is_expanded_and_contracted() {
    let a = |outputs: Value| stack("a", json!({ "T": topic("x".into()) }), outputs, &[]);
    let b = |from: &str| stack("b", json!({ "U": topic(json!({ "Ref": "P" })) }), json!({}), &[("P", from)]);
    let old = release(vec![a(json!({ "Old": "1" })), b("a.Old")]);
    let plan = plan(&old, &release(vec![a(json!({ "New": "1" })), b("a.New")]));
    assert_eq!(order(&plan), ["a+", "b", "a-"]);
    assert_eq!(plan.steps[2].depends_on, [0, 1]);
    let expanded: Value =
        serde_json::from_str(plan.steps[0].template.as_deref().expect("a template")).expect("JSON");
    assert!(expanded["Outputs"].get("Old").is_some() && expanded["Outputs"].get("New").is_some());
    let contracted = plan.steps[2].template.as_deref().expect("a template");
    assert!(!contracted.contains("Old"), "{contracted}");
}

#[test]
fn an_output_that_a_foreign_stack_uses_is_not_taken_away() {
    let a = |outputs: Value| stack("a", json!({ "T": topic("x".into()) }), outputs, &[]);
    let mut b = stack("b", json!({ "U": topic("y".into()) }), json!({}), &[("P", "a.Old")]);
    b.tags.insert("product".into(), "bank".into());
    let old = release(vec![a(json!({ "Old": "1" })), b]);
    let plan = plan(&old, &release(vec![a(json!({}))]));
    assert_eq!(actions(&plan), [("a", StackAction::Update)], "another product's stack is not deleted");
    assert!(plan.refusals[0].why.contains("used by the deployed stack `b`"), "{:?}", plan.refusals);
    assert!(plan.refusals[0].help.contains("solc refresh --env preproduction"));
}

#[test]
fn a_stack_of_another_product_is_not_taken_over() {
    let a = || stack("a", json!({ "T": topic("x".into()) }), json!({}), &[]);
    let mut theirs = a();
    theirs.tags.insert("product".into(), "bank".into());
    let plan = plan(&release(vec![theirs]), &release(vec![a()]));
    assert!(plan.refusals[0].why.contains("a stack of bank in preproduction"), "{:?}", plan.refusals);
}

#[test]
fn a_type_cannot_change_and_a_custom_name_cannot_stay() {
    let plan = one(json!({ "X": topic("x".into()) }), json!({ "X": queue(json!({})) }));
    assert!(plan.refusals[0].why.contains("changes no resource's type"), "{:?}", plan.refusals);
    let table =
        |key: &str| json!({ "T": { "Type": "AWS::Logs::LogGroup", "Properties": { "LogGroupName": key } } });
    assert!(one(table("a"), table("b")).refusals.is_empty(), "another name is another group");
    let cluster = |subnets: &str| {
        json!({ "C": { "Type": "AWS::RDS::DBInstance", "Properties": {
            "DBInstanceIdentifier": "fixed", "DBSubnetGroupName": subnets } } })
    };
    let refused = one(cluster("a"), cluster("b")).refusals;
    assert!(refused[0].why.contains("DBInstanceIdentifier = fixed"), "{refused:?}");
}

#[test]
fn a_failed_first_creation_is_created_anew() {
    let release = release(vec![stack("a", json!({ "T": topic("x".into()) }), json!({}), &[])]);
    let mut states = recorded(&release);
    states[0].0.status = "ROLLBACK_COMPLETE".into();
    let plan = Plan::new(&release, &states).expect("planned");
    assert_eq!(actions(&plan), [("a", StackAction::Create)]);
    assert!(plan.stacks[0].notes[0].contains("ROLLBACK_COMPLETE"));
    states[0].0.status = "UPDATE_ROLLBACK_FAILED".into();
    let plan = Plan::new(&release, &states).expect("planned");
    assert_eq!(actions(&plan), [("a", StackAction::Update)], "it is not as it should be");
}

#[test]
fn tags_and_protection_of_a_stack_are_changes_of_it() {
    let before = release(vec![stack("a", json!({ "T": topic("x".into()) }), json!({}), &[])]);
    let mut after = before.clone();
    after.stacks[0].tags.insert("owner".into(), "me".into());
    after.stacks[0].termination_protection = true;
    let plan = plan(&before, &after);
    let paths: Vec<&str> = plan.stacks[0].settings.iter().map(|change| change.path.as_str()).collect();
    assert_eq!(paths, ["tags.owner", "termination_protection"]);
    assert_eq!(order(&plan), ["a"]);
}

#[test]
fn a_resource_that_goes_to_another_stack_is_told_as_such() {
    let a = |resources: Value| stack("a", resources, json!({}), &[]);
    let b = |resources: Value| stack("b", resources, json!({}), &[]);
    let (q, t) = (json!({ "Q": queue(json!({})) }), json!({ "T": topic("x".into()) }));
    let plan = plan(&release(vec![a(q.clone()), b(t.clone())]), &release(vec![a(t), b(q)]));
    let gone = plan.stacks[0].resources.iter().find(|c| c.logical_id == "Q").expect("removed");
    assert_eq!(gone.other_stack.as_deref(), Some("b"));
    let gate = plan.gates.iter().find(|gate| gate.kind == GateKind::StatefulDeletion).expect("data at risk");
    assert!(gate.help.as_deref().is_some_and(|help| help.contains("stack refactor")), "{gate:?}");
}

#[test]
fn a_name_that_moved_keeps_its_resource() {
    let tagged = |name: &str| {
        let tags = json!([{ "Key": "component", "Value": name }, { "Key": "solution", "Value": "shop" }]);
        json!({ "Q": queue(json!({ "Tags": tags })) })
    };
    let old = release(vec![stack("a", tagged("orders"), json!({}), &[])]);
    let mut new = release(vec![stack("a", tagged("sales"), json!({}), &[])]);
    new.stacks[0].places.get_mut("Q").expect("there").component = "shop.sales".into();
    let plan = plan(&old, &new);
    assert_eq!(plan.stacks[0].resources[0].renamed_from.as_deref(), Some("shop.orders"));
    assert_eq!(plan.stacks[0].resources[0].action, ResourceAction::Modify);
    assert!(plan.gates.is_empty());
}

#[test]
fn a_template_that_is_no_json_is_told_with_the_way_out() {
    let release = release(vec![stack("a", json!({}), json!({}), &[])]);
    let mut states = recorded(&release);
    states[0].1 = "Resources:".into();
    let message = Plan::new(&release, &states).expect_err("YAML").to_string();
    assert!(message.contains("`a`") && message.contains("solc refresh --env preproduction"), "{message}");
}

#[test]
fn a_plan_is_written_and_read_again_without_templates() {
    let plan = Plan::new(&release(vec![stack("a", json!({ "T": topic("x".into()) }), json!({}), &[])]), &[]);
    let mut plan = plan.expect("planned");
    let text = serde_json::to_string(&plan).expect("written");
    let read: Plan = serde_json::from_str(&text).expect("read");
    plan.steps[0].template = None;
    assert_eq!(read, plan);
}

/// What of a value is not as the schema says; of JSON Schema that which ours uses.
fn misfits(value: &Value, schema: &Value, root: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        let named = root.pointer(name.trim_start_matches('#')).expect("it is defined");
        return misfits(value, named, root, at, found);
    }
    let is = |name: &str| match name {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "null" => value.is_null(),
        other => panic!("the test knows no `{other}`"),
    };
    let fits = match &schema["type"] {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        _ => true,
    };
    if !fits || schema["enum"].as_array().is_some_and(|all| !all.contains(value)) {
        found.push(format!("{at}: {value} is not {schema}"));
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        let at = format!("{at}.{name}");
        match (schema["properties"].get(name), schema.get("additionalProperties")) {
            (Some(schema), _) | (None, Some(schema)) => misfits(inner, schema, root, &at, found),
            // The causes of a replacement differ by their kind.
            (None, None) if at.contains(".cause.") || schema.get("properties").is_none() => {}
            (None, None) => found.push(format!("{at} is not in the schema")),
        }
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(name).is_none() {
            found.push(format!("{at}.{name} is missing"));
        }
    }
    for inner in value.as_array().into_iter().flatten() {
        misfits(inner, &schema["items"], root, &format!("{at}[]"), found);
    }
}

/// Fails where a plan as JSON is not as its published schema says.
pub(super) fn fits(plan: &Value) {
    let schema = include_str!("../../../../book/src/reference/plan.schema.json");
    let schema: Value = serde_json::from_str(schema).expect("JSON");
    let mut found = Vec::new();
    misfits(plan, &schema, &schema, "plan", &mut found);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_plan_is_as_its_published_schema_says() {
    let schema = include_str!("../../../../book/src/reference/plan.schema.json");
    let schema: Value = serde_json::from_str(schema).expect("JSON");
    let queue = |name: &str| json!({ "Q": queue(json!({ "QueueName": name })), "T": topic(name.into()) });
    let a = |name: &str, gives: &str| stack("a", queue(name), json!({ gives: { "Ref": "Q" } }), &[]);
    let b = |from: &str| stack("b", json!({ "G": topic(json!({ "Ref": "P" })) }), json!({}), &[("P", from)]);
    let mut theirs = stack("c", json!({}), json!({}), &[("P", "a.Old")]);
    theirs.tags.insert("product".into(), "bank".into());
    let mut old = release(vec![a("1", "Old"), b("a.Old"), theirs]);
    old.stacks[0].termination_protection = true;
    let plan = plan(&old, &release(vec![a("2", "New"), b("a.New")]));
    assert!(!plan.gates.is_empty() && !plan.refusals.is_empty() && plan.steps.len() == 3, "{plan:#?}");
    assert!(plan.stacks.iter().any(|stack| !stack.pending.is_empty() && !stack.resources.is_empty()));
    let mut found = Vec::new();
    misfits(&serde_json::to_value(&plan).expect("JSON"), &schema, &schema, "plan", &mut found);
    assert!(found.is_empty(), "{found:#?}");
    let renamed = |id: &str| release(vec![stack("a", json!({ id: topic("1".into()) }), json!({}), &[])]);
    let mut new = renamed("New");
    let resource = MovedResource {
        from: "Old".into(),
        to: "New".into(),
        stack: "a".into(),
        resource_type: "AWS::SNS::Topic".into(),
    };
    new.moved = vec![Moved { from: "shop.old".into(), to: "shop.new".into(), resources: vec![resource] }];
    new.stacks[0].content["Resources"]["New"]["Properties"]["DisplayName"] = "2".into();
    let moves = Plan::new(&new, &recorded(&renamed("Old"))).expect("planned");
    assert!(moves.moves.len() == 1 && moves.stacks[0].resources[0].moved_from.is_some(), "{moves:#?}");
    misfits(&serde_json::to_value(&moves).expect("JSON"), &schema, &schema, "plan", &mut found);
    assert!(found.is_empty(), "{found:#?}");
    misfits(&json!({ "schema_version": 1, "extra": true }), &schema, &schema, "plan", &mut found);
    assert!(found.len() > 10, "the test sees what is wrong: {found:#?}");
}
