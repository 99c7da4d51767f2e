use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor},
};

use crate::{
    init::param,
    ops::{self, Keep},
};

/// Layer normalisation over the last dimension (Ba et al. 2016), with a trainable scale and shift.
#[derive(Module, Debug)]
pub struct LayerNorm {
    gamma: Param<Tensor<1>>,
    beta: Param<Tensor<1>>,
    #[module(skip)]
    epsilon: f32,
}

impl LayerNorm {
    /// Scale 1 and shift 0 for vectors of `dim`; `epsilon` is added to the variance.
    pub fn new(dim: usize, epsilon: f32, device: &Device) -> Self {
        Self {
            gamma: param(vec![1.0; dim], [dim], device),
            beta: param(vec![0.0; dim], [dim], device),
            epsilon,
        }
    }

    /// # Shapes
    ///
    /// - `x`: `[n, d]`
    /// - output: `[n, d]`
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        ops::layer_norm(x, self.gamma.val(), self.beta.val(), self.epsilon)
    }

    /// Normalises `x + dropout(y)`.
    ///
    /// # Shapes
    ///
    /// - `x`, `y`: `[n, d]`
    /// - output: `[n, d]`
    pub fn forward_sum(&self, x: Tensor<2>, y: Tensor<2>, keep: Option<Keep>) -> Tensor<2> {
        ops::add_layer_norm(x, y, keep, self.gamma.val(), self.beta.val(), self.epsilon)
    }
}
