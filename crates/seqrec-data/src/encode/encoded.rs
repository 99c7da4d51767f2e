//! Plain arrays for models.

use super::wrong_kind;
use crate::error::{Error, Result};
use crate::features::{Field, FieldValues};

/// Code of a row without a value, and of padding in lists.
pub const MISSING: u32 = 0;

/// An encoded field.
#[derive(Debug, Clone, PartialEq)]
pub enum Encoded {
    /// One code a row.
    Codes(Codes),
    /// A list of codes a row.
    Lists(Lists),
    /// One number a row.
    Reals(Reals),
}

/// One code a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codes {
    /// Codes `[rows]`, each below the cardinality; [`MISSING`] where there is no value.
    pub codes: Vec<u32>,
    /// Number of codes.
    pub cardinality: usize,
}

/// A list of codes a row, in compressed rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lists {
    /// Row `i` has the codes `offsets[i]..offsets[i + 1]`; `[rows + 1]`.
    pub offsets: Vec<usize>,
    /// Codes of all rows, each below the cardinality and none [`MISSING`].
    pub codes: Vec<u32>,
    /// Number of codes, [`MISSING`] counted.
    pub cardinality: usize,
}

/// One number a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Reals {
    /// Numbers `[rows]`, all finite.
    pub values: Vec<f32>,
    /// Rows without a value, which are 0 in `values`.
    pub missing: usize,
}

/// Checks that a list, and only a list, has a greatest length.
pub(super) fn check_categories(field: &Field, max_length: Option<usize>) -> Result<()> {
    match (field.values(), max_length) {
        (FieldValues::Number(_), _) => Err(wrong_kind(field, "categories or lists of them")),
        (FieldValues::Single(_), Some(_)) => Err(Error::Field {
            field: field.name().to_owned(),
            reason: "`max_length` is for lists".to_owned(),
        }),
        (FieldValues::List(_), Some(0)) => {
            Err(Error::Config { field: "max_length", value: "0".to_owned(), rule: "at least 1" })
        }
        _ => Ok(()),
    }
}

/// Translates categories by their names. Lists keep their first `max_length` values.
pub(super) fn translate(
    field: &Field,
    max_length: Option<usize>,
    cardinality: usize,
    code: impl FnMut(&str) -> u32,
) -> Result<Encoded> {
    let table = |names: &[String]| -> Vec<u32> {
        std::iter::once(MISSING).chain(names.iter().map(String::as_str).map(code)).collect()
    };
    match field.values() {
        FieldValues::Single(values) => {
            let table = table(values.names());
            let codes = values.codes().iter().map(|&code| table[code as usize]).collect();
            Ok(Encoded::Codes(Codes { codes, cardinality }))
        }
        FieldValues::List(values) => {
            let table = table(values.names());
            let (mut offsets, mut codes) = (vec![0], Vec::new());
            for bounds in values.offsets().windows(2) {
                let own = &values.codes()[bounds[0]..bounds[1]];
                let length = max_length.map_or(own.len(), |most| own.len().min(most));
                codes.extend(own[..length].iter().map(|&code| table[code as usize]));
                offsets.push(codes.len());
            }
            Ok(Encoded::Lists(Lists { offsets, codes, cardinality }))
        }
        FieldValues::Number(_) => Err(wrong_kind(field, "categories or lists of them")),
    }
}
