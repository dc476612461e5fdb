#![expect(clippy::needless_pass_by_value, reason = "`json!` reads best where it is handed over")]

use super::{covers, statements};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What of `new` goes beyond `old`, as `principal action resource`.
fn check(old: &Value, new: &Value, expect: &[&str]) {
    let none = BTreeMap::new();
    let (old, new) =
        (statements(&json!({ "Statement": old }), &none), statements(&json!({ "Statement": new }), &none));
    let old: Vec<_> = old.iter().collect();
    let beyond = new.iter().flat_map(|statement| statement.beyond(&old));
    let found: Vec<String> = beyond.map(|a| format!("{} {} {}", a.principal, a.action, a.resource)).collect();
    assert_eq!(found, expect);
}

fn allow(action: Value, resource: Value) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": resource })
}

#[test]
fn patterns_cover_what_is_narrower() {
    for (pattern, text, expect) in [
        ("*", "s3:GetObject", true),
        ("s3:*", "s3:get*", true),
        ("s3:get*", "s3:*", false),
        ("a*c*e", "abcde", true),
        ("a*c*e", "abcd", false),
        ("a?c", "abc", true),
        ("a?c", "a*c", false),
        ("a**", "a", true),
        ("", "", true),
        ("", "a", false),
    ] {
        assert_eq!(covers(pattern, text), expect, "{pattern} {text}");
    }
}

#[test]
fn the_same_in_other_words_is_no_more() {
    let old = json!([allow(json!(["s3:GetObject", "s3:PutObject"]), json!("a"))]);
    let new = json!([allow(json!("s3:putobject"), json!(["a"])), allow(json!("s3:GetObject"), json!("a"))]);
    check(&old, &new, &[]);
    check(&new, &old, &[]);
}

#[test]
fn a_new_action_resource_or_principal_is_more() {
    let old = json!(allow(json!("s3:GetObject"), json!("a/*")));
    check(&old, &json!(allow(json!("s3:GetObject"), json!("a/b"))), &[]);
    check(&old, &json!(allow(json!("s3:*"), json!("a/*"))), &[" s3:* a/*"]);
    check(&old, &json!(allow(json!("s3:GetObject"), json!(["a/*", "b"]))), &[" s3:GetObject b"]);
    let to = |who: Value| json!({ "Effect": "Allow", "Action": "a:b", "Resource": "*", "Principal": who });
    check(&to(json!({ "Service": "sns.amazonaws.com" })), &to(json!({ "AWS": "*" })), &["* a:b *"]);
    check(&to(json!("*")), &to(json!({ "Service": "sns.amazonaws.com" })), &[]);
}

#[test]
fn everything_but_is_compared_the_other_way_round() {
    let but = |names: Value| json!({ "Effect": "Allow", "NotAction": names, "Resource": "*" });
    check(&but(json!(["iam:*"])), &but(json!(["iam:*", "s3:*"])), &[]);
    check(&but(json!(["iam:*", "s3:*"])), &but(json!(["iam:*"])), &[" everything but iam:* *"]);
    check(&but(json!(["iam:*"])), &json!(allow(json!("s3:GetObject"), json!("*"))), &[" s3:GetObject *"]);
    check(&json!(allow(json!("*"), json!("*"))), &but(json!(["iam:*"])), &[]);
}

#[test]
fn a_condition_that_is_gone_or_wider_is_more() {
    let when = |condition: Value| json!({ "Effect": "Allow", "Action": "a:b", "Resource": "*", "Condition": condition });
    let account = |values: Value| when(json!({ "StringEquals": { "aws:SourceAccount": values } }));
    check(&account(json!("1")), &account(json!(["1"])), &[]);
    check(&account(json!(["1", "2"])), &account(json!("1")), &[]);
    check(&account(json!("1")), &account(json!(["1", "2"])), &[" a:b *"]);
    check(&account(json!("1")), &when(json!({})), &[" a:b *"]);
    check(&when(json!({})), &account(json!("1")), &[]);
    let not = |values: Value| when(json!({ "StringNotEquals": { "aws:SourceAccount": values } }));
    check(&not(json!(["1", "2"])), &not(json!(["1"])), &[" a:b *"]);
    check(&not(json!(["1"])), &not(json!(["1", "2"])), &[]);
    let like = |text: &str| when(json!({ "ArnLike": { "aws:SourceArn": text } }));
    check(&like("arn:aws:sns:*"), &like("arn:aws:sns:eu:1:x"), &[]);
    check(&like("arn:aws:sns:eu:1:x"), &like("arn:aws:sns:*"), &[" a:b *"]);
}

#[test]
fn what_is_denied_allows_nothing() {
    let deny = json!({ "Effect": "Deny", "Action": "*", "Resource": "*" });
    check(&deny, &json!(allow(json!("a:b"), json!("*"))), &[" a:b *"]);
}
