//! A code for the order of magnitude of a number.

use serde::{Deserialize, Serialize};

use super::encoded::{Codes, Encoded, MISSING};
use super::wrong_kind;
use crate::error::{Error, Result};
use crate::features::Field;

/// Buckets whose bounds grow by a constant factor.
///
/// Code 0 is missing, code 1 a number below `first` (negative ones too), code `1 + k` a number in
/// `[first * base^(k-1), first * base^k)`. The last bucket has no upper end. Nothing is learned.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogBuckets {
    /// Lower end of the second bucket, above 0. Default 1.
    pub first: f64,
    /// Factor between two bounds, above 1. Default 2.
    pub base: f64,
    /// Buckets, at least 2. Default 16.
    pub buckets: u32,
}

impl Default for LogBuckets {
    fn default() -> Self {
        Self { first: 1.0, base: 2.0, buckets: 16 }
    }
}

impl LogBuckets {
    pub(super) fn fit(&self, field: &Field) -> Result<Self> {
        field.numbers().ok_or_else(|| wrong_kind(field, "numbers"))?;
        let rule = |holds: bool, field, value: String, rule| {
            if holds { Ok(()) } else { Err(Error::Config { field, value, rule }) }
        };
        rule(self.first > 0.0 && self.first.is_finite(), "first", self.first.to_string(), "above 0, finite")?;
        rule(self.base > 1.0 && self.base.is_finite(), "base", self.base.to_string(), "above 1, finite")?;
        rule(self.buckets >= 2, "buckets", self.buckets.to_string(), "at least 2")?;
        let bounds = self.bounds();
        let distinct = bounds.windows(2).all(|pair| pair[0] < pair[1]);
        let reachable = bounds.last().is_some_and(|&last| last <= f64::from(f32::MAX));
        rule(
            distinct && reachable,
            "buckets",
            self.buckets.to_string(),
            "no bound may exceed the largest number, and no two may be equal",
        )?;
        Ok(*self)
    }

    /// Number of codes: missing, and one a bucket.
    #[must_use]
    pub fn cardinality(&self) -> usize {
        self.buckets as usize + 1
    }

    pub(super) fn encode(&self, field: &Field) -> Result<Encoded> {
        let numbers = field.numbers().ok_or_else(|| wrong_kind(field, "numbers"))?;
        let bounds = self.bounds();
        let code = |&value: &f32| match value.is_nan() {
            true => MISSING,
            false => 1 + bounds.partition_point(|&bound| bound <= f64::from(value)) as u32,
        };
        let codes = numbers.values().iter().map(code).collect();
        Ok(Encoded::Codes(Codes { codes, cardinality: self.cardinality() }))
    }

    /// Lower ends of all buckets but the first. Products, not powers: those are the same everywhere.
    fn bounds(&self) -> Vec<f64> {
        let bounds = std::iter::successors(Some(self.first), |bound| Some(bound * self.base));
        bounds.take(self.buckets as usize - 1).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Numbers;

    #[test]
    fn bounds_belong_to_the_upper_bucket() {
        let values = vec![f32::NAN, -3.0, 0.0, 0.99, 1.0, 9.99, 10.0, 99.0, 100.0, 1e9];
        let field = Field::new("x", Numbers::new(values).unwrap());
        let config = LogBuckets { first: 1.0, base: 10.0, buckets: 4 }.fit(&field).unwrap();
        let codes = vec![0, 1, 1, 1, 2, 2, 3, 3, 4, 4];
        assert_eq!(config.encode(&field).unwrap(), Encoded::Codes(Codes { codes, cardinality: 5 }));
    }

    #[test]
    fn settings_are_checked() {
        let field = Field::new("x", Numbers::new(vec![1.0]).unwrap());
        let base = LogBuckets::default();
        for config in [
            LogBuckets { first: 0.0, ..base },
            LogBuckets { base: 1.0, ..base },
            LogBuckets { base: f64::NAN, ..base },
            LogBuckets { buckets: 1, ..base },
            LogBuckets { buckets: 1_000, ..base },
            LogBuckets { base: 1.0 + f64::EPSILON, first: f64::MIN_POSITIVE / 4.0, ..base },
        ] {
            assert!(matches!(config.fit(&field), Err(Error::Config { .. })), "{config:?}");
        }
    }
}
