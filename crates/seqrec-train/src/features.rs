//! From the item fields of data to the features that item encoders read.

use seqrec_core::items::{FeatureValues, ItemFeature};
use seqrec_data::{
    Field, FieldKind, Sequences, Split,
    encode::{Encoded, EncoderConfig, Standardize, Vocabulary},
};
use serde::{Deserialize, Serialize};

use crate::{Result, TrainError};

/// An item field that a model reads, and how it becomes numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureConfig {
    /// Name of the item field.
    pub field: String,
    /// Its encoder. Default: the vocabulary of the training items for categories and lists, mean 0 and
    /// standard deviation 1 for numbers.
    #[serde(default)]
    pub encoder: Option<EncoderConfig>,
}

/// Encodes the `selected` fields of `sequences`, in their order. What encoders learn, they learn from
/// the items that occur in training.
///
/// # Errors
///
/// [`TrainError::UnknownField`] for a field that the data lacks, [`TrainError::Data`] for an encoder
/// that does not fit the field.
///
/// ```
/// use seqrec_data::{CategoryLists, Field, LeaveOneOut, Sequences, SplitConfig};
/// use seqrec_train::features::{FeatureConfig, item_features};
///
/// let genres = CategoryLists::from_names([vec![], vec!["drama", "war"], vec![], vec!["drama"]])?;
/// let data = Sequences::from_histories(&[vec![1, 3, 3, 2]], 3)?.with_item_field(Field::new("genres", genres))?;
/// let (data, split) = SplitConfig::LeaveOneOut(LeaveOneOut::default()).apply(data)?;
/// let selected = [FeatureConfig { field: "genres".into(), encoder: None }];
/// let features = item_features(&data, &split, &selected)?;
/// assert_eq!((features[0].name(), features[0].rows()), ("genres", 4));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn item_features(
    sequences: &Sequences,
    split: &Split,
    selected: &[FeatureConfig],
) -> Result<Vec<ItemFeature>> {
    let train = split.train_items(sequences);
    let encode = |config: &FeatureConfig| {
        let field = sequences.item_field(&config.field).ok_or_else(|| unknown(&config.field, sequences))?;
        let encoder = config.encoder.unwrap_or_else(|| default_encoder(field));
        let encoded = encoder.fit(field, &train)?.encode(field)?;
        Ok(ItemFeature::new(field.name(), values(encoded))?)
    };
    selected.iter().map(encode).collect()
}

fn default_encoder(field: &Field) -> EncoderConfig {
    match field.kind() {
        FieldKind::Single | FieldKind::List => EncoderConfig::Vocabulary(Vocabulary::default()),
        FieldKind::Number => EncoderConfig::Standardize(Standardize::default()),
    }
}

fn values(encoded: Encoded) -> FeatureValues {
    match encoded {
        Encoded::Codes(codes) => FeatureValues::Codes { codes: codes.codes, cardinality: codes.cardinality },
        Encoded::Lists(lists) => FeatureValues::Lists {
            offsets: lists.offsets,
            codes: lists.codes,
            cardinality: lists.cardinality,
        },
        Encoded::Reals(reals) => FeatureValues::Numbers(reals.values),
    }
}

fn unknown(field: &str, sequences: &Sequences) -> TrainError {
    let names: Vec<&str> = sequences.item_fields().iter().map(Field::name).collect();
    let available = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    TrainError::UnknownField { field: field.to_owned(), available }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seqrec_data::{Categories, CategoryLists, Numbers, Span};

    fn world() -> (Sequences, Split) {
        let genres = CategoryLists::from_names([vec![], vec!["war", "drama"], vec!["drama"], vec!["rare"]]);
        let maker = Categories::from_names([None, Some("a"), None, Some("b")]);
        let price = Numbers::new(vec![f32::NAN, 1.0, 3.0, f32::NAN]);
        let sequences = Sequences::from_histories(&[vec![1, 2, 3]], 3)
            .and_then(|data| data.with_item_field(Field::new("genres", genres?)))
            .and_then(|data| data.with_item_field(Field::new("maker", maker?)))
            .and_then(|data| data.with_item_field(Field::new("price", price?)));
        let train = vec![Span { user: 0, start: 0, end: 2 }];
        (sequences.unwrap(), Split { train, ..Split::default() })
    }

    fn select(fields: &[&str]) -> Result<Vec<ItemFeature>> {
        let (sequences, split) = world();
        let config = |field: &&str| FeatureConfig { field: (*field).into(), encoder: None };
        item_features(&sequences, &split, &fields.iter().map(config).collect::<Vec<_>>())
    }

    #[test]
    fn every_kind_of_field_is_encoded_and_what_training_lacks_is_out_of_the_vocabulary() {
        let features = select(&["price", "genres", "maker"]).unwrap();
        assert_eq!(features.iter().map(ItemFeature::name).collect::<Vec<_>>(), ["price", "genres", "maker"]);
        assert_eq!(*features[0].values(), FeatureValues::Numbers(vec![0.0, -1.0, 1.0, 0.0]));
        // Drama is more frequent in training than war; the third item's genre is not there at all.
        let (offsets, codes) = (vec![0, 0, 2, 3, 4], vec![3, 2, 2, 1]);
        assert_eq!(*features[1].values(), FeatureValues::Lists { offsets, codes, cardinality: 4 });
        let codes = vec![0, 2, 0, 1];
        assert_eq!(*features[2].values(), FeatureValues::Codes { codes, cardinality: 3 });
    }

    #[test]
    fn an_unknown_field_lists_those_that_are_there() {
        let error = select(&["class"]).unwrap_err().to_string();
        assert!(error.contains("`class`") && error.contains("genres, maker, price"), "{error}");
    }
}
