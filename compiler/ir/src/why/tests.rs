//! Paths of questions, and what only some environments have.

use super::{Answer, By, parts, why};
use crate::Inputs;
use crate::tests::project;
use solc_source::Name;

fn answer(sample: &str, environment: &str, path: &str) -> Answer {
    let project = project(sample);
    let (id, _) = crate::environments(&project).into_iter().find(|(_, name)| name == environment).unwrap();
    why(&project, id, &Inputs::default(), path)
}

/// Path, winner, and what would be without it.
#[track_caller]
fn check(sample: &str, path: &str, expect: &[(&str, &str, Option<&str>)]) {
    let Answer::Known(all) = answer(sample, "one", path) else {
        panic!("{:?}", answer(sample, "one", path));
    };
    let found: Vec<(&str, &str, Option<&str>)> = all
        .iter()
        .map(|e| {
            let value = |at: usize| e.candidates.get(at).map(|c| c.value.as_str());
            (e.path.as_str(), value(0).unwrap_or_default(), value(1))
        })
        .collect();
    assert_eq!(found, expect);
}

#[test]
fn keys_are_parts_of_a_path() {
    let names = |path: &str| parts(path).iter().map(Name::to_string).collect::<Vec<_>>();
    assert_eq!(names("shop.api[\"eu\"].scale"), ["shop", "api", "eu", "scale"]);
    assert_eq!(names("shop.net.subnet[a].CidrBlock"), ["shop", "net", "subnet", "a", "CidrBlock"]);
}

#[test]
fn an_enforced_field_says_what_would_be_without() {
    let sample =
        "solution shop { enforce Function { peers = 3 }\n default Function { peers = 2 }\n a: Function {} }";
    check(sample, "shop.a.peers", &[("shop.a.peers", "3", Some("2"))]);
}

#[test]
fn a_property_is_followed_through_lets() {
    let sample = "component Poll { param every: Int = 5\n let name = \"p${every}\"\n resource topic: AWS.SNS.Topic { DisplayName = name } }\n\
         solution shop { poll: Poll { every = 7 } }";
    check(sample, "shop.poll.topic.DisplayName", &[("shop.poll.topic.DisplayName", "\"p7\"", None)]);
    let Answer::Known(all) = answer(sample, "one", "shop.poll.topic.DisplayName") else { panic!() };
    let read = &all[0].reads[0];
    assert_eq!(
        (read.path.as_str(), &read.candidates[0].by),
        ("shop.poll.every", &By::Instance("shop.poll".into()))
    );
    assert_eq!(read.candidates[1].value, "5");
}

#[test]
fn what_stands_for_each_zone_is_asked_by_letter() {
    let sample = "component Net { resource address per zone: AWS.EC2.EIP { Domain = \"vpc\" } }\nsolution shop { net: Net {} }";
    check(sample, "shop.net.address.b.Domain", &[("shop.net.address.b.Domain", "\"vpc\"", None)]);
    let Answer::Unknown(unknown) = answer(sample, "one", "shop.net.address.x") else { panic!() };
    assert_eq!(unknown.known, ["a", "b", "c"]);
}

#[test]
fn what_is_only_elsewhere_is_not_there() {
    let sample = "solution shop { a: Function if env.stage >= preproduction {} }";
    assert!(matches!(answer(sample, "one", "shop.a.peers"), Answer::NotThere { .. }));
    assert!(matches!(answer(sample, "all", "shop.a.peers"), Answer::Known(_)));
}

#[test]
fn a_field_of_a_block_falls_back_on_its_default() {
    check("", "one.domain", &[("one.domain", "\"one.shop.example\"", None)]);
    check("", "env.stage", &[("one.stage", "integration", None)]);
    check("", "product.domain", &[("shop.domain", "\"shop.example\"", None)]);
}

#[test]
fn a_link_that_publishes_a_setting_is_its_reason() {
    let sample = "solution shop { a: Function {}\n b: Function { link a.invoke } }";
    check(sample, "shop.b.A_NAME", &[("shop.b.A_NAME", "${ShopAFunction}", None)]);
}
