use burn::tensor::{Int, Tensor};

use crate::{PAD, batch::Histories, ops::gather};

/// Vectors of the items that one step touches.
///
/// Most models use one table on both sides (`input` and `output` are the same tensor). GRU4Rec's
/// separate output table and item bias, or a content tower on one side only, fit as well.
#[derive(Clone, Debug)]
pub struct ItemVectors {
    /// What histories are made of, `[n, d_in]`; row 0 is padding.
    pub input: Tensor<2>,
    /// What user vectors are compared with, `[n, d]`.
    pub output: Tensor<2>,
    /// Added to the score of each item, `[n]`.
    pub bias: Option<Tensor<1>>,
}

impl ItemVectors {
    /// One table for both sides, no bias.
    pub fn tied(vectors: Tensor<2>) -> Self {
        Self { input: vectors.clone(), output: vectors, bias: None }
    }

    /// Vectors of the events of `histories`, zero on padding.
    ///
    /// Padding gets no gradient.
    ///
    /// # Shapes
    ///
    /// - `histories`: `[B, L]`
    /// - output: `[B, L, d_in]`
    pub fn history(&self, histories: &Histories) -> Tensor<3> {
        let [batch, length] = histories.dims();
        let [_, d] = self.input.dims();
        gather(self.input.clone(), &histories.cells, Some(PAD)).reshape([batch, length, d])
    }

    /// Vectors of the events of `histories`, packed.
    ///
    /// # Shapes
    ///
    /// - output: `[T, d_in]`
    pub fn events(&self, histories: &Histories) -> Tensor<2> {
        gather(self.input.clone(), &histories.events, None)
    }

    /// Output vectors of the items at `rows`, `[n] -> [n, d]`.
    pub fn targets(&self, rows: Tensor<1, Int>) -> Tensor<2> {
        self.output.clone().select(0, rows)
    }

    /// Input vectors of the items at `rows`, `[n] -> [n, d_in]`.
    pub fn inputs(&self, rows: Tensor<1, Int>) -> Tensor<2> {
        self.input.clone().select(0, rows)
    }
}
