use seqrec_core::optim::{RowScope, UpdateRule};
use serde::{Deserialize, Serialize};

use super::StepDecay;
use crate::{Result, TrainError};

/// How parameters follow their gradients.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OptimizerConfig {
    /// Step size. Default: 1e-3.
    pub learning_rate: f64,
    /// How it falls in the course of training. Default: it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decay: Option<StepDecay>,
    /// The rule. Default: Adam.
    pub rule: UpdateRule,
    /// Which rows of an item table one step changes. Default: all.
    pub rows: RowScope,
}

impl Default for OptimizerConfig {
    fn default() -> Self {
        Self { learning_rate: 1e-3, decay: None, rule: UpdateRule::default(), rows: RowScope::All }
    }
}

impl OptimizerConfig {
    /// Checks the numbers.
    ///
    /// # Errors
    ///
    /// [`TrainError::InvalidConfig`] if the learning rate is not positive, and what
    /// [`StepDecay::check`] and [`UpdateRule::check`] find.
    pub fn check(&self) -> Result<()> {
        if !(self.learning_rate > 0.0 && self.learning_rate.is_finite()) {
            return Err(TrainError::InvalidConfig {
                field: "learning_rate",
                rule: "must be positive",
                value: self.learning_rate.to_string(),
            });
        }
        self.decay.map_or(Ok(()), |decay| decay.check())?;
        Ok(self.rule.check()?)
    }

    /// The learning rate of `step`, counted from 0.
    pub fn rate(&self, step: u64, steps_per_epoch: u64) -> f64 {
        self.learning_rate * self.decay.map_or(1.0, |decay| decay.at(step, steps_per_epoch))
    }
}

/// How long to train and when to look.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FitConfig {
    /// Last step. Default: 1,000,000 (early stopping is expected to end the run).
    pub max_steps: u64,
    /// Last epoch; whichever of the two comes first ends the run. Default: none.
    pub max_epochs: Option<u64>,
    /// Steps between validations; each ends with a checkpoint. Default: 1,000.
    pub validate_every: u64,
    /// Validations without a better figure before training stops; 0 never stops early. Default: 10.
    pub patience: u64,
    /// The validation metric that selects the model; higher is better. Default: recall@50.
    pub monitor: String,
}

impl Default for FitConfig {
    fn default() -> Self {
        Self {
            max_steps: 1_000_000,
            max_epochs: None,
            validate_every: 1_000,
            patience: 10,
            monitor: "recall@50".into(),
        }
    }
}

impl FitConfig {
    /// The number of steps after which training ends at the latest.
    ///
    /// # Errors
    ///
    /// [`TrainError::InvalidConfig`] for a value of 0 where something must happen.
    pub fn total_steps(&self, steps_per_epoch: u64) -> Result<u64> {
        let positive = [
            ("max_steps", self.max_steps),
            ("max_epochs", self.max_epochs.unwrap_or(1)),
            ("validate_every", self.validate_every),
        ];
        if let Some((field, _)) = positive.into_iter().find(|(_, value)| *value == 0) {
            return Err(TrainError::InvalidConfig { field, rule: "must be positive", value: "0".into() });
        }
        let epochs = self.max_epochs.map_or(u64::MAX, |epochs| epochs.saturating_mul(steps_per_epoch));
        Ok(self.max_steps.min(epochs))
    }
}
