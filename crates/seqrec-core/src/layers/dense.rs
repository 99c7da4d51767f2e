use burn::{nn::Linear, tensor::Tensor};

use crate::ops::{self, Pointwise};

/// `f(x W + b)` in one pass.
///
/// # Shapes
///
/// - `input`: `[n, d_in]`
/// - output: `[n, d_out]`
pub fn dense(linear: &Linear, input: Tensor<2>, f: Pointwise) -> Tensor<2> {
    let bias = linear.bias.as_ref().map(|bias| bias.val());
    ops::linear(input, linear.weight.val(), bias, f)
}
