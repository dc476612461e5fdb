//! Templates that are refused, and why.

use super::read;
use serde_json::json;

#[test]
fn what_cannot_be_deployed_is_not_read() {
    let with = |resources: serde_json::Value| json!({"Resources": resources}).to_string();
    let queue = |properties: serde_json::Value| json!({"Type": "AWS::SQS::Queue", "Properties": properties});
    let cases = [
        ("{".to_owned(), "JSON not well-formed"),
        ("[]".to_owned(), "unsupported structure"),
        (json!({"Resources": {}}).to_string(), "At least one Resources member"),
        (json!({"Mappings": {}, "Resources": {}}).to_string(), "[Mappings] is not supported"),
        (with(json!({"A": {}})), "must contain a Type member"),
        (with(json!({"A": {"Type": "AWS::No::Such"}})), "Unrecognized resource types: [AWS::No::Such]"),
        (
            with(json!({"A": {"Type": "AWS::SQS::Queue", "Propertys": {}}})),
            "Invalid template resource property 'Propertys'",
        ),
        (
            with(json!({"A": queue(json!({"X": {"Ref": "B"}}))})),
            "Unresolved resource dependencies [B] in the Resources block",
        ),
        (
            with(json!({"A": queue(json!({"X": {"Fn::GetAtt": ["B", "Arn"]}}))})),
            "references undefined resource B",
        ),
        (
            with(json!({"A": queue(json!({})), "B": queue(json!({"X": {"Fn::GetAtt": ["A", "Nope"]}}))})),
            "does not support attribute type Nope",
        ),
        (
            with(json!({"A": queue(json!({"X": {"Fn::Sub": "${B}"}}))})),
            "Unresolved resource dependencies [B]",
        ),
        (
            with(json!({"A": queue(json!({"X": {"Fn::ImportValue": "x"}}))})),
            "the function Fn::ImportValue is not supported",
        ),
        (
            with(
                json!({"A": {"Type": "AWS::SQS::Queue", "DependsOn": "B"}, "B": {"Type": "AWS::SQS::Queue", "DependsOn": "A"}}),
            ),
            "Circular dependency between resources: [A, B]",
        ),
        (
            with(json!({"A": {"Type": "AWS::SQS::Queue", "UpdateReplacePolicy": "RetainExceptOnCreate"}})),
            "Unrecognized UpdateReplacePolicy",
        ),
        (with(json!({"A-B": queue(json!({}))})), "non alphanumeric"),
    ];
    for (text, expected) in cases {
        let message = read(&text).expect_err("refused");
        assert!(message.contains(expected), "{message}\n{text}");
    }
}

#[test]
fn the_order_has_each_after_what_it_needs() {
    let text = json!({"Resources": {
        "A": {"Type": "AWS::SQS::Queue", "DependsOn": ["C"]},
        "B": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "${A.QueueName}-b"}}},
        "C": {"Type": "AWS::SQS::Queue"},
    }});
    assert_eq!(read(&text.to_string()).expect("read").order, ["C", "A", "B"]);
}
