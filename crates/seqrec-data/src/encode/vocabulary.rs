//! A code for each value that is frequent enough in training.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::encoded::{Encoded, check_categories, translate};
use super::wrong_kind;
use crate::error::{Error, Result};
use crate::features::{Field, FieldValues};

/// Code of a value that the vocabulary lacks.
pub const OUT_OF_VOCABULARY: u32 = 1;

const SPECIAL: usize = 2;

/// Codes by descending number of occurrences in training rows, ties by first appearance there.
///
/// Code 0 is missing, code 1 any other value ([`OUT_OF_VOCABULARY`]), the values follow from code 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Vocabulary {
    /// Fewest occurrences in training rows of a value with a code of its own. Default 1.
    pub min_count: u64,
    /// Most values with codes of their own. Default: no limit.
    pub max_size: Option<usize>,
    /// Values of a list that are kept, from its start. Default: all.
    pub max_length: Option<usize>,
}

impl Default for Vocabulary {
    fn default() -> Self {
        Self { min_count: 1, max_size: None, max_length: None }
    }
}

/// A vocabulary that has seen the training rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FittedVocabulary {
    values: Vec<String>,
    max_length: Option<usize>,
}

impl Vocabulary {
    pub(super) fn fit(&self, field: &Field, train: &[bool]) -> Result<FittedVocabulary> {
        check_categories(field, self.max_length)?;
        if self.min_count == 0 {
            let rule = "at least 1: a value that training lacks is out of the vocabulary";
            return Err(Error::Config { field: "min_count", value: "0".to_owned(), rule });
        }
        let names = match field.values() {
            FieldValues::Single(values) => values.names(),
            FieldValues::List(values) => values.names(),
            FieldValues::Number(_) => return Err(wrong_kind(field, "categories or lists of them")),
        };
        let mut counts = vec![0u64; names.len() + 1];
        let mut seen = Vec::new();
        for row in (0..field.rows()).filter(|&row| train[row]) {
            for &code in codes(field, row).iter().filter(|&&code| code != 0) {
                if counts[code as usize] == 0 {
                    seen.push(code);
                }
                counts[code as usize] += 1;
            }
        }
        seen.retain(|&code| counts[code as usize] >= self.min_count);
        seen.sort_by_key(|&code| Reverse(counts[code as usize]));
        seen.truncate(self.max_size.unwrap_or(usize::MAX));
        let values = seen.iter().map(|&code| names[code as usize - 1].clone()).collect();
        Ok(FittedVocabulary { values, max_length: self.max_length })
    }
}

fn codes(field: &Field, row: usize) -> &[u32] {
    match field.values() {
        FieldValues::Single(values) => &values.codes()[row..=row],
        FieldValues::List(values) => &values.codes()[values.offsets()[row]..values.offsets()[row + 1]],
        FieldValues::Number(_) => &[],
    }
}

impl FittedVocabulary {
    /// Values with codes of their own: the first has code 2.
    #[must_use]
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// Number of codes: missing, out of vocabulary, and one a value.
    #[must_use]
    pub fn cardinality(&self) -> usize {
        self.values.len() + SPECIAL
    }

    pub(super) fn encode(&self, field: &Field) -> Result<Encoded> {
        let codes: HashMap<&str, u32> =
            self.values.iter().map(String::as_str).zip(OUT_OF_VOCABULARY + 1..).collect();
        let code = |name: &str| codes.get(name).copied().unwrap_or(OUT_OF_VOCABULARY);
        translate(field, self.max_length, self.cardinality(), code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::{Codes, Lists};
    use crate::features::{Categories, CategoryLists, Numbers};

    fn field() -> Field {
        let values = [Some("z"), Some("b"), Some("a"), Some("b"), None, Some("a"), Some("c")];
        Field::new("x", Categories::from_names(values).unwrap())
    }

    #[test]
    fn frequent_values_come_first_and_ties_by_appearance_in_training() {
        let config = Vocabulary::default();
        let train = [false, true, true, true, true, true, true];
        let fitted = config.fit(&field(), &train).unwrap();
        assert_eq!(fitted.values(), ["b", "a", "c"]);
        let encoded = fitted.encode(&field()).unwrap();
        let codes = vec![1, 2, 3, 2, 0, 3, 4];
        assert_eq!(encoded, Encoded::Codes(Codes { codes, cardinality: 5 }));
        let fitted = Vocabulary { min_count: 2, max_size: Some(1), ..config }.fit(&field(), &train).unwrap();
        assert_eq!((fitted.values(), fitted.cardinality()), (&["b".to_owned()][..], 3));
    }

    #[test]
    fn lists_are_cut_at_their_end() {
        let lists = CategoryLists::from_names([vec!["a", "b", "b"], vec![], vec!["c"]]).unwrap();
        let field = Field::new("x", lists);
        let config = Vocabulary { max_length: Some(2), ..Vocabulary::default() };
        let fitted = config.fit(&field, &[true, true, false]).unwrap();
        let expected = Lists { offsets: vec![0, 2, 2, 3], codes: vec![3, 2, 1], cardinality: 4 };
        assert_eq!(fitted.encode(&field).unwrap(), Encoded::Lists(expected));
    }

    #[test]
    fn settings_are_checked() {
        let all = [true; 7];
        assert!(Vocabulary { min_count: 0, ..Vocabulary::default() }.fit(&field(), &all).is_err());
        assert!(Vocabulary { max_length: Some(3), ..Vocabulary::default() }.fit(&field(), &all).is_err());
        let numbers = Field::new("n", Numbers::new(vec![1.0]).unwrap());
        assert!(matches!(Vocabulary::default().fit(&numbers, &[true]), Err(Error::Field { .. })));
    }
}
