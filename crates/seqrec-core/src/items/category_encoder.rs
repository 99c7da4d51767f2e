use std::sync::Arc;

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor},
};
use serde::{Deserialize, Serialize};

use super::{ItemEncoder, ItemVectors, TableConfig};
use crate::{CoreError, Result, Rng, StepContext, batch::ids_to_tensor, init::Init};

/// Configuration of [`CategoryEncoder`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CategoryEncoderConfig {
    /// Width of the id part. Default: 64 (the DIN authors' demo).
    pub item_dim: usize,
    /// Width of the category part. Default: 64.
    pub category_dim: usize,
    /// How both tables start. Default: `N(0, 0.05^2)`.
    pub init: Init,
}

impl Default for CategoryEncoderConfig {
    fn default() -> Self {
        Self { item_dim: 64, category_dim: 64, init: Init::Normal { std: 0.05 } }
    }
}

impl CategoryEncoderConfig {
    /// Makes the encoder of a catalogue whose item `i` has category `categories[i]`.
    ///
    /// `categories` has one entry per item id, entry 0 for padding; category 0 is "none".
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] if a width is 0.
    pub fn init(&self, categories: Vec<u32>, rng: &mut Rng, device: &Device) -> Result<CategoryEncoder> {
        for (field, value) in [("item_dim", self.item_dim), ("category_dim", self.category_dim)] {
            if value == 0 {
                return Err(CoreError::InvalidConfig { field, rule: "must be positive", value: "0".into() });
            }
        }
        let count = categories.iter().max().map_or(1, |&max| max as usize + 1);
        Ok(CategoryEncoder {
            category_table: self.init.matrix(count, self.category_dim, rng, device),
            categories: Arc::new(categories),
            item_dim: self.item_dim,
            init: self.init,
        })
    }
}

/// `[item vector ; category vector]`, as DIN, DIEN and SUM describe an event.
#[derive(Module, Debug)]
pub struct CategoryEncoder {
    category_table: Param<Tensor<2>>,
    #[module(skip)]
    categories: Arc<Vec<u32>>,
    #[module(skip)]
    item_dim: usize,
    #[module(skip)]
    init: Init,
}

impl CategoryEncoder {
    /// Width of an item's vector: id part plus category part.
    pub fn dim(&self) -> usize {
        self.item_dim + self.category_table.dims()[1]
    }
}

impl ItemEncoder for CategoryEncoder {
    fn tables(&self) -> Vec<TableConfig> {
        vec![TableConfig { name: "items".into(), width: self.item_dim, init: self.init }]
    }

    fn encode(&self, rows: &[Tensor<2>], ids: &[u32], _: &mut StepContext) -> ItemVectors {
        let codes: Vec<u32> = ids.iter().map(|&id| self.categories[id as usize]).collect();
        let codes = ids_to_tensor(&codes, &rows[0].device());
        let categories = self.category_table.val().select(0, codes);
        ItemVectors::tied(Tensor::cat(vec![rows[0].clone(), categories], 1))
    }
}
