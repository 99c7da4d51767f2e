use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use super::adam_delta;
use crate::{
    CoreError, Result,
    batch::{Rows, ids_to_tensor},
    items::{ItemTable, add_rows, assign_rows},
};

/// Which rows one Adam step changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowScope {
    /// All rows, with zero gradient where the batch has none: momentum keeps moving rows that the
    /// batch did not touch. This equals Adam on the dense table (and TensorFlow's Adam on sparse
    /// gradients); the cost grows with the catalogue.
    #[default]
    All,
    /// Only the rows of the batch; the others and their moments stand still ("lazy" Adam). The
    /// cost follows the batch.
    Touched,
}

/// Configuration of [`RowAdam`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RowAdamConfig {
    /// Decay of the first moment. Default: 0.9.
    pub beta1: f32,
    /// Decay of the second moment. Default: 0.999.
    pub beta2: f32,
    /// Added to the root of the second moment. Default: 1e-8.
    pub epsilon: f32,
    /// Which rows a step changes. Default: all.
    pub scope: RowScope,
}

impl Default for RowAdamConfig {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, scope: RowScope::All }
    }
}

/// Adam (Kingma & Ba 2015, algorithm 1) on the rows of an [`ItemTable`].
///
/// The bias correction counts steps of the optimizer, not of the row, in both scopes.
#[derive(Clone, Debug)]
pub struct RowAdam {
    config: RowAdamConfig,
    first: Tensor<2>,
    second: Tensor<2>,
    step: u64,
}

/// State of a [`RowAdam`] on the host.
#[derive(Clone, Debug, PartialEq)]
pub struct RowAdamState {
    /// First moments, row-major as the table.
    pub first: Vec<f32>,
    /// Second moments, row-major as the table.
    pub second: Vec<f32>,
    /// Steps taken.
    pub step: u64,
}

impl RowAdam {
    /// Zero moments for `table`.
    pub fn new(config: RowAdamConfig, table: &ItemTable) -> Self {
        let zeros = table.weights().zeros_like();
        Self { config, first: zeros.clone(), second: zeros, step: 0 }
    }

    /// Applies the gradient of `rows`, `[rows, width]`, to `table`.
    pub fn step(&mut self, table: &mut ItemTable, rows: &Rows, gradient: Tensor<2>, learning_rate: f64) {
        self.step += 1;
        let RowAdamConfig { beta1, beta2, .. } = self.config;
        let scaled = gradient.clone().mul_scalar(1.0 - beta1);
        let squared = (gradient.clone() * gradient).mul_scalar(1.0 - beta2);
        match self.config.scope {
            RowScope::All => {
                replace(&mut self.first, |m| add_rows(m.mul_scalar(beta1), rows, scaled));
                replace(&mut self.second, |v| add_rows(v.mul_scalar(beta2), rows, squared));
                let delta = self.delta(self.first.clone(), self.second.clone(), learning_rate);
                table.update(|weights| weights - delta);
            }
            RowScope::Touched => {
                let index = ids_to_tensor(rows.ids(), &scaled.device());
                let first = self.first.clone().select(0, index.clone()).mul_scalar(beta1) + scaled;
                let second = self.second.clone().select(0, index).mul_scalar(beta2) + squared;
                let delta = self.delta(first.clone(), second.clone(), learning_rate);
                replace(&mut self.first, |m| assign_rows(m, rows, first));
                replace(&mut self.second, |v| assign_rows(v, rows, second));
                let updated = table.gather(rows) - delta;
                table.assign(rows, updated);
            }
        }
    }

    fn delta(&self, first: Tensor<2>, second: Tensor<2>, learning_rate: f64) -> Tensor<2> {
        adam_delta(first, second, &self.config, self.step, learning_rate)
    }

    /// Copies the state to the host.
    pub fn state(&self) -> RowAdamState {
        let values = |t: &Tensor<2>| t.to_data().try_to_vec::<f32>().expect("moments are f32");
        RowAdamState { first: values(&self.first), second: values(&self.second), step: self.step }
    }

    /// Restores a state taken by [`state`](Self::state).
    ///
    /// # Errors
    ///
    /// [`CoreError::OptimizerState`] if the sizes differ from the table's.
    pub fn restore(&mut self, state: RowAdamState) -> Result<()> {
        let dims = self.first.dims();
        let expected = dims[0] * dims[1];
        if state.first.len() != expected || state.second.len() != expected {
            return Err(CoreError::OptimizerState(format!(
                "moments of {} and {} values for a table of {expected}",
                state.first.len(),
                state.second.len()
            )));
        }
        let device: Device = self.first.device();
        self.first = Tensor::from_data(TensorData::new(state.first, dims), &device);
        self.second = Tensor::from_data(TensorData::new(state.second, dims), &device);
        self.step = state.step;
        Ok(())
    }
}

