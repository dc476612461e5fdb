//! Against a server that answers what each test tells it to, so that pages, refusals and what S3 holds are seen without
//! AWS. What a server that we did not write says is asked in `tests/moto.rs`.

mod lookup;

use super::{AssumedRole, Aws, Options, RoleState};
use crate::backend::{
    Backend, ChangeSetType, CreateChangeSet, Failure, FailureClass, RollbackConfiguration, StackStatus,
    TemplateSource, Values,
};
use aws_config::BehaviorVersion;
use aws_credential_types::Credentials;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

/// Status and body of an answer.
type Answer = (u16, Vec<u8>);

const ACCOUNT: &str = "123456789012";

fn who(account: &str) -> Answer {
    let arn = format!("arn:aws:sts::{account}:assumed-role/deploy/ci");
    (
        200,
        format!(
            "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>{arn}</Arn><UserId>U</UserId><Account>{account}\
             </Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
        )
        .into_bytes(),
    )
}

fn result(operation: &str, content: &str) -> Answer {
    let body = format!(
        "<{operation}Response><{operation}Result>{content}</{operation}Result></{operation}Response>"
    );
    (200, body.into_bytes())
}

fn error(status: u16, code: &str, message: &str) -> Answer {
    (
        status,
        format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        )
        .into_bytes(),
    )
}

fn s3_error(status: u16, code: &str) -> Answer {
    (status, format!("<Error><Code>{code}</Code><Message>said S3</Message></Error>").into_bytes())
}

