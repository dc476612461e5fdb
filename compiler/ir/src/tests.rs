//! Whole environments lowered from small sources.
//!
//! The library is `std.cmdb` alone; components stand in the sample, so that each test shows all that it needs.

mod claims;
mod facts;
mod moves;

use crate::model::{Deployment, Resource, StackId, Value};
use crate::{Documents, Inputs, environments, lower};
use solc_check::hir::Project;
use solc_check::{Files, LibraryFile, ProjectFile};
use solc_source::data::{Entry, Node, Value as Data};
use solc_source::{FileId, Name, SourceFile, Sources, Span};
use std::sync::Arc;

const CMDB: &[(&str, &str)] = &[
    ("account", include_str!("../../../stdlib/cmdb/account.sol")),
    ("environment", include_str!("../../../stdlib/cmdb/environment.sol")),
    ("image", include_str!("../../../stdlib/cmdb/image.sol")),
    ("names", include_str!("../../../stdlib/cmdb/names.sol")),
    ("product", include_str!("../../../stdlib/cmdb/product.sol")),
    ("secret", include_str!("../../../stdlib/cmdb/secret.sol")),
];

const FRAME: &str = r#"
account nonprod {
  id = "111122223333"
  region = "ap-southeast-2"
  zones = ["a", "b", "c"]
  registries = { docker = ecr { prefix = "acme" }, files = s3 { bucket = "acme-registry" } }
}
product shop { domain = "shop.example" }
environment one { stage = integration, account = nonprod, network = 10.10.0.0/16, release = continuous }
environment all { stage = preproduction, account = nonprod, network = 10.20.0.0/16, release = continuous }

component Note {
  layer data
  resource topic: AWS.SNS.Topic {}
}
component Function {
  accepts link, setting
  param peers: Int = 0
  principal role for "lambda.amazonaws.com" {}
  resource function: AWS.Lambda.Function { Role = role.Arn, Code = { ZipFile = "x" }, Runtime = "python3.13", Handler = "a.b" }
  grant invoke {
    allow lambda.InvokeFunction on function.Arn
    env NAME = function.ref
  }
}
"#;

pub(crate) fn project(sample: &str) -> Project {
    let mut sources = Sources::new();
    let library = CMDB
        .iter()
        .map(|(name, text)| LibraryFile {
            file: sources.add(SourceFile::new(name, text)),
            module: ["std", "cmdb", name].into_iter().map(Name::from).collect(),
            text: Arc::from(*text),
            encoded: None,
        })
        .collect();
    let text = format!("{FRAME}{sample}");
    let file = sources.add(SourceFile::new("shop.sol", &text));
    let (ast, mistakes) = solc_syntax::parse(file, &text);
    assert!(mistakes.is_empty(), "{mistakes:?}");
    let project =
        vec![ProjectFile { ast: Arc::new(ast), module: vec![Name::new("shop")], package: Arc::default() }];
    let (project, mistakes) = solc_check::check(&Files {
        project,
        library,
        whole_library: false,
        elsewhere: Vec::new(),
        alone: false,
    });
    let mistakes: Vec<_> = mistakes.iter().filter(|d| d.is_error()).collect();
    assert!(mistakes.is_empty(), "{mistakes:?}");
    project
}

fn lowered_with(sample: &str, environment: &str, inputs: &Inputs) -> (Deployment, Vec<String>) {
    let project = project(sample);
    let (id, _) = environments(&project).into_iter().find(|(_, name)| name == environment).unwrap();
    let (deployment, mistakes) = lower(&project, id, inputs);
    (deployment, mistakes.iter().map(|d| format!("{}: {}", d.code, d.message)).collect())
}

fn lowered(sample: &str, environment: &str) -> Deployment {
    let (deployment, mistakes) = lowered_with(sample, environment, &Inputs::default());
    assert!(mistakes.is_empty(), "{mistakes:?}");
    assert_eq!(crate::verify::check(&deployment), Vec::<String>::new());
    deployment
}

fn ids(deployment: &Deployment) -> Vec<&str> {
    let mut ids: Vec<&str> = deployment.resources.iter().map(|r| r.logical_id.as_str()).collect();
    ids.sort_unstable();
    ids
}

fn resource<'d>(deployment: &'d Deployment, id: &str) -> &'d Resource {
    deployment
        .resources
        .iter()
        .find(|r| r.logical_id == id)
        .unwrap_or_else(|| panic!("{:?}", ids(deployment)))
}

