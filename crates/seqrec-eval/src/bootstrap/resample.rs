//! Means of resamples, and what is read from them.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::BootstrapConfig;
use crate::{Error, Result};

/// The values of users, fit to be resampled: at least two, and all finite.
pub(super) fn check_values(values: &[f64]) -> Result<()> {
    if values.len() < 2 {
        return Err(Error::TooFewUsers(values.len()));
    }
    match values.iter().position(|value| !value.is_finite()) {
        Some(position) => Err(Error::Value { position, value: values[position] }),
        None => Ok(()),
    }
}

/// Means of the resamples, ascending.
pub(super) fn resampled_means(values: &[f64], config: &BootstrapConfig) -> Vec<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(config.seed);
    // A fixed width makes 32-bit and 64-bit machines draw alike.
    let users = values.len() as u64;
    let mut means: Vec<f64> = (0..config.resamples)
        .map(|_| {
            let drawn = (0..users).map(|_| values[random.random_range(0..users) as usize]);
            drawn.sum::<f64>() / users as f64
        })
        .collect();
    means.sort_by(f64::total_cmp);
    means
}

pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// `s / √n` with the sample deviation `s`.
pub(super) fn standard_error(values: &[f64]) -> f64 {
    let (n, mean) = (values.len() as f64, mean(values));
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (n - 1.0) / n).sqrt()
}

/// The quantile of ascending values, linear between neighbours.
pub(super) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    below + (above - below) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_linear_between_neighbours() {
        let sorted = [0.0, 1.0, 4.0];
        assert_eq!([0.0, 0.25, 0.5, 0.75, 1.0].map(|q| quantile(&sorted, q)), [0.0, 0.5, 1.0, 2.5, 4.0]);
        assert_eq!(quantile(&[7.0], 0.3), 7.0);
    }

    #[test]
    fn the_standard_error_of_two_values_is_half_their_distance() {
        assert_eq!(standard_error(&[1.0, 3.0]), 1.0);
    }

    #[test]
    fn values_that_cannot_be_resampled_are_refused() {
        assert_eq!(check_values(&[]), Err(Error::TooFewUsers(0)));
        assert_eq!(check_values(&[1.0]), Err(Error::TooFewUsers(1)));
        assert!(matches!(check_values(&[1.0, f64::NAN]), Err(Error::Value { position: 1, .. })));
    }
}
