use super::{Pace, Timing};
use crate::clock::Timestamp;
use std::time::Duration;

/// How many calls are let through in so many seconds.
fn calls(pace: &mut Pace, from: u64, seconds: u64, mutates: bool) -> usize {
    let mut now = Timestamp(from);
    let end = Timestamp(from + seconds * 1000);
    let mut calls = 0;
    while now < end {
        now = now.plus(pace.wait(now, mutates)).plus(Duration::from_millis(1));
        calls += 1;
    }
    calls
}

#[test]
fn no_more_than_the_rate_is_let_through() {
    let mut pace = Pace::new(Some(3.0), Timestamp(0));
    let made = calls(&mut pace, 0, 10, false);
    assert!((28..=34).contains(&made), "{made}");
}

#[test]
fn a_complaint_halves_the_rate_and_silence_raises_it() {
    let mut pace = Pace::new(Some(3.0), Timestamp(0));
    pace.throttled(Timestamp(0));
    let made = calls(&mut pace, 0, 19, true);
    assert!((25..=30).contains(&made), "{made}");
    for _ in 0..10 {
        pace.throttled(Timestamp(19_000));
    }
    assert!(calls(&mut pace, 19_000, 19, true) >= 3, "it never stops");
    let later = calls(&mut pace, 10_000_000, 10, true);
    assert!((45..=56).contains(&later), "{later}");
}

#[test]
fn without_a_rate_nothing_waits() {
    assert_eq!(Pace::new(None, Timestamp(0)).wait(Timestamp(0), false), Duration::ZERO);
}

#[test]
fn pauses_grow_to_their_cap_and_differ_between_steps() {
    let timing = Timing::service();
    for tries in 0..40 {
        let pause = timing.retry_after(tries, "a");
        assert!(pause >= timing.backoff / 2 && pause <= timing.longest, "{tries}: {pause:?}");
    }
    assert_ne!(timing.retry_after(5, "a"), timing.retry_after(5, "b"));
    assert!(timing.poll_after(Duration::ZERO, 1) < timing.poll_after(Duration::from_secs(60), 1));
    assert!(timing.poll_after(Duration::from_secs(60), 50) > timing.poll_after(Duration::from_secs(60), 8));
}
