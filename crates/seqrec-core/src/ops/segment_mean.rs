//! Mean of each sequence of a packed batch.

use burn::tensor::Tensor;
use rayon::prelude::*;

use super::{
    Segments,
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
    rows::{add_to, split_mut},
    vector::vectorized,
};
use crate::batch::floats_to_tensor;

/// Mean of the rows of each sequence; zero for a sequence without rows.
///
/// # Shapes
///
/// - `x`: `[T, d]`, packed
/// - output: `[B, d]`
///
/// # Panics
///
/// If the segments do not cover the rows.
pub fn segment_mean(x: Tensor<2>, segments: &Segments) -> Tensor<2> {
    let [rows, d] = x.dims();
    assert_eq!(rows, segments.rows(), "the segments cover all rows");
    let device = x.device();
    let count = segments.count();
    if rows == 0 {
        return Tensor::zeros([count, d], &device);
    }
    if runs_on(&device) {
        return apply(vec![x.into()], SegmentMean { segments: segments.clone() });
    }
    let shares: Vec<f32> = segments.lengths().map(share).collect();
    segments.grid(x).sum_dim(1).reshape([count, d]) * floats_to_tensor(&shares, &device).unsqueeze_dim(1)
}

/// Weight of one of `length` rows.
fn share(length: usize) -> f32 {
    1.0 / length.max(1) as f32
}

#[derive(Debug)]
struct SegmentMean {
    segments: Segments,
}

impl HostFunction for SegmentMean {
    fn forward(&self, arguments: &[Argument<'_>], _: bool) -> Computed {
        let (x, d) = (arguments[0].values, arguments[0].width());
        let mut values = vec![0.0; self.segments.count() * d];
        values.par_chunks_mut(d).enumerate().for_each(|(s, mean)| {
            let length = self.segments.len(s);
            let rows = &x[self.segments.start(s) * d..][..length * d];
            vectorized!({
                rows.chunks_exact(d).for_each(|row| add_to(mean, row));
                mean.iter_mut().for_each(|value| *value *= share(length));
            });
        });
        Computed { shape: vec![self.segments.count(), d], values, saved: Vec::new() }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        let d = pass.arguments[0].width();
        let mut dx = vec![0.0; pass.arguments[0].values.len()];
        let pieces = split_mut(&mut dx, self.segments.sizes(d));
        pieces.into_par_iter().zip(pass.gradient.par_chunks(d)).for_each(|(rows, gradient)| {
            vectorized!({
                let share = share(rows.len() / d);
                for row in rows.chunks_exact_mut(d) {
                    row.iter_mut().zip(gradient).for_each(|(value, gradient)| *value = gradient * share);
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
        check::agrees("segment mean", &[&[8, 3]], |inputs| segment_mean(check::rank(&inputs[0]), &segments));
    }

    #[test]
    fn the_mean_of_one_row_is_the_row_and_of_none_is_zero() {
        for device in check::devices() {
            let x = Tensor::<2>::from_data([[2.0, 4.0], [1.0, 1.0], [3.0, 5.0]], &device);
            let mean = segment_mean(x, &Segments::new([1, 0, 2]));
            assert_eq!(mean.into_data().try_to_vec::<f32>().unwrap(), [2.0, 4.0, 0.0, 0.0, 2.0, 3.0]);
            let none = segment_mean(Tensor::zeros([0, 2], &device), &Segments::new([0, 0]));
            assert_eq!(none.into_data().try_to_vec::<f32>().unwrap(), [0.0; 4]);
        }
    }
}