/// Hands the only handle of `tensor` to `f`, so that `f` can work in place.
fn replace(tensor: &mut Tensor<2>, f: impl FnOnce(Tensor<2>) -> Tensor<2>) {
    let device = tensor.device();
    *tensor = f(std::mem::replace(tensor, Tensor::empty([1, 1], &device)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Backend;

    fn values(table: &ItemTable) -> Vec<f32> {
        table.weights().into_data().try_to_vec().unwrap()
    }

    fn table(device: &Device) -> ItemTable {
        ItemTable::from_values("items", vec![0.5, -0.5, 1.0, 2.0, -1.0, 3.0], 2, device).unwrap()
    }

    /// Adam written as in the paper, one number at a time.
    fn by_hand(weights: &mut [f32], gradients: &[Vec<f32>], learning_rate: f64) {
        for (i, weight) in weights.iter_mut().enumerate() {
            let (mut m, mut v, mut w) = (0f64, 0f64, f64::from(*weight));
            for (t, gradient) in gradients.iter().enumerate() {
                let g = f64::from(gradient[i]);
                m = 0.9 * m + 0.1 * g;
                v = 0.999 * v + 0.001 * g * g;
                let (mc, vc) = (1.0 - 0.9f64.powi(t as i32 + 1), 1.0 - 0.999f64.powi(t as i32 + 1));
                w -= learning_rate * (m / mc) / ((v / vc).sqrt() + 1e-8);
            }
            *weight = w as f32;
        }
    }

    #[test]
    fn scope_all_is_adam_on_the_dense_table() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let mut table = table(&device);
            let mut adam = RowAdam::new(RowAdamConfig::default(), &table);
            let mut expected = values(&table);
            let first = Rows::distinct(&[&[1]], 2).unwrap();
            let second = Rows::distinct(&[&[2]], 2).unwrap();
            let gradient = || Tensor::<2>::from_data([[0.0, 0.0], [0.3, -0.2]], &device);
            adam.step(&mut table, &first, gradient(), 0.1);
            adam.step(&mut table, &second, gradient(), 0.1);
            let dense = [vec![0., 0., 0.3, -0.2, 0., 0.], vec![0., 0., 0., 0., 0.3, -0.2]];
            by_hand(&mut expected, &dense, 0.1);
            for (got, want) in values(&table).iter().zip(&expected) {
                assert!((got - want).abs() < 1e-5, "{got} {want}");
            }
        }
    }

    #[test]
    fn scope_touched_leaves_other_rows_alone() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let mut table = table(&device);
            let before = values(&table);
            let config = RowAdamConfig { scope: RowScope::Touched, ..Default::default() };
            let mut adam = RowAdam::new(config, &table);
            let rows = Rows::distinct(&[&[1]], 2).unwrap();
            let gradient = Tensor::<2>::from_data([[0.0, 0.0], [0.3, -0.2]], &device);
            adam.step(&mut table, &rows, gradient.clone(), 0.1);
            let moved = values(&table);
            adam.step(&mut table, &Rows::distinct(&[&[2]], 2).unwrap(), gradient, 0.1);
            let after = values(&table);
            assert_eq!(moved[4..], before[4..]);
            assert_eq!(after[2..4], moved[2..4], "an untouched row keeps its value");
            assert!((moved[2] - (before[2] - 0.1)).abs() < 1e-5, "the first step is lr * sign");
        }
    }

    #[test]
    fn a_restored_state_continues_with_the_same_bits() {
        let device = Backend::default().device().unwrap();
        let rows = Rows::distinct(&[&[1, 2]], 2).unwrap();
        let gradient = Tensor::<2>::from_data([[0.0, 0.0], [0.3, -0.2], [1.0, 0.7]], &device);
        let mut one = table(&device);
        let mut adam = RowAdam::new(RowAdamConfig::default(), &one);
        adam.step(&mut one, &rows, gradient.clone(), 0.01);
        let mut two = ItemTable::from_values("items", values(&one), 2, &device).unwrap();
        let mut restored = RowAdam::new(RowAdamConfig::default(), &two);
        restored.restore(adam.state()).unwrap();
        adam.step(&mut one, &rows, gradient.clone(), 0.01);
        restored.step(&mut two, &rows, gradient, 0.01);
        assert_eq!(values(&one), values(&two));
    }
}
