//! Weighted sums of each sequence of a packed batch.

use burn::tensor::Tensor;
use rayon::prelude::*;

use super::{
    Segments,
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
    rows::{add_scaled, split_mut},
    vector::{dot, vectorized},
};

/// Sums of the rows of each sequence, one for each column of weights; zero for a sequence without rows.
///
/// ```text
/// out_bk = sum over the rows t of sequence b of weights_tk values_t
/// ```
///
/// # Shapes
///
/// - `weights`: `[T, K]`, `values`: `[T, d]`, packed
/// - output: `[B, K, d]`
///
/// # Panics
///
/// If the segments do not cover the rows.
pub fn segment_weighted_sum(weights: Tensor<2>, values: Tensor<2>, segments: &Segments) -> Tensor<3> {
    let ([rows, k], [value_rows, d]) = (weights.dims(), values.dims());
    assert_eq!([rows, value_rows], [segments.rows(); 2], "the segments cover all rows");
    let device = values.device();
    if rows == 0 {
        return Tensor::zeros([segments.count(), k, d], &device);
    }
    if runs_on(&device) {
        return apply(vec![weights.into(), values.into()], SegmentWeightedSum { segments: segments.clone() });
    }
    segments.grid(weights).swap_dims(1, 2).matmul(segments.grid(values))
}

#[derive(Debug)]
struct SegmentWeightedSum {
    segments: Segments,
}

impl SegmentWeightedSum {
    /// The rows of sequence `s` of an argument.
    fn rows<'a>(&self, argument: &Argument<'a>, s: usize) -> std::slice::ChunksExact<'a, f32> {
        let width = argument.width();
        argument.values[self.segments.start(s) * width..][..self.segments.len(s) * width].chunks_exact(width)
    }
}

impl HostFunction for SegmentWeightedSum {
    fn forward(&self, arguments: &[Argument<'_>], _: bool) -> Computed {
        let (k, d) = (arguments[0].width(), arguments[1].width());
        let mut values = vec![0.0; self.segments.count() * k * d];
        values.par_chunks_mut(k * d).enumerate().for_each(|(s, sums)| {
            vectorized!({
                for (weights, row) in self.rows(&arguments[0], s).zip(self.rows(&arguments[1], s)) {
                    for (sum, &weight) in sums.chunks_exact_mut(d).zip(weights) {
                        add_scaled(sum, weight, row);
                    }
                }
            });
        });
        Computed { shape: vec![self.segments.count(), k, d], values, saved: Vec::new() }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        let [weights, values] = [&pass.arguments[0], &pass.arguments[1]];
        let (k, d) = (weights.width(), values.width());
        let [mut d_weights, mut d_values] =
            [weights, values].map(|argument| vec![0.0; argument.values.len()]);
        let d_weights_of = split_mut(&mut d_weights, self.segments.sizes(k)).into_par_iter();
        let d_values_of = split_mut(&mut d_values, self.segments.sizes(d)).into_par_iter();
        d_weights_of.zip(d_values_of).zip(pass.gradient.par_chunks(k * d)).enumerate().for_each(
            |(s, ((d_weights, d_values), gradient))| {
                vectorized!({
                    let rows = self.rows(weights, s).zip(self.rows(values, s));
                    let d_rows = d_weights.chunks_exact_mut(k).zip(d_values.chunks_exact_mut(d));
                    for ((weights, value), (d_weights, d_value)) in rows.zip(d_rows) {
                        for (at, gradient) in gradient.chunks_exact(d).enumerate() {
                            d_weights[at] = dot(gradient, value);
                            add_scaled(d_value, weights[at], gradient);
                        }
                    }
                });
            },
        );
        vec![d_weights, d_values]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::check;

    #[test]
    fn agrees_with_primitive_operations_and_finite_differences() {
        let segments = Segments::new([2, 0, 5, 1]);
        for k in [1, 4] {
            check::agrees("weighted sums", &[&[8, k], &[8, 3]], |inputs| {
                segment_weighted_sum(check::rank(&inputs[0]), check::rank(&inputs[1]), &segments)
            });
        }
    }

    #[test]
    fn the_worked_numbers_and_no_rows() {
        for device in check::devices() {
            let weights = Tensor::<2>::from_data([[0.25, 1.0], [0.75, -1.0], [2.0, 0.0]], &device);
            let values = Tensor::<2>::from_data([[4.0, 8.0], [0.0, 4.0], [1.0, 3.0]], &device);
            let sums = segment_weighted_sum(weights, values, &Segments::new([2, 0, 1]));
            assert_eq!(sums.dims(), [3, 2, 2]);
            let sums = sums.into_data().try_to_vec::<f32>().unwrap();
            assert_eq!(sums, [1.0, 5.0, 4.0, 4.0, 0.0, 0.0, 0.0, 0.0, 2.0, 6.0, 0.0, 0.0]);
            let rows = |width| Tensor::<2>::zeros([0, width], &device);
            let none = segment_weighted_sum(rows(3), rows(2), &Segments::new([0, 0]));
            assert_eq!(none.into_data().try_to_vec::<f32>().unwrap(), [0.0; 12]);
        }
    }
}
