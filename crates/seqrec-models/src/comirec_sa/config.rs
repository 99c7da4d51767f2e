use burn::tensor::Device;
use seqrec_core::{CoreError, Rng, init::Init};
use serde::{Deserialize, Serialize};

use super::ComiRecSa;
use crate::sizes::positive;

/// Configuration of [`ComiRecSa`]; the defaults are the authors' settings for Amazon Books.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ComiRecSaConfig {
    /// `d`, size of item and interest vectors. Default: 64.
    pub dim: usize,
    /// `K`, number of interests. Default: 4.
    pub interests: usize,
    /// `d_a`, width of the attention's hidden layer. Default: `4 d`.
    pub attention_dim: Option<usize>,
    /// Longest history; one position vector each. Default: 20.
    pub max_length: usize,
    /// Whether trainable positions are added to the attention's input. Default: true.
    pub positions: bool,
    /// Whether the attention's layers have biases (the code has, the paper's equation has not).
    /// Default: true.
    pub bias: bool,
}

impl Default for ComiRecSaConfig {
    fn default() -> Self {
        Self { dim: 64, interests: 4, attention_dim: None, max_length: 20, positions: true, bias: true }
    }
}

impl ComiRecSaConfig {
    /// Checks the configuration and makes the model: weights and positions Glorot uniform, biases
    /// zero.
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] if a size is 0.
    pub fn init(&self, rng: &mut Rng, device: &Device) -> Result<ComiRecSa, CoreError> {
        let hidden = self.attention_dim.unwrap_or(4 * self.dim);
        positive(&[
            ("dim", self.dim),
            ("interests", self.interests),
            ("attention_dim", hidden),
            ("max_length", self.max_length),
        ])?;
        let glorot = Init::GlorotUniform;
        Ok(ComiRecSa {
            positions: self.positions.then(|| glorot.matrix(self.max_length, self.dim, rng, device)),
            hidden: glorot.linear(self.dim, hidden, self.bias, rng, device),
            heads: glorot.linear(hidden, self.interests, self.bias, rng, device),
            max_length: self.max_length,
        })
    }
}
