//! One checksum for everything a figure depends on.

use sha2::{Digest, Sha256};

use crate::features::{Field, FieldValues};
use crate::prepare::PrepareConfig;
use crate::sequences::Sequences;
use crate::split::{Split, SplitConfig};
use crate::vocabulary::Vocabulary;

/// SHA-256 in lower-case hex over ids, events, times, ratings, all fields, published parts, the split
/// and the settings. Titles are left out: no metric and no model reads them.
///
/// Every array is preceded by its label and length and written in little-endian order, so that
/// the value is the same on every machine.
#[must_use]
pub fn fingerprint(
    sequences: &Sequences,
    split: &Split,
    prepare: &PrepareConfig,
    split_config: &SplitConfig,
) -> String {
    let mut hash = Arrays::default();
    hash.vocabulary("users", &sequences.user_ids);
    hash.vocabulary("items", &sequences.item_ids);
    hash.numbers("offsets", sequences.offsets.iter().map(|&n| (n as u64).to_le_bytes()));
    hash.numbers("events", sequences.items.iter().map(|n| n.to_le_bytes()));
    if let Some(times) = &sequences.times {
        hash.numbers("times", times.iter().map(|n| n.to_le_bytes()));
    }
    if let Some(ratings) = &sequences.ratings {
        hash.numbers("ratings", ratings.iter().map(|n| n.to_le_bytes()));
    }
    for (of, fields) in [
        ("event field", sequences.event_fields()),
        ("item field", sequences.item_fields()),
        ("user field", sequences.user_fields()),
    ] {
        for field in fields {
            hash.text(of, field.name());
            hash.field(field);
        }
    }
    if let Some(parts) = &sequences.parts {
        hash.numbers("parts", parts.iter().map(|&part| [part as u8]));
    }
    let train = split.train.iter().flat_map(|s| [s.user as usize, s.start, s.end]);
    hash.numbers("train", train.map(|n| (n as u64).to_le_bytes()));
    for (label, cases) in [("valid", &split.valid), ("test", &split.test)] {
        let numbers = cases.iter().flat_map(|case| {
            let (history, targets) = (&case.history, &case.targets);
            [case.user as usize, history.start, history.end, targets.start, targets.end]
        });
        hash.numbers(label, numbers.map(|n| (n as u64).to_le_bytes()));
    }
    hash.text("prepare", &format!("{prepare:?}"));
    hash.text("split", &format!("{split_config:?}"));
    hash.finish()
}

/// Lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A checksum over labelled arrays.
#[derive(Default)]
pub(crate) struct Arrays(Sha256);

impl Arrays {
    /// The checksum in lower-case hex.
    pub(crate) fn finish(self) -> String {
        hex(&self.0.finalize())
    }

    pub(crate) fn text(&mut self, label: &str, text: &str) {
        self.numbers(label, std::iter::once(text.as_bytes()));
    }

    pub(crate) fn vocabulary(&mut self, label: &str, vocabulary: &Vocabulary) {
        self.names(label, vocabulary.len(), vocabulary.iter().map(|(name, _)| name));
    }

    pub(crate) fn field(&mut self, field: &Field) {
        match field.values() {
            FieldValues::Single(values) => {
                self.names("names", values.len(), values.names().iter().map(String::as_str));
                self.numbers("codes", values.codes().iter().map(|n| n.to_le_bytes()));
            }
            FieldValues::List(values) => {
                self.names("names", values.len(), values.names().iter().map(String::as_str));
                self.numbers("offsets", values.offsets().iter().map(|&n| (n as u64).to_le_bytes()));
                self.numbers("codes", values.codes().iter().map(|n| n.to_le_bytes()));
            }
            FieldValues::Number(values) => {
                self.numbers("numbers", values.values().iter().map(|n| n.to_le_bytes()));
            }
        }
    }

    pub(crate) fn names<'a>(&mut self, label: &str, count: usize, names: impl Iterator<Item = &'a str>) {
        self.0.update(label);
        self.0.update((count as u64).to_le_bytes());
        for name in names {
            self.0.update((name.len() as u64).to_le_bytes());
            self.0.update(name);
        }
    }

    pub(crate) fn numbers<B: AsRef<[u8]>>(&mut self, label: &str, values: impl Iterator<Item = B>) {
        let mut bytes = Vec::new();
        for value in values {
            bytes.extend_from_slice(value.as_ref());
        }
        self.0.update(label);
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(&bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Numbers;
    use crate::split::LeaveOneOut;

    fn of(sequences: &Sequences, prepare: &PrepareConfig) -> String {
        let config = SplitConfig::LeaveOneOut(LeaveOneOut::default());
        let (sequences, split) = config.apply(sequences.clone()).unwrap();
        fingerprint(&sequences, &split, prepare, &config)
    }

    #[test]
    fn depends_on_events_times_and_settings() {
        let plain = PrepareConfig::default();
        let sequences = Sequences::from_histories(&[vec![1, 2, 3]], 3).unwrap();
        let base = of(&sequences, &plain);
        assert_eq!(base.len(), 64);
        assert_eq!(base, of(&sequences.clone(), &plain));
        let other = Sequences::from_histories(&[vec![1, 3, 2]], 3).unwrap();
        assert_ne!(base, of(&other, &plain));
        let timed = sequences.clone().with_times(vec![1, 2, 3]).unwrap();
        assert_ne!(base, of(&timed, &plain));
        let price = |last| Field::new("price", Numbers::new(vec![f32::NAN, 1.0, 2.0, last]).unwrap());
        let priced = |last| of(&sequences.clone().with_item_field(price(last)).unwrap(), &plain);
        assert_ne!(base, priced(3.0));
        assert_ne!(priced(3.0), priced(f32::NAN));
        let strict = PrepareConfig { min_rating: Some(3.0), ..plain };
        assert_ne!(base, of(&sequences, &strict));
    }

    #[test]
    fn titles_do_not_matter() {
        let sequences = Sequences::from_histories(&[vec![1, 2, 3]], 3).unwrap();
        let titled = sequences.clone().with_titles(vec!["t".to_owned(); 3]).unwrap();
        let plain = PrepareConfig::default();
        assert_eq!(of(&sequences, &plain), of(&titled, &plain));
    }
}
