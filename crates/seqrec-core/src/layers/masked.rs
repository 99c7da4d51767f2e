use burn::tensor::{Tensor, activation::softmax};

/// A score that no softmax notices; finite, so that a row of it stays free of NaN.
const MASKED: f32 = -1e9;

/// Softmax over axis `dim` of the entries whose mask is 1.
///
/// Masked entries get exactly 0. A row without any real entry gives all zeros, neither the uniform
/// weights of an additive mask nor NaN.
///
/// # Shapes
///
/// - `scores`, `mask`: the same, or broadcastable
/// - output: as `scores`
pub fn masked_softmax<const D: usize>(scores: Tensor<D>, mask: Tensor<D>, dim: usize) -> Tensor<D> {
    let mask = mask.expand(scores.dims());
    let blocked = mask.clone().equal_elem(0.0);
    softmax(scores.mask_fill(blocked, MASKED), dim) * mask
}

/// Sum over time of `values`, padding left out: `[B, L, d]`, `[B, L]` -> `[B, d]`.
pub fn masked_sum(values: Tensor<3>, mask: Tensor<2>) -> Tensor<2> {
    let [batch, length, d] = values.dims();
    (values * mask.reshape([batch, length, 1])).sum_dim(1).reshape([batch, d])
}

/// Mean over time of `values`, padding left out; 0 for an empty history.
///
/// # Shapes
///
/// - `values`: `[B, L, d]`, `mask`: `[B, L]`
/// - output: `[B, d]`
pub fn masked_mean(values: Tensor<3>, mask: Tensor<2>) -> Tensor<2> {
    let count = mask.clone().sum_dim(1).clamp_min(1.0);
    masked_sum(values, mask) / count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Backend;

    #[test]
    fn weights_follow_the_real_entries_only() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let scores = Tensor::<2>::from_data([[0.0, 3f32.ln(), 50.0], [1.0, 2.0, 3.0]], &device);
            let mask = Tensor::from_data([[1.0, 1.0, 0.0], [0.0, 0.0, 0.0]], &device);
            let weights = masked_softmax(scores, mask, 1).into_data().try_to_vec::<f32>().unwrap();
            for (weight, expected) in weights.iter().zip([0.25, 0.75, 0.0, 0.0, 0.0, 0.0]) {
                assert!((weight - expected).abs() < 1e-6, "{weights:?}");
            }
        }
    }

    #[test]
    fn the_mean_of_one_event_is_the_event_and_of_none_is_zero() {
        let device = Backend::default().device().unwrap();
        let values = Tensor::<3>::from_data([[[2.0, 4.0], [9.0, 9.0]], [[1.0, 1.0], [3.0, 3.0]]], &device);
        let mask = Tensor::from_data([[1.0, 0.0], [0.0, 0.0]], &device);
        let mean = masked_mean(values, mask).into_data().try_to_vec::<f32>().unwrap();
        assert_eq!(mean, [2.0, 4.0, 0.0, 0.0]);
    }
}
