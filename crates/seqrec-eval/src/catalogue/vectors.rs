//! Vectors that describe the items.

use crate::{Error, Result};

/// One vector for each item, kept at length 1.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemVectors {
    dim: usize,
    unit: Vec<f32>,
}

impl ItemVectors {
    /// From a table `[rows, dim]` in row-major order; row 0 belongs to the padding.
    ///
    /// # Errors
    /// [`Error::Vectors`] if `dim` is 0, the values fill no whole number of rows, or one of them
    /// is not finite.
    pub fn new(dim: usize, values: Vec<f32>) -> Result<Self> {
        let whole = dim > 0 && values.len().is_multiple_of(dim);
        if !whole || values.iter().any(|value| !value.is_finite()) {
            return Err(Error::Vectors { dim, got: values.len() });
        }
        let mut unit = values;
        for row in unit.chunks_exact_mut(dim) {
            let square: f64 = row.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
            if square > 0.0 {
                let norm = square.sqrt();
                row.iter_mut().for_each(|x| *x = (f64::from(*x) / norm) as f32);
            }
        }
        Ok(Self { dim, unit })
    }

    /// Cosine of the vectors of two items; 0 if one of them is the zero vector.
    ///
    /// # Panics
    /// If an id is beyond the catalogue.
    pub fn cosine(&self, a: u32, b: u32) -> f64 {
        let pairs = self.row(a).iter().zip(self.row(b));
        pairs.map(|(&x, &y)| f64::from(x) * f64::from(y)).sum()
    }

    pub(super) fn rows(&self) -> usize {
        self.unit.len() / self.dim
    }

    fn row(&self, item: u32) -> &[f32] {
        let start = item as usize * self.dim;
        &self.unit[start..start + self.dim]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cosine_ignores_lengths_and_keeps_the_zero_vector() {
        let vectors = ItemVectors::new(2, vec![0.0, 0.0, 3.0, 4.0, 30.0, 40.0, -4.0, 3.0]).unwrap();
        assert!((vectors.cosine(1, 2) - 1.0).abs() < 1e-6);
        assert!(vectors.cosine(1, 3).abs() < 1e-6);
        assert_eq!(vectors.cosine(0, 1), 0.0);
    }

    #[test]
    fn tables_of_no_whole_finite_rows_are_refused() {
        assert!(ItemVectors::new(0, vec![]).is_err());
        assert!(ItemVectors::new(2, vec![1.0; 3]).is_err());
        assert!(ItemVectors::new(1, vec![f32::NAN]).is_err());
    }
}
