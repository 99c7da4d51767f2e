use burn::tensor::{Device, IndexingUpdateOp, Tensor, TensorData};

use super::TableConfig;
use crate::{
    CoreError, Result, Rng,
    batch::{Rows, ids_to_tensor},
    ops::gather,
};

/// A table with one row per item id (row 0 is padding), kept outside the model.
///
/// The table lives on a device without autodiff. [`leaf`](Self::leaf) copies the rows of a step
/// into a small tensor that gradients flow to.
#[derive(Clone, Debug)]
pub struct ItemTable {
    name: String,
    weights: Tensor<2>,
}

impl ItemTable {
    /// A fresh table `[items + 1, width]`.
    pub fn new(config: &TableConfig, items: usize, rng: &mut Rng, device: &Device) -> Self {
        let shape = [items + 1, config.width];
        let values = config.init.values(shape[0], shape[1], rng);
        let device = device.clone().inner();
        Self {
            name: config.name.clone(),
            weights: Tensor::from_data(TensorData::new(values, shape), &device),
        }
    }

    /// A table holding `weights`, row-major `[rows, width]`.
    ///
    /// # Errors
    ///
    /// [`CoreError::Weights`] if the length is no multiple of `width`.
    pub fn from_values(name: &str, weights: Vec<f32>, width: usize, device: &Device) -> Result<Self> {
        if width == 0 || !weights.len().is_multiple_of(width) {
            let message = format!("table `{name}`: {} values do not fill rows of {width}", weights.len());
            return Err(CoreError::Weights(message));
        }
        let shape = [weights.len() / width, width];
        let device = device.clone().inner();
        Ok(Self {
            name: name.to_owned(),
            weights: Tensor::from_data(TensorData::new(weights, shape), &device),
        })
    }

    /// Name in checkpoints.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Number of real items.
    pub fn items(&self) -> usize {
        self.weights.dims()[0] - 1
    }

    /// The whole table `[items + 1, width]`, outside autodiff.
    pub fn weights(&self) -> Tensor<2> {
        self.weights.clone()
    }

    /// Copies `rows` into a leaf `[rows, width]` that collects their gradient.
    pub fn leaf(&self, rows: &Rows) -> Tensor<2> {
        Tensor::from_inner(self.gather(rows)).require_grad()
    }

    /// Copies `rows`, `[rows, width]`, outside autodiff.
    pub fn gather(&self, rows: &Rows) -> Tensor<2> {
        select_rows(&self.weights, rows)
    }

    /// Replaces the values of `rows` by `values`, `[rows, width]`.
    pub fn assign(&mut self, rows: &Rows, values: Tensor<2>) {
        self.update(|weights| assign_rows(weights, rows, values));
    }

    /// Replaces the whole table by `f` of it; `f` gets the only handle and can work in place.
    pub fn update(&mut self, f: impl FnOnce(Tensor<2>) -> Tensor<2>) {
        let device = self.weights.device();
        let weights = std::mem::replace(&mut self.weights, Tensor::empty([1, 1], &device));
        self.weights = f(weights);
    }
}

/// `rows` of `table`.
pub(crate) fn select_rows(table: &Tensor<2>, rows: &Rows) -> Tensor<2> {
    match rows.is_all() {
        true => table.clone(),
        false => gather(table.clone(), rows.ids(), None),
    }
}

/// `table` with `rows` replaced by `values`.
pub(crate) fn assign_rows(table: Tensor<2>, rows: &Rows, values: Tensor<2>) -> Tensor<2> {
    if rows.is_all() {
        return values;
    }
    let index = ids_to_tensor(rows.ids(), &table.device());
    table.select_assign(0, index, values, IndexingUpdateOp::Assign)
}

/// `table` with `values` added to `rows`.
pub(crate) fn add_rows(table: Tensor<2>, rows: &Rows, values: Tensor<2>) -> Tensor<2> {
    if rows.is_all() {
        return table + values;
    }
    let index = ids_to_tensor(rows.ids(), &table.device());
    table.select_assign(0, index, values, IndexingUpdateOp::Add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Backend;

    #[test]
    fn a_step_sees_and_changes_only_its_rows() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let values = (0..8).map(|v| v as f32).collect();
            let mut table = ItemTable::from_values("items", values, 2, &device).unwrap();
            let rows = Rows::distinct(&[&[3, 1]], 3).unwrap();
            let leaf = table.leaf(&rows);
            let gradients = (leaf.clone() * leaf.clone()).sum().backward();
            let gradient = leaf.grad(&gradients).unwrap();
            assert_eq!(gradient.dims(), [3, 2]);
            table.assign(&rows, gradient);
            let after = table.weights().into_data().try_to_vec::<f32>().unwrap();
            assert_eq!(after, [0.0, 2.0, 4.0, 6.0, 4.0, 5.0, 12.0, 14.0]);
        }
    }
}