/// Answers one request for each answer, and tells what was asked: first line, headers and body.
fn serve(answers: Vec<Answer>) -> (String, Receiver<String>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let (tell, asked) = channel();
    std::thread::spawn(move || {
        for (status, body) in answers {
            let (stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream);
            let mut request = String::new();
            while !request.ends_with("\r\n\r\n") {
                assert!(reader.read_line(&mut request).unwrap() > 0);
            }
            let lower = request.to_lowercase();
            let length = lower.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
            let mut content = vec![0; length.map_or(0, |length| length.parse().unwrap())];
            reader.read_exact(&mut content).unwrap();
            request.push_str(&String::from_utf8_lossy(&content));
            let _ = tell.send(request);
            let kind = match body.first() {
                Some(..0x80) | None => "Content-Type: text/xml",
                Some(_) => "Content-Type: application/cbor\r\nsmithy-protocol: rpc-v2-cbor",
            };
            let head = format!(
                "HTTP/1.1 {status} Said\r\n{kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            reader.get_mut().write_all(head.as_bytes()).unwrap();
            reader.get_mut().write_all(&body).unwrap();
        }
    });
    (endpoint, asked)
}

fn connect(options: Options) -> Result<Aws, Failure> {
    let credentials =
        Credentials::new("AKIDTEST", "CANARY-SECRET", Some("CANARY-TOKEN".to_owned()), None, "test");
    let loader = aws_config::defaults(BehaviorVersion::latest()).credentials_provider(credentials);
    Aws::connect_by(options, loader)
}

fn options(endpoint: String) -> Options {
    Options {
        region: "eu-west-1".to_owned(),
        account: Some(ACCOUNT.to_owned()),
        endpoint: Some(endpoint),
        template_bucket: Some("templates".to_owned()),
        ..Options::default()
    }
}

/// Connected, with the answers to what is asked then.
fn connected(answers: Vec<Answer>) -> (Aws, Receiver<String>) {
    let (endpoint, asked) = serve([vec![who(ACCOUNT)], answers].concat());
    let aws = connect(options(endpoint)).unwrap();
    asked.recv().unwrap();
    (aws, asked)
}

#[test]
fn credentials_of_another_account_are_refused_before_anything_else_is_asked() {
    let (endpoint, asked) = serve(vec![who("999999999999")]);
    let failure = connect(options(endpoint)).unwrap_err();
    assert_eq!((failure.class, failure.code.as_str()), (FailureClass::Denied, "WrongAccount"));
    for part in ["999999999999", ACCOUNT, "--profile", "--role"] {
        assert!(failure.message.contains(part), "{failure}");
    }
    assert_eq!(asked.iter().count(), 1);
}

#[test]
fn a_role_that_may_not_be_assumed_is_the_callers_to_know() {
    let (endpoint, asked) =
        serve(vec![error(403, "AccessDenied", "User: me is not authorized to perform: sts:AssumeRole")]);
    let role = AssumedRole {
        arn: "arn:aws:iam::123456789012:role/solc-deploy".to_owned(),
        session: "solc-ci".to_owned(),
    };
    let failure = connect(Options { role: Some(role), ..options(endpoint) }).unwrap_err();
    assert_eq!(failure.class, FailureClass::Denied, "{failure}");
    assert!(failure.message.contains("not authorized to perform: sts:AssumeRole"), "{failure}");
    let request = asked.recv().unwrap();
    assert!(
        request.contains("Action=AssumeRole") && request.contains("RoleSessionName=solc-ci"),
        "{request}"
    );
}

#[test]
fn a_refused_signature_says_no_token() {
    let message = "The signature does not match. The Canonical String should have been x-amz-security-token:CANARY-TOKEN";
    let (aws, asked) = connected(vec![error(403, "SignatureDoesNotMatch", message)]);
    let failure = aws.describe_stack("a").unwrap_err();
    assert_eq!(failure.class, FailureClass::ExpiredCredentials);
    assert!(!format!("{failure} {failure:?}").contains("CANARY"), "{failure}");
    // It was in the request, so that this test would notice.
    assert!(asked.recv().unwrap().contains("CANARY-TOKEN"));
    assert!(!format!("{aws:?}").contains("CANARY"));
}

#[test]
fn a_stack_that_is_not_there_is_nothing() {
    let (aws, _) = connected(vec![error(400, "ValidationError", "Stack with id a does not exist")]);
    assert_eq!(aws.describe_stack("a").unwrap(), None);
}

#[test]
fn a_throttled_request_is_sent_once() {
    let (aws, asked) = connected(vec![error(400, "Throttling", "Rate exceeded")]);
    assert_eq!(aws.describe_stack("a").unwrap_err().class, FailureClass::Throttled);
    assert_eq!(asked.iter().count(), 1);
}

fn stack(name: &str, status: &str) -> String {
    format!(
        "<member><StackName>{name}</StackName><StackId>arn:{name}</StackId><StackStatus>{status}</StackStatus>\
         <CreationTime>2026-11-25T10:00:00Z</CreationTime></member>"
    )
}

#[test]
fn every_page_of_stacks_is_read_and_those_of_others_left_out() {
    let (aws, asked) = connected(vec![
        result(
            "DescribeStacks",
            &format!(
                "<Stacks>{}{}</Stacks><NextToken>two</NextToken>",
                stack("shop-b", "CREATE_COMPLETE"),
                stack("x", "CREATE_COMPLETE")
            ),
        ),
        result(
            "DescribeStacks",
            &format!("<Stacks>{}</Stacks>", stack("shop-a", "UPDATE_ROLLBACK_COMPLETE")),
        ),
    ]);
    let stacks = aws.list_stacks("shop-").unwrap();
    let seen: Vec<_> = stacks.iter().map(|stack| (stack.name.as_str(), stack.status)).collect();
    assert_eq!(
        seen,
        [("shop-a", StackStatus::UpdateRollbackComplete), ("shop-b", StackStatus::CreateComplete)]
    );
    assert!(stacks.iter().all(|stack| stack.created.is_some()));
    assert!(asked.iter().nth(1).unwrap().contains("NextToken=two"));
}

#[test]
fn a_status_that_is_new_is_named() {
    let (aws, _) =
        connected(vec![result("DescribeStacks", &format!("<Stacks>{}</Stacks>", stack("a", "HIBERNATING")))]);
    let failure = aws.describe_stack("a").unwrap_err();
    assert_eq!((failure.class, failure.code.as_str()), (FailureClass::Invalid, "UnknownAnswer"));
    assert!(failure.message.contains("`HIBERNATING`"), "{failure}");
}

fn event(id: &str) -> String {
    format!(
        "<member><EventId>{id}</EventId><StackId>arn:a</StackId><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>"
    )
}

#[test]
fn events_are_read_no_further_than_what_is_known() {
    let page = |events: &[&str], next: &str| {
        let events: String = events.iter().map(|id| event(id)).collect();
        result(
            "DescribeStackEvents",
            &format!("<StackEvents>{events}</StackEvents><NextToken>{next}</NextToken>"),
        )
    };
    let (aws, asked) =
        connected(vec![page(&["e5", "e4"], "2"), page(&["e3", "e2"], "3"), page(&["e1"], "4")]);
    let events = aws.stack_events("arn:a", Some("e2")).unwrap();
    assert_eq!(events.iter().map(|event| event.id.as_str()).collect::<Vec<_>>(), ["e3", "e4", "e5"]);
    assert_eq!(asked.try_iter().count(), 2);
}

#[test]
fn every_page_of_a_change_set_is_read() {
    let page = |logical: &str, next: &str| {
        result(
            "DescribeChangeSet",
            &format!(
                "<ChangeSetId>arn:c</ChangeSetId><ChangeSetName>c</ChangeSetName><StackId>arn:a</StackId><Status>\
                 CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus><Changes><member><Type>Resource</Type>\
                 <ResourceChange><Action>Modify</Action><LogicalResourceId>{logical}</LogicalResourceId><ResourceType>\
                 AWS::SQS::Queue</ResourceType><Replacement>Conditional</Replacement></ResourceChange></member></Changes>{next}"
            ),
        )
    };
    let (aws, asked) = connected(vec![page("One", "<NextToken>2</NextToken>"), page("Two", "")]);
    let set = aws.describe_change_set("arn:a", "arn:c", true).unwrap();
    assert_eq!(
        set.changes.iter().map(|change| change.logical_id.as_str()).collect::<Vec<_>>(),
        ["One", "Two"]
    );
    assert!(asked.recv().unwrap().contains("IncludePropertyValues=true"));
}

fn request() -> CreateChangeSet {
    CreateChangeSet {
        stack: "a".to_owned(),
        name: "solc-1".to_owned(),
        kind: ChangeSetType::Update,
        token: "solc-c-1".to_owned(),
        template: TemplateSource::Body("{}".to_owned()),
        parameters: Values::from([("P".to_owned(), "1".to_owned())]),
        tags: Values::new(),
        capabilities: vec!["CAPABILITY_IAM".to_owned()],
        role: None,
        notification_arns: Vec::new(),
        rollback: RollbackConfiguration::default(),
        description: String::new(),
        import_existing: false,
        revert_drift: true,
    }
}

#[test]
fn a_request_sent_again_has_the_same_bytes() {
    let answer = result("CreateChangeSet", "<Id>arn:c</Id><StackId>arn:a</StackId>");
    let (aws, asked) = connected(vec![answer.clone(), answer]);
    for _ in 0..2 {
        assert_eq!(aws.create_change_set(&request()).unwrap().change_set, "arn:c");
    }
    let bodies: Vec<String> =
        asked.iter().map(|asked| asked.split("\r\n\r\n").nth(1).unwrap().to_owned()).collect();
    assert_eq!(bodies[0], bodies[1]);
    // What the stack had before and no longer has is taken away only where it is said.
    for part in [
        "ClientToken=solc-c-1",
        "DeploymentMode=REVERT_DRIFT",
        "&Tags=",
        "&NotificationARNs=",
        "RollbackTriggers=",
    ] {
        assert!(bodies[0].contains(part), "{part} in {}", bodies[0]);
    }
}

#[test]
fn a_template_too_large_for_a_request_is_not_sent() {
    let (aws, asked) = connected(Vec::new());
    let body = "é".repeat(25_601);
    let failure = aws
        .create_change_set(&CreateChangeSet { template: TemplateSource::Body(body), ..request() })
        .unwrap_err();
    assert_eq!((failure.class, failure.code.as_str()), (FailureClass::Invalid, "TemplateTooLarge"));
    assert_eq!(aws.put_template(&"x".repeat(1_000_001)).unwrap_err().code, "TemplateTooLarge");
    assert_eq!(asked.iter().count(), 0);
}

#[test]
fn a_template_is_put_under_its_hash_and_for_its_owner() {
    let (aws, asked) = connected(vec![(200, Vec::new())]);
    let url = aws.put_template("{}").unwrap();
    let key = format!("/templates/solc/templates/{}.json", solc_cmdb::sha256(b"{}"));
    assert!(url.ends_with(&key), "{url}");
    let request = asked.recv().unwrap().to_lowercase();
    for part in [
        key.as_str(),
        "if-none-match: *",
        "x-amz-expected-bucket-owner: 123456789012",
        "x-amz-checksum-sha256: ",
    ] {
        assert!(request.contains(part), "{part} in {request}");
    }
}

#[test]
fn a_template_that_is_there_is_read() {
    let (aws, _) = connected(vec![s3_error(412, "PreconditionFailed"), (200, "{}".into())]);
    aws.put_template("{}").unwrap();
}

#[test]
fn a_template_that_somebody_changed_is_refused() {
    for other in ["[]", "{ }"] {
        let (aws, _) = connected(vec![s3_error(412, "PreconditionFailed"), (200, other.into())]);
        let failure = aws.put_template("{}").unwrap_err();
        assert_eq!((failure.class, failure.code.as_str()), (FailureClass::Invalid, "TemplateChanged"));
    }
}

#[test]
fn a_server_without_an_operation_is_said_to_lack_it() {
    let (aws, _) = connected(vec![(500, "<!doctype html><title>500</title>".into())]);
    let failure = aws.describe_account_limits().unwrap_err();
    assert_eq!(failure.class, FailureClass::Unsupported, "{failure}");
    assert!(failure.message.contains("DescribeAccountLimits"), "{failure}");
}

#[test]
fn composite_alarms_are_asked_for_too() {
    let (aws, asked) = connected(vec![(400, Vec::new())]);
    let arn = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:errors";
    aws.alarm_states(&[arn.to_owned()]).unwrap_err();
    let request = asked.recv().unwrap();
    assert!(request.contains("CompositeAlarm") && request.contains("MetricAlarm"), "{request}");
    assert!(request.contains("errors") && !request.contains(arn), "{request}");
}

/// What CloudWatch answers in: RFC 8949, as far as short maps, lists and texts go.
fn cbor(value: &serde_json::Value) -> Vec<u8> {
    let head = |major: u8, length: usize| {
        let length = u8::try_from(length).unwrap();
        if length < 24 { vec![major << 5 | length] } else { vec![major << 5 | 24, length] }
    };
    match value {
        serde_json::Value::String(text) => [head(3, text.len()), text.as_bytes().to_vec()].concat(),
        serde_json::Value::Array(list) => list.iter().fold(head(4, list.len()), |b, v| [b, cbor(v)].concat()),
        serde_json::Value::Object(map) => {
            map.iter().fold(head(5, map.len()), |b, (k, v)| [b, cbor(&k.as_str().into()), cbor(v)].concat())
        }
        _ => panic!("{value}"),
    }
}

#[test]
fn alarms_are_found_by_arn_and_by_name() {
    let answer = serde_json::json!({
        "CompositeAlarms": [{ "AlarmName": "all", "StateValue": "ALARM" }],
        "MetricAlarms": [{ "AlarmName": "errors", "StateValue": "OK" }],
    });
    let (aws, _) = connected(vec![(200, cbor(&answer))]);
    let arn = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:errors";
    let states = aws.alarm_states(&[arn.to_owned(), "all".to_owned(), "gone".to_owned()]).unwrap();
    let expected = [(arn.to_owned(), "OK".to_owned()), ("all".to_owned(), "ALARM".to_owned())];
    assert_eq!(states, Values::from(expected));
}

#[test]
fn an_answer_that_cannot_be_read_may_have_been_a_success() {
    let (aws, _) = connected(vec![(200, "<html>".into())]);
    let failure = aws.describe_stack("a").unwrap_err();
    assert_eq!((failure.class, failure.code.as_str()), (FailureClass::Transient, "UnreadableAnswer"));
}

#[test]
fn a_role_that_is_gone_is_missing() {
    let (aws, asked) =
        connected(vec![error(404, "NoSuchEntity", "The role with name exec cannot be found.")]);
    assert_eq!(aws.role_state("arn:aws:iam::123456789012:role/shop/exec"), RoleState::Missing);
    assert!(asked.recv().unwrap().contains("RoleName=exec"));
    assert_eq!(aws.role_state("arn:aws:iam::999999999999:role/exec"), RoleState::Elsewhere);
}

#[test]
fn the_address_of_a_template_is_the_regions() {
    let (mut aws, _) = connected(Vec::new());
    aws.options.endpoint = None;
    assert_eq!(aws.address("b", "k"), "https://b.s3.eu-west-1.amazonaws.com/k");
    assert_eq!(aws.address("b.c", "k"), "https://s3.eu-west-1.amazonaws.com/b.c/k");
    aws.identity.region = "cn-north-1".to_owned();
    assert_eq!(aws.address("b", "k"), "https://b.s3.cn-north-1.amazonaws.com.cn/k");
}
