//! How far a mean over users can be trusted.
//!
//! The bootstrap (Efron 1979) draws as many users as there are, with replacement, again and again,
//! and looks at how much the mean moves. It knows about the choice of users only: the spread over
//! training seeds comes on top.

mod interval;
mod paired;
mod resample;

pub use interval::{Interval, mean_interval};
pub use paired::{PairedComparison, compare_reports, paired_comparison};

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// How to resample. Fields left out of a serialised form take their defaults.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BootstrapConfig {
    /// Number of resamples. Default: 1000.
    pub resamples: usize,
    /// Level of the intervals. Default: 0.95.
    pub level: f64,
    /// Seed of the random numbers; the same seed gives the same figures. Default: 0.
    pub seed: u64,
}

impl Default for BootstrapConfig {
    fn default() -> Self {
        Self { resamples: 1000, level: 0.95, seed: 0 }
    }
}

impl BootstrapConfig {
    /// Checks the fields; every function that takes a configuration does this.
    ///
    /// # Errors
    /// [`Error::NoResamples`], [`Error::Level`].
    pub fn check(&self) -> Result<()> {
        if self.resamples == 0 {
            return Err(Error::NoResamples);
        }
        if !(self.level > 0.0 && self.level < 1.0) {
            return Err(Error::Level(self.level));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unusable_settings_are_refused() {
        let default = BootstrapConfig::default();
        assert_eq!(default.check(), Ok(()));
        assert_eq!(BootstrapConfig { resamples: 0, ..default }.check(), Err(Error::NoResamples));
        for level in [0.0, 1.0, -1.0] {
            assert_eq!(BootstrapConfig { level, ..default }.check(), Err(Error::Level(level)));
        }
    }
}
