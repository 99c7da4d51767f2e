use serde::{Deserialize, Serialize};

use crate::{CoreError, Result, ops::Update};

/// How a parameter follows its gradient.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum UpdateRule {
    /// Adam.
    Adam(Adam),
    /// Adagrad with momentum.
    Adagrad(Adagrad),
}

/// Adam (Kingma & Ba 2015, algorithm 1).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Adam {
    /// Decay of the first moment. Default: 0.9.
    pub beta1: f32,
    /// Decay of the second moment. Default: 0.999.
    pub beta2: f32,
    /// Added to the root of the second moment. Default: 1e-8.
    pub epsilon: f32,
    /// L2 penalty: this share of the parameter is added to its gradient, before the moments (PyTorch's
    /// `Adam`; not the decoupled decay of AdamW). Default: 0.
    pub weight_decay: f32,
}

impl Default for Adam {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.0 }
    }
}

/// Adagrad (Duchi et al. 2011) with momentum, as GRU4Rec's authors train.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Adagrad {
    /// Share of the last change that is repeated. Default: 0.
    pub momentum: f32,
    /// Added to the sum of squares below the root. Default: 1e-6.
    pub epsilon: f32,
}

impl Default for Adagrad {
    fn default() -> Self {
        Self { momentum: 0.0, epsilon: 1e-6 }
    }
}

impl Default for UpdateRule {
    fn default() -> Self {
        Self::Adam(Adam::default())
    }
}

impl UpdateRule {
    /// Checks the numbers.
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] for a decay or momentum outside `[0, 1)` and for an epsilon that is
    /// not positive: where there was no gradient yet it keeps 0 / 0 away.
    pub fn check(&self) -> Result<()> {
        let (decays, epsilon) = match *self {
            Self::Adam(Adam { beta1, beta2, epsilon, weight_decay }) => {
                (vec![("beta1", beta1), ("beta2", beta2), ("weight_decay", weight_decay)], epsilon)
            }
            Self::Adagrad(Adagrad { momentum, epsilon }) => (vec![("momentum", momentum)], epsilon),
        };
        let wrong = decays.into_iter().find(|(_, decay)| !(0.0..1.0).contains(decay));
        if let Some((field, value)) = wrong {
            let rule = "must lie in [0, 1)";
            return Err(CoreError::InvalidConfig { field, rule, value: value.to_string() });
        }
        if !(epsilon > 0.0 && epsilon.is_finite()) {
            let (field, rule) = ("epsilon", "must be positive");
            return Err(CoreError::InvalidConfig { field, rule, value: epsilon.to_string() });
        }
        Ok(())
    }

    /// The numbers of step `step`, counted from 1. Adam's bias correction counts steps of the
    /// optimizer, also for rows that were touched less often.
    pub(super) fn at(&self, step: u64, learning_rate: f64) -> Update {
        match *self {
            Self::Adam(Adam { beta1, beta2, epsilon, weight_decay }) => {
                let bias = |beta: f32| 1.0 - f64::from(beta).powf(step as f64);
                let rate = (learning_rate / bias(beta1)) as f32;
                Update::Adam { rate, beta1, beta2, unbias: (1.0 / bias(beta2)) as f32, epsilon, weight_decay }
            }
            Self::Adagrad(Adagrad { momentum, epsilon }) => {
                Update::Adagrad { rate: learning_rate as f32, momentum, epsilon }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_break_an_update_are_refused_by_name() {
        assert!(UpdateRule::default().check().is_ok());
        for (rule, name) in [
            (UpdateRule::Adam(Adam { beta2: 1.0, ..Default::default() }), "beta2"),
            (UpdateRule::Adam(Adam { epsilon: 0.0, ..Default::default() }), "epsilon"),
            (UpdateRule::Adam(Adam { weight_decay: -1e-5, ..Default::default() }), "weight_decay"),
            (UpdateRule::Adagrad(Adagrad { momentum: f32::NAN, epsilon: 1e-6 }), "momentum"),
        ] {
            let error = rule.check().unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }
}
