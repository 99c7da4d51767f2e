//! The largest value so far, along each sequence of a packed batch.

use burn::tensor::Tensor;
use rayon::prelude::*;

use super::{
    Segments,
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
    rows::split_mut,
    vector::vectorized,
};

/// After each event, the largest value of each component since its sequence began. The first of equal
/// ones gets the gradient.
///
/// The last row of a sequence is the maximum over all of it.
///
/// # Shapes
///
/// - `x`: `[T, d]`, packed
/// - output: `[T, d]`
///
/// # Panics
///
/// If the segments do not cover the rows.
pub fn running_max(x: Tensor<2>, segments: &Segments) -> Tensor<2> {
    let [rows, d] = x.dims();
    assert_eq!(rows, segments.rows(), "the segments cover all rows");
    if rows == 0 {
        return x;
    }
    if runs_on(&x.device()) {
        return apply(vec![x.into()], RunningMax { segments: segments.clone() });
    }
    let (count, longest) = (segments.count(), segments.longest());
    let grid = segments.grid(x);
    let at = |t: usize| grid.clone().narrow(1, t, 1).reshape([count, d]);
    // Padding stands behind the events, where nothing reads what it makes of the maximum.
    let mut largest = vec![at(0)];
    for t in 1..longest {
        let (best, next) = (largest[t - 1].clone(), at(t));
        largest.push(best.clone().mask_where(next.clone().greater(best), next));
    }
    segments.packed(Tensor::stack(largest, 1))
}

#[derive(Debug)]
struct RunningMax {
    segments: Segments,
}

impl HostFunction for RunningMax {
    fn forward(&self, arguments: &[Argument<'_>], _: bool) -> Computed {
        let (x, d) = (arguments[0].values, arguments[0].width());
        let mut values = x.to_vec();
        split_mut(&mut values, self.segments.sizes(d)).into_par_iter().for_each(|rows| {
            vectorized!({
                for at in d..rows.len() {
                    let best = rows[at - d];
                    rows[at] = if rows[at] > best { rows[at] } else { best };
                }
            });
        });
        Computed { shape: vec![self.segments.rows(), d], values, saved: Vec::new() }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        let (x, d) = (pass.arguments[0].values, pass.arguments[0].width());
        let mut dx = vec![0.0; x.len()];
        let pieces = split_mut(&mut dx, self.segments.sizes(d));
        pieces.into_par_iter().enumerate().for_each(|(s, dx)| {
            let from = self.segments.start(s) * d;
            let (x, gradient) = (&x[from..][..dx.len()], &pass.gradient[from..][..dx.len()]);
            // Where each component was largest so far.
            let mut best: Vec<usize> = (0..d.min(x.len())).collect();
            for row in (0..x.len()).step_by(d) {
                for (component, best) in best.iter_mut().enumerate() {
                    let at = row + component;
                    if x[at] > x[*best] {
                        *best = at;
                    }
                    dx[*best] += gradient[at];
                }
            }
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
        check::agrees("running maximum", &[&[8, 3]], |inputs| {
            running_max(check::rank(&inputs[0]), &segments)
        });
    }

    #[test]
    fn the_worked_numbers_and_no_rows() {
        for device in check::devices() {
            let x = Tensor::<2>::from_data([[2.0, -4.0], [1.0, -1.0], [3.0, -5.0], [-7.0, 0.0]], &device);
            let x = x.require_grad();
            let largest = running_max(x.clone(), &Segments::new([3, 0, 1]));
            let gradients = largest.clone().sum().backward();
            let values = |tensor: Tensor<2>| tensor.into_data().try_to_vec::<f32>().unwrap();
            assert_eq!(values(largest), [2.0, -4.0, 2.0, -1.0, 3.0, -1.0, -7.0, 0.0]);
            assert_eq!(values(x.grad(&gradients).unwrap()), [2.0, 1.0, 0.0, 2.0, 1.0, 0.0, 1.0, 1.0]);
            let none = running_max(Tensor::zeros([0, 2], &device), &Segments::new([0, 0]));
            assert_eq!(none.dims(), [0, 2]);
        }
    }

    #[test]
    fn the_first_of_equal_values_gets_the_gradient() {
        for device in check::devices() {
            let x = Tensor::<2>::from_data([[1.0], [1.0], [1.0]], &device).require_grad();
            let gradients = running_max(x.clone(), &Segments::new([3])).sum().backward();
            assert_eq!(x.grad(&gradients).unwrap().into_data().try_to_vec::<f32>().unwrap(), [3.0, 0.0, 0.0]);
        }
    }
}
