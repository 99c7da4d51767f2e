//! When in the week and on the day events happen.

use serde::{Deserialize, Serialize};

use super::{per_second, users};
use crate::sequences::Sequences;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// Days since a Monday on 1 January 1970, which was a Thursday.
const FROM_MONDAY: i64 = 3;

/// Events by weekday and hour, as the times say them in UTC. Where the users live is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Events by weekday, Monday first, `[7]`.
    pub weekdays: Vec<u64>,
    /// Events by hour of the day, `[24]`.
    pub hours: Vec<u64>,
}

impl Calendar {
    /// `None` without times.
    pub(super) fn new(sequences: &Sequences) -> Option<Self> {
        let unit = per_second(sequences.time_unit()?);
        let mut calendar = Self { weekdays: vec![0; 7], hours: vec![0; 24] };
        for &time in users(sequences).filter_map(|user| sequences.times(user)).flatten() {
            let seconds = time.div_euclid(unit);
            calendar.weekdays[(seconds.div_euclid(DAY) + FROM_MONDAY).rem_euclid(7) as usize] += 1;
            calendar.hours[(seconds.rem_euclid(DAY) / HOUR) as usize] += 1;
        }
        Some(calendar)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Weekday and hour of a time in seconds.
    fn place(time: i64) -> (usize, usize) {
        let sequences = Sequences::from_histories(&[vec![1]], 1).unwrap().with_times(vec![time]).unwrap();
        let Calendar { weekdays, hours } = Calendar::new(&sequences).unwrap();
        let at = |counts: &[u64]| counts.iter().position(|&count| count == 1).unwrap();
        (at(&weekdays), at(&hours))
    }

    #[test]
    fn known_moments() {
        assert_eq!(place(0), (3, 0), "Thursday, 1 January 1970, 00:00");
        assert_eq!(place(-1), (2, 23), "the second before, a Wednesday");
        assert_eq!(place(951_825_599), (1, 11), "Tuesday, 29 February 2000, 11:59:59");
        assert_eq!(place(1_511_658_000), (6, 1), "Sunday, 26 November 2017, 01:00");
    }
}
