//! Points in time as files write them.

use chrono::{DateTime, NaiveDate, NaiveDateTime};

use crate::manifest::TimeFormat;

/// Reads `text` in the unit of [`TimeFormat::unit`]; `None` if it is no such time.
pub(super) fn parse_time(text: &str, format: TimeFormat) -> Option<i64> {
    match format {
        TimeFormat::Seconds | TimeFormat::Milliseconds => text.parse().ok(),
        TimeFormat::FractionalSeconds => fractional(text),
        TimeFormat::Iso => iso(text),
    }
}

/// Milliseconds of a decimal number of seconds, rounded to the nearest.
fn fractional(text: &str) -> Option<i64> {
    let milliseconds = (text.parse::<f64>().ok()? * 1000.0).round();
    // Beyond 2^53 a double no longer holds every millisecond.
    (milliseconds.abs() < 9.0e15).then_some(milliseconds as i64)
}

/// Milliseconds since 1970 of a date, or of a date and time with or without an offset (UTC then).
fn iso(text: &str) -> Option<i64> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.timestamp_millis());
    }
    let time = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0))?;
    Some(time.and_utc().timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_time() {
        let second = 1_396_867_869;
        for (text, format, expected) in [
            ("1396867869", TimeFormat::Seconds, second),
            ("-5", TimeFormat::Milliseconds, -5),
            ("1396867869.277", TimeFormat::FractionalSeconds, second * 1000 + 277),
            ("1396867869.94", TimeFormat::FractionalSeconds, second * 1000 + 940),
            ("1.396867869e9", TimeFormat::FractionalSeconds, second * 1000),
            ("2014-04-07T10:51:09.277Z", TimeFormat::Iso, second * 1000 + 277),
            ("2014-04-07T12:51:09+02:00", TimeFormat::Iso, second * 1000),
            ("2014-04-07 10:51:09", TimeFormat::Iso, second * 1000),
            ("2014-04-07T10:51:09.5", TimeFormat::Iso, second * 1000 + 500),
            ("2014-04-07", TimeFormat::Iso, 1_396_828_800_000),
        ] {
            assert_eq!(parse_time(text, format), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_time() {
        for (text, format) in [
            ("1.5", TimeFormat::Seconds),
            ("", TimeFormat::Milliseconds),
            ("NaN", TimeFormat::FractionalSeconds),
            ("inf", TimeFormat::FractionalSeconds),
            ("1e300", TimeFormat::FractionalSeconds),
            ("2014-13-01", TimeFormat::Iso),
            ("2014-02-30T00:00:00Z", TimeFormat::Iso),
            ("yesterday", TimeFormat::Iso),
        ] {
            assert_eq!(parse_time(text, format), None, "{text}");
        }
    }
}
