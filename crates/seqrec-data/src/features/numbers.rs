//! At most one number per row.

use crate::error::{Error, Result};

/// At most one finite number per row; NaN means "missing".
///
/// Two columns are equal when their numbers are and the same rows are missing.
#[derive(Debug, Clone)]
pub struct Numbers(Vec<f32>);

impl Numbers {
    /// Takes one value per row.
    ///
    /// # Errors
    /// [`Error::Config`] for an infinite value.
    pub fn new(mut values: Vec<f32>) -> Result<Self> {
        for value in &mut values {
            if value.is_infinite() {
                let rule = "a number is finite, or NaN where it is missing";
                return Err(Error::Config { field: "numbers", value: value.to_string(), rule });
            }
            if value.is_nan() {
                // One NaN for all, so that equal columns are equal to the bit.
                *value = f32::NAN;
            }
        }
        Ok(Self(values))
    }

    /// Value per row, NaN where it is missing.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.0
    }

    /// Value of a row, if it has one.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn of(&self, row: u32) -> Option<f32> {
        let value = self.0[row as usize];
        (!value.is_nan()).then_some(value)
    }

    /// `rows` rows, of which row `to` gets the number of row `from`, for each `(from, to)`.
    pub(crate) fn place(&self, rows: usize, moves: impl Iterator<Item = (usize, usize)>) -> Self {
        let mut values = vec![f32::NAN; rows];
        for (from, to) in moves {
            values[to] = self.0[from];
        }
        Self(values)
    }
}

impl PartialEq for Numbers {
    fn eq(&self, other: &Self) -> bool {
        self.0.iter().map(|value| value.to_bits()).eq(other.0.iter().map(|value| value.to_bits()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_values_are_equal_and_infinite_ones_refused() {
        let other_nan = f32::from_bits(f32::NAN.to_bits() | 1);
        let numbers = Numbers::new(vec![1.5, other_nan]).unwrap();
        assert_eq!(numbers, Numbers::new(vec![1.5, f32::NAN]).unwrap());
        assert_ne!(numbers, Numbers::new(vec![1.5, 0.0]).unwrap());
        assert_eq!((numbers.of(0), numbers.of(1)), (Some(1.5), None));
        assert!(Numbers::new(vec![f32::INFINITY]).is_err());
    }

    #[test]
    fn rows_that_nothing_is_placed_in_are_missing() {
        let numbers = Numbers::new(vec![1.0, 2.0]).unwrap().place(3, [(1, 0)].into_iter());
        assert_eq!(numbers, Numbers::new(vec![2.0, f32::NAN, f32::NAN]).unwrap());
    }
}
