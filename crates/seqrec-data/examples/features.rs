//! Encodes every field of a data set on disk, or of a small shop, as models read it.
//!
//! ```text
//! cargo run -p seqrec-data --example features
//! cargo run -p seqrec-data --example features -- ml-100k path/to/ml-100k
//! cargo run -p seqrec-data --example features -- my-set.toml path/to/my-set
//! ```

use seqrec_data::encode::{Encoded, EncoderConfig, Standardize, Vocabulary};
use seqrec_data::{
    Categories, CategoryLists, Field, FieldKind, LeaveOneOut, Manifest, Numbers, PrepareConfig, Result,
    Sequences, SplitConfig, dwell, load, tokens,
};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let sequences = match &arguments[..] {
        [manifest, folder] => {
            let own = manifest.ends_with(".toml");
            let manifest = if own { Manifest::from_path(manifest) } else { Manifest::builtin(manifest) }?;
            load(&manifest, folder)?.prepare(&PrepareConfig::default())?
        }
        _ => shop()?,
    };
    let (mut sequences, split) = SplitConfig::LeaveOneOut(LeaveOneOut::default()).apply(sequences)?;
    if sequences.time_unit().is_some() {
        let dwell = dwell(&sequences, &split)?;
        sequences = sequences.with_event_field(dwell)?;
    }
    for (fields, of, train) in [
        (sequences.event_fields(), "event", split.train_events(&sequences)),
        (sequences.item_fields(), "item", split.train_items(&sequences)),
        (sequences.user_fields(), "user", split.train_users(&sequences)),
    ] {
        for field in fields {
            println!("{of:<6} {:<14} {}", field.name(), describe(field, &train)?);
        }
    }
    Ok(())
}

fn describe(field: &Field, train: &[bool]) -> Result<String> {
    let config = match field.kind() {
        FieldKind::Single => EncoderConfig::Vocabulary(Vocabulary::default()),
        FieldKind::List => {
            EncoderConfig::Vocabulary(Vocabulary { max_length: Some(8), ..Vocabulary::default() })
        }
        FieldKind::Number => EncoderConfig::Standardize(Standardize {}),
    };
    Ok(match config.fit(field, train)?.encode(field)? {
        Encoded::Codes(found) => {
            format!("{} codes: {:?} ...", found.cardinality, &found.codes[..found.codes.len().min(8)])
        }
        Encoded::Lists(found) => {
            let rows = found.offsets.windows(2).take(4);
            let rows: Vec<&[u32]> = rows.map(|at| &found.codes[at[0]..at[1]]).collect();
            format!("{} codes: {rows:?} ...", found.cardinality)
        }
        Encoded::Reals(found) => {
            let values = &found.values[..found.values.len().min(4)];
            format!("{} missing: {values:.2?} ...", found.missing)
        }
    })
}

/// Three users and four items.
fn shop() -> Result<Sequences> {
    let names = ["", "Green tea", "Black tea", "Ham", "Smoked ham"];
    let words: Vec<Vec<String>> = names.iter().map(|name| tokens(name).collect()).collect();
    let words = CategoryLists::from_names(words.iter().map(|words| words.iter().map(String::as_str)))?;
    let aisle = Categories::from_names([None, Some("drinks"), Some("drinks"), Some("meat"), Some("meat")])?;
    let price = Numbers::new(vec![f32::NAN, 2.5, 2.0, 9.0, f32::NAN])?;
    let city = Categories::from_names([Some("Oslo"), None, Some("Rome")])?;
    Sequences::from_histories(&[vec![1, 2, 1, 3], vec![3, 4, 3], vec![2, 1, 4, 2]], 4)?
        .with_times(vec![0, 20, 500, 510, 3, 4, 9, 10, 70, 71, 80])?
        .with_item_field(Field::new("aisle", aisle))?
        .with_item_field(Field::new("price", price))?
        .with_item_field(Field::new("words", words))?
        .with_user_field(Field::new("city", city))
}
