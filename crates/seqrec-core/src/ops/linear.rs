//! Dense layer with its bias and non-linearity in one pass.

use burn::tensor::{Tensor, activation};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    gemm::{Matrix, MatrixMut, par_multiply},
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
    rows::{ROWS, column_sums},
    vector::{exp, sigmoid, tanh, vectorized},
};

/// Element-wise function after a dense layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pointwise {
    /// None.
    #[default]
    Identity,
    /// `max(x, 0)`.
    Relu,
    /// `x Phi(x)` with the normal distribution function `Phi` (Hendrycks & Gimpel 2016).
    Gelu,
    /// `1 / (1 + e^-x)`.
    Sigmoid,
    /// Hyperbolic tangent.
    Tanh,
    /// `x / (1 + e^-x)` (Ramachandran et al. 2017).
    Swish,
}

/// `f(x W + b)`.
///
/// # Shapes
///
/// - `input`: `[n, d_in]`, `weight`: `[d_in, d_out]`, `bias`: `[d_out]`
/// - output: `[n, d_out]`
///
/// # Panics
///
/// If the sizes do not match.
pub fn linear(input: Tensor<2>, weight: Tensor<2>, bias: Option<Tensor<1>>, f: Pointwise) -> Tensor<2> {
    let ([_, d_in], [rows, d_out]) = (input.dims(), weight.dims());
    assert_eq!(d_in, rows, "the weight has a row for each input");
    assert!(bias.as_ref().is_none_or(|bias| bias.dims() == [d_out]), "the bias has {d_out} entries");
    if runs_on(&input.device()) {
        let mut inputs = vec![input.into(), weight.into()];
        inputs.extend(bias.map(Into::into));
        return apply(inputs, Linear { f });
    }
    let product = input.matmul(weight);
    let sum = match bias {
        Some(bias) => product + bias.unsqueeze(),
        None => product,
    };
    match f {
        Pointwise::Identity => sum,
        Pointwise::Relu => activation::relu(sum),
        // burn's own GELU has an approximate gradient on some backends.
        Pointwise::Gelu => {
            let erf = sum.clone().mul_scalar(std::f32::consts::FRAC_1_SQRT_2).erf();
            sum * erf.add_scalar(1.0).mul_scalar(0.5)
        }
        Pointwise::Sigmoid => activation::sigmoid(sum),
        Pointwise::Tanh => crate::layers::tanh(sum),
        Pointwise::Swish => sum.clone() * activation::sigmoid(sum),
    }
}

#[derive(Debug)]
struct Linear {
    f: Pointwise,
}

impl HostFunction for Linear {
    fn forward(&self, arguments: &[Argument<'_>], tracked: bool) -> Computed {
        let (x, weight) = (arguments[0], arguments[1]);
        let (d_in, d_out) = (weight.shape[0], weight.shape[1]);
        let n = x.values.len() / d_in;
        let mut values = vec![0.0; n * d_out];
        par_multiply(
            MatrixMut::new(&mut values, n, d_out),
            Matrix::new(x.values, n, d_in),
            Matrix::new(weight.values, d_in, d_out),
            1.0,
            false,
        );
        if let Some(bias) = arguments.get(2) {
            values.par_chunks_mut(ROWS * d_out).for_each(|rows| {
                vectorized!({
                    for row in rows.chunks_exact_mut(d_out) {
                        row.iter_mut().zip(bias.values).for_each(|(value, bias)| *value += bias);
                    }
                });
            });
        }
        let saved = if tracked && self.f.needs_input() { vec![values.clone()] } else { Vec::new() };
        values.par_chunks_mut(ROWS * d_out).for_each(|rows| vectorized!(self.f.apply(rows)));
        Computed { shape: vec![n, d_out], values, saved }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        let (x, weight) = (pass.arguments[0], pass.arguments[1]);
        let (d_in, d_out) = (weight.shape[0], weight.shape[1]);
        let n = x.values.len() / d_in;
        let mut gradient = pass.gradient;
        let seen = pass.saved.first().map_or(pass.output, Vec::as_slice);
        gradient
            .par_chunks_mut(ROWS * d_out)
            .zip(seen.par_chunks(ROWS * d_out))
            .for_each(|(gradient, seen)| vectorized!(self.f.chain(gradient, seen)));
        let dy = Matrix::new(&gradient, n, d_out);

        let mut dx = vec![0.0; if pass.wanted[0] { n * d_in } else { 0 }];
        if pass.wanted[0] {
            par_multiply(
                MatrixMut::new(&mut dx, n, d_in),
                dy,
                Matrix::new(weight.values, d_in, d_out).t(),
                1.0,
                false,
            );
        }
        let mut dw = vec![0.0; d_in * d_out];
        par_multiply(
            MatrixMut::new(&mut dw, d_in, d_out),
            Matrix::new(x.values, n, d_in).t(),
            dy,
            1.0,
            false,
        );
        let mut results = vec![dx, dw];
        if pass.arguments.len() > 2 {
            results.push(column_sums(&gradient, d_out));
        }
        results
    }
}

impl Pointwise {
    /// Whether the derivative needs the input; those of the others follow from the output.
    fn needs_input(self) -> bool {
        matches!(self, Self::Gelu | Self::Swish)
    }

