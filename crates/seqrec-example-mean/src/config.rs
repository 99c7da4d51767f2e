use burn::tensor::Device;
use seqrec_core::{CoreError, Rng, init::Init};
use serde::{Deserialize, Serialize};

use super::Mean;

/// Configuration of [`Mean`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MeanConfig {
    /// `d`, size of item and interest vectors. Default: 64.
    pub dim: usize,
}

impl Default for MeanConfig {
    fn default() -> Self {
        Self { dim: 64 }
    }
}

impl MeanConfig {
    /// Checks the configuration and makes the model: weights Glorot uniform, bias zero.
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] if `dim` is 0.
    pub fn init(&self, rng: &mut Rng, device: &Device) -> Result<Mean, CoreError> {
        if self.dim == 0 {
            let value = "0".to_owned();
            return Err(CoreError::InvalidConfig { field: "dim", rule: "must be positive", value });
        }
        Ok(Mean { output: Init::GlorotUniform.linear(self.dim, self.dim, true, rng, device) })
    }
}
