use super::super::Plan;
use super::super::fixture::{plan, release, stack};
use super::{Look, html, json, markdown, tree};
use serde_json::{Value, json as value};

fn shown(plan: &Plan) -> String {
    tree(plan, &Look { colours: false, place: &str::to_owned })
}

fn database(key: &str, name: &str) -> Value {
    value!({ "Db": { "Type": "AWS::RDS::DBInstance", "UpdateReplacePolicy": "Snapshot", "Properties": {
        "KmsKeyId": key, "MasterUserPassword": key, "Tags": [{ "Key": "owner", "Value": name }] } } })
}

fn example() -> Plan {
    let a = |key: &str, name: &str, outputs: Value| stack("a", database(key, name), outputs, &[]);
    let b = |from: &str| {
        let topic = value!({ "Type": "AWS::SNS::Topic", "Properties": { "DisplayName": { "Ref": "P" } } });
        stack("b", value!({ "T": topic }), value!({}), &[("P", from)])
    };
    plan(
        &release(vec![a("canary-1", "me", value!({ "Old": { "Ref": "Db" } })), b("a.Old")]),
        &release(vec![a("canary-2", "<b>you</b> `x`", value!({ "New": { "Ref": "Db" } })), b("a.New")]),
    )
}

#[test]
fn the_tree_says_what_happens_in_which_order_and_why() {
    let text = shown(&example());
    let expect = "\
shop in preproduction (account 111122223333, eu-central-1): 2 stacks to update

1. expand a
   adds what is new, and keeps what others still use
   new outputs: New
   outputs that go: Old
   -/+ Db   AWS::RDS::DBInstance   shop.db   shop-config/solutions/shop.sol:17:3
         KmsKeyId: \"canary-1\" → \"canary-2\"
         MasterUserPassword: **** → ****
         Tags[owner].Value: \"me\" → \"<b>you</b> `x`\"
       `KmsKeyId` cannot change in place

2. update b   after step 1
   `New` of `a` is not known yet: `Db` is replaced
   ~ T   AWS::SNS::Topic   shop.t   shop-config/solutions/shop.sol:17:3
         DisplayName: \"value of a.Old\" → known after `a.New`

3. contract a   after steps 1, 2
   takes away what nobody uses any more: `Old`

to be agreed to by name
   replace shop.db   data at risk: replacement   shop-config/solutions/shop.sol:17:3
       `Db` (AWS::RDS::DBInstance) is replaced by an empty one
       `KmsKeyId` cannot change in place
       the old one is deleted after a last snapshot; the data is in the snapshot alone

   solc deploy --env preproduction --acknowledge \"replace shop.db\"

1 resource changed, 1 replaced
";
    assert_eq!(text, expect, "{text}");
}

#[test]
fn colours_say_nothing_that_signs_do_not() {
    let coloured = tree(&example(), &Look { colours: true, place: &str::to_owned });
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    plain.push_str(rest);
    let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    assert_eq!(trimmed(&plain), trimmed(&shown(&example())));
}

#[test]
fn nothing_of_a_template_is_markup() {
    let plan = example();
    let page = html(&plan);
    assert!(!page.contains("<b>you</b>") && page.contains("&lt;b&gt;you"), "{page}");
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"), "{page}");
    let text = markdown(&plan);
    assert!(text.contains("`` \"<b>you</b> `x`\" ``"), "{text}");
    assert!(!text.lines().any(|line| line.contains("<b>you") && !line.contains("``")), "{text}");
}

#[test]
fn every_rendering_masks_what_is_secret_and_names_what_must_be_agreed_to() {
    let plan = example();
    for text in [shown(&plan), html(&plan), markdown(&plan), json(&plan).expect("JSON")] {
        assert!(text.contains("replace shop.db"), "{text}");
        assert!(text.contains("****"), "{text}");
        let password = text.lines().filter(|line| line.contains("MasterUserPassword"));
        assert!(password.filter(|line| line.contains("canary")).count() == 0, "{text}");
    }
}

#[test]
fn nothing_to_do_is_said() {
    let release = release(vec![stack("a", database("k", "me"), value!({}), &[])]);
    let plan = plan(&release, &release);
    assert!(shown(&plan).ends_with("1 stack unchanged\nnothing changes\n"), "{}", shown(&plan));
    assert!(markdown(&plan).contains("Nothing changes."));
    assert!(html(&plan).contains("Nothing changes."));
}

#[test]
fn a_new_stack_is_told_by_components() {
    let resources = value!({ "A": { "Type": "AWS::SNS::Topic" }, "B": { "Type": "AWS::SNS::Topic" } });
    let mut stack = stack("a", resources, value!({}), &[]);
    for place in stack.places.values_mut() {
        place.component = "shop.notices".into();
    }
    let plan = Plan::new(&release(vec![stack]), &[]).expect("planned");
    assert!(shown(&plan).contains("+ shop.notices   2 resources   shop-config"), "{}", shown(&plan));
}

#[test]
fn what_differs_of_long_values_is_what_is_shown() {
    let image = |digest: &str| {
        let name = format!(
            "111122223333.dkr.ecr.eu-central-1.amazonaws.com/acme/a-long-name/shop-api@sha256:{digest}"
        );
        value!({ "T": { "Type": "AWS::SNS::Topic", "Properties": { "DisplayName": name } } })
    };
    let of = |digest: &str| release(vec![stack("a", image(digest), value!({}), &[])]);
    let text = shown(&plan(&of("aaaa"), &of("bbbb")));
    assert!(text.contains("…hop-api@sha256:aaaa\" → …hop-api@sha256:bbbb\""), "{text}");
}

#[test]
fn values_that_wait_for_one_cause_are_told_together() {
    let producer = |cidr: &str| {
        let vpc = value!({ "V": { "Type": "AWS::EC2::VPC", "Properties": { "CidrBlock": cidr } } });
        stack("a", vpc, value!({ "X": { "Ref": "V" }, "Y": { "Fn::GetAtt": ["V", "VpcId"] } }), &[])
    };
    let consumer = || {
        let topic =
            value!({ "T": { "Type": "AWS::SNS::Topic", "Properties": { "DisplayName": { "Ref": "P" } } } });
        stack("b", topic, value!({}), &[("P", "a.X"), ("Q", "a.Y")])
    };
    let of = |cidr: &str| release(vec![producer(cidr), consumer()]);
    let text = shown(&plan(&of("10.0.0.0/16"), &of("10.1.0.0/16")));
    assert!(text.contains("   `X`, `Y` of `a` are not known yet: `V` is replaced\n"), "{text}");
}