#[test]
fn zones_are_one_or_all_by_availability_and_keep_their_ids() {
    let sample = r#"
component Net {
  resource vpc: AWS.EC2.VPC { CidrBlock = "${env.network}" }
  resource subnet per zone: AWS.EC2.Subnet {
    VpcId = vpc.ref
    CidrBlock = "${env.network.subnet(8, zone.index)}"
    AvailabilityZone = zone.name
  }
  resource address per active zone: AWS.EC2.EIP { Domain = "vpc" }
}
solution shop { net: Net {} }
"#;
    let one = lowered(sample, "one");
    assert_eq!(
        ids(&one),
        ["ShopNetAddressA", "ShopNetSubnetA", "ShopNetSubnetB", "ShopNetSubnetC", "ShopNetVpc"]
    );
    let subnet = resource(&one, "ShopNetSubnetB");
    assert_eq!(subnet.property("CidrBlock"), Some(&Value::string("10.10.1.0/24")));
    assert_eq!(subnet.zone.as_deref(), Some("ap-southeast-2b"));
    assert_eq!(ids(&lowered(sample, "all")).len(), 7);
}

#[test]
fn functions_that_call_each_other_wait_for_no_policy() {
    let deployment = lowered(
        "solution shop {
  a: Function { link b.invoke }
  b: Function { link a.invoke }
  c: Function { link a.invoke }
}",
        "one",
    );
    for id in ["ShopAFunction", "ShopBFunction"] {
        assert!(resource(&deployment, id).depends_on.is_empty(), "{id}");
    }
    let waits: Vec<&str> = resource(&deployment, "ShopCFunction")
        .depends_on
        .iter()
        .map(|d| deployment.resources[d.index()].logical_id.as_str())
        .collect();
    assert_eq!(waits, ["ShopCToAInvoke"]);
}

#[test]
fn every_statement_of_a_link_names_the_link() {
    let deployment = lowered("solution shop { a: Function {}, b: Function { link a.invoke } }", "one");
    assert_eq!(deployment.links.len(), 1);
    let policy = deployment.links[0].policy.map(|p| deployment.resources[p.index()].logical_id.as_str());
    assert_eq!(policy, Some("ShopBToAInvoke"));
    let reasons: Vec<_> = deployment
        .statements
        .iter()
        .filter(|s| s.actions == ["lambda:InvokeFunction"])
        .map(|s| &s.reason)
        .collect();
    assert_eq!(reasons, [&crate::model::Reason::Link(crate::model::LinkId(0))]);
}

#[test]
fn a_role_trusts_one_service_of_its_own_account() {
    let deployment = lowered("solution shop { a: Function {} }", "one");
    let role = resource(&deployment, "ShopARole");
    assert_eq!(role.property("Path"), Some(&Value::string("/shop/one/")));
    let trust = format!("{:?}", role.property("AssumeRolePolicyDocument"));
    assert!(trust.contains("lambda.amazonaws.com") && trust.contains("111122223333"), "{trust}");
}

