//! What replaces.

use super::{Recreation, differences, recreation};
use serde_json::json;

#[test]
fn create_only_properties_replace() {
    let cases = [
        ("AWS::S3::Bucket", json!({"BucketName": "a"}), json!({"BucketName": "b"}), Recreation::Always),
        (
            "AWS::RDS::DBInstance",
            json!({"MultiAZ": false}),
            json!({"MultiAZ": true}),
            Recreation::Conditionally,
        ),
        ("AWS::SQS::Queue", json!({"DelaySeconds": 1}), json!({"DelaySeconds": 2}), Recreation::Never),
        (
            "AWS::ECR::Repository",
            json!({"EncryptionConfiguration": {"KmsKey": "a"}}),
            json!({"EncryptionConfiguration": {"KmsKey": "b"}}),
            Recreation::Always,
        ),
        (
            "AWS::ECR::Repository",
            json!({}),
            json!({"EncryptionConfiguration": {"KmsKey": "b"}}),
            Recreation::Always,
        ),
        (
            "AWS::S3::Bucket",
            json!({"BucketName": "a"}),
            json!({"BucketName": "a", "Tags": []}),
            Recreation::Never,
        ),
    ];
    for (resource_type, before, after, expected) in cases {
        let found = differences(resource_type, &before, &after);
        assert_eq!(recreation(&found), expected, "{resource_type} {before} {after}");
        assert!(!found.is_empty());
    }
}

#[test]
fn a_number_and_its_text_are_the_same() {
    let found = differences("AWS::SQS::Queue", &json!({"DelaySeconds": 1}), &json!({"DelaySeconds": "1"}));
    assert_eq!(found, []);
}

#[test]
fn a_difference_says_where() {
    let before = json!({"A": {"B": 1, "C": 2}, "Gone": true});
    let after = json!({"A": {"B": 1, "C": 3}, "New": [1]});
    let found = differences("AWS::SQS::Queue", &before, &after);
    let paths: Vec<String> = found.iter().map(super::Difference::pointer).collect();
    assert_eq!(paths, ["/A/C", "/Gone", "/New"]);
}
