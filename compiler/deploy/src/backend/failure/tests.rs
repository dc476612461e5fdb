use super::{Failure, FailureClass};

#[track_caller]
fn check(status: u16, code: &str, message: &str, expect: FailureClass) {
    assert_eq!(Failure::answered("UpdateStack", status, code, message).class, expect, "{code}: {message}");
}

#[test]
fn answers_have_the_class_that_decides_what_is_done() {
    check(400, "Throttling", "Rate exceeded", FailureClass::Throttled);
    check(400, "ValidationError", "Rate exceeded", FailureClass::Throttled);
    check(503, "Unknown", "", FailureClass::Throttled);
    check(500, "InternalFailure", "", FailureClass::Transient);
    check(502, "", "<html>", FailureClass::Transient);
    check(400, "ExpiredToken", "The security token is expired", FailureClass::ExpiredCredentials);
    check(400, "ValidationError", "Stack [a] does not exist", FailureClass::Gone);
    check(404, "ChangeSetNotFound", "ChangeSet [a] does not exist", FailureClass::Gone);
    check(
        400,
        "ValidationError",
        "Stack:arn is in UPDATE_IN_PROGRESS state and can not be updated.",
        FailureClass::Busy,
    );
    check(
        400,
        "InvalidChangeSetStatus",
        "ChangeSet is currently in the CREATE_IN_PROGRESS state and cannot be deleted",
        FailureClass::Busy,
    );
    check(400, "InvalidChangeSetStatus", "Cannot execute a FAILED change set", FailureClass::Invalid);
    check(
        400,
        "ValidationError",
        "Role arn:aws:iam::1:role/x is invalid or cannot be assumed",
        FailureClass::RoleGone,
    );
    check(403, "AccessDenied", "User: a is not authorized to perform: b", FailureClass::Denied);
    check(400, "ValidationError", "Template format error: unsupported structure.", FailureClass::Invalid);
}