#[test]
fn the_most_general_enforce_wins_and_the_most_specific_default() {
    let sample = |instance: &str| {
        format!(
            "account other {{ id = \"444455556666\", region = \"ap-southeast-2\", zones = [\"a\", \"b\"]
  registries = {{ docker = ecr {{ prefix = \"acme\" }}, files = s3 {{ bucket = \"acme-registry\" }} }}
  enforce Job {{ size = 1 }}
  default Job {{ count = 1 }}
}}
environment third {{ stage = integration, account = other, network = 10.30.0.0/16, release = continuous
  enforce Job {{ size = 2 }}
  default Job {{ count = 2 }}
}}
component Job {{
  param size: Int = 0
  param count: Int = 0
  resource queue: AWS.SQS.Queue {{ DelaySeconds = size, MaximumMessageSize = 1024 + count }}
}}
solution shop {{ job: Job {{ {instance} }} }}"
        )
    };
    let vain =
        "enforced-field: environment `third` enforces `size` of `Job` to `2`, which is enforced to be `1`";
    let (deployment, mistakes) = lowered_with(&sample(""), "third", &Inputs::default());
    assert_eq!(mistakes, [vain]);
    let queue = resource(&deployment, "ShopJobQueue");
    assert_eq!(queue.property("DelaySeconds"), Some(&Value::Int(1)));
    assert_eq!(queue.property("MaximumMessageSize"), Some(&Value::Int(1026)));
    let (_, mistakes) = lowered_with(&sample("size = 7"), "third", &Inputs::default());
    assert_eq!(
        mistakes,
        [vain, "enforced-field: `shop.job` sets `size` to `7`, which is enforced to be `1`"]
    );
}

#[test]
fn values_cross_stacks_as_parameters() {
    let deployment = lowered(
        "solution shop {
  note: Note {}
  resource subscription: AWS.SNS.Subscription { TopicArn = note_arn, Protocol = \"email\", Endpoint = \"a@b.c\" }
  private let note_arn = note.arn
}
"
        .replace("note: Note {}", "note: Talk {}")
        .as_str()
        .replace("solution", "component Talk { layer data\n resource topic: AWS.SNS.Topic {}\n attribute arn: deferred String = topic.ref }\nsolution")
        .as_str(),
        "one",
    );
    let names: Vec<&str> = deployment.stacks.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["shop-one-shop-data", "shop-one-shop-application"]);
    let application = &deployment.stacks[1];
    assert_eq!(application.depends_on, [StackId(0)]);
    let (name, binding) = &application.parameters[0];
    assert_eq!((name.as_str(), binding.output.as_str()), ("ShopNoteTopicRef", "ShopNoteTopicRef"));
    assert_eq!(deployment.stacks[0].outputs[0].0, "ShopNoteTopicRef");
}

fn many(count: usize) -> String {
    format!(
        "component Pile {{ layer data
  resource topic: AWS.SNS.Topic for n in 1..200 {{}}
}}
solution shop {{ {} }}",
        (0..count).map(|n| format!("p{n}: Pile {{}}\n")).collect::<String>()
    )
}

#[test]
fn a_layer_that_is_too_large_is_divided_by_component_and_recorded() {
    let deployment = lowered(&many(5), "one");
    let sizes: Vec<usize> = deployment.stacks.iter().map(|s| s.resources.len()).collect();
    assert_eq!(sizes, [400, 400, 200]);
    assert_eq!(deployment.stacks[1].name, "shop-one-shop-data-2");
    let recorded = &deployment.assignment["shop/data"];
    assert_eq!((recorded["shop.p0"], recorded["shop.p4"]), (1, 3));
}

#[test]
fn an_assignment_that_was_recorded_is_kept() {
    let at = Span::new(FileId(9), 0, 1);
    let node = |value| Node { span: at, value };
    let entry = |key: &str, node: Node| Entry { key: Name::from(key), key_span: at, node };
    let layer =
        node(Data::Table(vec![entry("shop.p0", node(Data::Int(2))), entry("shop.p1", node(Data::Int(1)))]));
    let lock = node(Data::Table(vec![entry("shop/data", layer)]));
    let documents = Documents { stacks: [(Name::new("one"), lock)].into(), ..Documents::default() };
    let inputs = Inputs { documents: Arc::new(documents), ..Inputs::default() };
    let (deployment, mistakes) = lowered_with(&many(2), "one", &inputs);
    assert!(mistakes.is_empty(), "{mistakes:?}");
    let recorded = &deployment.assignment["shop/data"];
    assert_eq!((recorded["shop.p0"], recorded["shop.p1"]), (2, 1));
    assert_eq!(deployment.stacks.len(), 2);
}

#[test]
fn ids_that_read_alike_across_their_parts_are_reported() {
    let sample = "component Twin { param n: Int = 0
  resource task_note: AWS.SNS.Topic {}
}
component Other { resource note: AWS.SNS.Topic {} }
solution shop { api: Twin {}, api_task: Other {} }";
    let (_, mistakes) = lowered_with(sample, "one", &Inputs::default());
    assert_eq!(
        mistakes,
        ["logical-id-collision: `shop.api.task_note` and `shop.api_task.note` have the same logical id"]
    );
}

#[test]
fn a_missing_setting_names_no_environment() {
    let sample = "solution shop { a: Function { setting LIMIT: Int } }";
    let (_, mistakes) = lowered_with(sample, "one", &Inputs::default());
    assert_eq!(mistakes, ["missing-setting: the setting `LIMIT` of `shop.a` has no value"]);
}

#[test]
fn lowering_twice_gives_the_same() {
    let sample = "solution shop { a: Function {}, b: Function { link a.invoke } }";
    let (first, second) = (lowered(sample, "all"), lowered(sample, "all"));
    assert_eq!(format!("{first:?}"), format!("{second:?}"));
}

