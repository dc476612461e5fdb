//! Ids that look as the service's do.

use super::{Place, attribute, custom_name, physical_id};
use serde_json::json;
use solc_cmdb::sha256;

const PLACE: Place<'static> = Place { account: "111122223333", region: "eu-west-1" };

#[test]
fn ids_have_their_types_shape() {
    let seed = sha256(b"seed");
    let id = |resource_type: &str, properties: serde_json::Value| {
        physical_id(PLACE, resource_type, ("stack", "Logical"), &seed, &properties)
    };
    let digits = |count: usize| seed.chars().take(count).collect::<String>();
    let cases = [
        ("AWS::EC2::VPC", json!({}), format!("vpc-{}", digits(17))),
        (
            "AWS::SQS::Queue",
            json!({"QueueName": "q"}),
            "https://sqs.eu-west-1.amazonaws.com/111122223333/q".to_owned(),
        ),
        ("AWS::SNS::Topic", json!({"TopicName": "t"}), "arn:aws:sns:eu-west-1:111122223333:t".to_owned()),
        ("AWS::S3::Bucket", json!({}), format!("stack-logical-{}", digits(12))),
        ("AWS::IAM::Role", json!({}), format!("stack-Logical-{}", digits(12).to_uppercase())),
        (
            "AWS::ECS::Service",
            json!({"Cluster": "c", "ServiceName": "s"}),
            "arn:aws:ecs:eu-west-1:111122223333:service/c/s".to_owned(),
        ),
    ];
    for (resource_type, properties, expected) in cases {
        assert_eq!(id(resource_type, properties), expected, "{resource_type}");
    }
}

#[test]
fn attributes_belong_to_their_ids() {
    let seed = sha256(b"seed");
    let get = |resource_type: &str, id: &str, name: &str| {
        attribute(PLACE, resource_type, id, &seed, &json!({"Path": "/p/", "Port": 6379}), name)
    };
    let cases = [
        ("AWS::S3::Bucket", "b", "Arn", json!("arn:aws:s3:::b")),
        ("AWS::IAM::Role", "r", "Arn", json!("arn:aws:iam::111122223333:role/p/r")),
        ("AWS::EC2::SecurityGroup", "sg-1", "GroupId", json!("sg-1")),
        ("AWS::SNS::Topic", "arn:aws:sns:eu-west-1:1:t", "TopicArn", json!("arn:aws:sns:eu-west-1:1:t")),
        ("AWS::SQS::Queue", "https://sqs/1/q", "QueueName", json!("q")),
        ("AWS::ECS::Service", "arn:aws:ecs:r:1:service/c/s", "Name", json!("s")),
    ];
    for (resource_type, id, name, expected) in cases {
        assert_eq!(get(resource_type, id, name), expected, "{resource_type}.{name}");
    }
}

#[test]
fn names_are_custom_where_nobody_else_may_have_them() {
    let cases = [
        ("AWS::SQS::Queue", json!({"QueueName": "n"}), Some("n")),
        ("AWS::S3::Bucket", json!({"BucketName": "n"}), Some("n")),
        ("AWS::RDS::DBInstance", json!({"DBInstanceIdentifier": "n"}), Some("n")),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", json!({"Name": "n"}), Some("n")),
        ("AWS::ECS::Service", json!({"Cluster": "c", "ServiceName": "n"}), Some("c/n")),
        ("AWS::S3::BucketPolicy", json!({"Bucket": "n"}), None),
        ("AWS::Route53::RecordSet", json!({"Name": "n"}), None),
        ("AWS::ServiceDiscovery::Service", json!({"Name": "n"}), None),
        ("AWS::SQS::Queue", json!({}), None),
    ];
    for (resource_type, properties, expected) in cases {
        assert_eq!(custom_name(resource_type, &properties).as_deref(), expected, "{resource_type}");
    }
}
