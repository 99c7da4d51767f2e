//! Where periods begin and end.

/// Periods of a timeline.
const PERIODS: usize = 24;
/// One event in this many may lie before the first period, and as many after the last.
///
/// Logs hold a few events with a wrong clock; a single one of them would otherwise push all others
/// into one period.
const OUTLIERS: usize = 1_000;

/// Equal periods, in the unit of the times.
pub(super) struct Periods {
    from: i64,
    /// Length of all of them together.
    pub(super) span: i128,
    /// How many there are.
    pub(super) number: usize,
}

impl Periods {
    /// Spans `times`, which are not empty, but for the outliers at both ends.
    pub(super) fn new(times: &mut [i64]) -> Self {
        let aside = times.len() / OUTLIERS;
        let from = *times.select_nth_unstable(aside).1;
        let last = times.len() - 1 - aside;
        let to = *times.select_nth_unstable(last).1;
        let span = i128::from(to) - i128::from(from) + 1;
        Self { from, span, number: span.min(PERIODS as i128) as usize }
    }

    /// 0 before the first period, then the periods from 1, then one for what is after them.
    pub(super) fn slot(&self, time: i64) -> usize {
        let since = i128::from(time) - i128::from(self.from);
        match since {
            ..0 => 0,
            _ if since >= self.span => self.number + 1,
            _ => 1 + (since * self.number as i128 / self.span) as usize,
        }
    }

    /// The first time of a period, counted from 0.
    pub(super) fn start(&self, period: usize) -> i64 {
        let number = self.number as i128;
        (i128::from(self.from) + (period as i128 * self.span + number - 1) / number) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_moment_is_one_period() {
        let periods = Periods::new(&mut [7, 7, 7]);
        assert_eq!((periods.number, periods.span, periods.start(0)), (1, 1, 7));
        assert_eq!([6, 7, 8].map(|time| periods.slot(time)), [0, 1, 2]);
    }

    #[test]
    fn the_whole_range_of_times_does_not_overflow() {
        let periods = Periods::new(&mut [i64::MIN, i64::MAX]);
        assert_eq!([i64::MIN, -1, i64::MAX].map(|time| periods.slot(time)), [1, 12, 24]);
        assert_eq!((periods.start(0), periods.start(12)), (i64::MIN, 0));
    }

    proptest! {
        #[test]
        fn a_period_starts_at_its_first_time(mut times in prop::collection::vec(-9_000..9_000i64, 1..50)) {
            let periods = Periods::new(&mut times);
            for period in 0..periods.number {
                prop_assert_eq!(periods.slot(periods.start(period)), period + 1);
                prop_assert_eq!(periods.slot(periods.start(period) - 1), period);
            }
            prop_assert!(times.iter().all(|&time| (1..=periods.number).contains(&periods.slot(time))));
        }
    }
}
