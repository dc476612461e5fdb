//! The `aws` backend against moto's server, which imitates AWS and which we did not write.
//!
//! `cargo verify --only moto` starts the server, with TLS, and runs these; without it they fail, and so they are ignored
//! otherwise. What moto lacks is a table in the book, and `what_moto_lacks_is_what_the_book_says` holds the two together.
#![cfg(feature = "aws")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use solc_deploy::Backend as _;
use solc_deploy::aws::{AssumedRole, Aws, Options, RoleState};
use solc_deploy::backend::{
    ChangeSetIds, ChangeSetStatus, ChangeSetType, CreateChangeSet, CreateStackRefactor, DeleteStack,
    ExecuteChangeSet, ExecutionStatus, Failure, FailureClass, LeaseRequest, RollbackConfiguration, Stack,
    StackStatus, TemplateSource, Values,
};
use solc_deploy::lease::NoLease;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const ACCOUNT: &str = "123456789012";
const REGION: &str = "eu-west-1";

#[expect(clippy::disallowed_methods, reason = "the step says here where the server is")]
fn told(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: `cargo verify --only moto` runs this"))
}

fn options() -> Options {
    Options {
        region: REGION.to_owned(),
        account: Some(ACCOUNT.to_owned()),
        endpoint: Some(told("SOLC_MOTO_ENDPOINT")),
        ..Options::default()
    }
}

fn connect() -> Aws {
    Aws::connect(options()).unwrap()
}

fn values(pairs: &[(&str, &str)]) -> Values {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn request(
    stack: &str,
    name: &str,
    kind: ChangeSetType,
    template: &str,
    parameters: Values,
) -> CreateChangeSet {
    CreateChangeSet {
        stack: stack.to_owned(),
        name: name.to_owned(),
        kind,
        token: format!("solc-c-{name}"),
        template: TemplateSource::Body(template.to_owned()),
        parameters,
        tags: values(&[("product", "shop")]),
        capabilities: Vec::new(),
        role: None,
        notification_arns: Vec::new(),
        rollback: RollbackConfiguration::default(),
        description: "of the tests".to_owned(),
        import_existing: false,
        revert_drift: false,
    }
}

fn execution(ids: &ChangeSetIds) -> ExecuteChangeSet {
    ExecuteChangeSet {
        stack: ids.stack.clone(),
        change_set: ids.change_set.clone(),
        token: "solc-x-1".to_owned(),
        disable_rollback: false,
        retain_except_on_create: true,
    }
}

/// Creates a change set, executes it, and returns the stack then.
fn apply(aws: &Aws, request: &CreateChangeSet) -> Stack {
    let ids = aws.create_change_set(request).unwrap();
    let set = aws.describe_change_set(&ids.stack, &ids.change_set, true).unwrap();
    assert_eq!(set.status, ChangeSetStatus::CreateComplete);
    assert_eq!(set.execution_status, ExecutionStatus::Available);
    assert!(!set.changes.is_empty());
    aws.execute_change_set(&execution(&ids)).unwrap();
    aws.describe_stack(&ids.stack).unwrap().unwrap()
}

fn delete(aws: &Aws, stack: &Stack) {
    let request = DeleteStack {
        stack: stack.id.clone(),
        token: "solc-r-1".to_owned(),
        role: None,
        retain: Vec::new(),
        force: false,
    };
    aws.delete_stack(&request).unwrap();
    assert_eq!(aws.describe_stack(&stack.id).unwrap().unwrap().status, StackStatus::DeleteComplete);
    assert_eq!(aws.describe_stack(&stack.name).unwrap(), None);
}

/// A queue with a time that a parameter gives, a topic, and a table.
const RESOURCES: &str = r#"{
  "Parameters": { "Seconds": { "Type": "String" } },
  "Resources": {
    "Orders": { "Type": "AWS::SQS::Queue", "Properties": { "VisibilityTimeout": { "Ref": "Seconds" } } },
    "Placed": { "Type": "AWS::SNS::Topic" },
    "Carts": {
      "Type": "AWS::DynamoDB::Table",
      "Properties": {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }]
      }
    }
  },
  "Outputs": { "OrdersArn": { "Value": { "Fn::GetAtt": ["Orders", "Arn"] } } }
}"#;

