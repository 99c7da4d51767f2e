//! A matrix laid out for products with one vector, or a few.

use std::sync::Arc;

/// Rows of a panel: too many for their loop to be unrolled, which would keep it from being vectorized.
pub const PANEL: usize = 256;

/// The rows of a matrix in panels of [`PANEL`], in each of which the rows stand side by side: a product
/// with a vector reads every number once, in order, and needs no sum across a register.
///
/// A number of the product is the sum over the columns, first to last, each multiplied and added in one
/// step. That is how [`multiply`](super::multiply) computes it in products that are not small, to the bit.
#[derive(Clone, Debug)]
pub struct Panels {
    /// `[panels, columns, PANEL]`, zeros below the last row.
    values: Arc<[f32]>,
    rows: usize,
    cols: usize,
}

impl Panels {
    /// Copies `values`, rows of `cols` numbers one after the other. `None` on a processor that does not
    /// multiply and add in one step, where sums would be others.
    ///
    /// # Panics
    ///
    /// If `cols` is 0.
    pub fn new(values: &[f32], cols: usize) -> Option<Self> {
        if !fuses() {
            return None;
        }
        let rows = values.len() / cols;
        let mut panels = vec![0.0; rows.div_ceil(PANEL) * PANEL * cols];
        for (panel, rows) in panels.chunks_exact_mut(PANEL * cols).zip(values.chunks(PANEL * cols)) {
            for (lane, row) in rows.chunks_exact(cols).enumerate() {
                let slots = panel[lane..].iter_mut().step_by(PANEL);
                slots.zip(row).for_each(|(slot, value)| *slot = *value);
            }
        }
        Some(Self { values: panels.into(), rows, cols })
    }

    /// Number of panels.
    pub fn count(&self) -> usize {
        self.rows.div_ceil(PANEL)
    }

    /// The rows that `panel` holds.
    pub fn rows(&self, panel: usize) -> std::ops::Range<usize> {
        panel * PANEL..self.rows.min((panel + 1) * PANEL)
    }

    /// Products of the rows of `panel` with `vector`, zeros after the last row.
    ///
    /// It is inlined, so that a caller that is compiled for wider vectors takes it along.
    #[inline(always)]
    pub fn multiply(&self, panel: usize, vector: &[f32]) -> [f32; PANEL] {
        let values = &self.values[panel * PANEL * self.cols..][..PANEL * self.cols];
        let mut sums = [0.0f32; PANEL];
        for (column, &factor) in values.as_chunks::<PANEL>().0.iter().zip(vector) {
            for (sum, value) in sums.iter_mut().zip(column) {
                *sum = value.mul_add(factor, *sum);
            }
        }
        sums
    }
}

/// Whether this processor multiplies and adds in one step.
fn fuses() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("fma");
    #[cfg(not(target_arch = "x86_64"))]
    return cfg!(target_arch = "aarch64");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ops::{Matrix, MatrixMut, multiply},
        testing,
    };

    #[test]
    fn products_have_the_bits_of_the_matrix_product() {
        for (rows, cols) in [(257, 64), (300, 5), (512, 130), (1_000, 1)] {
            let (values, vector) = (testing::values(rows * cols), testing::values(cols));
            let Some(panels) = Panels::new(&values, cols) else { return };
            // The matrix product of sixteen copies of the vector.
            let copies: Vec<f32> = vector.iter().flat_map(|value| [*value; 16]).collect();
            let mut expected = vec![0.0; rows * 16];
            let out = MatrixMut::new(&mut expected, rows, 16);
            multiply(out, Matrix::new(&values, rows, cols), Matrix::new(&copies, cols, 16), 1.0, false);
            for panel in 0..panels.count() {
                let (products, held) = (panels.multiply(panel, &vector), panels.rows(panel));
                for (product, row) in products.iter().zip(held.clone()) {
                    assert_eq!(*product, expected[16 * row], "row {row} of {rows} x {cols}");
                }
                assert!(products[held.len()..].iter().all(|product| *product == 0.0));
            }
        }
    }
}
