//! From fields to the numbers that models read. What is estimated is estimated on training rows.
//!
//! | field | encoder | result |
//! |---|---|---|
//! | category, list | [`Vocabulary`] | a code for each value frequent enough in training, one for all others |
//! | category, list | [`struct@Hash`] | a code of a fixed number of buckets, for fields without bound |
//! | number | [`LogBuckets`] | a code for its order of magnitude |
//! | number | [`Standardize`] | the number with mean 0 and standard deviation 1 |
//!
//! Code 0 is "missing" everywhere, so that a table of embeddings has one row for it, which models
//! keep at zero. [`Split::train_events`](crate::Split::train_events), `train_items` and `train_users`
//! say which rows are training rows.
//!
//! ```
//! use seqrec_data::encode::{Encoded, EncoderConfig};
//! use seqrec_data::{Categories, Field, LeaveOneOut, Sequences, SplitConfig};
//!
//! let brand = Categories::from_names([None, Some("acme"), Some("zed"), Some("acme")])?;
//! let sequences = Sequences::from_histories(&[vec![1, 3, 3, 2]], 3)?
//!     .with_item_field(Field::new("brand", brand))?;
//! let (sequences, split) = SplitConfig::LeaveOneOut(LeaveOneOut::default()).apply(sequences)?;
//!
//! let config: EncoderConfig = toml::from_str("kind = \"vocabulary\"").unwrap();
//! let field = sequences.item_field("brand").unwrap();
//! let encoder = config.fit(field, &split.train_items(&sequences))?;
//! let Encoded::Codes(brands) = encoder.encode(field)? else { unreachable!() };
//! assert_eq!(brands.codes, [0, 2, 1, 2]); // padding, acme, unknown in training, acme
//! assert_eq!(brands.cardinality, 3);
//! # Ok::<(), seqrec_data::Error>(())
//! ```

mod encoded;
mod hash;
mod log_buckets;
mod standardize;
mod vocabulary;

use serde::{Deserialize, Serialize};

pub use encoded::{Codes, Encoded, Lists, MISSING, Reals};
pub use hash::Hash;
pub use log_buckets::LogBuckets;
pub use standardize::{FittedStandardize, Standardize};
pub use vocabulary::{FittedVocabulary, OUT_OF_VOCABULARY, Vocabulary};

use crate::error::{Error, Result};
use crate::features::{Field, FieldKind};

/// How a field is encoded; the part of a recipe about one field.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum EncoderConfig {
    /// A code for each value that training knows.
    Vocabulary(Vocabulary),
    /// A code of a fixed number of buckets.
    Hash(Hash),
    /// A code for a number's order of magnitude.
    LogBuckets(LogBuckets),
    /// A number with mean 0 and standard deviation 1.
    Standardize(Standardize),
}

/// An encoder that has seen the training rows. Survives serialisation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Encoder {
    field: String,
    of: FieldKind,
    fitted: Fitted,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Fitted {
    Vocabulary(FittedVocabulary),
    Hash(Hash),
    LogBuckets(LogBuckets),
    Standardize(FittedStandardize),
}

impl EncoderConfig {
    /// Fits the encoder on the rows of `field` that `train` marks, `[rows]`. It reads no other row.
    ///
    /// # Errors
    /// [`Error::Config`] for a value out of range, [`Error::Length`] unless `train` has an entry per
    /// row, [`Error::Field`] for a field of another kind or without what there is to learn.
    pub fn fit(&self, field: &Field, train: &[bool]) -> Result<Encoder> {
        if train.len() != field.rows() {
            return Err(Error::Length { what: "training rows", found: train.len(), expected: field.rows() });
        }
        let fitted = match self {
            Self::Vocabulary(config) => Fitted::Vocabulary(config.fit(field, train)?),
            Self::Hash(config) => Fitted::Hash(config.fit(field)?),
            Self::LogBuckets(config) => Fitted::LogBuckets(config.fit(field)?),
            Self::Standardize(config) => Fitted::Standardize(config.fit(field, train)?),
        };
        Ok(Encoder { field: field.name().to_owned(), of: field.kind(), fitted })
    }
}

impl Encoder {
    /// Name of the field it was fitted on.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Number of codes: a table of embeddings has so many rows. `None` if the result is a number.
    #[must_use]
    pub fn cardinality(&self) -> Option<usize> {
        match &self.fitted {
            Fitted::Vocabulary(fitted) => Some(fitted.cardinality()),
            Fitted::Hash(fitted) => Some(fitted.cardinality()),
            Fitted::LogBuckets(fitted) => Some(fitted.cardinality()),
            Fitted::Standardize(_) => None,
        }
    }

    /// Encodes every row of a field, which may have other rows than the one it was fitted on.
    ///
    /// # Errors
    /// [`Error::Field`] for a field of another name or kind.
    pub fn encode(&self, field: &Field) -> Result<Encoded> {
        if field.name() != self.field || field.kind() != self.of {
            let reason = format!("the encoder was fitted on {:?}, which is {:?}", self.field, self.of);
            return Err(Error::Field { field: field.name().to_owned(), reason });
        }
        match &self.fitted {
            Fitted::Vocabulary(fitted) => fitted.encode(field),
            Fitted::Hash(fitted) => fitted.encode(field),
            Fitted::LogBuckets(fitted) => fitted.encode(field),
            Fitted::Standardize(fitted) => fitted.encode(field),
        }
    }
}

/// The error of an encoder that reads another kind of field.
fn wrong_kind(field: &Field, wanted: &str) -> Error {
    Error::Field { field: field.name().to_owned(), reason: format!("the encoder reads {wanted}") }
}
