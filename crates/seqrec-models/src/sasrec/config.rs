use burn::tensor::Device;
use seqrec_core::{CoreError, Rng, Supervision, init::Init, layers::LayerNorm, ops::Pointwise};
use serde::{Deserialize, Serialize};

use super::{SasRec, block::Block};

/// Which of the two networks that go by the name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Architecture {
    /// The authors': normalised before each part, positions counted from the end, item vectors
    /// scaled by `sqrt(d)`, ReLU, weights Glorot uniform.
    #[default]
    Original,
    /// RecBole's: normalised after each part, positions counted from the start, output projection,
    /// GELU, weights `N(0, 0.02^2)`.
    PostNorm,
}

/// Configuration of [`SasRec`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SasRecConfig {
    /// Which network. Default: original.
    pub architecture: Architecture,
    /// `d`, size of item and state vectors. Default: 64.
    pub dim: usize,
    /// Number of blocks. Default: 2.
    pub blocks: usize,
    /// Number of attention heads; divides `dim`. Default: 1.
    pub heads: usize,
    /// Width between the two dense layers of a block. Default: `d` (original), 256 (post-norm).
    pub inner_dim: Option<usize>,
    /// Dropout on inputs and the parts of a block. Default: 0.2.
    pub dropout: f64,
    /// Dropout on attention probabilities. Default: as `dropout`.
    pub attention_dropout: Option<f64>,
    /// Between the two dense layers of a block. Default: ReLU (original), GELU (post-norm).
    pub activation: Option<Pointwise>,
    /// Added to variances before the root. Default: 1e-8 (original), 1e-12 (post-norm).
    pub epsilon: Option<f32>,
    /// How weights start. Default: Glorot uniform (original), `N(0, 0.02^2)` (post-norm).
    pub init: Option<Init>,
    /// Longest history; one position vector each. Default: 50.
    pub max_length: usize,
    /// Which states train. Default: every event.
    pub supervision: Supervision,
}

impl Default for SasRecConfig {
    fn default() -> Self {
        Self {
            architecture: Architecture::Original,
            dim: 64,
            blocks: 2,
            heads: 1,
            inner_dim: None,
            dropout: 0.2,
            attention_dropout: None,
            activation: None,
            epsilon: None,
            init: None,
            max_length: 50,
            supervision: Supervision::EveryEvent,
        }
    }
}

impl SasRecConfig {
    /// Checks the configuration and makes the model.
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] for a size of 0, heads that do not divide `dim`, a dropout outside
    /// `[0, 1)`, or an epsilon that is not positive.
    pub fn init(&self, rng: &mut Rng, device: &Device) -> Result<SasRec, CoreError> {
        self.check()?;
        let (init, epsilon) = match self.architecture {
            Architecture::Original => (Init::GlorotUniform, 1e-8),
            Architecture::PostNorm => (Init::Normal { std: 0.02 }, 1e-12),
        };
        let (init, epsilon) = (self.init.unwrap_or(init), self.epsilon.unwrap_or(epsilon));
        Ok(SasRec {
            positions: init.matrix(self.max_length, self.dim, rng, device),
            blocks: (0..self.blocks).map(|_| Block::new(self, init, epsilon, rng, device)).collect(),
            norm: LayerNorm::new(self.dim, epsilon, device),
            config: self.clone(),
        })
    }

    pub(super) fn inner(&self) -> usize {
        self.inner_dim.unwrap_or(match self.architecture {
            Architecture::Original => self.dim,
            Architecture::PostNorm => 256,
        })
    }

    pub(super) fn attention_dropout(&self) -> f64 {
        self.attention_dropout.unwrap_or(self.dropout)
    }

    pub(super) fn activation(&self) -> Pointwise {
        self.activation.unwrap_or(match self.architecture {
            Architecture::Original => Pointwise::Relu,
            Architecture::PostNorm => Pointwise::Gelu,
        })
    }

    fn check(&self) -> Result<(), CoreError> {
        let invalid = |field, rule, value: String| Err(CoreError::InvalidConfig { field, rule, value });
        let sizes = [
            ("dim", self.dim),
            ("blocks", self.blocks),
            ("heads", self.heads),
            ("inner_dim", self.inner()),
            ("max_length", self.max_length),
        ];
        if let Some((field, _)) = sizes.into_iter().find(|(_, size)| *size == 0) {
            return invalid(field, "must be positive", "0".into());
        }
        if !self.dim.is_multiple_of(self.heads) {
            return invalid("heads", "must divide dim", self.heads.to_string());
        }
        for (field, dropout) in [("dropout", self.dropout), ("attention_dropout", self.attention_dropout())] {
            if !(0.0..1.0).contains(&dropout) {
                return invalid(field, "must lie in [0, 1)", dropout.to_string());
            }
        }
        match self.epsilon {
            Some(epsilon) if !(epsilon > 0.0 && epsilon.is_finite()) => {
                invalid("epsilon", "must be positive", epsilon.to_string())
            }
            _ => Ok(()),
        }
    }
}