/// A topic that says in its name what another stack gave out.
const CONSUMER: &str = r#"{
  "Parameters": { "Arn": { "Type": "String" } },
  "Resources": { "Seen": { "Type": "AWS::SNS::Topic", "Properties": { "DisplayName": { "Ref": "Arn" } } } },
  "Outputs": { "Arn": { "Value": { "Ref": "Arn" } } }
}"#;

#[test]
#[ignore = "needs moto: cargo verify --only moto"]
fn the_account_is_asked_for_and_another_one_refused() {
    let aws = connect();
    assert_eq!(aws.identity().unwrap().account, ACCOUNT);
    let other = Options { account: Some("999999999999".to_owned()), ..options() };
    assert_eq!(Aws::connect(other).unwrap_err().code, "WrongAccount");
    let role = AssumedRole {
        arn: format!("arn:aws:iam::{ACCOUNT}:role/solc-deploy"),
        session: "solc-test".to_owned(),
    };
    let assumed = Aws::connect(Options { role: Some(role), ..options() }).unwrap();
    assert_eq!(
        assumed.connected_as().arn,
        format!("arn:aws:sts::{ACCOUNT}:assumed-role/solc-deploy/solc-test")
    );
    let missing = aws.role_state(&format!("arn:aws:iam::{ACCOUNT}:role/nobody"));
    assert_eq!(missing, RoleState::Missing);
}

#[test]
#[ignore = "needs moto: cargo verify --only moto"]
fn a_server_that_is_away_is_no_answer() {
    told("SOLC_MOTO_ENDPOINT");
    let away = Options { endpoint: Some("https://localhost:1".to_owned()), ..options() };
    assert_eq!(Aws::connect(away).unwrap_err().class, FailureClass::Transient);
}

#[test]
#[ignore = "needs moto: cargo verify --only moto"]
fn a_stack_is_created_left_alone_updated_and_deleted() {
    let aws = connect();
    assert_eq!(aws.describe_stack("life").unwrap(), None);
    let seconds = |seconds| values(&[("Seconds", seconds)]);
    let created = apply(&aws, &request("life", "solc-1", ChangeSetType::Create, RESOURCES, seconds("30")));
    assert_eq!((created.status, created.name.as_str()), (StackStatus::CreateComplete, "life"));
    assert_eq!(created.parameters, seconds("30"));
    assert_eq!(created.tags, values(&[("product", "shop")]));
    let arn = created.outputs.get("OrdersArn").unwrap();
    assert!(arn.starts_with(&format!("arn:aws:sqs:{REGION}:{ACCOUNT}:")), "{arn}");
    let resources = aws.describe_stack_resources(&created.id).unwrap();
    let names: Vec<_> = resources.iter().map(|resource| resource.logical_id.as_str()).collect();
    assert_eq!(names, ["Carts", "Orders", "Placed"]);
    assert!(resources.iter().all(|resource| resource.physical_id.is_some()));

    let events = aws.stack_events(&created.id, None).unwrap();
    let own: Vec<_> = events.iter().filter(|event| event.is_of_stack()).map(|e| e.status.as_str()).collect();
    assert_eq!(own, ["REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"]);
    assert!(events.windows(2).all(|pair| pair[0].time <= pair[1].time));
    let last = events.last().unwrap().id.as_str();
    assert_eq!(aws.stack_events(&created.id, Some(last)).unwrap(), []);

    let same = request("life", "solc-2", ChangeSetType::Update, RESOURCES, seconds("30"));
    let unchanged = aws.create_change_set(&same).unwrap_err();
    assert!(unchanged.message.contains("No updates are to be performed"), "{unchanged}");

    let updated = apply(&aws, &request("life", "solc-3", ChangeSetType::Update, RESOURCES, seconds("60")));
    assert_eq!((updated.status, updated.id.as_str()), (StackStatus::UpdateComplete, created.id.as_str()));
    assert_eq!(updated.parameters, seconds("60"));
    let new = aws.stack_events(&created.id, Some(last)).unwrap();
    let own: Vec<_> = new.iter().filter(|event| event.is_of_stack()).map(|e| e.status.as_str()).collect();
    assert_eq!(own, ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]);
    let sent: serde_json::Value = serde_json::from_str(&aws.get_template("life").unwrap()).unwrap();
    assert_eq!(sent, serde_json::from_str::<serde_json::Value>(RESOURCES).unwrap());
    let sets = aws.list_change_sets(&updated.id).unwrap();
    let own = sets.iter().filter(|set| set.stack == updated.id);
    let executed = own.filter(|set| set.execution_status == ExecutionStatus::ExecuteComplete);
    assert_eq!(executed.map(|set| set.name.as_str()).collect::<Vec<_>>(), ["solc-1", "solc-3"]);

    let policy = r#"{"Statement":[{"Effect":"Allow","Action":"Update:*","Principal":"*","Resource":"*"}]}"#;
    assert_eq!(aws.get_stack_policy("life").unwrap(), None);
    aws.set_stack_policy(&updated.id, policy).unwrap();
    assert_eq!(aws.get_stack_policy("life").unwrap().as_deref(), Some(policy));

    assert_eq!(aws.list_stacks("lif").unwrap().len(), 1);
    delete(&aws, &updated);
    assert_eq!(aws.list_stacks("lif").unwrap(), []);
}

