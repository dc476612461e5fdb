//! What stack policies deny.

use super::{Update, denied, matches};
use serde_json::json;

#[test]
fn what_no_statement_allows_is_denied() {
    let policy = json!({"Statement": [
        {"Effect": "Allow", "Action": "Update:Modify", "Principal": "*", "Resource": "LogicalResourceId/Web*"},
        {"Effect": "Deny", "NotAction": "Update:Modify", "Principal": "*", "Resource": "*",
         "Condition": {"StringLike": {"ResourceType": ["AWS::RDS::*"]}}},
        {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "NotResource": "LogicalResourceId/Web*"},
    ]})
    .to_string();
    let cases = [
        (Update::Modify, "WebQueue", "AWS::SQS::Queue", true),
        (Update::Replace, "WebQueue", "AWS::SQS::Queue", false),
        (Update::Replace, "Other", "AWS::SQS::Queue", true),
        (Update::Delete, "Other", "AWS::RDS::DBInstance", false),
        (Update::Modify, "Other", "AWS::RDS::DBInstance", true),
    ];
    for (update, name, resource_type, allowed) in cases {
        let reason = denied(Some(&policy), update, name, resource_type);
        assert_eq!(reason.is_none(), allowed, "{update:?} {name} {reason:?}");
    }
    assert_eq!(denied(None, Update::Delete, "X", "T"), None, "without a policy all is allowed");
}

#[test]
fn patterns_match_whole_texts() {
    for (pattern, text, expected) in [
        ("a", "a", true),
        ("a", "ab", false),
        ("a*", "ab", true),
        ("*b", "ab", true),
        ("a*b*c", "axxbyyc", true),
        ("a*b*c", "axxc", false),
        ("*", "", true),
    ] {
        assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
    }
}
