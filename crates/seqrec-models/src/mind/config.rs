use burn::{module::Module as _, tensor::Device};
use seqrec_core::{CoreError, Rng, init::Init};
use serde::{Deserialize, Serialize};

use super::{LabelAttention, Mind};
use crate::sizes::positive;

/// Configuration of [`Mind`]; sizes are those of ComiRec's comparison, the rest is the paper's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MindConfig {
    /// `d`, size of item and interest vectors. Default: 64.
    pub dim: usize,
    /// `K`, the largest number of interests. Default: 4.
    pub interests: usize,
    /// Whether a history of `n` events has `max(1, min(K, floor(log2 n)))` interests (the paper) or
    /// always `K` (ComiRec's code). Default: true.
    pub adaptive: bool,
    /// Longest history; one routing logit for each position and interest. Default: 20.
    pub max_length: usize,
    /// `r`, rounds of routing. Default: 3.
    pub rounds: usize,
    /// Standard deviation of the routing logits at the start. Default: 1.
    pub routing_std: f32,
    /// Whether training draws routing logits anew for each history (ComiRec's code does, in
    /// evaluation too) in place of the model's fixed ones, which evaluation always uses. Default: false.
    pub redraw: bool,
    /// Whether the bilinear map has a bias (ComiRec's code has, with a Glorot uniform start). Default:
    /// false.
    pub bias: bool,
    /// Whether capsules go through a dense layer with ReLU (ComiRec's code: for Books, not for
    /// Taobao). Default: true.
    pub projection: bool,
    /// How training makes one vector of the interests. Default: the best-agreeing interest.
    pub attention: LabelAttention,
}

impl Default for MindConfig {
    fn default() -> Self {
        Self {
            dim: 64,
            interests: 4,
            adaptive: true,
            max_length: 20,
            rounds: 3,
            routing_std: 1.0,
            redraw: false,
            bias: false,
            projection: true,
            attention: LabelAttention::Hard,
        }
    }
}

impl MindConfig {
    /// Checks the configuration and makes the model: weights Glorot uniform, the bias of the dense
    /// layer zero, routing logits normal and never trained.
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] for a size of 0, a deviation that is not positive (all interests
    /// would stay alike) or a negative power of the attention.
    pub fn init(&self, rng: &mut Rng, device: &Device) -> Result<Mind, CoreError> {
        positive(&[
            ("dim", self.dim),
            ("interests", self.interests),
            ("max_length", self.max_length),
            ("rounds", self.rounds),
        ])?;
        if !(self.routing_std > 0.0 && self.routing_std.is_finite()) {
            let value = self.routing_std.to_string();
            return Err(CoreError::InvalidConfig { field: "routing_std", rule: "must be positive", value });
        }
        self.attention.check()?;
        let (d, glorot) = (self.dim, Init::GlorotUniform);
        let mut bilinear = glorot.linear(d, d, false, rng, device);
        if self.bias {
            // Both fans of a vector are its length.
            let bound = (3.0 / d as f32).sqrt();
            bilinear.bias = Some(Init::Uniform { bound }.vector(d, rng, device));
        }
        let normal = Init::Normal { std: self.routing_std };
        Ok(Mind {
            bilinear,
            logits: normal.matrix(self.max_length, self.interests, rng, device).no_grad(),
            projection: self.projection.then(|| glorot.linear(d, d, true, rng, device)),
            config: self.clone(),
        })
    }
}
