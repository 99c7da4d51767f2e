use burn::tensor::Device;
use seqrec_core::{CoreError, Rng, init::Init};
use serde::{Deserialize, Serialize};

use super::YoutubeDnn;
use crate::sizes::positive;

/// Configuration of [`YoutubeDnn`]; the defaults are those of ComiRec's authors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct YoutubeDnnConfig {
    /// `d`, size of item and interest vectors. Default: 64.
    pub dim: usize,
}

impl Default for YoutubeDnnConfig {
    fn default() -> Self {
        Self { dim: 64 }
    }
}

impl YoutubeDnnConfig {
    /// Checks the configuration and makes the model: weights Glorot uniform, bias zero.
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] if `dim` is 0.
    pub fn init(&self, rng: &mut Rng, device: &Device) -> Result<YoutubeDnn, CoreError> {
        positive(&[("dim", self.dim)])?;
        Ok(YoutubeDnn { output: Init::GlorotUniform.linear(self.dim, self.dim, true, rng, device) })
    }
}
