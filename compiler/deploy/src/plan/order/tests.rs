use super::super::fixture::{plan, recorded, release, stack};
use super::super::{Phase, Plan, StackAction, StepAction};
use crate::engine::step;
use crate::release::Release;
use proptest::prelude::{Just, Strategy, prop, proptest};
use serde_json::{Map, Value, json};
use solc_cmdb::StackState;
use std::collections::{BTreeMap, BTreeSet};

/// For each stack that is there: its version, its outputs, and which outputs of which stacks it takes.
type Shape = Vec<Option<(u8, BTreeSet<u8>, Vec<(usize, u8)>)>>;

fn shape() -> impl Strategy<Value = Shape> {
    let stack = (
        0..3_u8,
        prop::collection::btree_set(0..4_u8, 0..4),
        prop::collection::vec((0..12_usize, 0..4_u8), 0..4),
    );
    prop::collection::vec(prop::option::weighted(0.8, stack), 1..12)
}

/// A release of that shape. What a stack takes, its producer gives; `ranks` says which stacks may come before which, so
/// that dependencies of the old release may point the other way in the new one.
fn built(shape: &Shape, ranks: &[usize]) -> Release {
    let rank = |at: usize| ranks.get(at).copied().unwrap_or(at);
    let there = |at: usize| shape.get(at).is_some_and(Option::is_some);
    let mut order: Vec<usize> = (0..shape.len()).filter(|at| there(*at)).collect();
    order.sort_by_key(|at| rank(*at));
    let mut taken: BTreeMap<usize, BTreeSet<u8>> = BTreeMap::new();
    let mut bound: BTreeMap<usize, Vec<(usize, u8)>> = BTreeMap::new();
    for at in &order {
        for (producer, output) in shape[*at].iter().flat_map(|(_, _, takes)| takes) {
            if there(*producer) && rank(*producer) < rank(*at) {
                taken.entry(*producer).or_default().insert(*output);
                bound.entry(*at).or_default().push((*producer, *output));
            }
        }
    }
    let stacks = order.iter().map(|at| {
        let (version, gives, _) = shape[*at].as_ref().expect("it is there");
        let gives = gives.iter().chain(taken.get(at).into_iter().flatten());
        let outputs: Map<String, Value> =
            gives.map(|output| (format!("O{output}"), json!({ "Ref": "R" }))).collect();
        let name = format!("s{at:02}");
        let mut resource =
            json!({ "Type": "AWS::SNS::Topic", "Properties": { "DisplayName": version.to_string() } });
        let bound: Vec<(String, String)> = bound
            .get(at)
            .into_iter()
            .flatten()
            .map(|(producer, output)| (format!("P{producer}x{output}"), format!("s{producer:02}.O{output}")))
            .collect();
        for (parameter, _) in &bound {
            resource["Properties"]["Tags"] = json!([{ "Key": "k", "Value": { "Ref": parameter } }]);
        }
        let bound: Vec<(&str, &str)> = bound.iter().map(|(p, b)| (p.as_str(), b.as_str())).collect();
        stack(&name, json!({ "R": resource }), Value::Object(outputs), &bound)
    });
    release(stacks.collect())
}

/// Deploys the plan step by step, and looks whether anybody ever misses a value.
fn holds(old: &Release, new: &Release, plan: &Plan) {
    assert!(plan.refusals.is_empty(), "{:?}", plan.refusals);
    let mut outputs: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut uses: BTreeMap<&str, BTreeSet<(String, String)>> = BTreeMap::new();
    let bound = |parameters: &BTreeMap<String, crate::release::Binding>| {
        parameters.values().map(|b| (b.stack.clone(), b.output.clone())).collect::<BTreeSet<_>>()
    };
    for stack in &old.stacks {
        outputs.insert(&stack.name, stack.outputs.iter().cloned().collect());
        uses.insert(&stack.name, bound(&stack.parameters));
    }
    for (id, step) in plan.steps.iter().enumerate() {
        assert_eq!(step.id, id);
        assert!(step.depends_on.iter().all(|needed| *needed < id), "{step:?} waits for what comes later");
        if step.action == StepAction::Delete {
            outputs.remove(step.stack.as_str());
            uses.remove(step.stack.as_str());
        } else {
            let template: Value =
                serde_json::from_str(step.template.as_deref().expect("a template")).expect("JSON");
            let given = template["Outputs"].as_object().expect("outputs").keys().cloned().collect();
            outputs.insert(&step.stack, given);
            uses.insert(&step.stack, bound(&step.parameters));
        }
        for (consumer, uses) in &uses {
            for (producer, output) in uses {
                let there = outputs.get(producer.as_str()).is_some_and(|all| all.contains(output));
                assert!(
                    there,
                    "after step {id}, `{consumer}` uses `{producer}.{output}`, which is not there"
                );
            }
        }
    }
    for stack in &new.stacks {
        assert_eq!(outputs.get(stack.name.as_str()), Some(&stack.outputs.iter().cloned().collect()));
        assert_eq!(uses.get(stack.name.as_str()), Some(&bound(&stack.parameters)));
    }
    assert_eq!(outputs.len(), new.stacks.len(), "what is no longer there is deleted");
}