#[test]
fn raising_availability_that_changes_what_cannot_change_is_reported() {
    let sample = r#"
component Bad {
  resource topic: AWS.SNS.Topic { FifoTopic = env.availability == multi_az, DisplayName = if env.availability == multi_az then "all" else "one" }
}
solution shop { bad: Bad {} }
"#;
    let project = project(sample);
    let (id, _) = environments(&project)[0].clone();
    let at = |multi| lower(&project, id, &Inputs { assume_multi_az: Some(multi), ..Inputs::default() }).0;
    let (single, multi) = (at(false), at(true));
    assert_eq!(crate::availability_differences(&single, &multi).len(), 2);
    let (_, found) = lower(&project, id, &Inputs::default());
    let replaced: Vec<_> = found.iter().filter(|d| d.code == crate::codes::AVAILABILITY_REPLACES).collect();
    assert_eq!(replaced.len(), 1, "{found:?}");
    assert!(replaced[0].labels[0].message.contains("`FifoTopic`"), "{replaced:?}");
}

#[test]
fn too_many_steps_are_reported_with_what_took_them() {
    let sample = r#"
solution shop {
  let numbers = [a * b for a in 1..400 for b in 1..400]
  let few = [a for a in 1..10]
  output count: Int = count(numbers) + count(few)
}
"#;
    let project = project(sample);
    let (id, _) = environments(&project)[0].clone();
    let (_, found) = lower(&project, id, &Inputs { step_budget: 100_000, ..Inputs::default() });
    let found: Vec<_> = found.iter().filter(|d| d.code == crate::codes::STEP_BUDGET).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    let labels: Vec<&str> = found[0].labels.iter().map(|l| l.message.as_str()).collect();
    assert_eq!(
        labels,
        ["after 100000 steps, evaluation stopped here", "`shop.numbers` took 100 % of the steps"]
    );
    assert!(lower(&project, id, &Inputs::default()).1.iter().all(|d| d.code != crate::codes::STEP_BUDGET));
}

#[test]
fn what_was_renamed_keeps_its_ids() {
    let before = "component Net { resource topic: AWS.SNS.Topic {} }\n\
        solution shop { a: Function {}\n b: Function { link a.invoke }\n net: Net {} }";
    let after = "component Net { resource board: AWS.SNS.Topic { moved from \"topic\" } }\n\
        solution shop { x: Function { moved from \"a\" }\n y: Function { link x.invoke, moved from \"b\" }\n mesh: Net { moved from \"net\" } }";
    assert_eq!(ids(&lowered(before, "one")), ids(&lowered(after, "one")));
}

#[test]
fn names_that_were_changed_for_each_other_change_ids() {
    let swapped = "solution shop { a: Function { moved from \"b\" }\n b: Note { moved from \"a\" } }";
    let deployment = lowered(swapped, "one");
    assert!(ids(&deployment).contains(&"ShopBFunction") && ids(&deployment).contains(&"ShopATopic"));
}

#[test]
fn values_that_double_on_each_line_are_stopped() {
    let doubled = |first: &str, next: &str, last: &str| {
        let lines: String = (1..60)
            .map(|n| format!("  let a{n} = {}\n", next.replace('@', &format!("a{}", n - 1))))
            .collect();
        format!("solution shop {{\n  let a0 = {first}\n{lines}  output o: {last}\n}}\n")
    };
    for (first, next, last) in [
        ("\"0123456789\"", "\"${@}${@}\"", "String = a59"),
        ("\"0123456789\"", "@ + @", "String = a59"),
        ("\"aaaaaaaaaa\"", "@.replace(\"a\", @)", "String = a59"),
        ("[\"a\", \"b\"]", "[...@, ...@]", "Int = count(a59)"),
        ("[\"a\", \"b\"]", "@ + @", "Int = count(a59)"),
        ("[\"a\", \"b\"]", "flatten([@, @])", "Int = count(a59)"),
        ("[[1], [2]]", "[@.first ?? [], @.last ?? []] + @ + @", "Int = count(a59)"),
    ] {
        let project = project(&doubled(first, next, last));
        let (id, _) = environments(&project)[0].clone();
        let (_, found) = lower(&project, id, &Inputs::default());
        let codes: Vec<_> = found.iter().filter(|d| d.is_error()).map(|d| d.code).collect();
        assert_eq!(codes, [crate::codes::STEP_BUDGET], "{next}: {found:?}");
    }
}
