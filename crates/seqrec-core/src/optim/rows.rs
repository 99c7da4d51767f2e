use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::UpdateRule;
use crate::{
    CoreError, Result,
    backend::is_host,
    batch::Rows,
    items::{ItemTable, add_rows, assign_rows, select_rows},
    ops::{Stateful, StatefulSlices, Update, values},
};

/// Which rows one step changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowScope {
    /// All rows, with zero gradient where the batch has none: momentum keeps moving rows that the
    /// batch did not touch. This equals the rule on the dense table (and TensorFlow's Adam on sparse
    /// gradients); the cost grows with the catalogue.
    #[default]
    All,
    /// Only the rows of the batch; the others and their state stand still ("lazy" Adam, PyTorch's
    /// `SparseAdam`). The cost follows the batch.
    Touched,
}

/// An [`UpdateRule`] on the rows of an [`ItemTable`].
///
/// The bias correction of Adam counts steps of the optimizer, not of the row, in both scopes.
#[derive(Clone, Debug)]
pub struct RowOptimizer {
    rule: UpdateRule,
    scope: RowScope,
    first: Tensor<2>,
    second: Tensor<2>,
    step: u64,
}

/// State of a [`RowOptimizer`] on the host.
#[derive(Clone, Debug, PartialEq)]
pub struct RowState {
    /// First state, row-major as the table.
    pub first: Vec<f32>,
    /// Second state, row-major as the table.
    pub second: Vec<f32>,
    /// Steps taken.
    pub step: u64,
}

impl RowOptimizer {
    /// Zero state for `table`.
    pub fn new(rule: UpdateRule, scope: RowScope, table: &ItemTable) -> Self {
        let (shape, device) = (table.weights().dims(), table.weights().device());
        let zeros = || match is_host(&device) {
            // Zeros that the allocator hands out take no memory until they are written to.
            true => Tensor::from_data(TensorData::new(vec![0f32; shape[0] * shape[1]], shape), &device),
            false => Tensor::zeros(shape, &device),
        };
        Self { rule, scope, first: zeros(), second: zeros(), step: 0 }
    }

    /// Applies the gradient of `rows`, `[rows, width]`, to `table`.
    pub fn step(&mut self, table: &mut ItemTable, rows: &Rows, gradient: Tensor<2>, learning_rate: f64) {
        self.step += 1;
        let update = self.rule.at(self.step, learning_rate);
        let device = gradient.device();
        let take = |tensor: &mut Tensor<2>| std::mem::replace(tensor, Tensor::empty([1, 1], &device));
        let (first, second) = (take(&mut self.first), take(&mut self.second));
        let mut after = None;
        table.update(|weights| {
            let stateful = Stateful { weights, first, second };
            let Stateful { weights, first, second } = match (rows.is_all(), is_host(&device)) {
                (true, _) => update.apply(stateful, gradient),
                (false, true) => on_host(&update, self.scope, stateful, rows, gradient),
                (false, false) => on_device(&update, self.scope, stateful, rows, gradient),
            };
            after = Some((first, second));
            weights
        });
        (self.first, self.second) = after.expect("the update has run");
    }

    /// Copies the state to the host.
    pub fn state(&self) -> RowState {
        let values = |t: &Tensor<2>| t.to_data().try_to_vec::<f32>().expect("states are f32");
        RowState { first: values(&self.first), second: values(&self.second), step: self.step }
    }

