use burn::tensor::Device;
use seqrec_core::{
    CoreError, Rng,
    init::{Init, param},
};
use serde::{Deserialize, Serialize};

use super::ComiRecDr;
use crate::sizes::positive;

/// Configuration of [`ComiRecDr`]; the defaults are the authors' settings for Amazon Books, which they
/// trained with a learning rate of 0.005.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ComiRecDrConfig {
    /// `d`, size of item and interest vectors. Default: 64.
    pub dim: usize,
    /// `K`, number of interests. Default: 4.
    pub interests: usize,
    /// Longest history; one matrix for each position and interest. Default: 20.
    pub max_length: usize,
    /// `r`, rounds of routing. Default: 3.
    pub rounds: usize,
    /// How the matrices start. Default: `N(0, 1)`, large as it is.
    pub init: Init,
}

impl Default for ComiRecDrConfig {
    fn default() -> Self {
        Self { dim: 64, interests: 4, max_length: 20, rounds: 3, init: Init::Normal { std: 1.0 } }
    }
}

impl ComiRecDrConfig {
    /// Checks the configuration and makes the model.
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] if a size is 0.
    pub fn init(&self, rng: &mut Rng, device: &Device) -> Result<ComiRecDr, CoreError> {
        positive(&[
            ("dim", self.dim),
            ("interests", self.interests),
            ("max_length", self.max_length),
            ("rounds", self.rounds),
        ])?;
        let shape = [self.max_length, self.dim, self.interests * self.dim];
        let values = self.init.values(shape[0] * shape[1], shape[2], rng);
        Ok(ComiRecDr { transform: param(values, shape, device), config: self.clone() })
    }
}
