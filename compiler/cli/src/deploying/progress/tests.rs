use super::{Row, WIDTH, shown};
use solc_deploy::journal::StepOutcome;

fn row() -> Row {
    Row {
        step: "shop-data".into(),
        state: "changing".into(),
        done: 3,
        of: 20,
        now: "ShopDbDatabase".into(),
        over: None,
    }
}

#[test]
fn a_row_says_what_is_done_and_what_is_being_done() {
    assert_eq!(shown(&row()), "… shop-data  changing  3/20  ShopDbDatabase");
    let over = Row { state: "changed".into(), now: String::new(), over: Some(StepOutcome::Changed), ..row() };
    assert_eq!(shown(&over), "✓ shop-data  changed  3/20");
    assert!(shown(&Row { over: Some(StepOutcome::Stuck), ..row() }).starts_with('✗'));
}

#[test]
fn no_row_wraps() {
    assert_eq!(shown(&Row { now: "Ä".repeat(200), ..row() }).chars().count(), WIDTH);
}
