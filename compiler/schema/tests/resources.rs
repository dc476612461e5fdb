//! What CloudFormation's documentation says of well-known types, against the table.

#![expect(
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test says what it misses and looks at files"
)]

use solc_schema::{Node, NodeId, ObjectRules, ResourceType, StringRules, TagShape, resource, resource_names};

fn of(name: &str) -> &'static ResourceType {
    resource(name).unwrap_or_else(|| panic!("no type {name}"))
}

fn root(name: &str) -> &'static ObjectRules {
    of(name).root().unwrap_or_else(|| panic!("{name} has no object at its root"))
}

/// The node at a dotted path; `*` is an element.
fn at(name: &str, path: &str) -> &'static Node {
    let resource = of(name);
    let mut node = resource.node(resource.root);
    for segment in path.split('.') {
        let id = match node {
            Node::Object(rules) => rules.property(segment).unwrap_or_else(|| panic!("{name} has no {path}")),
            Node::Array { items, .. } => *items,
            Node::Map(values) => *values,
            other => panic!("{name} {path}: {other:?} has no {segment}"),
        };
        node = resource.node(id);
    }
    node
}

fn string(name: &str, path: &str) -> &'static StringRules {
    match at(name, path) {
        Node::String(rules) => rules,
        other => panic!("{name} {path} is {other:?}"),
    }
}

fn listed(names: &[solc_schema::Name], name: &str) -> bool {
    names.iter().any(|n| n == name)
}

fn each_id(node: &Node) -> Vec<NodeId> {
    match node {
        Node::Boolean | Node::Integer { .. } | Node::Number { .. } | Node::String(_) | Node::Json => {
            Vec::new()
        }
        Node::Array { items, .. } => vec![*items],
        Node::Map(values) => vec![*values],
        Node::Object(rules) => rules.properties.iter().map(|(_, id)| *id).collect(),
        Node::AnyOf(ids) => ids.clone(),
    }
}

#[test]
fn every_type_decodes_and_is_whole() {
    let names: Vec<&str> = resource_names().collect();
    assert_eq!(names.len(), 1899);
    assert!(names.is_sorted());
    for name in names {
        let resource = of(name);
        assert_eq!(resource.name, name);
        assert!(resource.root().is_some(), "{name}");
        assert!(resource.attributes.is_sorted_by(|a, b| a.0 < b.0), "{name}");
        for id in resource.nodes.iter().flat_map(each_id).chain(resource.attributes.iter().map(|(_, id)| *id))
        {
            assert!((id.0 as usize) < resource.nodes.len(), "{name} points outside of its arena");
        }
        for node in &resource.nodes {
            match node {
                Node::Object(rules) => {
                    assert!(rules.properties.is_sorted_by(|a, b| a.0 < b.0), "{name}");
                    assert!(rules.required.is_sorted_by(|a, b| a < b), "{name}");
                    for set in rules.exactly_one.iter().chain(&rules.at_least_one) {
                        assert!(!set.is_empty(), "{name} asks for one of nothing");
                    }
                }
                Node::AnyOf(ids) => assert!(ids.len() > 1, "{name} has a choice of one"),
                _ => {}
            }
        }
    }
}

#[test]
fn names_that_are_not_there_give_none() {
    for name in ["", "AWS", "AWS::S3", "AWS::S3::bucket", "AWS::S3::Buckets", "Custom::Thing", "ZZZ"] {
        assert!(resource(name).is_none(), "{name}");
    }
}

#[test]
fn bucket_name_is_create_only_and_optional() {
    assert!(listed(&of("AWS::S3::Bucket").create_only, "BucketName"));
    assert!(root("AWS::S3::Bucket").required.is_empty());
}

#[test]
fn bucket_attributes_cannot_be_written() {
    let bucket = of("AWS::S3::Bucket");
    assert!(bucket.attribute("Arn").is_some() && bucket.attribute("RegionalDomainName").is_some());
    assert!(root("AWS::S3::Bucket").property("Arn").is_none());
    assert!(listed(&bucket.read_only, "Arn"));
}

#[test]
fn bucket_encryption_is_one_of_the_published_algorithms() {
    let rules = string(
        "AWS::S3::Bucket",
        "BucketEncryption.ServerSideEncryptionConfiguration.*.ServerSideEncryptionByDefault.SSEAlgorithm",
    );
    assert!(rules.allows("aws:kms") && rules.allows("AES256") && !rules.allows("rot13"));
}

#[test]
fn ref_gives_what_other_types_ask_for() {
    assert_eq!(of("AWS::S3::Bucket").reference.as_deref(), Some("AWS::S3::Bucket.Name"));
    assert_eq!(of("AWS::EC2::VPC").reference.as_deref(), Some("AWS::EC2::VPC.Id"));
    assert_eq!(of("AWS::SQS::Queue").reference.as_deref(), Some("AWS::SQS::Queue.QueueUrl"));
}

