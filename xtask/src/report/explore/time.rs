//! Dates and spans of time as text.

use chrono::DateTime;

use crate::report::format::count;

/// Seconds of the units that spans are told in, the largest first.
const UNITS: [(f64, &str); 5] =
    [(31_557_600.0, "years"), (86_400.0, "days"), (3_600.0, "h"), (60.0, "min"), (1.0, "s")];

/// A span in the unit that fits: `0 s`, `45 s`, `3.2 min`, `5.1 h`, `12 days`, `1.3 years`.
pub fn span(seconds: f64) -> String {
    let unit = UNITS.into_iter().find(|(size, _)| seconds >= 1.5 * size);
    let (size, name) = unit.unwrap_or(UNITS[UNITS.len() - 1]);
    let value = format!("{:.1}", seconds / size);
    format!("{} {name}", value.strip_suffix(".0").unwrap_or(&value))
}

/// A day in UTC, `1997-09-20`; seconds since 1970 where no calendar has that day.
pub fn day(seconds: i64) -> String {
    formatted(seconds, "%Y-%m-%d")
}

/// A minute in UTC, `1997-09-20 03:05`; seconds since 1970 where no calendar has it.
pub fn minute(seconds: i64) -> String {
    formatted(seconds, "%Y-%m-%d %H:%M")
}

fn formatted(seconds: i64, format: &str) -> String {
    match DateTime::from_timestamp(seconds, 0) {
        Some(moment) => moment.format(format).to_string(),
        None if seconds < 0 => format!("-{} s", count(seconds.unsigned_abs())),
        None => format!("{} s", count(seconds.unsigned_abs())),
    }
}

/// Marks of a logarithmic axis of seconds.
pub fn ticks() -> Vec<(f64, String)> {
    let marks = [
        (1, "1 s"),
        (10, "10 s"),
        (60, "1 min"),
        (600, "10 min"),
        (3_600, "1 h"),
        (86_400, "1 day"),
        (604_800, "1 week"),
        (31_557_600, "1 year"),
    ];
    marks.map(|(seconds, label)| (f64::from(seconds), label.to_owned())).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_take_the_unit_that_fits() {
        for (seconds, text) in [
            (0.0, "0 s"),
            (0.25, "0.2 s"),
            (45.0, "45 s"),
            (192.0, "3.2 min"),
            (18_360.0, "5.1 h"),
            (86_400.0, "24 h"),
            (1_036_800.0, "12 days"),
            (63_115_200.0, "2 years"),
        ] {
            assert_eq!(span(seconds), text);
        }
    }

    #[test]
    fn moments_are_in_utc() {
        assert_eq!(minute(874_724_710), "1997-09-20 03:05");
        assert_eq!(day(-1), "1969-12-31");
        assert_eq!(day(i64::MAX), "9,223,372,036,854,775,807 s");
    }
}