    /// Restores a state taken by [`state`](Self::state).
    ///
    /// # Errors
    ///
    /// [`CoreError::OptimizerState`] if the sizes differ from the table's.
    pub fn restore(&mut self, state: RowState) -> Result<()> {
        let dims = self.first.dims();
        let expected = dims[0] * dims[1];
        if state.first.len() != expected || state.second.len() != expected {
            return Err(CoreError::OptimizerState(format!(
                "states of {} and {} values for a table of {expected}",
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

/// The step in tensor operations.
fn on_device(
    update: &Update,
    scope: RowScope,
    stateful: Stateful<2>,
    rows: &Rows,
    gradient: Tensor<2>,
) -> Stateful<2> {
    match scope {
        RowScope::All => {
            let dense = add_rows(stateful.weights.zeros_like(), rows, gradient);
            update.apply(stateful, dense)
        }
        RowScope::Touched => {
            let Stateful { weights, first, second } = stateful;
            let select = |tensor: &Tensor<2>| select_rows(tensor, rows);
            let touched =
                Stateful { weights: select(&weights), first: select(&first), second: select(&second) };
            let touched = update.apply(touched, gradient);
            Stateful {
                weights: assign_rows(weights, rows, touched.weights),
                first: assign_rows(first, rows, touched.first),
                second: assign_rows(second, rows, touched.second),
            }
        }
    }
}

/// The step in place.
fn on_host(
    update: &Update,
    scope: RowScope,
    stateful: Stateful<2>,
    rows: &Rows,
    gradient: Tensor<2>,
) -> Stateful<2> {
    let [_, width] = gradient.dims();
    let gradient = values(gradient);
    stateful.in_host_memory(|slices| match scope {
        RowScope::All => all_rows(update, slices, rows.ids(), &gradient, width),
        RowScope::Touched => touched_rows(update, slices, 0, rows.ids(), &gradient, width),
    })
}

/// Rows below which a thread works alone.
const ALONE: usize = 512;

/// Changes the rows `ids` (ascending) of `slices`, whose first row is `start`.
fn touched_rows(
    update: &Update,
    slices: StatefulSlices<'_>,
    start: usize,
    ids: &[u32],
    gradient: &[f32],
    width: usize,
) {
    if ids.len() > ALONE {
        let middle = ids.len() / 2;
        let at = ids[middle] as usize;
        let (left, right) = slices.split_at((at - start) * width);
        let (left_gradient, right_gradient) = gradient.split_at(middle * width);
        rayon::join(
            || touched_rows(update, left, start, &ids[..middle], left_gradient, width),
            || touched_rows(update, right, at, &ids[middle..], right_gradient, width),
        );
        return;
    }
    let StatefulSlices { weights, first, second } = slices;
    for (&id, gradient) in ids.iter().zip(gradient.chunks_exact(width)) {
        let row = (id as usize - start) * width..(id as usize + 1 - start) * width;
        let row = StatefulSlices {
            weights: &mut weights[row.clone()],
            first: &mut first[row.clone()],
            second: &mut second[row],
        };
        update.slices(row, gradient);
    }
}

/// Changes every row; those that are not among `ids` (ascending) have a gradient of zero.
fn all_rows(update: &Update, slices: StatefulSlices<'_>, ids: &[u32], gradient: &[f32], width: usize) {
    slices.chunks(ALONE * width).enumerate().for_each(|(block, slices)| {
        let (start, count) = (block * ALONE, slices.weights.len() / width);
        let mut dense = vec![0.0; count * width];
        let from = ids.partition_point(|&id| (id as usize) < start);
        for (&id, gradient) in ids[from..].iter().zip(gradient[from * width..].chunks_exact(width)) {
            let row = id as usize - start;
            if row >= count {
                break;
            }
            dense[row * width..][..width].copy_from_slice(gradient);
        }
        update.slices(slices, &dense);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, optim::Adagrad, testing};

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
            let mut adam = RowOptimizer::new(UpdateRule::default(), RowScope::All, &table);
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
            let mut adam = RowOptimizer::new(UpdateRule::default(), RowScope::Touched, &table);
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
        let mut adam = RowOptimizer::new(UpdateRule::default(), RowScope::All, &one);
        adam.step(&mut one, &rows, gradient.clone(), 0.01);
        let mut two = ItemTable::from_values("items", values(&one), 2, &device).unwrap();
        let mut restored = RowOptimizer::new(UpdateRule::default(), RowScope::All, &two);
        restored.restore(adam.state()).unwrap();
        adam.step(&mut one, &rows, gradient.clone(), 0.01);
        restored.step(&mut two, &rows, gradient, 0.01);
        assert_eq!(values(&one), values(&two));
    }

    #[test]
    fn in_place_and_by_tensor_operations_are_the_same() {
        let device = Backend::default().device().unwrap();
        let (items, width) = (2_000, 3);
        let touched: Vec<u32> = (0..items as u32).filter(|id| id % 3 == 1).collect();
        let rows = Rows::distinct(&[&touched], items).unwrap();
        let gradient = testing::tensor::<2>([rows.len(), width], &device);
        let state = || {
            let full = testing::tensor::<2>([items + 1, width], &device);
            let second = full.clone().square();
            Stateful { weights: full.clone(), first: full, second }
        };
        let rules = [UpdateRule::default(), UpdateRule::Adagrad(Adagrad { momentum: 0.2, epsilon: 1e-6 })];
        let cases = rules.iter().flat_map(|rule| [(rule, RowScope::All), (rule, RowScope::Touched)]);
        for (rule, scope) in cases {
            let update = rule.at(3, 0.01);
            let ours = on_host(&update, scope, state(), &rows, gradient.clone());
            let theirs = on_device(&update, scope, state(), &rows, gradient.clone());
            for (ours, theirs) in
                [(ours.weights, theirs.weights), (ours.first, theirs.first), (ours.second, theirs.second)]
            {
                let difference = (ours - theirs).abs().max().into_scalar::<f32>();
                assert!(difference < 1e-6, "{rule:?}, {scope:?}: {difference}");
            }
        }
    }
}
