#![expect(clippy::needless_pass_by_value, reason = "`json!` reads best where it is handed over")]

use crate::plan::fixture::{plan, recorded, release, stack};
use crate::plan::render;
use crate::plan::{Plan, ResourceAction, StackAction};
use crate::release::{Moved, MovedResource, Release};
use serde_json::{Value, json};

const TABLE: &str = "AWS::DynamoDB::Table";

fn table(name: &str) -> Value {
    json!({ "Type": TABLE, "DeletionPolicy": "Retain", "Properties": { "TableName": name } })
}

fn topic(properties: Value) -> Value {
    json!({ "Type": "AWS::SNS::Topic", "Properties": properties })
}

/// Says that `from` is `to` of `stack` now.
fn with(mut release: Release, moves: &[(&str, &str, &str, &str)]) -> Release {
    for (from, to, stack, kind) in moves {
        release.moved.push(Moved {
            from: "shop.was".to_owned(),
            to: "shop.is".to_owned(),
            resources: vec![MovedResource {
                from: (*from).to_owned(),
                to: (*to).to_owned(),
                stack: (*stack).to_owned(),
                resource_type: (*kind).to_owned(),
            }],
        });
    }
    release
}

/// The template that the first refactoring leaves of a stack.
fn left(plan: &Plan, stack: &str) -> Value {
    let of = plan.moves[0].stacks.iter().find(|of| of.name == stack).expect("refactored");
    serde_json::from_str(&of.template).expect("JSON")
}

fn changes(plan: &Plan) -> Vec<(&str, ResourceAction)> {
    plan.stacks
        .iter()
        .flat_map(|stack| &stack.resources)
        .map(|change| (change.logical_id.as_str(), change.action))
        .collect()
}

#[test]
fn a_rename_within_a_stack_changes_nothing_else() {
    let of = |id: &str| {
        let reader =
            topic(json!({ "DisplayName": { "Fn::Sub": format!("on ${{{id}}} and ${{{id}.Arn}}") } }));
        let a = stack(
            "a",
            json!({ id: table("one"), "Reader": reader }),
            json!({ format!("{id}Arn"): { "Fn::GetAtt": [id, "Arn"] } }),
            &[],
        );
        let used = json!({ "User": topic(json!({ "DisplayName": { "Ref": "P" } })) });
        release(vec![a, stack("b", used, json!({}), &[("P", &format!("a.{id}Arn"))])])
    };
    let plan = plan(&of("Old"), &with(of("New"), &[("Old", "New", "a", TABLE)]));
    assert!(plan.gates.is_empty() && plan.refusals.is_empty(), "{plan:#?}");
    assert_eq!(changes(&plan), [], "the value of `P` is known: {plan:#?}");
    assert_eq!(plan.summary.resources.moved, 1);
    let left = left(&plan, "a");
    assert_eq!(left["Resources"]["New"], table("one"));
    let text = left["Resources"]["Reader"]["Properties"]["DisplayName"]["Fn::Sub"].as_str();
    assert_eq!(text, Some("on ${New} and ${New.Arn}"));
    assert_eq!(left["Outputs"]["OldArn"]["Value"], json!({ "Fn::GetAtt": ["New", "Arn"] }));
    assert_eq!(left["Outputs"]["NewArn"]["Value"], json!({ "Fn::GetAtt": ["New", "Arn"] }));
}

/// A table in `one` that takes a key of its neighbour and a value of `base`, and is read by `user`.
fn before() -> Release {
    let mut moving = table("one");
    moving["Properties"]["Key"] = json!({ "Ref": "Key" });
    moving["Properties"]["Net"] = json!({ "Ref": "P" });
    moving["DependsOn"] = json!(["Key"]);
    release(vec![
        stack("base", json!({ "Net": topic(json!({})) }), json!({ "Net": "10.0.0.0/8" }), &[]),
        stack(
            "one",
            json!({ "Db": moving, "Key": topic(json!({})), "Near": topic(json!({ "Of": { "Ref": "Db" } })) }),
            json!({ "DbArn": { "Fn::GetAtt": ["Db", "Arn"] } }),
            &[("P", "base.Net")],
        ),
        stack(
            "user",
            json!({ "User": topic(json!({ "Of": { "Ref": "Q" } })) }),
            json!({}),
            &[("Q", "one.DbArn")],
        ),
    ])
}