#[test]
fn multi_az_of_a_database_instance_replaces_only_sometimes() {
    let instance = of("AWS::RDS::DBInstance");
    assert!(listed(&instance.conditional_create_only, "MultiAZ"));
    assert!(!listed(&instance.create_only, "MultiAZ"));
    assert!(listed(&instance.create_only, "StorageEncrypted") && listed(&instance.create_only, "KmsKeyId"));
}

#[test]
fn endpoint_of_a_database_instance_is_read() {
    let instance = of("AWS::RDS::DBInstance");
    let address = instance.attribute("Endpoint.Address");
    assert!(matches!(address.map(|id| instance.node(id)), Some(Node::String(_))));
    assert!(instance.attribute("Endpoint.Port").is_some());
    assert!(root("AWS::RDS::DBInstance").property("Endpoint").is_none());
    assert!(root("AWS::RDS::DBInstance").property("MultiAZ").is_some());
}

#[test]
fn master_password_is_write_only() {
    assert!(listed(&of("AWS::RDS::DBInstance").write_only, "MasterUserPassword"));
}

#[test]
fn databases_buckets_and_keys_hold_data() {
    for name in [
        "AWS::RDS::DBInstance",
        "AWS::S3::Bucket",
        "AWS::KMS::Key",
        "AWS::SQS::Queue",
        "AWS::DynamoDB::Table",
    ] {
        assert!(of(name).stateful, "{name}");
    }
    for name in ["AWS::IAM::Role", "AWS::ECS::Service", "AWS::Lambda::Function", "AWS::EC2::Subnet"] {
        assert!(!of(name).stateful, "{name}");
    }
}

#[test]
fn queue_numbers_have_their_bounds() {
    assert_eq!(
        at("AWS::SQS::Queue", "VisibilityTimeout"),
        &Node::Integer { min: Some(0), max: Some(43200), allowed: vec![] }
    );
    assert_eq!(
        at("AWS::SQS::Queue", "DelaySeconds"),
        &Node::Integer { min: Some(0), max: Some(900), allowed: vec![] }
    );
    assert!(listed(&of("AWS::SQS::Queue").create_only, "FifoQueue"));
}

#[test]
fn retention_of_a_log_group_is_one_of_the_published_numbers() {
    let Node::Integer { allowed, .. } = at("AWS::Logs::LogGroup", "RetentionInDays") else {
        panic!("not an integer")
    };
    assert!(allowed.contains(&30) && allowed.contains(&3653) && !allowed.contains(&31));
}

#[test]
fn policy_documents_are_free_form() {
    assert_eq!(at("AWS::IAM::Role", "AssumeRolePolicyDocument"), &Node::Json);
    assert_eq!(at("AWS::S3::BucketPolicy", "PolicyDocument"), &Node::Json);
    assert_eq!(at("AWS::IAM::ManagedPolicy", "PolicyDocument"), &Node::Json);
    assert_eq!(root("AWS::IAM::Role").required, ["AssumeRolePolicyDocument"]);
}

#[test]
fn tags_are_a_list_a_map_or_propagated() {
    assert_eq!(of("AWS::S3::Bucket").tags, Some(TagShape::List("Tags".into())));
    assert_eq!(of("AWS::SSM::Parameter").tags, Some(TagShape::Map("Tags".into())));
    assert_eq!(of("AWS::AutoScaling::AutoScalingGroup").tags, Some(TagShape::PropagatedList("Tags".into())));
    assert_eq!(of("AWS::EFS::FileSystem").tags, Some(TagShape::List("FileSystemTags".into())));
    assert_eq!(of("AWS::Route53::HostedZone").tags, Some(TagShape::List("HostedZoneTags".into())));
    assert_eq!(of("AWS::EC2::Route").tags, None);
}

#[test]
fn function_needs_code_and_a_role() {
    assert_eq!(root("AWS::Lambda::Function").required, ["Code", "Role"]);
    assert!(string("AWS::Lambda::Function", "Runtime").allows("python3.13"));
    assert!(!string("AWS::Lambda::Function", "Runtime").allows("python3.99"));
}

#[test]
fn environment_of_a_function_is_a_map() {
    assert!(matches!(at("AWS::Lambda::Function", "Environment.Variables"), Node::Map(_)));
}

#[test]
fn memory_of_a_function_lies_within_its_bounds() {
    assert!(matches!(at("AWS::Lambda::Function", "Timeout"), Node::Integer { min: Some(1), .. }));
    assert!(matches!(at("AWS::Lambda::Function", "MemorySize"), Node::Integer { min: Some(128), .. }));
}

#[test]
fn subnet_of_a_vpc_names_it() {
    assert_eq!(string("AWS::EC2::Subnet", "VpcId").format.as_deref(), Some("AWS::EC2::VPC.Id"));
    assert!(root("AWS::EC2::Subnet").required.contains(&"VpcId".into()));
    assert!(listed(&of("AWS::EC2::Subnet").create_only, "AvailabilityZone"));
}

