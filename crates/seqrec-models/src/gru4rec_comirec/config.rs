use burn::tensor::Device;
use seqrec_core::{CoreError, Rng, layers::Gru};
use serde::{Deserialize, Serialize};

use super::Gru4RecComiRec;
use crate::sizes::positive;

/// Configuration of [`Gru4RecComiRec`]; the defaults are those of ComiRec's authors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Gru4RecComiRecConfig {
    /// `d`, size of item vectors and of the state, which is the interest. Default: 64.
    pub dim: usize,
}

impl Default for Gru4RecComiRecConfig {
    fn default() -> Self {
        Self { dim: 64 }
    }
}

impl Gru4RecComiRecConfig {
    /// Checks the configuration and makes the model, which starts as TensorFlow's cell does.
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] if `dim` is 0.
    pub fn init(&self, rng: &mut Rng, device: &Device) -> Result<Gru4RecComiRec, CoreError> {
        positive(&[("dim", self.dim)])?;
        Ok(Gru4RecComiRec { gru: Gru::tensorflow(self.dim, self.dim, rng, device) })
    }
}