#[test]
#[ignore = "needs moto: cargo verify --only moto"]
fn what_one_stack_gives_out_is_anothers_parameter() {
    let aws = connect();
    let producer = apply(
        &aws,
        &request("producer", "solc-1", ChangeSetType::Create, RESOURCES, values(&[("Seconds", "30")])),
    );
    let arn = producer.outputs.get("OrdersArn").unwrap();
    let consumer =
        apply(&aws, &request("consumer", "solc-1", ChangeSetType::Create, CONSUMER, values(&[("Arn", arn)])));
    assert_eq!(consumer.outputs.get("Arn"), Some(arn));
    delete(&aws, &consumer);
    delete(&aws, &producer);
}

/// A bucket for templates, made as everything else is.
fn bucket(aws: &Aws, name: &str) {
    let template = format!(
        r#"{{"Resources":{{"Templates":{{"Type":"AWS::S3::Bucket","Properties":{{"BucketName":"{name}"}}}}}}}}"#
    );
    apply(aws, &request(name, "solc-1", ChangeSetType::Create, &template, Values::new()));
}

#[test]
#[ignore = "needs moto: cargo verify --only moto"]
fn a_template_larger_than_a_request_goes_through_the_bucket() {
    let aws = connect();
    bucket(&aws, "solc-templates-large");
    assert_eq!(aws.reach_bucket("solc-templates-large"), Ok(()));
    assert!(aws.reach_bucket("solc-templates-none").is_err());
    let large =
        RESOURCES.replacen("{", &format!("{{ \"Metadata\": {{ \"Text\": \"{}\" }},", "x".repeat(60_000)), 1);
    let aws = Aws::connect(Options { template_bucket: Some("solc-templates-large".to_owned()), ..options() })
        .unwrap();
    let url = aws.put_template(&large).unwrap();
    assert!(url.starts_with("https://"), "{url}");
    // The second time it is there, and is read.
    assert_eq!(aws.put_template(&large).unwrap(), url);
    let mut request = request("large", "solc-1", ChangeSetType::Create, "", values(&[("Seconds", "30")]));
    request.template = TemplateSource::Url(url);
    let stack = apply(&aws, &request);
    assert_eq!(aws.describe_stack_resources(&stack.id).unwrap().len(), 3);
    delete(&aws, &stack);
}

