//! Links, grants, principals, actions.

use super::{check, explains};

const STORE: &str = "interface Timed { timeout: Duration }\ncomponent Store {\n resource box: AWS.S3.Bucket {}\n\
    grant read(under: String = \"\") { allow s3.GetObject on \"${box.Arn}/${under}*\" }\n\
    grant watch for consumer: Timed {\n  ensure consumer.timeout > 3s else \"x\"\n  allow s3.GetObject on \"${box.Arn}/*\"\n  attribute source: deferred String = box.Arn\n }\n}\n\
    component Job {\n accepts link\n param timeout: Duration = 30s\n param trigger: Grant<watch, { source: deferred String }>?\n principal role for \"lambda.amazonaws.com\" {}\n}\n\
    component Clock { accepts link }\n";

#[track_caller]
fn store(statements: &str, expect: &str) {
    check(&format!("{STORE}solution s {{\n files: Store {{}}\n{statements}\n}}"), expect);
}

#[track_caller]
fn grant(items: &str, expect: &str) {
    check(
        &format!("component C {{\n resource box: AWS.S3.Bucket {{}}\n grant g {{\n{items}\n }}\n}}"),
        expect,
    );
}

#[track_caller]
fn component(statements: &str, expect: &str) {
    check(&format!("component C {{\n resource box: AWS.S3.Bucket {{}}\n{statements}\n}}"), expect);
}

#[test]
fn a_link_names_a_grant() {
    store(
        " job: Job {\n  link files.read\n  link files.read(under: \"a/\") as invoices\n  link files.watch\n }",
        "",
    );
}

#[test]
fn a_misspelt_verb_is_corrected() {
    store(
        " job: Job {\n  link files.raed\n  link files.publish\n  link files\n  link job.read\n }",
        "unknown-link-verb «raed»: `Store` grants no `raed` => read
         unknown-link-verb «publish»: `Store` grants no `publish`
         unknown-link-verb «files»: a link needs a verb
         unknown-link-verb «read»: `Job` grants no `read`",
    );
}

#[test]
fn only_instances_are_linked_to() {
    store(
        " let n = 1\n job: Job {\n  link n.read\n  link fils.read\n  link 3\n }",
        "not-linkable «n»: a whole number cannot be linked to
         unknown-name «fils»: nothing here is called `fils` => files
         not-linkable «3»: a link names a component and what for",
    );
}

#[test]
fn the_arguments_of_a_grant_are_checked() {
    store(
        " job: Job {\n  link files.read(undr: \"a\")\n  link files.read(under: 3)\n  link files.read(\"a\", \"b\")\n }",
        "unknown-argument «undr»: `read` takes no `undr` => under
         type-mismatch «3»: expected a string, found a whole number => \"3\"
         unknown-argument «\"b\"»: `read` takes 1 argument",
    );
}

#[test]
fn what_runs_nothing_takes_no_links() {
    store(" other: Store { link files.read }", "not-accepted «link files.read»: `Store` takes no links");
}

#[test]
fn a_consumer_has_what_the_grant_needs_to_know() {
    store(
        " clock: Clock { link files.watch }",
        "interface-not-satisfied «files.watch»: `Clock` cannot use `watch` of `Store`",
    );
    explains(
        &format!("{STORE}solution s {{\n files: Store {{}}\n clock: Clock {{ link files.watch }}\n}}"),
        "^ files.watch | `Clock` has no `timeout: Duration`
         note: the grant needs a consumer that satisfies `Timed`",
    );
    check(
        "component A { grant g for consumer: A {} }",
        "type-mismatch «A»: a grant sees its consumer through an interface, not a component `A`",
    );
}

#[test]
fn a_grant_is_a_value_of_its_verb() {
    store(" job: Job { trigger = files.watch }", "");
    store(
        " a: Job { trigger = files.read }\n b: Job { trigger = files }\n c: Job { trigger = 3 }",
        "type-mismatch «files.read»: expected a grant `Grant<watch>`, found a grant `Grant<read>`
         type-mismatch «files»: expected a grant `Grant<watch>`, found a component `Store` => .watch
         type-mismatch «3»: expected a grant `Grant<watch>`, found a whole number",
    );
}

