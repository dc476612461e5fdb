use super::diagnostic;
use crate::codes::STACK_FAILED;
use crate::engine::{ResourceFailure, StepFailure};
use crate::release::Place;
use solc_source::{SourceFile, Sources, Span};

fn failure(instance: &str) -> StepFailure {
    StepFailure {
        resources: vec![ResourceFailure {
            logical_id: "Db".into(),
            resource_type: "AWS::RDS::DBInstance".into(),
            status: "CREATE_FAILED".into(),
            reason: "the limit is reached".into(),
            place: Some(Place { instance: instance.into(), ..Place::default() }),
        }],
        ..StepFailure::new(STACK_FAILED, "`data` was not made", "raise the limit")
    }
}

#[test]
fn a_failure_stands_at_the_line_that_made_the_resource() {
    let mut sources = Sources::new();
    sources.add(SourceFile::new("shop.sol", "solution shop {\n  db = database()\n}\n"));
    let found = diagnostic(&failure("shop.sol:2:3"), "integration", &sources);
    assert_eq!(sources.text(found.span()), "db = database()");
    assert!(found.labels[0].message.contains("the limit is reached"), "{found:?}");
    assert!(found.environments.contains("integration"));
}

#[test]
fn a_place_that_is_gone_is_a_note() {
    for place in ["gone.sol:2:3", "shop.sol:99:1", "shop.sol", ""] {
        let mut sources = Sources::new();
        sources.add(SourceFile::new("shop.sol", "solution shop {}\n"));
        let found = diagnostic(&failure(place), "integration", &sources);
        if place != "shop.sol:99:1" {
            assert_eq!(found.span(), Span::NOWHERE, "{place}");
            assert!(found.notes[0].contains("the limit is reached"), "{found:?}");
        }
    }
}
