//! Order statistics.

use serde::{Deserialize, Serialize};

/// Quantiles and mean of a sample.
///
/// A quantile between two values of the sample is interpolated linearly (Hyndman and Fan 1996,
/// type 7), so that the median of an even number is the mean of the middle two.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// Smallest value.
    pub min: f64,
    /// A quarter lies below.
    pub q1: f64,
    /// Half lies below.
    pub median: f64,
    /// Three quarters lie below.
    pub q3: f64,
    /// 90 % lie below.
    pub p90: f64,
    /// 99 % lie below.
    pub p99: f64,
    /// Largest value.
    pub max: f64,
    /// Arithmetic mean.
    pub mean: f64,
}

impl Quantiles {
    /// Quantiles of finite `values`, in any order; `None` if there are none.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = values.into_iter().collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let (&min, &max) = (sorted.first()?, sorted.last()?);
        let at = |share| interpolated(&sorted, share);
        let mean = sorted.iter().sum::<f64>() / sorted.len() as f64;
        Some(Self {
            min,
            q1: at(0.25),
            median: at(0.5),
            q3: at(0.75),
            p90: at(0.9),
            p99: at(0.99),
            max,
            mean,
        })
    }
}

/// The quantile at `share` of a sorted sample that is not empty.
fn interpolated(sorted: &[f64], share: f64) -> f64 {
    let position = share * (sorted.len() - 1) as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (position - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn of_one_to_five() {
        let found = Quantiles::of([5.0, 1.0, 4.0, 2.0, 3.0]).unwrap();
        let expected =
            Quantiles { min: 1.0, q1: 2.0, median: 3.0, q3: 4.0, p90: 4.6, p99: 4.96, max: 5.0, mean: 3.0 };
        assert_eq!(found, expected);
    }

    #[test]
    fn of_one_value_and_of_none() {
        let one = Quantiles::of([7.0]).unwrap();
        assert_eq!((one.min, one.median, one.p99, one.mean), (7.0, 7.0, 7.0, 7.0));
        assert_eq!(Quantiles::of([1.0, 2.0]).unwrap().median, 1.5);
        assert_eq!(Quantiles::of([]), None);
    }

    proptest! {
        #[test]
        fn they_rise_and_ignore_the_order(values in prop::collection::vec(-1e6..1e6f64, 1..60)) {
            let found = Quantiles::of(values.iter().copied()).unwrap();
            let Quantiles { min, q1, median, q3, p90, p99, max, mean } = found;
            prop_assert!([min, q1, median, q3, p90, p99, max].is_sorted());
            prop_assert!(mean >= min - 1e-6 && mean <= max + 1e-6);
            prop_assert_eq!(Quantiles::of(values.into_iter().rev()).unwrap(), found);
        }
    }
}
