//! What the service authorization reference says of well-known actions, against the table.

use solc_schema::iam::{AccessLevel, action, prefixes, service};

#[test]
fn every_service_decodes_and_is_whole() {
    let all: Vec<&str> = prefixes().collect();
    assert!(all.len() > 440 && all.is_sorted());
    let mut actions = 0;
    for prefix in all {
        let service = service(prefix).unwrap_or_else(|| panic!("{prefix} does not decode"));
        assert_eq!(service.prefix, prefix);
        assert!(service.actions.is_sorted_by(|a, b| a.name < b.name), "{prefix}");
        for action in &service.actions {
            for resource in &action.resources {
                assert!(
                    service.resources.iter().any(|(name, _)| name == resource),
                    "{prefix}:{} names {resource}",
                    action.name
                );
            }
            assert!(action.conditions.iter().all(|c| !c.starts_with("aws:")), "{prefix}:{}", action.name);
        }
        actions += service.actions.len();
    }
    assert!(actions > 20_000);
}

#[test]
fn reading_an_object_is_limited_to_objects() {
    let get = action("s3", "GetObject").unwrap();
    assert_eq!(get.access, AccessLevel::Read);
    assert!(get.resources.iter().any(|r| r == "object"));
    assert!(!get.resources.iter().any(|r| r == "bucket"));
    let list = action("s3", "ListBucket").unwrap();
    assert_eq!(list.access, AccessLevel::List);
    assert!(list.resources.iter().any(|r| r == "bucket"));
}

#[test]
fn object_arn_holds_bucket_and_key() {
    let s3 = service("s3").unwrap();
    let object = s3.resources.iter().find(|(name, _)| name == "object").unwrap();
    assert_eq!(object.1, ["arn:${Partition}:s3:::${BucketName}/${ObjectName}"]);
}

#[test]
fn batch_calls_of_a_queue_are_no_actions() {
    assert!(action("sqs", "SendMessage").is_some());
    assert!(action("sqs", "SendMessageBatch").is_none());
    assert!(action("sqs", "sendmessage").is_none());
}

#[test]
fn registry_tokens_have_no_resources() {
    assert!(action("ecr", "GetAuthorizationToken").unwrap().resources.is_empty());
    assert_eq!(action("ecr", "BatchGetImage").unwrap().resources, ["repository"]);
}

#[test]
fn access_levels_are_as_published() {
    for (prefix, name, level) in [
        ("iam", "PassRole", AccessLevel::Write),
        ("iam", "AttachRolePolicy", AccessLevel::PermissionsManagement),
        ("s3", "PutBucketPolicy", AccessLevel::PermissionsManagement),
        ("ec2", "CreateTags", AccessLevel::Tagging),
        ("kms", "Decrypt", AccessLevel::Write),
        ("secretsmanager", "GetSecretValue", AccessLevel::Read),
        ("sns", "Publish", AccessLevel::Write),
        ("logs", "PutLogEvents", AccessLevel::Write),
    ] {
        assert_eq!(action(prefix, name).map(|a| a.access), Some(level), "{prefix}:{name}");
    }
}

#[test]
fn prefixes_that_are_not_there_give_none() {
    for prefix in ["", "S3", "s33", "zz"] {
        assert!(service(prefix).is_none(), "{prefix}");
    }
    assert!(action("s3", "").is_none() && action("nope", "GetObject").is_none());
}
