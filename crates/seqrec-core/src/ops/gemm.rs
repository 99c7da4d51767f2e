//! Products of matrices that lie in slices.

use gemm::Parallelism;

/// Products with fewer multiplications than this run on the calling thread.
const PARALLEL: usize = 1 << 21;

/// A view of a matrix in a slice.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

impl<'a> Matrix<'a> {
    /// `rows` rows of `cols` values, one after the other.
    pub fn new(values: &'a [f32], rows: usize, cols: usize) -> Self {
        Self::strided(values, rows, cols, cols)
    }

    /// `rows` rows of `cols` values that start `stride` values apart.
    ///
    /// # Panics
    ///
    /// If `values` is too short.
    pub fn strided(values: &'a [f32], rows: usize, cols: usize, stride: usize) -> Self {
        check(values.len(), rows, cols, stride);
        Self { values, rows, cols, row_stride: stride, col_stride: 1 }
    }

    /// The same values with rows and columns exchanged.
    pub fn t(self) -> Self {
        Self {
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
            ..self
        }
    }
}

/// A matrix that a product is written to.
#[derive(Debug)]
pub struct MatrixMut<'a> {
    values: &'a mut [f32],
    rows: usize,
    cols: usize,
    stride: usize,
}

impl<'a> MatrixMut<'a> {
    /// `rows` rows of `cols` values, one after the other.
    pub fn new(values: &'a mut [f32], rows: usize, cols: usize) -> Self {
        Self::strided(values, rows, cols, cols)
    }

    /// `rows` rows of `cols` values that start `stride` values apart.
    ///
    /// # Panics
    ///
    /// If `values` is too short.
    pub fn strided(values: &'a mut [f32], rows: usize, cols: usize, stride: usize) -> Self {
        check(values.len(), rows, cols, stride);
        Self { values, rows, cols, stride }
    }
}

fn check(len: usize, rows: usize, cols: usize, stride: usize) {
    assert!(cols <= stride || rows <= 1, "rows of {cols} values overlap at a stride of {stride}");
    let last = if rows == 0 || cols == 0 { 0 } else { (rows - 1) * stride + cols };
    assert!(last <= len, "{rows} rows of {cols} values, {stride} apart, do not fit in {len}");
}

/// `out = scale * a b`, or `out += scale * a b`, on the calling thread.
///
/// # Panics
///
/// If the sizes do not match.
pub fn multiply(out: MatrixMut<'_>, a: Matrix<'_>, b: Matrix<'_>, scale: f32, add: bool) {
    product(out, a, b, scale, add, Parallelism::None);
}

/// [`multiply`] on all threads, where the product is large enough.
///
/// Every number of the result is one sum in a fixed order, however many threads take part.
///
/// # Panics
///
/// If the sizes do not match.
pub fn par_multiply(out: MatrixMut<'_>, a: Matrix<'_>, b: Matrix<'_>, scale: f32, add: bool) {
    let parallelism = match out.rows * out.cols * a.cols >= PARALLEL {
        true => Parallelism::Rayon(0),
        false => Parallelism::None,
    };
    product(out, a, b, scale, add, parallelism);
}

#[allow(unsafe_code, reason = "the kernel takes pointers; the views have checked their lengths")]
fn product(
    out: MatrixMut<'_>,
    a: Matrix<'_>,
    b: Matrix<'_>,
    scale: f32,
    add: bool,
    parallelism: Parallelism,
) {
    let (m, n, k) = (out.rows, out.cols, a.cols);
    assert!(
        a.rows == m && b.cols == n && b.rows == k,
        "[{m}, {n}] = [{}, {k}] [{}, {}]",
        a.rows,
        b.rows,
        b.cols
    );
    let stride = |value: usize| isize::try_from(value).expect("a stride fits in a pointer offset");
    // SAFETY: `Matrix` and `MatrixMut` are only made by constructors that check that the last
    // value lies inside the slice, and the borrow of `out` is exclusive.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            out.values.as_mut_ptr(),
            1,
            stride(out.stride),
            add,
            a.values.as_ptr(),
            stride(a.col_stride),
            stride(a.row_stride),
            b.values.as_ptr(),
            stride(b.col_stride),
            stride(b.row_stride),
            1.0,
            scale,
            false,
            false,
            false,
            parallelism,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn naive(a: &[f32], b: &[f32], m: usize, n: usize, k: usize) -> Vec<f32> {
        let dot = |i: usize, j: usize| (0..k).map(|l| a[i * k + l] * b[l * n + j]).sum();
        (0..m * n).map(|index| dot(index / n, index % n)).collect()
    }

    #[test]
    fn equals_the_sum_of_products_for_every_layout() {
        let (m, n, k) = (7, 5, 11);
        let (a, b) = (testing::values(m * k), testing::values(k * n));
        let expected = naive(&a, &b, m, n, k);
        let transposed = |values: &[f32], rows: usize, cols: usize| -> Vec<f32> {
            (0..rows * cols).map(|i| values[i % rows * cols + i / rows]).collect()
        };
        let (at, bt) = (transposed(&a, m, k), transposed(&b, k, n));
        for (a, b) in [
            (Matrix::new(&a, m, k), Matrix::new(&b, k, n)),
            (Matrix::new(&at, k, m).t(), Matrix::new(&b, k, n)),
            (Matrix::new(&a, m, k), Matrix::new(&bt, n, k).t()),
        ] {
            let mut out = vec![1.0; m * n];
            multiply(MatrixMut::new(&mut out, m, n), a, b, 1.0, false);
            assert!(testing::max_difference(&out, &expected) < 1e-5);
            multiply(MatrixMut::new(&mut out, m, n), a, b, 2.0, true);
            let tripled: Vec<f32> = expected.iter().map(|value| 3.0 * value).collect();
            assert!(testing::max_difference(&out, &tripled) < 1e-5);
        }
    }

    #[test]
    fn strides_leave_the_columns_between_alone() {
        let (a, b) = (testing::values(6), testing::values(8));
        let mut out = [9.0; 3 * 10];
        multiply(
            MatrixMut::strided(&mut out[1..], 3, 4, 10),
            Matrix::new(&a, 3, 2),
            Matrix::new(&b, 2, 4),
            1.0,
            false,
        );
        let expected = naive(&a, &b, 3, 4, 2);
        for row in 0..3 {
            assert!(testing::max_difference(&out[row * 10 + 1..][..4], &expected[row * 4..][..4]) < 1e-6);
            assert!(out[row * 10] == 9.0 && out[row * 10 + 5..][..5] == [9.0; 5]);
        }
    }

    #[test]
    fn the_number_of_threads_changes_no_bit() {
        let (m, n, k) = (300, 70, 200);
        let (a, b) = (testing::values(m * k), testing::values(k * n));
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let mut out = vec![0.0; m * n];
            let view = MatrixMut::new(&mut out, m, n);
            pool.install(|| par_multiply(view, Matrix::new(&a, m, k), Matrix::new(&b, k, n), 1.0, false));
            out
        };
        assert_eq!(on(1), on(2));
        assert_eq!(on(1), on(3));
    }

    #[test]
    #[should_panic(expected = "do not fit")]
    fn a_slice_that_is_too_short_is_refused() {
        Matrix::new(&[0.0; 5], 2, 3);
    }
}
