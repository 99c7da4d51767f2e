//! Product of a sparse matrix of constants and a dense one.

use std::sync::Arc;

use burn::tensor::{IndexingUpdateOp, Tensor};

use super::{
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
    rows::add_scaled,
    vector::vectorized,
};
use crate::batch::{floats_to_tensor, ids_to_tensor};

/// A sparse matrix, row by row: the columns that hold a value, and the values.
#[derive(Clone, Debug, PartialEq)]
pub struct SparseMatrix {
    starts: Arc<[usize]>,
    columns: Arc<[u32]>,
    values: Arc<[f32]>,
    width: usize,
}

impl SparseMatrix {
    /// A matrix of `width` columns with these (column, value) entries in each row.
    ///
    /// # Panics
    ///
    /// If a column is not below `width`.
    pub fn new<R: IntoIterator<Item = (u32, f32)>>(rows: impl IntoIterator<Item = R>, width: usize) -> Self {
        let (mut starts, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
        for row in rows {
            for (column, value) in row {
                assert!((column as usize) < width, "column {column} of {width}");
                columns.push(column);
                values.push(value);
            }
            starts.push(columns.len());
        }
        Self { starts: starts.into(), columns: columns.into(), values: values.into(), width }
    }

    /// Rows and columns.
    pub fn dims(&self) -> [usize; 2] {
        [self.starts.len() - 1, self.width]
    }

    /// The (column, value) entries of `row`.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (u32, f32)> + '_ {
        let entries = self.starts[row]..self.starts[row + 1];
        self.columns[entries.clone()].iter().copied().zip(self.values[entries].iter().copied())
    }

    /// Calls `f` with row, column and value of every entry, row by row.
    #[inline(always)]
    fn for_each(&self, mut f: impl FnMut(usize, usize, f32)) {
        for (row, entries) in self.starts.windows(2).enumerate() {
            for entry in entries[0]..entries[1] {
                f(row, self.columns[entry] as usize, self.values[entry]);
            }
        }
    }
}

/// `A x` for a sparse `A`, which gets no gradient.
///
/// # Shapes
///
/// - `matrix`: `[m, n]`, `x`: `[n, d]`
/// - output: `[m, d]`
///
/// # Panics
///
/// If the sizes do not match.
pub fn sparse_multiply(matrix: &SparseMatrix, x: Tensor<2>) -> Tensor<2> {
    let ([rows, width], [n, d]) = (matrix.dims(), x.dims());
    assert_eq!(width, n, "the matrix has a column for each row");
    let device = x.device();
    if matrix.columns.is_empty() {
        return Tensor::zeros([rows, d], &device);
    }
    if runs_on(&device) {
        return apply(vec![x.into()], SparseProduct { matrix: matrix.clone() });
    }
    let of_row = |(row, entries): (usize, &[usize])| std::iter::repeat_n(row as u32, entries[1] - entries[0]);
    let targets: Vec<u32> = matrix.starts.windows(2).enumerate().flat_map(of_row).collect();
    let terms = x.select(0, ids_to_tensor(&matrix.columns, &device))
        * floats_to_tensor(&matrix.values, &device).unsqueeze_dim(1);
    let targets = ids_to_tensor(&targets, &device);
    Tensor::zeros([rows, d], &device).select_assign(0, targets, terms, IndexingUpdateOp::Add)
}

#[derive(Debug)]
struct SparseProduct {
    matrix: SparseMatrix,
}

impl HostFunction for SparseProduct {
    fn forward(&self, arguments: &[Argument<'_>], _: bool) -> Computed {
        let (x, d) = (arguments[0].values, arguments[0].width());
        let [rows, _] = self.matrix.dims();
        let mut values = vec![0.0; rows * d];
        vectorized!(self.matrix.for_each(
            #[inline(always)]
            |row, column, value| add_scaled(&mut values[row * d..][..d], value, &x[column * d..][..d])
        ));
        Computed { shape: vec![rows, d], values, saved: Vec::new() }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        let (x, gradient) = (pass.arguments[0], &pass.gradient);
        let d = x.width();
        let mut dx = vec![0.0; x.values.len()];
        vectorized!(self.matrix.for_each(
            #[inline(always)]
            |row, column, value| add_scaled(&mut dx[column * d..][..d], value, &gradient[row * d..][..d])
        ));
        vec![dx]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::check;

    #[test]
    fn agrees_with_primitive_operations_and_finite_differences() {
        let rows = [vec![(1, 0.5), (2, -2.0)], vec![], vec![(1, 1.0), (1, 3.0)], vec![(0, 0.25)]];
        let matrix = SparseMatrix::new(rows, 4);
        check::agrees("sparse product", &[&[4, 3]], |inputs| {
            sparse_multiply(&matrix, check::rank(&inputs[0]))
        });
    }

    #[test]
    fn a_matrix_without_entries_gives_zeros() {
        for device in check::devices() {
            let x = crate::testing::tensor::<2>([2, 3], &device);
            let product = sparse_multiply(&SparseMatrix::new([vec![], vec![], vec![]], 2), x);
            assert_eq!(product.into_data().try_to_vec::<f32>().unwrap(), [0.0; 9]);
        }
    }
}
