use serde::{Deserialize, Serialize};

use crate::{Result, TrainError};

/// A learning rate that falls in steps: times `factor` after every period.
///
/// ```
/// use seqrec_train::trainer::{Period, StepDecay};
///
/// let decay = StepDecay { factor: 0.1, every: Period::Epochs(3) };
/// assert_eq!(decay.at(299, 100), 1.0);
/// assert_eq!(decay.at(300, 100), 0.1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepDecay {
    /// What the rate is multiplied by, above 0 and at most 1.
    pub factor: f64,
    /// Time between two changes.
    pub every: Period,
}

/// A span of training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// A number of epochs.
    Epochs(u64),
    /// A number of steps.
    Steps(u64),
}

impl StepDecay {
    /// Checks the numbers.
    ///
    /// # Errors
    ///
    /// [`TrainError::InvalidConfig`] for a factor outside `(0, 1]` or a period of 0.
    pub fn check(&self) -> Result<()> {
        let (field, rule, value) = match *self {
            Self { factor, .. } if !(factor > 0.0 && factor <= 1.0) => {
                ("factor", "must be above 0 and at most 1", factor.to_string())
            }
            Self { every: Period::Epochs(0) | Period::Steps(0), .. } => {
                ("every", "must be positive", "0".into())
            }
            _ => return Ok(()),
        };
        Err(TrainError::InvalidConfig { field, rule, value })
    }

    /// What the learning rate of `step`, counted from 0, is multiplied by.
    pub fn at(&self, step: u64, steps_per_epoch: u64) -> f64 {
        let period = match self.every {
            Period::Epochs(epochs) => epochs.saturating_mul(steps_per_epoch),
            Period::Steps(steps) => steps,
        };
        self.factor.powf((step / period.max(1)) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_falls_at_the_first_step_of_each_period() {
        let decay = StepDecay { factor: 0.5, every: Period::Steps(10) };
        let factors = [0, 9, 10, 19, 20, 35].map(|step| decay.at(step, 7));
        assert_eq!(factors, [1.0, 1.0, 0.5, 0.5, 0.25, 0.125]);
        let decay = StepDecay { factor: 0.5, every: Period::Epochs(2) };
        assert_eq!([13, 14, 28].map(|step| decay.at(step, 7)), [1.0, 0.5, 0.25]);
    }

    #[test]
    fn numbers_without_meaning_are_refused() {
        for (factor, every, field) in [
            (0.0, Period::Steps(1), "factor"),
            (1.5, Period::Steps(1), "factor"),
            (f64::NAN, Period::Steps(1), "factor"),
            (0.1, Period::Epochs(0), "every"),
            (0.1, Period::Steps(0), "every"),
        ] {
            let error = StepDecay { factor, every }.check().unwrap_err().to_string();
            assert!(error.contains(field), "{error}");
        }
        assert!(StepDecay { factor: 1.0, every: Period::Steps(1) }.check().is_ok());
    }
}
