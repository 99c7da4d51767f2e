//! Rows of a matrix by number.

use burn::tensor::Tensor;
use rayon::prelude::*;

use super::{
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
    rows::{ROWS, add_to},
};
use crate::batch::{floats_to_tensor, ids_to_tensor};

/// Rows `ids` of `table`; the gradient adds up where an id repeats, in the order of `ids`.
///
/// With `pad`, rows of that id come out as zero and get no gradient.
///
/// # Shapes
///
/// - `table`: `[n, d]`, `ids`: `[m]`
/// - output: `[m, d]`
///
/// # Panics
///
/// If an id is no row of the table.
pub fn gather(table: Tensor<2>, ids: &[u32], pad: Option<u32>) -> Tensor<2> {
    let [rows, _] = table.dims();
    assert!(ids.iter().all(|&id| (id as usize) < rows), "every id is a row");
    if runs_on(&table.device()) {
        return apply(vec![table.into()], Gather { ids: ids.to_vec(), pad });
    }
    let device = table.device();
    let rows = table.select(0, ids_to_tensor(ids, &device));
    match pad {
        Some(pad) => {
            let mask: Vec<f32> = ids.iter().map(|&id| f32::from(id != pad)).collect();
            rows * floats_to_tensor(&mask, &device).unsqueeze_dim(1)
        }
        None => rows,
    }
}

#[derive(Debug)]
struct Gather {
    ids: Vec<u32>,
    pad: Option<u32>,
}

impl HostFunction for Gather {
    fn forward(&self, arguments: &[Argument<'_>], _: bool) -> Computed {
        let d = arguments[0].width();
        let mut values = vec![0.0; self.ids.len() * d];
        values.par_chunks_mut(ROWS * d).zip(self.ids.par_chunks(ROWS)).for_each(|(values, ids)| {
            let rows = values.chunks_exact_mut(d).zip(ids);
            for (row, &id) in rows.filter(|(_, id)| Some(**id) != self.pad) {
                row.copy_from_slice(&arguments[0].values[id as usize * d..][..d]);
            }
        });
        Computed { shape: vec![self.ids.len(), d], values, saved: Vec::new() }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        let d = pass.arguments[0].width();
        let mut sums = vec![0.0; pass.arguments[0].values.len()];
        let rows = pass.gradient.chunks_exact(d).zip(&self.ids);
        for (gradient, &id) in rows.filter(|(_, id)| Some(**id) != self.pad) {
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
        for pad in [None, Some(0), Some(3)] {
            let ids = [3, 0, 3, 3, 1];
            check::agrees("gather", &[&[4, 3]], |inputs| gather(check::rank(&inputs[0]), &ids, pad));
        }
    }
}