/// What must have happened before a step has: itself, and what it waits for, near or far.
fn needed(plan: &Plan, id: usize) -> BTreeSet<usize> {
    let mut all = BTreeSet::from([id]);
    let mut next = vec![id];
    while let Some(id) = next.pop() {
        next.extend(plan.steps[id].depends_on.iter().filter(|needed| all.insert(**needed)));
    }
    all
}

/// Steps run side by side: what holds in the planned order must follow from what waits for what alone.
fn waits(old: &Release, plan: &Plan) {
    let last = |name: &str| plan.steps.iter().rev().find(|step| step.stack == name);
    let first = |name: &str| plan.steps.iter().find(|step| step.stack == name);
    for step in plan.steps.iter().filter(|step| step.action != StepAction::Delete) {
        for binding in step.parameters.values().filter(|_| step.phase != Phase::Expand) {
            if let Some(producer) = first(&binding.stack) {
                let waits = needed(plan, step.id).contains(&producer.id);
                assert!(waits, "{} does not wait for {}", step.stack, binding.stack);
            }
        }
    }
    for stack in &old.stacks {
        for binding in stack.parameters.values() {
            let Some(drops) = last(&binding.stack) else { continue };
            let kept = drops.template.as_deref().is_some_and(|text| {
                let template: Value = serde_json::from_str(text).expect("JSON");
                template["Outputs"].get(&binding.output).is_some()
            });
            let Some(consumer) = last(&stack.name).filter(|_| !kept) else { continue };
            let waits = needed(plan, drops.id).contains(&consumer.id);
            assert!(
                waits,
                "{} does not wait for {}, which used {}",
                binding.stack, stack.name, binding.output
            );
        }
    }
}

proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(400))]

    #[test]
    fn nobody_ever_misses_a_value(old in shape(), new in shape(), ranks in Just((0..12).collect::<Vec<usize>>()).prop_shuffle()) {
        let same: Vec<usize> = (0..12).collect();
        let (old, new) = (built(&old, &same), built(&new, &ranks));
        let plan = plan(&old, &new);
        holds(&old, &new, &plan);
        waits(&old, &plan);
        ends(&old, &new, &plan);
    }
}

/// Runs what the engine is given of a plan, and looks that nothing waits for ever, and for all that the plan says.
fn ends(old: &Release, new: &Release, plan: &Plan) {
    let states: Vec<StackState> = recorded(old).into_iter().map(|(state, _)| state).collect();
    let steps = step::of_plan(plan, new, &states);
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let known: BTreeSet<&str> = steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(known.len(), steps.len());
    loop {
        let ready: Vec<&str> = steps
            .iter()
            .filter(|step| !done.contains(step.name.as_str()))
            .filter(|step| {
                step.after.iter().all(|name| done.contains(name.as_str()) || !known.contains(name.as_str()))
            })
            .map(|step| step.name.as_str())
            .collect();
        if ready.is_empty() {
            break;
        }
        done.extend(ready);
    }
    assert_eq!(done, known, "{steps:#?}");
    for planned in &plan.steps {
        let name = |id: &usize| step::name(&plan.steps[*id].stack, plan.steps[*id].phase);
        let own =
            steps.iter().find(|step| step.name == step::name(&planned.stack, planned.phase)).expect("a step");
        assert!(planned.depends_on.iter().map(name).all(|needed| own.after.contains(&needed)), "{own:#?}");
    }
}

#[test]
fn what_goes_with_a_consumer_waits_for_it() {
    let topic = || json!({ "T": { "Type": "AWS::SNS::Topic" } });
    let old = release(vec![
        stack("a", topic(), json!({ "X": "1" }), &[]),
        stack("b", topic(), json!({}), &[("P", "a.X")]),
    ]);
    let new = release(vec![stack("a", topic(), json!({}), &[])]);
    let plan = plan(&old, &new);
    ends(&old, &new, &plan);
    let states: Vec<StackState> = recorded(&old).into_iter().map(|(state, _)| state).collect();
    let steps = step::of_plan(&plan, &new, &states);
    let after = |stack: &str| steps.iter().find(|step| step.stack == stack).map(|step| step.after.clone());
    assert_eq!(after("a"), Some(vec!["b".to_owned()]));
    assert_eq!(after("b"), Some(Vec::new()));
}

#[test]
fn two_that_change_sides_are_both_taken_apart() {
    let topic = || json!({ "T": { "Type": "AWS::SNS::Topic" } });
    let old = release(vec![
        stack("a", topic(), json!({ "X": "1" }), &[]),
        stack("b", topic(), json!({ "Y": "1" }), &[("P", "a.X")]),
        stack("c", topic(), json!({}), &[("P", "b.Y")]),
    ]);
    let new = release(vec![
        stack("b", topic(), json!({ "Y2": "1" }), &[]),
        stack("a", topic(), json!({ "X2": "1" }), &[("P", "b.Y2")]),
        stack("c", topic(), json!({}), &[("P", "a.X2")]),
    ]);
    let plan = plan(&old, &new);
    holds(&old, &new, &plan);
    assert!(plan.steps.iter().any(|step| step.phase == Phase::Expand));
    assert!(plan.stacks.iter().all(|stack| stack.action == StackAction::Update));
}
