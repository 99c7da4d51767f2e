//! What every encoder owes: codes in range, and nothing learned from what is held out.

use proptest::prelude::*;
use seqrec_data::encode::{
    Encoded, Encoder, EncoderConfig, Hash, LogBuckets, MISSING, Standardize, Vocabulary,
};
use seqrec_data::{
    Categories, CategoryLists, Field, FieldValues, LeaveOneOut, Numbers, Sequences, Split, SplitConfig,
    UserRatio,
};

/// Values of one row, of which every kind of field takes what it can.
type Row = Vec<u8>;

fn fields(rows: &[Row]) -> [Field; 3] {
    let text: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|value| format!("v{value}")).collect()).collect();
    let single = text.iter().map(|row| row.first().map(String::as_str));
    let lists = text.iter().map(|row| row.iter().map(String::as_str));
    let numbers = rows.iter().map(|row| row.first().map_or(f32::NAN, |&value| f32::from(value) - 3.0));
    [
        FieldValues::from(Categories::from_names(single).unwrap()),
        CategoryLists::from_names(lists).unwrap().into(),
        Numbers::new(numbers.collect()).unwrap().into(),
    ]
    .map(|values| Field::new("x", values))
}

/// Every encoder with the position of the field that it reads.
fn encoders() -> Vec<(usize, EncoderConfig)> {
    let some = Vocabulary { min_count: 2, max_size: Some(4), max_length: None };
    let short = Vocabulary { max_length: Some(2), ..Vocabulary::default() };
    let hash = Hash { buckets: 5, ..Hash::default() };
    vec![
        (0, EncoderConfig::Vocabulary(Vocabulary::default())),
        (0, EncoderConfig::Vocabulary(some)),
        (1, EncoderConfig::Vocabulary(short)),
        (0, EncoderConfig::Hash(hash)),
        (1, EncoderConfig::Hash(hash)),
        (2, EncoderConfig::LogBuckets(LogBuckets { buckets: 3, ..LogBuckets::default() })),
        (2, EncoderConfig::Standardize(Standardize {})),
    ]
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec(prop::collection::vec(0u8..9, 0..4), 30)
}

fn check_range(encoder: &Encoder, encoded: &Encoded, field: &Field) {
    let below = |codes: &[u32]| codes.iter().all(|&code| (code as usize) < encoder.cardinality().unwrap());
    match encoded {
        Encoded::Codes(found) => {
            assert!(below(&found.codes));
            assert_eq!(Some(found.cardinality), encoder.cardinality());
            assert_eq!(found.codes.iter().filter(|&&code| code == MISSING).count(), field.missing());
        }
        Encoded::Lists(found) => {
            assert!(below(&found.codes) && !found.codes.contains(&MISSING));
            assert_eq!(found.offsets.len(), field.rows() + 1);
            assert_eq!(found.offsets.windows(2).filter(|pair| pair[0] == pair[1]).count(), field.missing());
        }
        Encoded::Reals(found) => {
            assert!(found.values.iter().all(|value| value.is_finite()));
            assert_eq!((found.values.len(), found.missing), (field.rows(), field.missing()));
        }
    }
}

/// Histories with 30 events of 10 users; items 1 to 10.
fn sequences(items: &[u32]) -> Sequences {
    let histories: Vec<&[u32]> = items.chunks(3).collect();
    Sequences::from_histories(&histories, 29).unwrap()
}

fn splits(sequences: &Sequences) -> [Split; 2] {
    [SplitConfig::LeaveOneOut(LeaveOneOut::default()), SplitConfig::UserRatio(UserRatio::default())]
        .map(|config| config.apply(sequences.clone()).unwrap().1)
}

proptest! {
    #[test]
    fn held_out_rows_change_no_parameter(
        before in rows(),
        other in rows(),
        items in prop::collection::vec(1u32..=29, 30),
    ) {
        let sequences = sequences(&items);
        for split in splits(&sequences) {
            for train in [split.train_events(&sequences), split.train_items(&sequences)] {
                prop_assert!(train.contains(&true) && train.contains(&false));
                let after: Vec<Row> = (0..30)
                    .map(|row| if train[row] { before[row].clone() } else { other[row].clone() })
                    .collect();
                for (at, config) in encoders() {
                    let fit = |rows: &[Row]| config.fit(&fields(rows)[at], &train);
                    match (fit(&before), fit(&after)) {
                        (Ok(before), Ok(after)) => prop_assert_eq!(before, after),
                        (before, after) => prop_assert_eq!(
                            before.map_err(|error| error.to_string()),
                            after.map_err(|error| error.to_string())
                        ),
                    }
                }
            }
        }
    }

    #[test]
    fn codes_are_below_the_cardinality(
        rows in rows(),
        train in prop::collection::vec(any::<bool>(), 30),
    ) {
        for (at, config) in encoders() {
            let field = &fields(&rows)[at];
            if let Ok(encoder) = config.fit(field, &train) {
                let encoded = encoder.encode(field).unwrap();
                check_range(&encoder, &encoded, field);
                let json = serde_json::to_string(&encoder).unwrap();
                let again: Encoder = serde_json::from_str(&json).unwrap();
                prop_assert_eq!(again.encode(field).unwrap(), encoded);
            }
        }
    }
}

#[test]
fn settings_read_from_toml_with_defaults() {
    let config = |text: &str| toml::from_str::<EncoderConfig>(text);
    for (text, expected) in [
        ("kind = \"vocabulary\"", EncoderConfig::Vocabulary(Vocabulary::default())),
        ("kind = \"hash\"", EncoderConfig::Hash(Hash::default())),
        ("kind = \"log-buckets\"", EncoderConfig::LogBuckets(LogBuckets::default())),
        ("kind = \"standardize\"", EncoderConfig::Standardize(Standardize {})),
    ] {
        assert_eq!(config(text).unwrap(), expected);
        assert!(config(&format!("{text}\nbukets = 3")).is_err(), "{text}");
    }
}

#[test]
fn encoders_keep_to_their_field() {
    let [single, list, _] = fields(&vec![vec![1]; 3]);
    let config = EncoderConfig::Hash(Hash::default());
    assert!(config.fit(&single, &[true]).is_err(), "one entry a row");
    let encoder = config.fit(&single, &[true; 3]).unwrap();
    assert!(encoder.encode(&list).is_err());
    let renamed = Field::new("y", single.single().unwrap().clone());
    assert!(encoder.encode(&renamed).unwrap_err().to_string().contains("\"y\""));
    assert!(encoder.encode(&single).is_ok());
}
