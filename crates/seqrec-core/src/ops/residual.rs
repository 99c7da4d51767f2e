//! `x + dropout(y)`, the seam between the parts of a transformer block.

use burn::tensor::{Tensor, TensorData};
use rayon::prelude::*;

use super::{
    Keep,
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
    rows::ROWS,
    vector::vectorized,
};

/// `x + dropout(y)`.
///
/// # Shapes
///
/// - `x`, `y`: `[n, d]`
/// - output: `[n, d]`
///
/// # Panics
///
/// If the shapes differ.
pub fn add_dropped(x: Tensor<2>, y: Tensor<2>, keep: Option<Keep>) -> Tensor<2> {
    assert_eq!(x.dims(), y.dims(), "both terms have one shape");
    if runs_on(&x.device()) {
        return apply(vec![x.into(), y.into()], AddDropped { keep });
    }
    x + dropped(y, keep)
}

/// `dropout(x)`.
///
/// # Shapes
///
/// - `x`: any
/// - output: as `x`
pub fn dropped<const D: usize>(x: Tensor<D>, keep: Option<Keep>) -> Tensor<D> {
    let Some(keep) = keep else { return x };
    if runs_on(&x.device()) {
        return apply(vec![x.into()], Dropped { keep });
    }
    let shape = x.shape();
    let factors = TensorData::new(keep.factors(shape.num_elements()), shape);
    let factors = Tensor::from_data(factors, &x.device());
    x * factors
}

#[derive(Debug)]
struct AddDropped {
    keep: Option<Keep>,
}

impl HostFunction for AddDropped {
    fn forward(&self, arguments: &[Argument<'_>], _: bool) -> Computed {
        let (x, y) = (arguments[0], arguments[1]);
        let mut values = y.values.to_vec();
        let block = ROWS * x.width();
        values.par_chunks_mut(block).zip(x.values.par_chunks(block)).enumerate().for_each(
            |(index, (values, x))| {
                vectorized!({
                    if let Some(keep) = &self.keep {
                        scale(values, keep, index * block);
                    }
                    values.iter_mut().zip(x).for_each(|(value, x)| *value += x);
                });
            },
        );
        Computed { shape: x.shape.to_vec(), values, saved: Vec::new() }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        let mut dy = pass.gradient.clone();
        if let Some(keep) = &self.keep {
            scale_blocks(&mut dy, keep, ROWS * pass.arguments[0].width());
        }
        vec![pass.gradient, dy]
    }
}

#[derive(Debug)]
struct Dropped {
    keep: Keep,
}

impl HostFunction for Dropped {
    fn forward(&self, arguments: &[Argument<'_>], _: bool) -> Computed {
        let mut values = arguments[0].values.to_vec();
        scale_blocks(&mut values, &self.keep, ROWS * arguments[0].width());
        Computed { shape: arguments[0].shape.to_vec(), values, saved: Vec::new() }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        let mut gradient = pass.gradient;
        scale_blocks(&mut gradient, &self.keep, ROWS * pass.arguments[0].width());
        vec![gradient]
    }
}

fn scale_blocks(values: &mut [f32], keep: &Keep, block: usize) {
    values.par_chunks_mut(block).enumerate().for_each(|(index, values)| {
        vectorized!(scale(values, keep, index * block));
    });
}

#[inline(always)]
fn scale(values: &mut [f32], keep: &Keep, first: usize) {
    values
        .iter_mut()
        .enumerate()
        .for_each(|(offset, value)| *value *= keep.factor(first.wrapping_add(offset)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::check;

    #[test]
    fn agree_with_primitive_operations_and_finite_differences() {
        let keep = check::keep(0.3);
        for keep in [None, Some(keep)] {
            check::agrees("x + dropout(y)", &[&[70, 3], &[70, 3]], |inputs| {
                add_dropped(check::rank(&inputs[0]), check::rank(&inputs[1]), keep)
            });
        }
        check::agrees("dropout", &[&[70, 3]], |inputs| dropped::<2>(check::rank(&inputs[0]), Some(keep)));
    }
}
