use burn::{module::Module, tensor::Tensor};
use serde::{Deserialize, Serialize};

use super::{ItemEncoder, ItemVectors, TableConfig};
use crate::{CoreError, Result, StepContext, init::Init};

/// Configuration of [`IdEncoder`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IdEncoderConfig {
    /// Size of an item vector. Default: 64.
    pub dim: usize,
    /// How rows start. Default: Glorot uniform over the whole table, as in the ComiRec code.
    pub init: Init,
}

impl Default for IdEncoderConfig {
    fn default() -> Self {
        Self { dim: 64, init: Init::GlorotUniform }
    }
}

impl IdEncoderConfig {
    /// Checks the configuration and makes the encoder.
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] if `dim` is 0.
    pub fn init(&self) -> Result<IdEncoder> {
        if self.dim == 0 {
            return Err(CoreError::InvalidConfig {
                field: "dim",
                rule: "must be positive",
                value: "0".into(),
            });
        }
        Ok(IdEncoder { dim: self.dim, init: self.init })
    }
}

/// One free vector per item id, shared by histories and targets.
#[derive(Module, Debug)]
pub struct IdEncoder {
    #[module(skip)]
    dim: usize,
    #[module(skip)]
    init: Init,
}

impl ItemEncoder for IdEncoder {
    fn tables(&self) -> Vec<TableConfig> {
        vec![TableConfig { name: "items".into(), width: self.dim, init: self.init }]
    }

    fn encode(&self, rows: &[Tensor<2>], _ids: &[u32], _: &mut StepContext) -> ItemVectors {
        ItemVectors::tied(rows[0].clone())
    }
}
