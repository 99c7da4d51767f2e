//! Percentile interval of a mean over users.

use serde::{Deserialize, Serialize};

use super::BootstrapConfig;
use super::resample::{check_values, mean, quantile, resampled_means, standard_error};
use crate::Result;

/// A mean over users and where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The mean over the users.
    pub mean: f64,
    /// `s / √n` with the sample deviation `s` over the users.
    pub standard_error: f64,
    /// Lower end of the percentile interval.
    pub lower: f64,
    /// Upper end of the percentile interval.
    pub upper: f64,
    /// The level of the interval, such as 0.95.
    pub level: f64,
}

/// Percentile bootstrap interval of the mean: the quantiles `(1 ± level)/2` of the resampled means.
///
/// # Errors
/// What [`BootstrapConfig::check`] finds, [`Error::TooFewUsers`](crate::Error::TooFewUsers) below
/// two users, [`Error::Value`](crate::Error::Value) if a value is not finite.
///
/// ```
/// use seqrec_eval::bootstrap::{BootstrapConfig, mean_interval};
///
/// let recall = [0.0, 1.0, 0.5, 0.0, 0.25, 1.0, 0.0, 0.5];
/// let interval = mean_interval(&recall, &BootstrapConfig::default())?;
/// assert!(interval.lower < interval.mean && interval.mean < interval.upper);
/// # Ok::<(), seqrec_eval::Error>(())
/// ```
pub fn mean_interval(values: &[f64], config: &BootstrapConfig) -> Result<Interval> {
    config.check()?;
    check_values(values)?;
    Ok(interval_of(values, &resampled_means(values, config), config.level))
}

/// The interval that already resampled means give.
pub(super) fn interval_of(values: &[f64], sorted_means: &[f64], level: f64) -> Interval {
    Interval {
        mean: mean(values),
        standard_error: standard_error(values),
        lower: quantile(sorted_means, (1.0 - level) / 2.0),
        upper: quantile(sorted_means, (1.0 + level) / 2.0),
        level,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coins(users: usize) -> Vec<f64> {
        (0..users).map(|user| f64::from(user % 2 == 0)).collect()
    }

    #[test]
    fn a_seed_fixes_every_bit() {
        let values = coins(101);
        let with_seed = |seed| mean_interval(&values, &BootstrapConfig { seed, ..Default::default() });
        assert_eq!(with_seed(4), with_seed(4));
        assert_ne!(with_seed(4), with_seed(5));
    }

    #[test]
    fn the_interval_of_many_users_is_the_normal_one() {
        let config = BootstrapConfig { resamples: 4000, ..Default::default() };
        let found = mean_interval(&coins(400), &config).unwrap();
        assert_eq!(found.mean, 0.5);
        assert!((found.standard_error - 0.025).abs() < 1e-4);
        assert!((found.upper - found.mean - 1.96 * 0.025).abs() < 0.004, "{found:?}");
        assert!((found.mean - found.lower - 1.96 * 0.025).abs() < 0.004, "{found:?}");
    }

    #[test]
    fn a_higher_level_is_wider_and_equal_users_leave_no_width() {
        let width = |level| {
            let found = mean_interval(&coins(60), &BootstrapConfig { level, ..Default::default() }).unwrap();
            found.upper - found.lower
        };
        assert!(width(0.5) < width(0.9) && width(0.9) < width(0.99));
        let equal = mean_interval(&[0.25; 9], &BootstrapConfig::default()).unwrap();
        assert_eq!((equal.lower, equal.upper, equal.standard_error), (0.25, 0.25, 0.0));
    }
}
