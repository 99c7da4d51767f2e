use serde::{Deserialize, Serialize};

use crate::{CoreError, Result};

/// GRU4Rec's losses of a target's score `r_i` and the scores `r_j` of the other candidates.
///
/// Cross-entropy, BPR and TOP1: Hidasi et al., ICLR 2016 (arXiv:1511.06939); the -max losses: Hidasi &
/// Karatzoglou, CIKM 2018 (arXiv:1706.03847), whose authors advise cross-entropy and BPR-max: the others
/// stop learning once most negatives score low.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum SessionLoss {
    /// `-ln softmax(r - log_q ln P)_i`, over target and candidates.
    CrossEntropy {
        /// Strength of the correction for the candidates' popularity `P`, 0 or usually 1.
        #[serde(default)]
        log_q: f32,
    },
    /// `mean_j -ln sigmoid(r_i - r_j)`.
    Bpr,
    /// `mean_j [sigmoid(r_j - r_i) + sigmoid(r_j^2)]`.
    Top1,
    /// `-ln(sum_j s_j sigmoid(r_i - r_j) + 1e-24) + bpreg sum_j s_j r_j^2`, `s = softmax_j(r)`.
    BprMax {
        /// Strength of the regularisation of the negatives' scores; the authors' default is 1.
        bpreg: f32,
    },
    /// `sum_j s_j [sigmoid(r_j - r_i) + sigmoid(r_j^2)]`, `s = softmax_j(r)`.
    Top1Max,
}

/// What scores go through before a loss. All of them keep the order of the items, so ranking needs none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum FinalActivation {
    /// Nothing.
    #[default]
    Linear,
    /// Hyperbolic tangent.
    Tanh,
    /// `r` where it is positive, `alpha (e^r - 1)` elsewhere.
    Elu {
        /// The authors use 0.5 or 1.
        alpha: f32,
    },
}

/// A loss with what goes before it. Default: cross-entropy without correction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionLossConfig {
    /// The loss.
    pub loss: SessionLoss,
    /// The final activation.
    #[serde(default)]
    pub activation: FinalActivation,
}

impl Default for SessionLossConfig {
    fn default() -> Self {
        Self { loss: SessionLoss::CrossEntropy { log_q: 0.0 }, activation: FinalActivation::Linear }
    }
}

impl SessionLossConfig {
    /// Checks the numbers.
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] for a negative strength, an `alpha` that is not positive, and for
    /// cross-entropy on anything but linear scores.
    pub fn check(&self) -> Result<()> {
        let invalid = |field, rule, value: String| Err(CoreError::InvalidConfig { field, rule, value });
        let (field, strength) = match self.loss {
            SessionLoss::CrossEntropy { log_q } => ("log_q", log_q),
            SessionLoss::BprMax { bpreg } => ("bpreg", bpreg),
            _ => ("loss", 0.0),
        };
        if !(strength >= 0.0 && strength.is_finite()) {
            return invalid(field, "must be a number of at least 0", strength.to_string());
        }
        match (self.loss, self.activation) {
            (SessionLoss::CrossEntropy { .. }, activation) if activation != FinalActivation::Linear => {
                invalid("activation", "must be linear for cross-entropy", format!("{activation:?}"))
            }
            (_, FinalActivation::Elu { alpha }) if !(alpha > 0.0 && alpha.is_finite()) => {
                invalid("alpha", "must be positive", alpha.to_string())
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_break_a_loss_are_refused_by_name() {
        let config = |loss, activation| SessionLossConfig { loss, activation };
        let linear = FinalActivation::Linear;
        assert!(SessionLossConfig::default().check().is_ok());
        for (config, name) in [
            (config(SessionLoss::BprMax { bpreg: -1.0 }, linear), "bpreg"),
            (config(SessionLoss::CrossEntropy { log_q: f32::NAN }, linear), "log_q"),
            (config(SessionLoss::CrossEntropy { log_q: 1.0 }, FinalActivation::Tanh), "activation"),
            (config(SessionLoss::Top1Max, FinalActivation::Elu { alpha: 0.0 }), "alpha"),
        ] {
            let error = config.check().unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }
}