/// The same with the table in `two`, as the compiler writes it.
fn after() -> Release {
    let mut moving = table("one");
    moving["Properties"]["Key"] = json!({ "Ref": "K" });
    moving["Properties"]["Net"] = json!({ "Ref": "P" });
    with(
        release(vec![
            stack("base", json!({ "Net": topic(json!({})) }), json!({ "Net": "10.0.0.0/8" }), &[]),
            stack("one", json!({ "Key": topic(json!({})) }), json!({ "Key": { "Ref": "Key" } }), &[]),
            stack(
                "two",
                json!({ "Store": moving }),
                json!({ "StoreArn": { "Fn::GetAtt": ["Store", "Arn"] }, "StoreRef": { "Ref": "Store" } }),
                &[("P", "base.Net"), ("K", "one.Key")],
            ),
            stack(
                "user",
                json!({
                    "User": topic(json!({ "Of": { "Ref": "Q" } })),
                    "Near": topic(json!({ "Of": { "Ref": "R" } })),
                }),
                json!({}),
                &[("Q", "two.StoreArn"), ("R", "two.StoreRef")],
            ),
        ]),
        &[("Db", "Store", "two", TABLE), ("Near", "Near", "user", "AWS::SNS::Topic")],
    )
}

#[test]
fn a_move_to_another_stack_takes_values_along_and_changes_nothing() {
    let plan = plan(&before(), &after());
    assert!(plan.gates.is_empty() && plan.refusals.is_empty(), "{plan:#?}");
    assert_eq!(changes(&plan), [], "{plan:#?}");
    assert_eq!(plan.moves.len(), 1);
    let two = left(&plan, "two");
    assert_eq!(
        two["Resources"]["Store"]["Properties"],
        json!({ "TableName": "one", "Key": "physical-Key", "Net": "10.0.0.0/8" })
    );
    assert!(two["Resources"]["Store"].get("DependsOn").is_none());
    assert_eq!(two["Outputs"].as_object().expect("outputs").len(), 2, "{two:#}");
    let one = left(&plan, "one");
    assert_eq!(one["Outputs"]["DbArn"]["Value"], "value of one.DbArn", "who takes it still finds it");
    assert_eq!(one["Outputs"]["Key"]["Value"], json!({ "Ref": "Key" }));
    assert_eq!(left(&plan, "user")["Resources"]["Near"]["Properties"]["Of"], "physical-Db");
    let created = plan.moves[0].stacks.iter().filter(|stack| stack.created);
    assert_eq!(created.map(|stack| stack.name.as_str()).collect::<Vec<_>>(), ["two"]);
    assert!(plan.moves[0].notes[0].contains("`one` may have a stack policy"), "{:?}", plan.moves[0].notes);
}

#[test]
fn what_changes_too_is_moved_and_then_changed() {
    let of = |id: &str, shown: &str| {
        release(vec![stack("a", json!({ id: topic(json!({ "DisplayName": shown })) }), json!({}), &[])])
    };
    let new = with(of("New", "after"), &[("Old", "New", "a", "AWS::SNS::Topic")]);
    let plan = plan(&of("Old", "before"), &new);
    assert_eq!(changes(&plan), [("New", ResourceAction::Modify)]);
    let change = &plan.stacks[0].resources[0];
    assert_eq!(
        (change.moved_from.as_deref(), change.physical_id.as_deref()),
        (Some("a/Old"), Some("physical-Old"))
    );
    let look = render::Look { colours: false, place: &|place| place.to_owned() };
    let tree = render::tree(&plan, &look);
    assert!(tree.contains("> Old → New   AWS::SNS::Topic   shop.was → shop.is"), "{tree}");
    assert!(tree.contains("it is moved first, from `a/Old`") && tree.contains("1 resource moved"), "{tree}");
    assert!(
        render::markdown(&plan).contains("- `>` `Old → New` AWS::SNS::Topic"),
        "{}",
        render::markdown(&plan)
    );
    assert!(render::html(&plan).contains("<h2>Moves</h2>"));
    let json: Value = serde_json::from_str(&render::json(&plan).expect("JSON")).expect("JSON");
    assert_eq!(json["moves"][0]["moves"][0]["to"], "New");
    assert!(json["moves"][0]["stacks"][0].get("template").is_none());
}

#[test]
fn a_stack_that_everything_leaves_gets_a_placeholder() {
    let old = release(vec![stack("a", json!({ "Db": table("one") }), json!({}), &[])]);
    let new = release(vec![stack("b", json!({ "Db": table("one") }), json!({}), &[])]);
    let plan = plan(&old, &with(new, &[("Db", "Db", "b", TABLE)]));
    assert!(plan.gates.is_empty(), "what is deleted holds nothing: {plan:#?}");
    let a = &plan.moves[0].stacks[0];
    assert!(a.vacated && a.before.contains("WaitConditionHandle") && a.before.contains(TABLE), "{a:?}");
    assert_eq!(left(&plan, "a")["Resources"].as_object().expect("resources").len(), 1);
    assert_eq!(plan.stack("a").map(|stack| stack.action), Some(StackAction::Delete));
    assert_eq!(plan.stack("b").map(|stack| stack.action), Some(StackAction::Update));
}

