//! Histograms of whole numbers that span orders of magnitude.

use serde::{Deserialize, Serialize};

/// Counts of whole numbers in bins that widen by a factor of about √2.
///
/// The bins of every histogram have the same limits: 1, 2, 3, 4-5, 6-7, 8-11, 12-15, 16-22, ...;
/// bin `k` holds the `n` with `2^(k/2) <= n < 2^((k+1)/2)`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogHistogram {
    /// How often 0 occurs; it has no place on a logarithmic scale.
    pub zeros: u64,
    /// Bins without gaps, from the first that holds something to the last.
    pub bins: Vec<Bin>,
}

/// One bin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bin {
    /// Smallest number that belongs to it.
    pub first: u64,
    /// Largest number that belongs to it.
    pub last: u64,
    /// How many numbers it holds.
    pub count: u64,
}

impl LogHistogram {
    /// Counts `values`.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = u64>) -> Self {
        let (mut zeros, mut counts) = (0, [0_u64; 128]);
        for value in values {
            match value {
                0 => zeros += 1,
                n => counts[bin_of(n)] += 1,
            }
        }
        let filled = |count: &u64| *count > 0;
        let (Some(low), Some(high)) = (counts.iter().position(filled), counts.iter().rposition(filled))
        else {
            return Self { zeros, bins: Vec::new() };
        };
        let bins = (low..=high).filter(|&k| first_of(k) < first_of(k + 1)).map(|k| Bin {
            first: first_of(k) as u64,
            last: (first_of(k + 1) - 1) as u64,
            count: counts[k],
        });
        Self { zeros, bins: bins.collect() }
    }
}

/// Bin of `n`, which is at least 1.
fn bin_of(n: u64) -> usize {
    (u128::from(n) * u128::from(n)).ilog2() as usize
}

/// Smallest number of bin `k`. Bin 1 is empty: no whole number lies between √2 and 2.
pub(super) fn first_of(k: usize) -> u128 {
    match k {
        0 => 1,
        k if k.is_multiple_of(2) => 1 << (k / 2),
        k => ((1_u128 << k) - 1).isqrt() + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn limits_are_those_of_half_octaves() {
        let limits: Vec<u128> = (0..14).map(first_of).collect();
        assert_eq!(limits, [1, 2, 2, 3, 4, 6, 8, 12, 16, 23, 32, 46, 64, 91]);
    }

    #[test]
    fn numbers_fall_into_their_bins() {
        let found = LogHistogram::of([0, 0, 3, 4, 5, 11]);
        let bin = |first, last, count| Bin { first, last, count };
        let bins = vec![bin(3, 3, 1), bin(4, 5, 2), bin(6, 7, 0), bin(8, 11, 1)];
        assert_eq!(found, LogHistogram { zeros: 2, bins });
        assert_eq!(LogHistogram::of([1, 2]).bins, [bin(1, 1, 1), bin(2, 2, 1)]);
        assert_eq!(LogHistogram::of([]), LogHistogram::default());
    }

    #[test]
    fn the_largest_number_has_a_bin() {
        let found = LogHistogram::of([u64::MAX]);
        assert_eq!((found.bins.len(), found.bins[0].last), (1, u64::MAX));
    }

    proptest! {
        #[test]
        fn every_number_is_in_the_bin_that_says_so(values in prop::collection::vec(0..5_000u64, 0..80)) {
            let found = LogHistogram::of(values.iter().copied());
            for bin in &found.bins {
                let inside = values.iter().filter(|&&n| (bin.first..=bin.last).contains(&n)).count();
                prop_assert_eq!(bin.count, inside as u64);
            }
            let all = found.zeros + found.bins.iter().map(|bin| bin.count).sum::<u64>();
            prop_assert_eq!(all, values.len() as u64);
            prop_assert!(found.bins.windows(2).all(|pair| pair[0].last + 1 == pair[1].first));
        }
    }
}