    #[inline(always)]
    fn apply(self, values: &mut [f32]) {
        match self {
            Self::Identity => {}
            Self::Relu => values.iter_mut().for_each(|x| *x = if *x < 0.0 { 0.0 } else { *x }),
            Self::Gelu => values.iter_mut().for_each(|x| *x *= normal_cdf(*x)),
            Self::Sigmoid => values.iter_mut().for_each(|x| *x = sigmoid(*x)),
            Self::Tanh => values.iter_mut().for_each(|x| *x = tanh(*x)),
            Self::Swish => values.iter_mut().for_each(|x| *x *= sigmoid(*x)),
        }
    }

    /// Multiplies `gradient` by the derivative; `seen` is the input where the derivative needs
    /// it, the output elsewhere.
    #[inline(always)]
    fn chain(self, gradient: &mut [f32], seen: &[f32]) {
        let pairs = gradient.iter_mut().zip(seen);
        match self {
            Self::Identity => {}
            Self::Relu => pairs.for_each(|(g, &y)| *g = if y > 0.0 { *g } else { 0.0 }),
            Self::Gelu => pairs.for_each(|(g, &x)| {
                let density = exp(-0.5 * x * x)
                    * (0.5 * std::f32::consts::FRAC_2_SQRT_PI * std::f32::consts::FRAC_1_SQRT_2);
                *g *= normal_cdf(x) + x * density;
            }),
            Self::Sigmoid => pairs.for_each(|(g, &y)| *g *= y * (1.0 - y)),
            Self::Tanh => pairs.for_each(|(g, &y)| *g *= 1.0 - y * y),
            Self::Swish => pairs.for_each(|(g, &x)| {
                let gate = sigmoid(x);
                *g *= gate + x * gate * (1.0 - gate);
            }),
        }
    }
}

/// Distribution function of the standard normal: `(1 + erf(x / sqrt 2)) / 2`, error below 2e-7
/// (Abramowitz & Stegun 1964, 7.1.26).
#[inline(always)]
fn normal_cdf(x: f32) -> f32 {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let poly = ((((1.061_405_4 * t - 1.453_152) * t + 1.421_413_7) * t - 0.284_496_74) * t + 0.254_829_6) * t;
    let tail = 0.5 * poly * exp(-z * z);
    if x > 0.0 { 1.0 - tail } else { tail }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::check;

    #[test]
    fn every_non_linearity_agrees_with_primitive_operations_and_finite_differences() {
        for f in [
            Pointwise::Identity,
            Pointwise::Relu,
            Pointwise::Gelu,
            Pointwise::Sigmoid,
            Pointwise::Tanh,
            Pointwise::Swish,
        ] {
            check::agrees("linear", &[&[70, 5], &[5, 3], &[3]], |inputs| {
                linear(check::rank(&inputs[0]), check::rank(&inputs[1]), Some(check::rank(&inputs[2])), f)
            });
        }
        check::agrees("linear of a transposed input", &[&[5, 70], &[5, 3]], |inputs| {
            let input = check::rank::<2>(&inputs[0]).transpose();
            linear(input, check::rank(&inputs[1]), None, Pointwise::Relu)
        });
        check::agrees("linear without bias", &[&[3, 5], &[5, 2]], |inputs| {
            linear(check::rank(&inputs[0]), check::rank(&inputs[1]), None, Pointwise::Identity)
        });
    }
}
