use super::{alike, policy};

#[test]
fn data_is_denied_to_be_lost_and_all_else_may_change() {
    let text = policy(&["Db".to_owned(), "Bucket".to_owned()].into());
    assert_eq!(
        text,
        "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"Update:*\",\"Principal\":\"*\",\"Resource\":\"*\"},\
         {\"Effect\":\"Deny\",\"Action\":[\"Update:Replace\",\"Update:Delete\"],\"Principal\":\"*\",\
         \"Resource\":[\"LogicalResourceId/Bucket\",\"LogicalResourceId/Db\"]}]}"
    );
    assert!(!policy(&[].into()).contains("Deny"), "an empty list of resources is refused by the service");
}

#[test]
fn policies_are_compared_by_what_they_say() {
    assert!(alike("{\"a\": 1}", "{\"a\":1}"));
    assert!(!alike("{\"a\": 1}", "{\"a\": 2}"));
    assert!(!alike("no json", "neither"));
}
