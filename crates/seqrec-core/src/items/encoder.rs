use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::ItemVectors;
use crate::{Network, StepContext, init::Init};

/// A row-sparse table that an encoder reads: one row an item, row 0 for padding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableConfig {
    /// Name in checkpoints.
    pub name: String,
    /// Number of columns.
    pub width: usize,
    /// How rows start.
    pub init: Init,
}

/// Turns table rows and item features into the vectors that models see.
///
/// The tables stay outside the module: [`tables`](Self::tables) declares them, the trainer keeps
/// them in [`ItemTable`](super::ItemTable)s and hands in the rows of a step. What the encoder owns
/// itself (feature embeddings, a content tower) are ordinary parameters.
pub trait ItemEncoder: Network {
    /// The tables this encoder reads, in the order in which `encode` gets their rows.
    fn tables(&self) -> Vec<TableConfig>;

    /// Vectors of the items `ids`. What is random in training is drawn from `context`, before the model
    /// draws from it.
    ///
    /// # Shapes
    ///
    /// - `rows[i]`: `[n, width_i]`, row `j` belonging to item `ids[j]`
    /// - output: `[n, d]`
    fn encode(&self, rows: &[Tensor<2>], ids: &[u32], context: &mut StepContext) -> ItemVectors;
}
