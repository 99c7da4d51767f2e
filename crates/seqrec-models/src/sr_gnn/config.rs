use burn::tensor::Device;
use seqrec_core::{CoreError, Rng, batch::EdgeWeights, init::Init};
use serde::{Deserialize, Serialize};

use super::{SrGnn, propagation::Propagation, readout::Attention};

/// What a session's vector is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Readout {
    /// The last item's state and the attention's summary, side by side and projected.
    #[default]
    Hybrid,
    /// The attention's summary alone.
    Nonhybrid,
}

/// Configuration of [`SrGnn`]; the defaults are those of the authors' code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SrGnnConfig {
    /// `d`, size of item, node and session vectors. Default: 100.
    pub dim: usize,
    /// How often states move along the edges. Default: 1.
    pub steps: usize,
    /// What repeated edges count. Default: as one.
    pub edges: EdgeWeights,
    /// What a session's vector is made of. Default: hybrid.
    pub readout: Readout,
}

impl Default for SrGnnConfig {
    fn default() -> Self {
        Self { dim: 100, steps: 1, edges: EdgeWeights::Binary, readout: Readout::Hybrid }
    }
}

impl SrGnnConfig {
    /// Checks the configuration and makes the model: every weight and bias `U(-1/sqrt d, 1/sqrt d)`.
    /// The authors draw item vectors from the same.
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] for a size or number of steps of 0.
    pub fn init(&self, rng: &mut Rng, device: &Device) -> Result<SrGnn, CoreError> {
        let sizes = [("dim", self.dim), ("steps", self.steps)];
        if let Some((field, _)) = sizes.into_iter().find(|(_, size)| *size == 0) {
            let value = "0".to_owned();
            return Err(CoreError::InvalidConfig { field, rule: "must be positive", value });
        }
        let init = Init::Uniform { bound: 1.0 / (self.dim as f32).sqrt() };
        Ok(SrGnn {
            propagation: Propagation::new(self.dim, init, rng, device),
            attention: Attention::new(self.dim, init, rng, device),
            output: match self.readout {
                Readout::Hybrid => Some(init.biased_linear(2 * self.dim, self.dim, rng, device)),
                Readout::Nonhybrid => None,
            },
            config: self.clone(),
        })
    }
}
