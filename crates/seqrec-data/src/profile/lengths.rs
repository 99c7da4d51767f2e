//! How long the sequences are.

use serde::{Deserialize, Serialize};

use super::{LogHistogram, Quantiles, users};
use crate::sequences::Sequences;

/// Distribution of the number of events of a user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lengths {
    /// Quantiles over users, in events.
    pub quantiles: Option<Quantiles>,
    /// Users by number of events.
    pub histogram: LogHistogram,
}

impl Lengths {
    pub(super) fn new(sequences: &Sequences) -> Self {
        let lengths = || users(sequences).map(|user| sequences.items(user).len());
        Self {
            quantiles: Quantiles::of(lengths().map(|length| length as f64)),
            histogram: LogHistogram::of(lengths().map(|length| length as u64)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Bin;

    #[test]
    fn of_three_users() {
        let histories = [vec![1], vec![1, 2, 1, 2, 1], vec![2, 2]];
        let lengths = Lengths::new(&Sequences::from_histories(&histories, 2).unwrap());
        let quantiles = lengths.quantiles.unwrap();
        assert_eq!((quantiles.min, quantiles.median, quantiles.max), (1.0, 2.0, 5.0));
        let counts: Vec<_> = lengths.histogram.bins.iter().map(|bin| (bin.first, bin.count)).collect();
        assert_eq!(counts, [(1, 1), (2, 1), (3, 0), (4, 1)]);
        assert_eq!(lengths.histogram.bins[3], Bin { first: 4, last: 5, count: 1 });
    }
}
