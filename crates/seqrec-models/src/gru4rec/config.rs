use burn::tensor::Device;
use seqrec_core::{CoreError, Rng, Supervision, init::Init, layers::Gru, ops::Reset};
use serde::{Deserialize, Serialize};

use super::Gru4Rec;

/// Configuration of [`Gru4Rec`]; the sizes are RecBole's defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Gru4RecConfig {
    /// `d`, size of item and interest vectors. Default: 64.
    pub dim: usize,
    /// Size of the state. Default: 128.
    pub hidden: usize,
    /// Number of GRU layers. Default: 1.
    pub layers: usize,
    /// Dropout on the item vectors. Default: 0.2.
    pub dropout: f64,
    /// Which states train. Default: every event.
    pub supervision: Supervision,
}

impl Default for Gru4RecConfig {
    fn default() -> Self {
        Self { dim: 64, hidden: 128, layers: 1, dropout: 0.2, supervision: Supervision::EveryEvent }
    }
}

impl Gru4RecConfig {
    /// Checks the configuration and makes the model: weights Glorot uniform, biases zero.
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] for a size of 0 or a dropout outside `[0, 1)`.
    pub fn init(&self, rng: &mut Rng, device: &Device) -> Result<Gru4Rec, CoreError> {
        let sizes = [("dim", self.dim), ("hidden", self.hidden), ("layers", self.layers)];
        if let Some((field, _)) = sizes.into_iter().find(|(_, size)| *size == 0) {
            let value = "0".to_owned();
            return Err(CoreError::InvalidConfig { field, rule: "must be positive", value });
        }
        if !(0.0..1.0).contains(&self.dropout) {
            let value = self.dropout.to_string();
            return Err(CoreError::InvalidConfig { field: "dropout", rule: "must lie in [0, 1)", value });
        }
        let glorot = Init::GlorotUniform;
        let layers = (0..self.layers)
            .map(|layer| {
                let width = if layer == 0 { self.dim } else { self.hidden };
                Gru::new(width, self.hidden, Reset::After, glorot, rng, device)
            })
            .collect();
        let output = glorot.linear(self.hidden, self.dim, true, rng, device);
        Ok(Gru4Rec { layers, output, config: self.clone() })
    }
}