#[test]
fn every_action_exists() {
    grant(
        "allow s3.GetObjekt on box.Arn\nallow s4.GetObject on box.Arn\nallow s3.All on box.Arn\nallow sqs.SendMessageBatch on box.Arn",
        "unknown-action «GetObjekt»: `s3` has no action `GetObjekt` => GetObject
         unknown-action «s4»: IAM knows no service `s4` => s3
         unknown-action «All»: `s3.All` can only be denied
         unknown-action «SendMessageBatch»: `sqs` has no action `SendMessageBatch` => SendMessage",
    );
}

#[test]
fn an_action_is_limited_where_iam_can_limit_it() {
    grant(
        "allow s3.GetObject\nallow s3.ListAllMyBuckets on box.Arn\nallow s3.ListAllMyBuckets",
        "unlimited-action «s3.GetObject»: `s3:GetObject` can be limited, and is not
         unlimited-action «box.Arn»: `s3:ListAllMyBuckets` cannot be limited to a resource",
    );
}

#[test]
fn an_action_is_allowed_on_an_arn() {
    grant("allow s3.GetObject on [box.Arn, \"${box.Arn}/*\"]", "");
    grant("allow s3.GetObject on 3", "type-mismatch «3»: expected a string, found a whole number => \"3\"");
}

#[test]
fn what_no_link_gives_needs_a_reason() {
    component(
        "deny s3.All to everyone when { Bool = { \"aws:SecureTransport\" = \"false\" } } because \"TLS only\"",
        "",
    );
    component(
        "deny s3.All to everyone\npermit s3.GetObject to \"sns.amazonaws.com\" because \" \"\nconnect tcp 443 to 10.0.0.0/8\n\
         principal role for \"lambda.amazonaws.com\" { allow s3.GetObject on box.Arn }",
        "missing-reason «deny s3.All to everyone»: a permission that no link gives needs a reason
         missing-reason «permit s3.GetObject to \"sns.amazonaws.com\" because \" \"»: a permission that no link gives needs a reason
         missing-reason «connect tcp 443 to 10.0.0.0/8»: a connection that no link gives needs a reason
         missing-reason «allow s3.GetObject on box.Arn»: a permission that no link gives needs a reason",
    );
}

#[test]
fn nothing_is_allowed_to_everyone() {
    component(
        "permit s3.GetObject to everyone because \"x\"\npermit s3.GetObject because \"x\"\ndeny s3.All because \"x\"",
        "access-outside-link «everyone»: nothing is ever allowed to everyone
         missing-field «permit s3.GetObject because \"x\"»: `permit` needs the service that it permits: `to \"…\"`
         missing-field «deny s3.All because \"x\"»: `deny` needs `to everyone`",
    );
}

#[test]
fn access_is_not_written_by_hand() {
    check(
        "solution s {\n resource a: AWS.IAM.Role {}\n resource b: AWS.S3.BucketPolicy {}\n resource c: AWS.EC2.SecurityGroupIngress {}\n\
         resource d: AWS.EC2.SecurityGroup { GroupDescription = \"x\", SecurityGroupEgress = [] }\n resource e: AWS.KMS.Key { KeyPolicy = {} }\n}",
        "access-outside-link «AWS.IAM.Role»: `AWS.IAM.Role` gives access, and cannot be written by hand
         access-outside-link «AWS.S3.BucketPolicy»: `AWS.S3.BucketPolicy` gives access, and cannot be written by hand
         access-outside-link «AWS.EC2.SecurityGroupIngress»: `AWS.EC2.SecurityGroupIngress` gives access, and cannot be written by hand
         access-outside-link «SecurityGroupEgress»: `SecurityGroupEgress` gives access, and cannot be written by hand
         access-outside-link «KeyPolicy»: `KeyPolicy` gives access, and cannot be written by hand",
    );
}

#[test]
fn a_connection_leads_to_a_group_a_range_or_a_service() {
    grant("connect tcp 443 to aws(\"sqs\")\nconnect udp 53..54 to 10.0.0.0/8", "");
    grant(
        "connect tpc 443 to 10.0.0.0/8\nconnect tcp \"https\" to 10.0.0.0/8\nconnect tcp 443 to box",
        "unknown-name «tpc»: there is no protocol `tpc` => tcp
         type-mismatch «\"https\"»: expected a whole number, found the string \"https\"
         type-mismatch «box»: expected a peer of a connection, found a resource `AWS.S3.Bucket`",
    );
}

