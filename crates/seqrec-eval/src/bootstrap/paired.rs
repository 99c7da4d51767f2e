//! Two runs over the same users.

use serde::{Deserialize, Serialize};

use super::BootstrapConfig;
use super::interval::{Interval, interval_of};
use super::resample::{check_values, resampled_means};
use crate::{Error, Report, Result};

/// How much better one run is than another, user by user.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PairedComparison {
    /// The mean difference (first run minus second run) with its standard error and interval.
    pub difference: Interval,
    /// Two-sided bootstrap p-value of "the mean difference is 0".
    pub p_value: f64,
    /// Number of users.
    pub users: usize,
}

/// Compares two runs by the values of the same users, in the same order.
///
/// The users are resampled together with both of their values, which takes out what makes a user
/// easy or hard for any model. With the mean difference `d` and the resampled mean differences
/// `d*_b`, the p-value is that of the differences moved to mean 0,
/// `(1 + #{b: |d*_b - d| ≥ |d|}) / (1 + resamples)`; it is never 0. Efron and Tibshirani, "An
/// Introduction to the Bootstrap" (1993), section 16.4, without dividing by the standard error.
///
/// # Errors
/// [`Error::LengthMismatch`], and those of [`mean_interval`](super::mean_interval).
pub fn paired_comparison(
    first: &[f64],
    second: &[f64],
    config: &BootstrapConfig,
) -> Result<PairedComparison> {
    config.check()?;
    if first.len() != second.len() {
        return Err(Error::LengthMismatch {
            left: "the first run",
            left_len: first.len(),
            right: "the second run",
            right_len: second.len(),
        });
    }
    check_values(first)?;
    check_values(second)?;
    let differences: Vec<f64> = first.iter().zip(second).map(|(a, b)| a - b).collect();
    let means = resampled_means(&differences, config);
    let difference = interval_of(&differences, &means, config.level);
    let observed = difference.mean.abs();
    let as_far = means.iter().filter(|&&mean| (mean - difference.mean).abs() >= observed).count();
    let p_value = (1 + as_far) as f64 / (1 + config.resamples) as f64;
    Ok(PairedComparison { difference, p_value, users: first.len() })
}

/// Compares a figure, such as `recall@20`, of two reports over the same users.
///
/// # Errors
/// [`Error::NotPerUser`] if a report has no values of single users under that name;
/// [`Error::DifferentUsers`] if the reports are not about the same users; and those of
/// [`paired_comparison`].
pub fn compare_reports(
    first: &Report,
    second: &Report,
    figure: &str,
    config: &BootstrapConfig,
) -> Result<PairedComparison> {
    let values = |report: &Report| -> Result<Vec<f64>> {
        let values = report.per_user(figure).ok_or_else(|| Error::NotPerUser(figure.to_owned()))?;
        Ok(values.to_vec())
    };
    let (first_values, second_values) = (values(first)?, values(second)?);
    if first.user_ids() != second.user_ids() {
        return Err(Error::DifferentUsers);
    }
    paired_comparison(&first_values, &second_values, config)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Catalogue, Evaluator, EvaluatorConfig};

    fn users(count: u32) -> Vec<f64> {
        (0..count).map(|user| f64::from(user * 37 % 100) / 100.0).collect()
    }

    #[test]
    fn a_run_does_not_differ_from_itself() {
        let run = users(50);
        let found = paired_comparison(&run, &run, &BootstrapConfig::default()).unwrap();
        assert_eq!((found.p_value, found.difference.mean, found.users), (1.0, 0.0, 50));
    }

    #[test]
    fn a_small_but_steady_gain_is_found_through_large_differences_between_users() {
        let run = users(80);
        let better: Vec<f64> =
            run.iter().zip(0..).map(|(x, user)| x + 0.01 + 0.001 * f64::from(user % 3)).collect();
        let config = BootstrapConfig::default();
        let found = paired_comparison(&better, &run, &config).unwrap();
        assert!(found.difference.lower > 0.0);
        assert_eq!(found.p_value, 1.0 / 1001.0);
        let reversed = paired_comparison(&run, &better, &config).unwrap();
        assert!((reversed.difference.upper + found.difference.lower).abs() < 1e-3);
    }

    #[test]
    fn noise_is_not_found() {
        let run = users(100);
        let noisy: Vec<f64> =
            run.iter().zip(0..).map(|(x, user)| x + if user % 2 == 0 { 0.1 } else { -0.1 }).collect();
        let found = paired_comparison(&noisy, &run, &BootstrapConfig::default()).unwrap();
        assert!(found.p_value > 0.5, "{found:?}");
        assert!(found.difference.lower < 0.0 && found.difference.upper > 0.0);
    }

    #[test]
    fn reports_of_other_users_are_refused() {
        let catalogue = Catalogue::new(vec![0, 1, 1]).unwrap();
        let config = EvaluatorConfig { cutoffs: vec![1], ..EvaluatorConfig::default() };
        let report = |users: [u32; 2]| {
            let mut evaluator = Evaluator::new(config.clone(), &catalogue).unwrap();
            for user in users {
                evaluator.observe(user, &[1 + user % 2], &[1], &[]).unwrap();
            }
            evaluator.finish()
        };
        let bootstrap = BootstrapConfig::default();
        let (first, second) = (report([1, 2]), report([2, 3]));
        let compare = |name| compare_reports(&first, &second, name, &bootstrap);
        assert_eq!(compare("recall@1"), Err(Error::DifferentUsers));
        assert_eq!(compare("gini@1"), Err(Error::NotPerUser("gini@1".to_owned())));
        let same = compare_reports(&first, &first, "recall@1", &bootstrap).unwrap();
        assert_eq!((same.users, same.p_value), (2, 1.0));
    }
}
