//! Layer normalisation (Ba et al. 2016), alone or with the residual sum and dropout before it.

use burn::tensor::Tensor;
use rayon::prelude::*;

use super::{
    Keep, dropped,
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
    rows::{ROWS, add_to, sum_of},
    vector::{dot, squares_around, sum, vectorized},
};

/// `gamma (x - mean) / sqrt(variance + epsilon) + beta` over the last dimension.
///
/// # Shapes
///
/// - `x`: `[n, d]`, `gamma`, `beta`: `[d]`
/// - output: `[n, d]`
///
/// # Panics
///
/// If the sizes do not match.
pub fn layer_norm(x: Tensor<2>, gamma: Tensor<1>, beta: Tensor<1>, epsilon: f32) -> Tensor<2> {
    check(&x, &gamma, &beta);
    if runs_on(&x.device()) {
        let normalise = LayerNorm { epsilon, residual: false, keep: None };
        return apply(vec![x.into(), gamma.into(), beta.into()], normalise);
    }
    let mean = x.clone().mean_dim(1);
    let centred = x - mean;
    let variance = centred.clone().square().mean_dim(1);
    centred / variance.add_scalar(epsilon).sqrt() * gamma.unsqueeze() + beta.unsqueeze()
}

/// [`layer_norm`] of `x + dropout(y)`.
///
/// # Shapes
///
/// - `x`, `y`: `[n, d]`, `gamma`, `beta`: `[d]`
/// - output: `[n, d]`
///
/// # Panics
///
/// If the sizes do not match.
pub fn add_layer_norm(
    x: Tensor<2>,
    y: Tensor<2>,
    keep: Option<Keep>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    epsilon: f32,
) -> Tensor<2> {
    check(&x, &gamma, &beta);
    assert_eq!(x.dims(), y.dims(), "both terms have one shape");
    if runs_on(&x.device()) {
        let normalise = LayerNorm { epsilon, residual: true, keep };
        return apply(vec![x.into(), gamma.into(), beta.into(), y.into()], normalise);
    }
    layer_norm(x + dropped(y, keep), gamma, beta, epsilon)
}

fn check(x: &Tensor<2>, gamma: &Tensor<1>, beta: &Tensor<1>) {
    let [_, d] = x.dims();
    assert_eq!((gamma.dims(), beta.dims()), ([d], [d]), "scale and shift have an entry for each column");
}

/// Arguments: x, gamma, beta and, with `residual`, y.
#[derive(Debug)]
struct LayerNorm {
    epsilon: f32,
    residual: bool,
    keep: Option<Keep>,
}

