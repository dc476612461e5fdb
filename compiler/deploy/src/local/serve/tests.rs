//! Requests as an SDK sends them, over a socket.

use super::{Service, serve};
use crate::clock::{Clock as _, Timestamp, VirtualClock};
use crate::local::Options;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Sends a head and a body; returns the status and the body.
type Ask<'a> = &'a dyn Fn(&str, &str) -> (u16, String);

/// Asks the service, each time over a connection of its own: `(head, body)` to `(status, body)`.
fn asking(requests: &dyn Fn(Ask<'_>, &VirtualClock)) {
    let clock = Arc::new(VirtualClock::at(Timestamp(1_000)));
    let service = Service::new(None, clock.clone(), Options::default()).expect("memory");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| serve(listener, &service, &|| stop.load(Ordering::SeqCst)));
        let ask = |head: &str, body: &str| {
            let mut stream = TcpStream::connect(address).expect("connected");
            let length = body.len();
            let text = format!(
                "{head}\r\nHost: local\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
            );
            stream.write_all(text.as_bytes()).expect("sent");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("received");
            let status = answer.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
            let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
            (status, body)
        };
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| requests(&ask, &clock)));
        stop.store(true, Ordering::SeqCst);
        done.expect("the requests hold");
    });
}

fn form(parameters: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}

const TEMPLATE: &str =
    r#"{"Resources":{"Q":{"Type":"AWS::SQS::Queue"}},"Outputs":{"U":{"Value":{"Ref":"Q"}}}}"#;

#[test]
fn a_stack_goes_through_its_life_over_http() {
    asking(&|ask, clock| {
        let post = |parameters: &[(&str, &str)]| ask("POST / HTTP/1.1", &form(parameters));
        let (status, body) = post(&[("Action", "DescribeStacks"), ("StackName", "s")]);
        assert_eq!(status, 400);
        assert!(
            body.contains("<Code>ValidationError</Code><Message>Stack with id s does not exist</Message>"),
            "{body}"
        );
        let create = [
            ("Action", "CreateChangeSet"),
            ("StackName", "s"),
            ("ChangeSetName", "c"),
            ("ChangeSetType", "CREATE"),
            ("TemplateBody", TEMPLATE),
        ];
        assert_eq!(post(&create).0, 200);
        clock.sleep(Duration::from_millis(20));
        let (_, body) = post(&[("Action", "DescribeChangeSet"), ("StackName", "s"), ("ChangeSetName", "c")]);
        assert!(
            body.contains("<Status>CREATE_COMPLETE</Status>") && body.contains("<Action>Add</Action>"),
            "{body}"
        );
        assert_eq!(
            post(&[("Action", "ExecuteChangeSet"), ("StackName", "s"), ("ChangeSetName", "c")]).0,
            200
        );
        clock.sleep(Duration::from_secs(1));
        let (_, body) = post(&[("Action", "DescribeStacks"), ("StackName", "s")]);
        assert!(body.contains("<StackStatus>CREATE_COMPLETE</StackStatus>"), "{body}");
        assert!(body.contains("<OutputKey>U</OutputKey><OutputValue>https://sqs."), "{body}");
        let (_, body) = post(&[("Action", "DescribeStackEvents"), ("StackName", "s")]);
        assert!(body.contains("<Timestamp>1970-01-01T00:00:01.035Z</Timestamp>"), "{body}");
    });
}

#[test]
fn what_is_not_served_is_refused() {
    asking(&|ask, _| {
        let post = |parameters: &[(&str, &str)]| ask("POST / HTTP/1.1", &form(parameters));
        let (status, body) = post(&[("Action", "CreateStackSet")]);
        assert!(status == 400 && body.contains("<Code>InvalidAction</Code>"), "{body}");
        let (status, body) = post(&[("Action", "CreateStack"), ("StackName", "s"), ("OnFailure", "DELETE")]);
        assert!(status == 400 && body.contains("does not take OnFailure"), "{body}");
    });
}

#[test]
fn a_template_that_is_put_is_read_from_any_of_its_addresses() {
    asking(&|ask, _| {
        assert_eq!(ask("PUT /bucket/a%20key HTTP/1.1\r\nIf-None-Match: *", TEMPLATE).0, 200);
        assert_eq!(ask("PUT /bucket/a%20key HTTP/1.1\r\nIf-None-Match: *", TEMPLATE).0, 412);
        assert_eq!(ask("GET /bucket/a%20key HTTP/1.1", ""), (200, TEMPLATE.to_owned()));
        assert_eq!(ask("GET /bucket/none HTTP/1.1", "").0, 404);
        assert_eq!(
            ask("GET /bucket/a%20key HTTP/1.1\r\nx-amz-expected-bucket-owner: 999999999999", "").0,
            403
        );
        for url in ["https://bucket.s3.eu-west-1.amazonaws.com/a key", "http://127.0.0.1:1/bucket/a key"] {
            let body = form(&[("Action", "ValidateTemplate"), ("TemplateURL", url)]);
            assert_eq!(ask("POST / HTTP/1.1", &body).0, 200, "{url}");
        }
    });
}

#[test]
fn the_region_is_the_one_that_was_signed_for() {
    asking(&|ask, _| {
        let head = |region: &str| {
            format!(
                "POST / HTTP/1.1\r\nAuthorization: AWS4-HMAC-SHA256 Credential=k/20260101/{region}/cloudformation/aws4_request, SignedHeaders=host, Signature=0"
            )
        };
        let create = form(&[("Action", "CreateStack"), ("StackName", "s"), ("TemplateBody", TEMPLATE)]);
        let (_, body) = ask(&head("eu-west-1"), &create);
        assert!(body.contains("arn:aws:cloudformation:eu-west-1:111122223333:stack/s/"), "{body}");
        let read = form(&[("Action", "DescribeStacks"), ("StackName", "s")]);
        assert_eq!(ask(&head("eu-west-1"), &read).0, 200);
        assert_eq!(ask(&head("eu-west-2"), &read).0, 400);
        let (_, body) = ask("POST / HTTP/1.1", &form(&[("Action", "GetCallerIdentity")]));
        assert!(body.contains("<Account>111122223333</Account>"), "{body}");
    });
}
