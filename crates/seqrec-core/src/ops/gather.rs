//! Rows of a matrix by number.

use burn::tensor::Tensor;
use rayon::prelude::*;

use super::{
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
    rows::{ROWS, add_to},
};
use crate::batch::ids_to_tensor;

/// Rows `ids` of `table`; the gradient adds up where an id repeats, in the order of `ids`.
///
/// # Shapes
///
/// - `table`: `[n, d]`, `ids`: `[m]`
/// - output: `[m, d]`
///
/// # Panics
///
/// If an id is no row of the table.
pub fn gather(table: Tensor<2>, ids: &[u32]) -> Tensor<2> {
    let [rows, _] = table.dims();
    assert!(ids.iter().all(|&id| (id as usize) < rows), "every id is a row");
    if runs_on(&table.device()) {
        return apply(vec![table.into()], Gather { ids: ids.to_vec() });
    }
    let index = ids_to_tensor(ids, &table.device());
    table.select(0, index)
}

#[derive(Debug)]
struct Gather {
    ids: Vec<u32>,
}

impl HostFunction for Gather {
    fn forward(&self, arguments: &[Argument<'_>], _: bool) -> Computed {
        let d = arguments[0].width();
        let mut values = vec![0.0; self.ids.len() * d];
        values.par_chunks_mut(ROWS * d).zip(self.ids.par_chunks(ROWS)).for_each(|(values, ids)| {
            for (row, &id) in values.chunks_exact_mut(d).zip(ids) {
                row.copy_from_slice(&arguments[0].values[id as usize * d..][..d]);
            }
        });
        Computed { shape: vec![self.ids.len(), d], values, saved: Vec::new() }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        let d = pass.arguments[0].width();
        let mut sums = vec![0.0; pass.arguments[0].values.len()];
        for (gradient, &id) in pass.gradient.chunks_exact(d).zip(&self.ids) {
            add_to(&mut sums[id as usize * d..][..d], gradient);
        }
        vec![sums]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::check;

    #[test]
    fn agrees_with_primitive_operations_and_finite_differences() {
        check::agrees("gather", &[&[4, 3]], |inputs| gather(check::rank(&inputs[0]), &[3, 0, 3, 3, 1]));
    }
}