#[test]
fn what_was_moved_or_never_there_is_no_step() {
    let new = || release(vec![stack("a", json!({ "New": table("one") }), json!({}), &[])]);
    let moved = || with(new(), &[("Old", "New", "a", TABLE)]);
    assert!(plan(&new(), &moved()).is_empty());
    let first = Plan::new(&moved(), &[]).expect("a plan");
    assert!(first.moves.is_empty() && first.stacks[0].action == StackAction::Create);
    // Of another type it is something else.
    let other = release(vec![stack("a", json!({ "Old": topic(json!({})) }), json!({}), &[])]);
    assert!(plan(&other, &moved()).moves.is_empty());
}

#[test]
fn two_change_names() {
    let of = |one: &str, other: &str| {
        release(vec![stack("a", json!({ one: table("one"), other: table("two") }), json!({}), &[])])
    };
    let moves = [("A", "B", "a", TABLE), ("B", "A", "a", TABLE)];
    let plan = plan(&of("A", "B"), &with(of("B", "A"), &moves));
    assert_eq!((plan.moves[0].moves.len(), changes(&plan)), (2, Vec::new()));
    assert_eq!(left(&plan, "a")["Resources"]["A"], table("two"));
}

#[test]
fn what_cannot_be_moved_is_refused_and_never_made_anew() {
    let refused = |properties: Value, parameters: &[(&str, &str)]| {
        let base = || stack("base", json!({ "Net": topic(json!({})) }), json!({ "Net": "x" }), &[]);
        let other = topic(json!({}));
        let old = release(vec![
            base(),
            stack("a", json!({ "Old": topic(properties), "Other": other.clone() }), json!({}), parameters),
        ]);
        let new = release(vec![
            base(),
            stack("a", json!({ "Other": other }), json!({}), &[]),
            stack("b", json!({ "New": topic(json!({})) }), json!({}), &[]),
        ]);
        let mut records = recorded(&old);
        records[1]
            .0
            .parameters
            .extend(parameters.iter().map(|(name, _)| ((*name).to_owned(), "****".to_owned())));
        let new = with(new, &[("Old", "New", "b", "AWS::SNS::Topic")]);
        let plan = Plan::new(&new, &records).expect("a plan");
        assert_eq!(plan.refusals.len(), 1, "{plan:#?}");
        assert!(plan.refusals[0].help.contains("remove `moved from`"));
        plan.refusals[0].why.clone()
    };
    assert_eq!(
        refused(json!({ "Of": { "Fn::GetAtt": ["Other", "TopicName"] } }), &[]),
        "`Old` (AWS::SNS::Topic) of `a` cannot be moved to `b`: `Old` takes `TopicName` of `Other`, which is in \
         another stack then, and its value is not recorded"
    );
    assert!(
        refused(json!({ "Of": { "Ref": "AWS::StackName" } }), &[]).contains("another value in another stack")
    );
    assert!(refused(json!({ "Of": { "Ref": "P" } }), &[("P", "base.Net")]).contains("whose value is hidden"));
    assert!(refused(json!({ "Of": { "Fn::If": ["C", 1, 2] } }), &[]).contains("adds neither conditions"));
}

#[test]
fn more_stacks_than_one_refactoring_takes_are_refused() {
    let names = ["a", "b", "c", "d", "e", "f"];
    let old = names.iter().map(|name| {
        stack(name, json!({ format!("T{name}"): topic(json!({})), "K": topic(json!({})) }), json!({}), &[])
    });
    let new = names.iter().enumerate().map(|(at, name)| {
        let from = names[(at + 1) % names.len()];
        stack(name, json!({ format!("T{from}"): topic(json!({})), "K": topic(json!({})) }), json!({}), &[])
    });
    let (old, new) = (release(old.collect()), release(new.collect()));
    let ids: Vec<String> = names.iter().map(|name| format!("T{name}")).collect();
    let moves: Vec<_> = ids
        .iter()
        .enumerate()
        .map(|(at, id)| (id.as_str(), id.as_str(), names[(at + 5) % 6], "AWS::SNS::Topic"))
        .collect();
    let plan = plan(&old, &with(new, &moves));
    assert_eq!(plan.refusals.len(), 6, "{:#?}", plan.refusals);
    assert!(plan.refusals[0].why.contains("one refactoring takes 5 stacks"));
}