#[test]
fn a_key_is_something_with_an_arn() {
    check(
        "use std.security.Key\ncomponent C {\n param key: Key = platform.key\n grant g { encrypt with key }\n}",
        "",
    );
    grant("decrypt with box", "type-mismatch «box»: expected a key, found a resource `AWS.S3.Bucket`");
}

#[test]
fn what_a_grant_tells_is_a_string_with_a_loud_name() {
    grant(
        "env BUCKET = box.ref\nenv bucket = box.ref\nenv SIZE = 3",
        "warning naming «bucket»: the variable `bucket` is not written in UPPER_CASE => BUCKET
         type-mismatch «3»: expected a string, found a whole number => \"3\"",
    );
}

#[test]
fn a_grant_may_compute_what_it_says() {
    grant(
        "let arn: deferred String = box.Arn\nlet all = \"${arn}/*\"\nallow s3.GetObject on all\nensure true else \"x\"",
        "",
    );
    grant(
        "let arn: String = box.Arn\nstateful\npermit s3.GetObject because \"x\"",
        "deferred-value «box.Arn»: expected a string, found a value known only when deploying
         misplaced-statement «stateful»: `stateful` means nothing in a grant
         missing-field «permit s3.GetObject because \"x\"»: `permit` needs the service that it permits: `to \"…\"`",
    );
    component(
        "principal role for \"lambda.amazonaws.com\" { stateful }",
        "misplaced-statement «stateful»: `stateful` means nothing in a principal",
    );
}

#[test]
fn a_policy_is_of_a_resource() {
    component(
        "permit s3.GetObject to \"sns.amazonaws.com\" on box because \"x\"\ndeny s3.All to everyone on box because \"x\"",
        "",
    );
    component(
        "permit s3.GetObject to \"sns.amazonaws.com\" on box.Arn because \"x\"\npermit s3.GetObject to 3 on box because \"x\"",
        "type-mismatch «box.Arn»: expected the resource whose policy it is, found a string known only when deploying
         type-mismatch «3»: expected a string, found a whole number => \"3\"",
    );
}

#[test]
fn a_link_names_a_component_and_what_for() {
    store(
        " job: Job { link 3 }\n other: Job { link files.read().x }",
        "not-linkable «3»: a link names a component and what for
         not-linkable «files.read()»: a grant `Grant<read>` cannot be linked to",
    );
    explains(
        &format!("{STORE}solution s {{\n files: Store {{}}\n job: Job {{ link files }}\n}}"),
        "^ files | linked for what?
         help: say what for: `read` and `watch`",
    );
    explains(
        &format!("{STORE}solution s {{\n clock: Clock {{}}\n job: Job {{ link clock }}\n}}"),
        "^ clock | linked for what?
         help: it grants nothing",
    );
    explains(
        &format!("{STORE}solution s {{\n let n = 3\n job: Job {{ link n }}\n}}"),
        "^ n | linked for what?
         help: name a component and what for: `link db.connect`",
    );
    explains(
        &format!(
            "{STORE}solution s {{\n files[k]: Store for k in [\"a\"] {{}}\n job: Job {{ link files.read }}\n}}"
        ),
        "^ files | this is a map `{String: Store}`
         help: link to one of the occurrences, by its key: `link name[\"key\"].verb`",
    );
}

#[test]
fn a_link_to_what_does_not_exist_is_one_mistake() {
    store(" job: Job { link nothing }", "unknown-name «nothing»: nothing here is called `nothing`");
    store(" job: Job { link nothing.read }", "unknown-name «nothing»: nothing here is called `nothing`");
    store(" job: Job { link nothing.read() }", "unknown-name «nothing»: nothing here is called `nothing`");
}

#[test]
fn whom_a_statement_is_about_is_said_in_its_own_way() {
    let one =
        |statement: &str| format!("component C {{\n resource box: AWS.S3.Bucket {{}}\n {statement}\n}}");
    explains(
        &one("deny s3.All because \"x\""),
        "^ deny s3.All because \"x\" | to whom?
         help: add `to everyone`",
    );
    explains(
        &one("permit s3.GetObject because \"x\""),
        "^ permit s3.GetObject because \"x\" | to whom?
         help: add `to \"<service>.amazonaws.com\"`",
    );
}
