use burn::tensor::Device;
use seqrec_core::{CoreError, Rng, init::Init, layers::Gru, ops::Reset};
use serde::{Deserialize, Serialize};

use super::Narm;

/// Configuration of [`Narm`]; the defaults are RecBole's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NarmConfig {
    /// `d`, size of item and interest vectors. Default: 64.
    pub dim: usize,
    /// Size of the GRU's state. Default: 128.
    pub hidden: usize,
    /// Dropout on the item vectors. Default: 0.25.
    pub input_dropout: f64,
    /// Dropout on the session's representation. Default: 0.5.
    pub output_dropout: f64,
}

impl Default for NarmConfig {
    fn default() -> Self {
        Self { dim: 64, hidden: 128, input_dropout: 0.25, output_dropout: 0.5 }
    }
}

impl NarmConfig {
    /// Checks the configuration and makes the model: weights Glorot uniform, biases of the GRU zero.
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] for a size of 0 or a dropout outside `[0, 1)`.
    pub fn init(&self, rng: &mut Rng, device: &Device) -> Result<Narm, CoreError> {
        for (field, size) in [("dim", self.dim), ("hidden", self.hidden)] {
            if size == 0 {
                let value = "0".to_owned();
                return Err(CoreError::InvalidConfig { field, rule: "must be positive", value });
            }
        }
        let rates = [("input_dropout", self.input_dropout), ("output_dropout", self.output_dropout)];
        for (field, rate) in rates {
            if !(0.0..1.0).contains(&rate) {
                let value = rate.to_string();
                return Err(CoreError::InvalidConfig { field, rule: "must lie in [0, 1)", value });
            }
        }
        let (glorot, hidden) = (Init::GlorotUniform, self.hidden);
        Ok(Narm {
            encoder: Gru::new(self.dim, hidden, Reset::After, glorot, rng, device),
            last: glorot.linear(hidden, hidden, false, rng, device),
            each: glorot.linear(hidden, hidden, false, rng, device),
            energy: glorot.linear(hidden, 1, false, rng, device),
            decoder: glorot.linear(2 * hidden, self.dim, false, rng, device),
            config: self.clone(),
        })
    }
}
