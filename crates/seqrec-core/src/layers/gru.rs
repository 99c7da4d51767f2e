use burn::{
    module::{Module, Param},
    nn::Linear,
    tensor::{Device, Tensor},
};

use super::dense;
use crate::{
    Rng,
    init::{Init, param},
    ops::{self, Pointwise, Reset, Segments},
};

/// A GRU layer over packed sequences; see [`ops::gru`] for its equations.
#[derive(Module, Debug)]
pub struct Gru {
    input: Linear,
    recurrent: Param<Tensor<2>>,
    bias: Param<Tensor<1>>,
    #[module(skip)]
    reset: Reset,
}

impl Gru {
    /// A layer `[d_in] -> [hidden]`; `init` sees each gate's matrix by itself, biases start at zero.
    pub fn new(d_in: usize, hidden: usize, reset: Reset, init: Init, rng: &mut Rng, device: &Device) -> Self {
        let weight = gates(d_in, hidden, init, rng, device);
        let recurrent = gates(hidden, hidden, init, rng, device);
        let zeros = || param(vec![0.0; 3 * hidden], [3 * hidden], device);
        Self { input: Linear { weight, bias: Some(zeros()) }, recurrent, bias: zeros(), reset }
    }

    /// States after every event.
    ///
    /// # Shapes
    ///
    /// - `x`: `[T, d_in]`, packed
    /// - output: `[T, hidden]`
    pub fn forward(&self, x: Tensor<2>, segments: &Segments) -> Tensor<2> {
        let x = dense(&self.input, x, Pointwise::Identity);
        ops::gru(x, self.recurrent.val(), self.bias.val(), segments, self.reset)
    }
}

/// Three matrices `[rows, hidden]` side by side.
fn gates(rows: usize, hidden: usize, init: Init, rng: &mut Rng, device: &Device) -> Param<Tensor<2>> {
    let blocks: Vec<Vec<f32>> = (0..3).map(|_| init.values(rows, hidden, rng)).collect();
    let values = (0..rows)
        .flat_map(|row| blocks.iter().flat_map(move |block| &block[row * hidden..][..hidden]))
        .copied()
        .collect();
    param(values, [rows, 3 * hidden], device)
}
