//! Adam, once for dense parameters and once for the rows of item tables, whose gradient covers only
//! a batch.

mod dense_adam;
mod row_adam;

pub use dense_adam::{DenseAdam, DenseAdamState};
pub use row_adam::{RowAdam, RowAdamConfig, RowAdamState, RowScope};

use burn::tensor::Tensor;

/// `lr m' / (sqrt(v') + eps)` with the bias-corrected moments `m'`, `v'` of step `step`.
fn adam_delta<const D: usize>(
    first: Tensor<D>,
    second: Tensor<D>,
    config: &RowAdamConfig,
    step: u64,
    learning_rate: f64,
) -> Tensor<D> {
    let corrected = |beta: f32| 1.0 - f64::from(beta).powf(step as f64);
    let root = second.div_scalar(corrected(config.beta2)).sqrt().add_scalar(config.epsilon);
    first.mul_scalar(learning_rate / corrected(config.beta1)) / root
}