#[test]
fn container_definitions_need_a_name_and_an_image() {
    let Node::Object(container) = at("AWS::ECS::TaskDefinition", "ContainerDefinitions.*") else {
        panic!("not an object")
    };
    assert_eq!(container.required, ["Image", "Name"]);
    assert!(!container.open);
}

#[test]
fn launch_template_is_named_one_way_or_the_other() {
    let Node::Object(rules) = at("AWS::AutoScaling::AutoScalingGroup", "LaunchTemplate") else {
        panic!("not an object")
    };
    assert_eq!(rules.exactly_one, [["LaunchTemplateId", "LaunchTemplateName"]]);
}

#[test]
fn rule_needs_a_pattern_or_a_schedule() {
    assert_eq!(root("AWS::Events::Rule").at_least_one, [["EventPattern", "ScheduleExpression"]]);
}

#[test]
fn listener_needs_its_load_balancer_and_actions() {
    let rules = root("AWS::ElasticLoadBalancingV2::Listener");
    assert!(rules.required.contains(&"DefaultActions".into()));
    assert!(of("AWS::ElasticLoadBalancingV2::LoadBalancer").attribute("DNSName").is_some());
    assert!(of("AWS::ElasticLoadBalancingV2::LoadBalancer").attribute("CanonicalHostedZoneID").is_some());
}

#[test]
fn key_spec_and_alias_name_are_create_only() {
    assert!(listed(&of("AWS::KMS::Alias").create_only, "AliasName"));
    assert_eq!(of("AWS::KMS::Key").primary_identifier, ["KeyId"]);
    assert!(of("AWS::KMS::Key").attribute("Arn").is_some());
}

#[test]
fn custom_resources_take_and_give_what_their_provider_says() {
    assert!(root("AWS::CloudFormation::CustomResource").open && !root("AWS::SQS::Queue").open);
    assert!(of("AWS::CloudFormation::CustomResource").any_attribute);
    assert!(of("AWS::CloudFormation::Stack").any_attribute);
    assert!(!of("AWS::SQS::Queue").any_attribute);
}

#[test]
fn tagged_unions_ask_for_exactly_one_member() {
    let Node::Object(rules) = at("AWS::APS::Scraper", "Destination") else { panic!("not an object") };
    assert!(!rules.exactly_one.is_empty() || rules.properties.len() == 1);
    let Node::Object(rules) = at("AWS::Bedrock::Prompt", "Variants.*.TemplateConfiguration") else {
        panic!("not an object")
    };
    assert_eq!(rules.exactly_one, [["Chat", "Text"]]);
}

#[test]
fn tables_stay_under_a_megabyte() {
    let tables = concat!(env!("CARGO_MANIFEST_DIR"), "/tables");
    let size: u64 =
        std::fs::read_dir(tables).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    assert!(size < 1_000_000, "{size}");
}

#[test]
fn key_schema_of_a_table_is_a_list() {
    assert!(matches!(at("AWS::DynamoDB::Table", "KeySchema"), Node::Array { .. }));
}

#[test]
fn facts_beside_the_types_are_there() {
    assert_eq!(solc_schema::stateful_types().len(), 29);
    for name in solc_schema::stateful_types() {
        assert!(resource(name).is_none_or(|r| r.stateful), "{name}");
    }
    let runtimes = solc_schema::lambda_runtimes();
    let python = runtimes.iter().find(|r| r.name == "python3.9").unwrap();
    assert_eq!(python.deprecated, "2025-12-15");
    assert!(python.deprecated < python.create_blocked && python.successor.is_some());
    assert!(runtimes.is_sorted_by(|a, b| a.name < b.name));
    let mesh = solc_schema::ending_types().iter().find(|e| e.name == "AWS::AppMesh::Mesh").unwrap();
    assert_eq!((mesh.stage, mesh.date.as_deref()), (solc_schema::Stage::Sunset, Some("2026-09-30")));
}

#[test]
fn origin_counts_what_the_tables_hold() {
    let origin = solc_schema::origin();
    let of = |table: &str| origin.versions.iter().find(|p| p.table == table).unwrap();
    assert_eq!(of("resources.bin").records as usize, resource_names().count());
    let actions: usize =
        solc_schema::iam::prefixes().filter_map(solc_schema::iam::service).map(|s| s.actions.len()).sum();
    assert_eq!(of("iam.bin").records as usize, actions);
    assert_eq!((of("iam.bin").licence.as_str(), of("resources.bin").licence.as_str()), ("MIT", "Apache-2.0"));
}

#[test]
fn types_are_decoded_once_and_from_any_thread() {
    let seen: Vec<usize> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..8).map(|_| scope.spawn(|| std::ptr::from_ref(of("AWS::ECS::Service")).addr())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]));
}
