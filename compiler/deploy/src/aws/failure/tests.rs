use super::{failed, without_headers};
use crate::backend::FailureClass;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_cloudformation::error::{ConnectorError, SdkError};
use aws_sdk_cloudformation::operation::describe_stacks::DescribeStacksError;

fn dispatch(error: CredentialsError) -> crate::backend::Failure {
    let error = ConnectorError::other(Box::new(error), None);
    failed("DescribeStacks", &SdkError::<DescribeStacksError>::dispatch_failure(error), None)
}

#[test]
fn no_credentials_are_no_lost_request() {
    let failure = dispatch(CredentialsError::not_loaded("nothing in the chain has any"));
    assert_eq!((failure.class, failure.code.as_str()), (FailureClass::Denied, "NoCredentials"));
    assert!(failure.message.contains("nothing in the chain has any"), "{failure}");
}

#[test]
fn a_session_that_is_over_wants_new_credentials() {
    let failure = dispatch(CredentialsError::provider_error("the SSO session has expired"));
    assert_eq!(failure.class, FailureClass::ExpiredCredentials);
}

#[test]
fn a_provider_that_does_not_answer_may_be_asked_again() {
    let failure = dispatch(CredentialsError::provider_timed_out(std::time::Duration::from_secs(5)));
    assert_eq!(failure.class, FailureClass::Transient);
}

#[test]
fn what_was_not_answered_may_have_been_accepted() {
    let lost =
        SdkError::<DescribeStacksError>::dispatch_failure(ConnectorError::io("connection reset".into()));
    let failure = failed("ExecuteChangeSet", &lost, Some("http://localhost:1"));
    assert_eq!((failure.class, failure.code.as_str()), (FailureClass::Transient, "Unreachable"));
    assert!(failure.message.contains("http://localhost:1") && failure.message.contains("connection reset"));
    let late = SdkError::<DescribeStacksError>::timeout_error("60 s");
    assert_eq!(failed("ExecuteChangeSet", &late, None).class, FailureClass::Transient);
}

#[test]
fn the_token_of_a_refused_signature_is_not_repeated() {
    let message = "The request signature we calculated does not match the signature you provided.\n\nThe Canonical String \
                   for this request should have been\n'POST\n/\nx-amz-security-token:CANARY\n'";
    let kept = without_headers(message);
    assert!(!kept.contains("CANARY") && kept.contains("does not match"), "{kept}");
}
