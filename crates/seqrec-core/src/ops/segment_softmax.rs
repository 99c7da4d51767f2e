//! Softmax over each sequence of a packed batch.

use burn::tensor::Tensor;
use rayon::prelude::*;

use super::{
    Segments,
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
    rows::{add_to, split_mut},
    vector::{exp, vectorized},
};
use crate::{batch::floats_to_tensor, layers::masked_softmax};

/// Softmax of each column over the rows of each sequence.
///
/// # Shapes
///
/// - `scores`: `[T, K]`, packed
/// - output: `[T, K]`; each column sums to 1 over the rows of a sequence
///
/// # Panics
///
/// If the segments do not cover the rows.
pub fn segment_softmax(scores: Tensor<2>, segments: &Segments) -> Tensor<2> {
    let [rows, _] = scores.dims();
    assert_eq!(rows, segments.rows(), "the segments cover all rows");
    if rows == 0 {
        return scores;
    }
    let device = scores.device();
    if runs_on(&device) {
        return apply(vec![scores.into()], SegmentSoftmax { segments: segments.clone() });
    }
    let mask = segments.grid(floats_to_tensor(&vec![1.0; rows], &device).unsqueeze_dim(1));
    segments.packed(masked_softmax(segments.grid(scores), mask, 1))
}

#[derive(Debug)]
struct SegmentSoftmax {
    segments: Segments,
}

impl HostFunction for SegmentSoftmax {
    fn forward(&self, arguments: &[Argument<'_>], _: bool) -> Computed {
        let width = arguments[0].width();
        let mut values = arguments[0].values.to_vec();
        split_mut(&mut values, self.segments.sizes(width)).into_par_iter().for_each(|rows| {
            vectorized!({
                let mut largest = vec![f32::NEG_INFINITY; width];
                for row in rows.chunks_exact(width) {
                    largest.iter_mut().zip(row).for_each(|(largest, &score)| *largest = largest.max(score));
                }
                let mut sums = vec![0.0; width];
                for row in rows.chunks_exact_mut(width) {
                    row.iter_mut().zip(&largest).for_each(|(score, largest)| *score = exp(*score - largest));
                    add_to(&mut sums, row);
                }
                for row in rows.chunks_exact_mut(width) {
                    row.iter_mut().zip(&sums).for_each(|(weight, sum)| *weight /= sum);
                }
            });
        });
        Computed { shape: vec![self.segments.rows(), width], values, saved: Vec::new() }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        let width = pass.arguments[0].width();
        let mut dx = pass.gradient;
        let pieces = split_mut(&mut dx, self.segments.sizes(width));
        pieces.into_par_iter().enumerate().for_each(|(s, dx)| {
            let weights = &pass.output[self.segments.start(s) * width..][..dx.len()];
            vectorized!({
                let mut means = vec![0.0; width];
                for (gradient, weights) in dx.chunks_exact(width).zip(weights.chunks_exact(width)) {
                    for ((mean, gradient), weight) in means.iter_mut().zip(gradient).zip(weights) {
                        *mean += gradient * weight;
                    }
                }
                for (gradient, weights) in dx.chunks_exact_mut(width).zip(weights.chunks_exact(width)) {
                    for ((gradient, weight), mean) in gradient.iter_mut().zip(weights).zip(&means) {
                        *gradient = weight * (*gradient - mean);
                    }
                }
            });
        });
        vec![dx]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::check;

    #[test]
    fn agrees_with_primitive_operations_and_finite_differences() {
        let segments = Segments::new([2, 0, 5, 1]);
        check::agrees("segment softmax", &[&[8, 3]], |inputs| {
            segment_softmax(check::rank(&inputs[0]), &segments)
        });
    }

    #[test]
    fn scores_of_zero_and_log_three_weigh_a_quarter_and_three_quarters() {
        for device in check::devices() {
            let scores = Tensor::<2>::from_data([[0.0, 900.0], [3f32.ln(), 900.0], [-7.0, 2.0]], &device);
            let weights = segment_softmax(scores, &Segments::new([2, 0, 1]));
            let weights = weights.into_data().try_to_vec::<f32>().unwrap();
            for (weight, expected) in weights.iter().zip([0.25, 0.5, 0.75, 0.5, 1.0, 1.0]) {
                assert!((weight - expected).abs() < 1e-6, "{weights:?}");
            }
            let none = segment_softmax(Tensor::zeros([0, 2], &device), &Segments::new([0, 0]));
            assert_eq!(none.dims(), [0, 2]);
        }
    }

    #[test]
    fn a_score_that_is_not_a_number_stays_visible() {
        for device in check::devices() {
            let scores = Tensor::<2>::from_data([[1.0], [f32::NAN], [2.0]], &device);
            let weights = segment_softmax(scores, &Segments::new([2, 1]));
            let weights = weights.into_data().try_to_vec::<f32>().unwrap();
            assert!(weights[..2].iter().any(|weight| weight.is_nan()) && weights[2] == 1.0, "{weights:?}");
        }
    }
}
