//! How often the service is asked.
//!
//! Invariant: nothing is asked more often than the rate allows, and no pause is longer than its cap. Nothing here is
//! random: what must differ between steps follows from their names.
//!
//! Source of the figures: CloudFormation's limits are low and not published; the design's section 1.4 gives them from
//! what its users met.

use crate::clock::Timestamp;
use std::time::Duration;

/// How often, and how long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    /// Calls a second at first; as many as one likes, if nothing.
    pub rate: Option<f64>,
    /// The pause between two looks at something young.
    pub poll: Duration,
    /// The first pause after a failure; it doubles.
    pub backoff: Duration,
    /// The longest pause after a failure.
    pub longest: Duration,
    /// How long somebody else's operation is waited for.
    pub foreign: Duration,
    /// How long it is tried to reach the service again.
    pub offline: Duration,
}

impl Timing {
    /// For the service.
    #[must_use]
    pub fn service() -> Self {
        Self {
            rate: Some(3.0),
            poll: Duration::from_secs(2),
            backoff: Duration::from_secs(1),
            longest: Duration::from_secs(15),
            foreign: Duration::from_secs(30 * 60),
            offline: Duration::from_secs(24 * 60 * 60),
        }
    }

    /// For what runs in this process, and never tires.
    #[must_use]
    pub fn local() -> Self {
        Self {
            rate: None,
            poll: Duration::from_millis(20),
            backoff: Duration::from_millis(50),
            foreign: Duration::from_secs(60),
            offline: Duration::from_secs(60),
            ..Self::service()
        }
    }

    /// The pause until something is looked at again, `age` after it began, with so many at once.
    #[must_use]
    pub fn poll_after(&self, age: Duration, at_once: usize) -> Duration {
        let pause = match age.as_secs() {
            0..30 => self.poll,
            30..600 => self.poll * 5 / 2,
            _ => self.poll * 15 / 2,
        };
        pause * u32::try_from(at_once.div_ceil(8).max(1)).unwrap_or(1)
    }

    /// The pause before the next try, between a half and the whole of a span that doubles; `salt` decides where.
    #[must_use]
    pub fn retry_after(&self, tries: u32, salt: &str) -> Duration {
        let span = self.backoff.saturating_mul(1 << tries.min(16)).min(self.longest);
        let part = u32::from(crc32c::crc32c(format!("{salt} {tries}").as_bytes()).to_le_bytes()[0]);
        span / 2 + span * part / 512
    }
}

/// The least rate, in calls a second.
const SLOWEST: f64 = 0.2;
/// The highest.
const FASTEST: f64 = 5.0;
/// How much is gained for each span without complaint.
const GAIN: f64 = 0.2;
/// That span, in milliseconds.
const CLEAN: u64 = 20_000;
/// What is kept for calls that change something, in calls a second.
const RESERVED: f64 = 1.0;

/// The calls to one account in one region, in a bucket from which each takes a token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    rate: Option<f64>,
    tokens: f64,
    filled: Timestamp,
    clean_since: Timestamp,
}

impl Pace {
    pub(super) fn new(rate: Option<f64>, now: Timestamp) -> Self {
        Self { rate, tokens: rate.unwrap_or_default().max(1.0), filled: now, clean_since: now }
    }

    /// How long the next call waits; then it takes its token. A call that only reads leaves some for the others.
    pub(super) fn wait(&mut self, now: Timestamp, mutates: bool) -> Duration {
        let Some(rate) = self.rate else { return Duration::ZERO };
        let rate = self.risen(rate, now);
        let passed = now.since(self.filled).as_secs_f64();
        self.filled = now;
        self.tokens = (self.tokens + passed * rate).min(rate.max(1.0));
        // A slow bucket has nothing to spare.
        let kept = if mutates || rate <= RESERVED * 2.0 { 0.0 } else { RESERVED };
        let missing = (1.0 + kept - self.tokens).max(0.0);
        self.tokens -= 1.0;
        Duration::from_secs_f64(missing / rate)
    }

    /// The service complained.
    pub(super) fn throttled(&mut self, now: Timestamp) {
        self.rate = self.rate.map(|rate| (rate / 2.0).max(SLOWEST));
        self.tokens = self.tokens.min(0.0);
        self.clean_since = now;
    }

    fn risen(&mut self, rate: f64, now: Timestamp) -> f64 {
        let mut rate = rate;
        while self.clean_since.0.saturating_add(CLEAN) <= now.0 && rate < FASTEST {
            rate = (rate + GAIN).min(FASTEST);
            self.clean_since.0 += CLEAN;
        }
        self.rate = Some(rate);
        rate
    }
}

#[cfg(test)]
mod tests;