#[test]
#[ignore = "needs moto: cargo verify --only moto"]
fn an_environment_is_one_deployments_at_a_time_whatever_machine_it_runs_on() {
    bucket(&connect(), "solc-templates-leases");
    let machine = || {
        Aws::connect(Options { template_bucket: Some("solc-templates-leases".to_owned()), ..options() })
            .unwrap()
    };
    let (here, there) = (machine(), machine());
    let request = |deploy: &'static str, over: &'static [&'static str], force: bool| LeaseRequest {
        product: "shop",
        environment: "integration",
        deploy,
        owner: "a test",
        over,
        force,
    };
    let first = here.lease(&request("first", &[], false)).unwrap().unwrap();
    assert!(first.check().is_ok());
    let holder = |refused: Option<NoLease>| match refused {
        Some(NoLease::Held(Some(holder))) => (holder.deploy, holder.fence),
        other => panic!("{other:?}"),
    };
    assert_eq!(holder(there.lease(&request("second", &[], false)).unwrap().err()), ("first".to_owned(), 1));

    // The same deployment goes on elsewhere: whoever began it has lost it, and learns so before it changes anything.
    let resumed = there.lease(&request("first", &[], false)).unwrap().unwrap();
    assert_eq!(holder(first.check().err()), ("first".to_owned(), 2));
    first.release().unwrap();
    assert!(resumed.check().is_ok(), "what was lost cannot be given back");

    let second = here.lease(&request("second", &["first"], false)).unwrap().unwrap();
    assert_eq!(holder(resumed.check().err()), ("second".to_owned(), 3));
    second.release().unwrap();
    let third = there.lease(&request("third", &[], false)).unwrap().unwrap();
    assert_eq!(holder(here.lease(&request("fourth", &[], false)).unwrap().err()), ("third".to_owned(), 4));
    let fourth = here.lease(&request("fourth", &[], true)).unwrap().unwrap();
    assert!(third.check().is_err() && fourth.check().is_ok());
    assert!(connect().lease(&request("fifth", &[], false)).is_none(), "without a bucket there is none");
}

#[test]
#[ignore = "needs moto: cargo verify --only moto"]
fn the_example_has_change_sets_with_all_its_resources() {
    let folder = told("SOLC_MOTO_EXAMPLE");
    let read = |name: &str| fs::read_to_string(Path::new(&folder).join(name)).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&read("manifest.json")).unwrap();
    let aws = connect();
    bucket(&aws, "solc-templates-example");
    let aws =
        Aws::connect(Options { template_bucket: Some("solc-templates-example".to_owned()), ..options() })
            .unwrap();
    let stacks = manifest["stacks"].as_array().unwrap();
    assert!(!stacks.is_empty());
    for stack in stacks {
        let template = read(stack["template"].as_str().unwrap());
        let content: serde_json::Value = serde_json::from_str(&template).unwrap();
        let parameters = content["Parameters"].as_object().into_iter().flatten();
        let parameters = parameters.map(|(name, _)| (name.clone(), "known later".to_owned())).collect();
        let name = stack["name"].as_str().unwrap();
        let mut request = request(name, "solc-1", ChangeSetType::Create, "", parameters);
        request.template = TemplateSource::Url(aws.put_template(&template).unwrap());
        request.capabilities = serde_json::from_value(stack["capabilities"].clone()).unwrap();
        let ids = aws.create_change_set(&request).unwrap();
        let set = aws.describe_change_set(&ids.stack, &ids.change_set, true).unwrap();
        let added: BTreeSet<_> = set.changes.iter().map(|change| change.logical_id.as_str()).collect();
        let resources: BTreeSet<_> =
            content["Resources"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(added, resources, "{name}");
        // Only the first needs nothing of others; the book says that it ends here.
        if content.get("Parameters").is_none() {
            let failure = aws.execute_change_set(&execution(&ids)).unwrap_err();
            assert!(failure.message.contains("Fn::GetAtt references undefined resource"), "{failure}");
        }
    }
}

/// What an operation that should have been done, or said something else, said.
fn refused<T: std::fmt::Debug>(operation: &str, answer: Result<T, Failure>) -> (String, String) {
    let failure = answer.unwrap_err();
    assert_eq!(failure.operation, operation);
    let said = match failure.class {
        FailureClass::Unsupported => failure.code,
        _ => format!("`{}`: {}", failure.code, failure.message),
    };
    (operation.to_owned(), said)
}

