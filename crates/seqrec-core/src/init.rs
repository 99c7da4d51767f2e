//! Initial weights, drawn on the host from our own generator.

use burn::{
    module::Param,
    nn::Linear,
    tensor::{Device, Shape, Tensor, TensorData},
};
use rand::RngExt as _;
use serde::{Deserialize, Serialize};

use crate::Rng;

/// How a parameter starts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Init {
    /// `U(-a, a)` with `a = sqrt(6 / (fan_in + fan_out))` (Glorot & Bengio 2010, eq. 16).
    GlorotUniform,
    /// `U(-bound, bound)`.
    Uniform {
        /// The bound.
        bound: f32,
    },
    /// `N(0, std^2)`.
    Normal {
        /// The standard deviation.
        std: f32,
    },
    /// Every entry the same.
    Constant {
        /// The value.
        value: f32,
    },
}

impl Init {
    /// `rows * cols` values in row-major order; the fans are `rows` and `cols`.
    pub fn values(self, rows: usize, cols: usize, rng: &mut Rng) -> Vec<f32> {
        let n = rows * cols;
        let uniform = |bound: f32, rng: &mut Rng| -> Vec<f32> {
            (0..n).map(|_| (rng.random::<f32>() * 2.0 - 1.0) * bound).collect()
        };
        match self {
            Init::GlorotUniform => uniform((6.0 / (rows + cols) as f32).sqrt(), rng),
            Init::Uniform { bound } => uniform(bound, rng),
            Init::Normal { std } => normal(n, std, rng),
            Init::Constant { value } => vec![value; n],
        }
    }

    /// A trainable matrix `[rows, cols]`.
    pub fn matrix(self, rows: usize, cols: usize, rng: &mut Rng, device: &Device) -> Param<Tensor<2>> {
        param(self.values(rows, cols, rng), [rows, cols], device)
    }

    /// A trainable vector `[len]`.
    pub fn vector(self, len: usize, rng: &mut Rng, device: &Device) -> Param<Tensor<1>> {
        param(self.values(1, len, rng), [len], device)
    }

    /// A linear layer `[d_in] -> [d_out]`; a bias starts at zero.
    pub fn linear(self, d_in: usize, d_out: usize, bias: bool, rng: &mut Rng, device: &Device) -> Linear {
        Linear {
            weight: self.matrix(d_in, d_out, rng, device),
            bias: bias.then(|| Init::Constant { value: 0.0 }.vector(d_out, rng, device)),
        }
    }

    /// A linear layer `[d_in] -> [d_out]` whose bias is drawn as its weight is.
    pub fn biased_linear(self, d_in: usize, d_out: usize, rng: &mut Rng, device: &Device) -> Linear {
        let weight = self.matrix(d_in, d_out, rng, device);
        Linear { weight, bias: Some(self.vector(d_out, rng, device)) }
    }
}

/// A trainable parameter holding `values`.
pub fn param<const D: usize>(values: Vec<f32>, shape: impl Into<Shape>, device: &Device) -> Param<Tensor<D>> {
    Param::from_data(TensorData::new(values, shape), device)
}

/// Box-Muller pairs.
fn normal(n: usize, std: f32, rng: &mut Rng) -> Vec<f32> {
    let mut values = Vec::with_capacity(n + 1);
    while values.len() < n {
        let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
        let angle = std::f64::consts::TAU * rng.random::<f64>();
        values.push((radius * angle.cos()) as f32 * std);
        values.push((radius * angle.sin()) as f32 * std);
    }
    values.truncate(n);
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Seed, Stream};

    fn moments(values: &[f32]) -> (f32, f32) {
        let n = values.len() as f32;
        let mean = values.iter().sum::<f32>() / n;
        (mean, (values.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / n).sqrt())
    }

    #[test]
    fn glorot_has_its_bound_and_deviation() {
        let values = Init::GlorotUniform.values(200, 400, &mut Seed(1).rng(Stream::Init, 0));
        let bound = (6.0f32 / 600.0).sqrt();
        let (mean, std) = moments(&values);
        assert!(values.iter().all(|v| v.abs() <= bound));
        assert!(mean.abs() < 1e-3 && (std - bound / 3f32.sqrt()).abs() < 1e-3, "{mean} {std}");
    }

    #[test]
    fn normal_has_its_deviation_for_odd_counts_too() {
        let values = Init::Normal { std: 0.02 }.values(1, 99_999, &mut Seed(1).rng(Stream::Init, 0));
        let (mean, std) = moments(&values);
        assert_eq!(values.len(), 99_999);
        assert!(mean.abs() < 5e-4 && (std - 0.02).abs() < 5e-4, "{mean} {std}");
    }
}
