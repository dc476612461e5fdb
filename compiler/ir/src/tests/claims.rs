//! Claims, asked of small deployments: what decides, what cannot be decided, and where asking ends.

use super::{FRAME, project};
use crate::ask::{TestResult, policies, tests};
use crate::{Inputs, environments, lower};

fn asked(claim: &str, inputs: &Inputs) -> Vec<TestResult> {
    let project = project(&format!(
        "solution shop {{ a: Function {{ link b.invoke }}, b: Function {{}}, n: Note {{}} }}\n{claim}"
    ));
    let (id, _) = environments(&project).into_iter().next().unwrap();
    let (deployment, mistakes) = lower(&project, id, &Inputs::default());
    assert!(mistakes.is_empty(), "{mistakes:?}");
    assert!(policies(&project, id, inputs, &deployment).is_empty());
    tests(&project, id, inputs, &deployment, &|_| true)
}

/// The codes and headlines of what does not hold.
fn found(claim: &str, inputs: &Inputs) -> Vec<String> {
    let results = asked(claim, inputs);
    results.iter().flat_map(|r| &r.diagnostics).map(|d| format!("{}: {}", d.code, d.message)).collect()
}

#[test]
fn each_round_is_an_assertion_of_its_own() {
    let results = asked("test \"x\" { for r in resources() { assert r.type != \"\" } }", &Inputs::default());
    let [result] = results.as_slice() else { panic!("{results:?}") };
    assert!(result.passed() && result.assertions >= 5, "{result:?}");
    assert_eq!(result.environment, "one");
}

#[test]
fn a_claim_that_takes_too_many_steps_is_given_up_once() {
    let claim = "test \"x\" { for a in 1..300 { assert count([b for b in 1..300]) == 300 } }";
    assert_eq!(found(claim, &Inputs::default()), Vec::<String>::new());
    let few = Inputs { step_budget: 5_000, ..Inputs::default() };
    assert_eq!(found(claim, &few), ["step-budget: this claim takes too many steps to evaluate"]);
}

#[test]
fn questions_count_as_what_they_look_at() {
    let claim = "test \"x\" { for a in 1..100 { assert access(shop.a, shop.b) == [invoke] } }";
    assert_eq!(found(claim, &Inputs::default()), Vec::<String>::new());
    let few = Inputs { step_budget: 800, ..Inputs::default() };
    assert_eq!(found(claim, &few), ["step-budget: this claim takes too many steps to evaluate"]);
}

#[test]
fn what_is_known_only_when_deploying_is_never_held_to_be_so() {
    for condition in [
        "r.properties.Role == \"x\"",
        "r.properties.Role != \"x\"",
        "r.properties.Role in [\"x\"]",
        "not (r.properties.Role == \"x\")",
        "(match r.properties.Role ?? \"\" { \"x\" => false, _ => true })",
        "(r.properties.Role ?? \"\").starts_with(\"arn\")",
        "count([1 for x in [r] if x.properties.Role == \"x\"]) == 0",
        "all([x.properties.Role == \"x\" for x in [r]]) or true",
    ] {
        let claim =
            format!("test \"x\" {{ for r in resources(AWS.Lambda.Function) {{ assert {condition} }} }}");
        assert_eq!(
            found(&claim, &Inputs::default()),
            ["undecidable-claim: nobody can say yet whether `x` holds"],
            "{condition}"
        );
    }
}

#[test]
fn what_does_not_depend_on_it_is_decided() {
    for condition in [
        "r.properties.Role != none",
        "r.properties.Role == r.properties.Role",
        "r.properties.Role in [r.properties.Role]",
        "count([r.properties.Role]) == 1",
        "true or r.properties.Role == \"x\"",
    ] {
        let claim =
            format!("test \"x\" {{ for r in resources(AWS.Lambda.Function) {{ assert {condition} }} }}");
        assert_eq!(found(&claim, &Inputs::default()), Vec::<String>::new(), "{condition}");
    }
}

#[test]
fn the_frame_has_two_environments_and_a_test_is_asked_where_it_says() {
    assert!(FRAME.contains("environment one") && FRAME.contains("environment all"));
    assert_eq!(asked("test \"x\" for all { assert false }", &Inputs::default()), []);
    assert_eq!(
        found("test \"x\" for one { assert false }", &Inputs::default()),
        ["failed-assertion: the test `x` fails"]
    );
}
