//! Times as the service writes them.
//!
//! Invariant: pure; the calendar is the proleptic Gregorian one, as ISO 8601 wants it.

use crate::clock::Timestamp;

/// A time in ISO 8601, in UTC, to the millisecond.
pub(super) fn iso(time: Timestamp) -> String {
    let (seconds, millis) = (time.0 / 1_000, time.0 % 1_000);
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Eras of 400 years, which begin in March so that the leap day ends them.
    let shifted = days + 719_468;
    let (era, day) = (shifted / 146_097, shifted % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let march = (5 * day + 2) / 153;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let day = day - (153 * march + 2) / 5 + 1;
    let year = era * 400 + year + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

#[cfg(test)]
mod tests {
    use super::iso;
    use crate::Timestamp;

    #[test]
    fn days_are_those_of_the_calendar() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] {
            assert_eq!(iso(Timestamp(millis)), text);
        }
    }
}
