//! Time between two events of a user.

use serde::{Deserialize, Serialize};

use super::{LogHistogram, Quantiles, per_second, share, users};
use crate::sequences::Sequences;

/// Distribution of the time from one event of a user to the next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gaps {
    /// Quantiles over all pairs of neighbouring events, in seconds.
    pub quantiles: Option<Quantiles>,
    /// Share of pairs at exactly the same time: only the order of the file tells which came first.
    pub same_time: Option<f64>,
    /// Pairs by whole seconds, rounded down.
    pub histogram: LogHistogram,
}

impl Gaps {
    /// `None` without times.
    pub(super) fn new(sequences: &Sequences) -> Option<Self> {
        let unit = per_second(sequences.time_unit()?);
        let times = users(sequences).filter_map(|user| sequences.times(user));
        let gaps: Vec<u64> =
            times.flat_map(|own| own.windows(2).map(|pair| pair[1].abs_diff(pair[0]))).collect();
        let same = gaps.iter().filter(|&&gap| gap == 0).count();
        Some(Self {
            quantiles: Quantiles::of(gaps.iter().map(|&gap| gap as f64 / unit as f64)),
            same_time: share(same as u64, gaps.len() as u64),
            histogram: LogHistogram::of(gaps.iter().map(|&gap| gap / unit as u64)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dataset, EventLog, PrepareConfig, TimeUnit};

    fn gaps(unit: TimeUnit) -> Gaps {
        let mut log = EventLog::new(Some(unit), false);
        for (user, time) in [("u", 0), ("u", 0), ("u", 1_500), ("v", 9_000), ("v", 12_000), ("w", 5)] {
            log.push(user, "item", Some(time), None).unwrap();
        }
        Gaps::new(&Dataset::from(log).prepare(&PrepareConfig::default()).unwrap()).unwrap()
    }

    #[test]
    fn users_are_kept_apart() {
        let found = gaps(TimeUnit::Seconds);
        let quantiles = found.quantiles.unwrap();
        assert_eq!((quantiles.min, quantiles.median, quantiles.max), (0.0, 1_500.0, 3_000.0));
        assert_eq!((found.same_time, found.histogram.zeros), (Some(1.0 / 3.0), 1));
    }

    #[test]
    fn milliseconds_become_seconds() {
        let found = gaps(TimeUnit::Milliseconds);
        assert_eq!(found.quantiles.map(|quantiles| quantiles.median), Some(1.5));
        let bins: Vec<_> = found.histogram.bins.iter().map(|bin| (bin.first, bin.count)).collect();
        assert_eq!(bins, [(1, 1), (2, 0), (3, 1)]);
    }

    #[test]
    fn no_times_no_gaps_and_one_event_no_quantile() {
        let sequences = Sequences::from_histories(&[vec![1]], 1).unwrap();
        assert_eq!(Gaps::new(&sequences), None);
        let gaps = Gaps::new(&sequences.with_times(vec![3]).unwrap()).unwrap();
        assert_eq!((gaps.quantiles, gaps.same_time), (None, None));
    }
}