#[test]
#[ignore = "needs moto: cargo verify --only moto"]
fn what_moto_lacks_is_what_the_book_says() {
    let aws = connect();
    let seconds = |seconds| values(&[("Seconds", seconds)]);
    let create = request("lacks", "solc-1", ChangeSetType::Create, RESOURCES, seconds("30"));
    let stack = apply(&aws, &create);
    let mut rows = vec![
        refused("UpdateTerminationProtection", aws.update_termination_protection(&stack.id, true)),
        refused("DescribeEvents", aws.validation_events(&stack.id, "solc-1")),
        refused("ContinueUpdateRollback", aws.continue_update_rollback(&stack.id, "t", None, &[], false)),
        refused("RollbackStack", aws.rollback_stack(&stack.id, "t", None)),
        refused("CancelUpdateStack", aws.cancel_update_stack(&stack.id, "t")),
        refused("DetectStackDrift", aws.detect_stack_drift(&stack.id)),
        refused("DescribeStackDriftDetectionStatus", aws.describe_drift_detection("d")),
        refused("DescribeStackResourceDrifts", aws.describe_stack_resource_drifts(&stack.id)),
        refused("CreateStackRefactor", aws.create_stack_refactor(&refactor())),
        refused("DescribeStackRefactor", aws.describe_stack_refactor("r")),
        refused("ExecuteStackRefactor", aws.execute_stack_refactor("r")),
        refused("DescribeAccountLimits", aws.describe_account_limits()),
        refused("DescribeAlarms", aws.alarm_states(&["a".to_owned()])),
    ];
    let same = request("lacks", "solc-2", ChangeSetType::Update, RESOURCES, seconds("30"));
    rows.push(refused("CreateChangeSet", aws.create_change_set(&same)));
    let mut lacks = |operation: &str, what: &str, lacking: bool| {
        assert!(lacking, "moto no longer does this: {operation}: {what}");
        rows.push((operation.to_owned(), what.to_owned()));
    };
    let token = |event: &solc_deploy::backend::StackEvent| event.token.is_some() || event.operation.is_some();
    let events = aws.stack_events(&stack.id, None).unwrap();
    lacks("DescribeStackEvents", "events have no token and no operation", !events.iter().any(token));
    lacks("DescribeStackEvents", "only the stack has events", events.iter().all(|event| event.is_of_stack()));
    lacks("DescribeStacks", "no operations, no executed change set", {
        stack.last_operations.is_empty() && stack.change_set.is_none()
    });
    let update = request("lacks", "solc-3", ChangeSetType::Update, RESOURCES, seconds("60"));
    let first = aws.create_change_set(&update).unwrap();
    let set = aws.describe_change_set(&first.stack, &first.change_set, true).unwrap();
    lacks(
        "DescribeChangeSet",
        "an update has no replacement, no details and no values",
        set.changes.iter().all(|change| change.replacement.is_none() && change.details.is_empty()),
    );
    let again = aws.create_change_set(&update).unwrap();
    lacks(
        "CreateChangeSet",
        "the same token makes a second change set",
        again.change_set != first.change_set,
    );
    let foreign =
        apply(&aws, &request("lacks-not", "solc-1", ChangeSetType::Create, RESOURCES, seconds("30")));
    let sets = aws.list_change_sets(&stack.id).unwrap();
    lacks("ListChangeSets", "those of every stack", sets.iter().any(|set| set.stack == foreign.id));
    delete(&aws, &foreign);
    let deny = r#"{"Statement":[{"Effect":"Deny","Action":"Update:*","Principal":"*","Resource":"*"}]}"#;
    aws.set_stack_policy(&stack.id, deny).unwrap();
    aws.execute_change_set(&execution(&first)).unwrap();
    let after = aws.describe_stack(&stack.id).unwrap().unwrap();
    lacks("ExecuteChangeSet", "a stack policy does not keep anything", after.parameters == seconds("60"));
    delete(&aws, &after);

    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../book/src/reference/moto.md");
    let page = fs::read_to_string(page).unwrap();
    let written: BTreeSet<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
    let found: BTreeSet<String> =
        rows.iter().map(|(operation, said)| format!("| `{operation}` | {said} |")).collect();
    let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(found, written, "book/src/reference/moto.md");
}

fn refactor() -> CreateStackRefactor {
    CreateStackRefactor {
        description: "of the tests".to_owned(),
        stacks: vec![("lacks".to_owned(), TemplateSource::Body(RESOURCES.to_owned()))],
        mappings: Vec::new(),
    }
}