impl HostFunction for LayerNorm {
    /// Saves the normalised rows and `1 / sqrt(variance + epsilon)` of each.
    fn forward(&self, arguments: &[Argument<'_>], tracked: bool) -> Computed {
        let [x, gamma, beta] = [arguments[0], arguments[1], arguments[2]];
        let d = gamma.values.len();
        let n = x.values.len() / d;
        let mut values = vec![0.0; n * d];
        let mut normalised = vec![0.0; if tracked { n * d } else { 0 }];
        let mut scales = vec![0.0; n];
        let block = ROWS * d;
        // Rows that nobody will ask for again are not kept.
        let kept: Vec<Option<&mut [f32]>> = match tracked {
            true => normalised.chunks_mut(block).map(Some).collect(),
            false => (0..n.div_ceil(ROWS)).map(|_| None).collect(),
        };
        values.par_chunks_mut(block).zip(kept).zip(scales.par_chunks_mut(ROWS)).enumerate().for_each(
            |(index, ((values, mut kept), scales))| {
                let first = index * block;
                vectorized!({
                    for (row, scale) in scales.iter_mut().enumerate() {
                        let (at, out) = (row * d, &mut values[row * d..][..d]);
                        self.sum_row(arguments, first + at, out);
                        let mean = sum(out) / d as f32;
                        *scale = 1.0 / (squares_around(out, mean) / d as f32 + self.epsilon).sqrt();
                        out.iter_mut().for_each(|value| *value = (*value - mean) * *scale);
                        if let Some(kept) = &mut kept {
                            kept[at..][..d].copy_from_slice(out);
                        }
                        for ((value, gamma), beta) in out.iter_mut().zip(gamma.values).zip(beta.values) {
                            *value = *value * gamma + beta;
                        }
                    }
                });
            },
        );
        Computed { shape: x.shape.to_vec(), values, saved: vec![normalised, scales] }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        let gamma = pass.arguments[1].values;
        let d = gamma.len();
        let (normalised, scales) = (&pass.saved[0], &pass.saved[1]);
        let mut dx = pass.gradient;
        let block = ROWS * d;
        let partial: Vec<(Vec<f32>, Vec<f32>)> = dx
            .par_chunks_mut(block)
            .zip(normalised.par_chunks(block))
            .zip(scales.par_chunks(ROWS))
            .map(|((dx, normalised), scales)| {
                vectorized!({
                    let (mut dgamma, mut dbeta) = (vec![0.0; d], vec![0.0; d]);
                    for (row, scale) in scales.iter().enumerate() {
                        let (g, y) = (&mut dx[row * d..][..d], &normalised[row * d..][..d]);
                        add_to(&mut dbeta, g);
                        for ((dgamma, g), y) in dgamma.iter_mut().zip(g.iter()).zip(y) {
                            *dgamma += g * y;
                        }
                        g.iter_mut().zip(gamma).for_each(|(g, gamma)| *g *= gamma);
                        let mean = sum(g) / d as f32;
                        let along = dot(g, y) / d as f32;
                        for (g, y) in g.iter_mut().zip(y) {
                            *g = scale * (*g - mean - along * y);
                        }
                    }
                    (dgamma, dbeta)
                })
            })
            .collect();
        let (dgamma, dbeta) = partial.into_iter().unzip();
        let mut results = vec![Vec::new(), sum_of(dgamma, d), sum_of(dbeta, d)];
        if self.residual {
            let mut dy = dx.clone();
            if let Some(keep) = &self.keep {
                dy.par_chunks_mut(block)
                    .zip(dx.par_chunks(block))
                    .enumerate()
                    .for_each(|(index, (dy, dx))| vectorized!(keep.apply(dy, dx, index * block)));
            }
            results.push(dy);
        }
        results[0] = dx;
        results
    }
}

impl LayerNorm {
    /// The row that starts at `at` of `x`, or of `x + dropout(y)`.
    #[inline(always)]
    fn sum_row(&self, arguments: &[Argument<'_>], at: usize, out: &mut [f32]) {
        let x = &arguments[0].values[at..][..out.len()];
        if !self.residual {
            out.copy_from_slice(x);
            return;
        }
        let y = &arguments[3].values[at..][..out.len()];
        match &self.keep {
            Some(keep) => keep.apply(out, y, at),
            None => out.copy_from_slice(y),
        }
        add_to(out, x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::check;

    #[test]
    fn agrees_with_primitive_operations_and_finite_differences() {
        check::agrees("layer norm", &[&[70, 5], &[5], &[5]], |inputs| {
            layer_norm(check::rank(&inputs[0]), check::rank(&inputs[1]), check::rank(&inputs[2]), 1e-5)
        });
        for keep in [None, Some(check::keep(0.4))] {
            check::agrees("layer norm of a sum", &[&[70, 5], &[70, 5], &[5], &[5]], |inputs| {
                let [x, y] = [check::rank(&inputs[0]), check::rank(&inputs[1])];
                add_layer_norm(x, y, keep, check::rank(&inputs[2]), check::rank(&inputs[3]), 1e-5)
            });
        }
    }

    #[test]
    fn a_constant_row_becomes_beta() {
        for device in check::devices() {
            let x = Tensor::<2>::full([2, 3], 7.0, &device);
            let beta = Tensor::<1>::from_data([1.0, 2.0, 3.0], &device);
            let y = layer_norm(x, Tensor::ones([3], &device), beta, 1e-8);
            assert_eq!(y.into_data().try_to_vec::<f32>().unwrap(), [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]);
        }
    }
}
