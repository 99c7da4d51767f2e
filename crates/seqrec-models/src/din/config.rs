use burn::tensor::Device;
use seqrec_core::{
    CoreError, Rng,
    init::Init,
    layers::{ActivationConfig, BatchNorm, FieldEmbedding, MlpConfig},
};
use serde::{Deserialize, Serialize};

use super::Din;

/// How attention scores become weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttentionWeights {
    /// Softmax over the real events of `score / sqrt(d)` (the authors' code).
    #[default]
    Softmax,
    /// The scores themselves, which keeps the intensity of an interest (the paper, section 4.3).
    Raw,
}

/// Configuration of [`Din`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DinConfig {
    /// `d`, width of an item's vector as the encoder makes it. Default: 128 (item 64 + category 64).
    pub dim: usize,
    /// The activation unit on `[q ; k ; q - k ; q * k]`. Default: 80, 40 with sigmoid.
    pub attention: MlpConfig,
    /// Softmax or raw weights. Default: softmax.
    pub weights: AttentionWeights,
    /// The scorer. Default: 80, 40 with PReLU.
    pub scorer: MlpConfig,
    /// Number of codes of each categorical profile field. Default: none.
    pub profile_fields: Vec<usize>,
    /// Embedding size of each profile field. Default: 8.
    pub profile_dim: usize,
}

impl Default for DinConfig {
    fn default() -> Self {
        let attention = MlpConfig { activation: ActivationConfig::Sigmoid, ..Default::default() };
        Self {
            dim: 128,
            attention,
            weights: AttentionWeights::default(),
            scorer: MlpConfig::default(),
            profile_fields: Vec::new(),
            profile_dim: 8,
        }
    }
}

impl DinConfig {
    /// Checks the configuration and makes the model.
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] for a width of 0 or an unusable perceptron.
    pub fn init(&self, rng: &mut Rng, device: &Device) -> Result<Din, CoreError> {
        if self.dim == 0 {
            let value = "0".to_owned();
            return Err(CoreError::InvalidConfig { field: "dim", rule: "must be positive", value });
        }
        let profile = (!self.profile_fields.is_empty())
            .then(|| FieldEmbedding::new(&self.profile_fields, self.profile_dim, rng, device));
        let width = 3 * self.dim + profile.as_ref().map_or(0, FieldEmbedding::output_dim);
        Ok(Din {
            attention: self.attention.init(4 * self.dim, rng, device)?,
            pooled_norm: BatchNorm::new(self.dim, device),
            pooled: Init::GlorotUniform.linear(self.dim, self.dim, true, rng, device),
            profile,
            input_norm: BatchNorm::new(width, device),
            scorer: self.scorer.init(width, rng, device)?,
            weights: self.weights,
        })
    }
}
