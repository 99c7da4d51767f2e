//! Numbers with mean 0 and standard deviation 1 on training rows.

use serde::{Deserialize, Serialize};

use super::encoded::{Encoded, Reals};
use super::wrong_kind;
use crate::error::{Error, Result};
use crate::features::Field;

/// `(x - mean) / std`, with the mean and the population standard deviation of the training rows that
/// have a value. A missing value becomes 0, the mean.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Standardize {}

/// Mean and standard deviation of the training rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FittedStandardize {
    /// Mean.
    pub mean: f64,
    /// Population standard deviation, above 0.
    pub std: f64,
}

impl Standardize {
    pub(super) fn fit(self, field: &Field, train: &[bool]) -> Result<FittedStandardize> {
        let numbers = field.numbers().ok_or_else(|| wrong_kind(field, "numbers"))?;
        let rows = numbers.values().iter().zip(train).filter(|(value, train)| **train && !value.is_nan());
        let values: Vec<f64> = rows.map(|(&value, _)| f64::from(value)).collect();
        let fault = |reason: String| Error::Field { field: field.name().to_owned(), reason };
        let Some(&any) = values.first() else {
            return Err(fault("no training row has a value".to_owned()));
        };
        if values.iter().all(|&value| value == any) {
            return Err(fault(format!(
                "every value in training is {any}: there is no scale to standardise by"
            )));
        }
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
        Ok(FittedStandardize { mean, std: variance.sqrt() })
    }
}

impl FittedStandardize {
    pub(super) fn encode(&self, field: &Field) -> Result<Encoded> {
        let numbers = field.numbers().ok_or_else(|| wrong_kind(field, "numbers"))?;
        let value = |&value: &f32| match value.is_nan() {
            true => 0.0,
            false => ((f64::from(value) - self.mean) / self.std) as f32,
        };
        let values = numbers.values().iter().map(value).collect();
        Ok(Encoded::Reals(Reals { values, missing: field.missing() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Numbers;

    fn field(values: &[f32]) -> Field {
        Field::new("x", Numbers::new(values.to_vec()).unwrap())
    }

    #[test]
    fn training_rows_alone_count() {
        let field = field(&[2.0, 4.0, f32::NAN, 7.0]);
        let fitted = Standardize {}.fit(&field, &[true, true, true, false]).unwrap();
        assert_eq!((fitted.mean, fitted.std), (3.0, 1.0));
        let values = vec![-1.0, 1.0, 0.0, 4.0];
        assert_eq!(fitted.encode(&field).unwrap(), Encoded::Reals(Reals { values, missing: 1 }));
    }

    #[test]
    fn nothing_to_standardise_is_an_error() {
        let message = |values: &[f32]| {
            Standardize {}.fit(&field(values), &vec![true; values.len()]).unwrap_err().to_string()
        };
        assert!(message(&[3.0, 3.0]).contains("every value in training is 3"));
        assert!(message(&[f32::NAN]).contains("no training row has a value"));
    }
}
