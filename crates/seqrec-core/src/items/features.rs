use crate::{CoreError, Result};

/// Code of an item without a value.
pub const MISSING: u32 = 0;

/// What is known of every item, as numbers that models read.
///
/// Row `i` belongs to item `i`, row 0 to padding, which has no value. Features do not change while a
/// model trains: an encoder keeps them, and looks up the items of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemFeature {
    name: String,
    values: FeatureValues,
}

/// The values of an [`ItemFeature`].
#[derive(Clone, Debug, PartialEq)]
pub enum FeatureValues {
    /// One code an item.
    Codes {
        /// Each below the cardinality, [`MISSING`] where there is no value, `[n + 1]`.
        codes: Vec<u32>,
        /// Number of codes, [`MISSING`] counted.
        cardinality: usize,
    },
    /// A list of codes an item, in compressed rows.
    Lists {
        /// Item `i` has the codes `offsets[i]..offsets[i + 1]`, `[n + 2]`.
        offsets: Vec<usize>,
        /// Each below the cardinality, none [`MISSING`].
        codes: Vec<u32>,
        /// Number of codes, [`MISSING`] counted.
        cardinality: usize,
    },
    /// A number an item, 0 where there is no value, `[n + 1]`.
    Numbers(Vec<f32>),
}

impl ItemFeature {
    /// A feature of this name.
    ///
    /// # Errors
    ///
    /// [`CoreError::Feature`] for a code that is not below the cardinality or [`MISSING`] in a list,
    /// offsets that are no compressed rows, a number that is not finite, or padding with a value.
    pub fn new(name: impl Into<String>, values: FeatureValues) -> Result<Self> {
        let name = name.into();
        match broken_rule(&values) {
            Some(rule) => Err(CoreError::Feature { name, rule: rule.into() }),
            None => Ok(Self { name, values }),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its values.
    pub fn values(&self) -> &FeatureValues {
        &self.values
    }

    /// Number of rows, padding included.
    pub fn rows(&self) -> usize {
        match &self.values {
            FeatureValues::Codes { codes, .. } => codes.len(),
            FeatureValues::Lists { offsets, .. } => offsets.len() - 1,
            FeatureValues::Numbers(values) => values.len(),
        }
    }
}

fn broken_rule(values: &FeatureValues) -> Option<&'static str> {
    let below = |codes: &[u32], cardinality: usize| codes.iter().all(|&code| (code as usize) < cardinality);
    match values {
        FeatureValues::Codes { codes, cardinality } => match codes.first() {
            _ if !below(codes, *cardinality) => Some("has a code beyond its cardinality"),
            Some(&MISSING) => None,
            _ => Some("must have row 0 for padding, without a value"),
        },
        FeatureValues::Lists { offsets, codes, cardinality } => {
            let ascending = offsets.windows(2).all(|pair| pair[0] <= pair[1]);
            match (offsets.first(), offsets.last()) {
                (Some(0), Some(&last)) if ascending && last == codes.len() && offsets.len() > 1 => {}
                _ => return Some("must have ascending offsets from 0 to the number of codes"),
            }
            if !below(codes, *cardinality) || codes.contains(&MISSING) {
                return Some("has a code that is missing or beyond its cardinality");
            }
            (offsets[1] != 0).then_some("must have row 0 for padding, without a value")
        }
        FeatureValues::Numbers(values) => match values.first() {
            _ if values.iter().any(|value| !value.is_finite()) => Some("has a number that is not finite"),
            Some(0.0) => None,
            _ => Some("must have row 0 for padding, without a value"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_features_are_refused_by_name() {
        let lists = |offsets: &[usize], codes: &[u32]| FeatureValues::Lists {
            offsets: offsets.to_vec(),
            codes: codes.to_vec(),
            cardinality: 3,
        };
        let codes = |codes: &[u32]| FeatureValues::Codes { codes: codes.to_vec(), cardinality: 3 };
        for broken in [
            codes(&[0, 3]),
            codes(&[1, 2]),
            codes(&[]),
            lists(&[0, 0, 1], &[3]),
            lists(&[0, 0, 1], &[MISSING]),
            lists(&[0, 1], &[1]),
            lists(&[0, 0, 2], &[1]),
            lists(&[0, 0, 2, 1], &[1]),
            lists(&[0], &[]),
            FeatureValues::Numbers(vec![0.0, f32::NAN]),
            FeatureValues::Numbers(vec![1.0]),
        ] {
            let error = ItemFeature::new("colour", broken.clone()).unwrap_err().to_string();
            assert!(error.contains("colour"), "{broken:?}: {error}");
        }
        for (fine, rows) in
            [(codes(&[0, 2]), 2), (lists(&[0, 0, 2, 2], &[1, 2]), 3), (FeatureValues::Numbers(vec![0.0]), 1)]
        {
            assert_eq!(ItemFeature::new("colour", fine).unwrap().rows(), rows);
        }
    }
}
