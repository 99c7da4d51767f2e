//! Which events may be trained on, and which must be predicted.

mod leave_one_out;
mod shuffle;
mod train_rows;
mod user_ratio;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use leave_one_out::LeaveOneOut;
pub use shuffle::Shuffle;
pub use user_ratio::UserRatio;

use crate::Sequences;
use crate::error::Result;

/// Events `start..end` of one user, free to train on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// User index.
    pub user: u32,
    /// First event.
    pub start: usize,
    /// One past the last event.
    pub end: usize,
}

impl Span {
    /// The events as a range into the user's history.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Number of events.
    #[must_use]
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether it holds no event.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }
}

/// One question put to a model: given `history`, which are the `targets`?
///
/// Both ranges index the user's events, and every target is later than the whole history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// User index.
    pub user: u32,
    /// Events the model may see. Models cut it to their own length.
    pub history: Range<usize>,
    /// Events to be predicted.
    pub targets: Range<usize>,
}

/// The outcome of a protocol: what to train on, what to validate and test on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// Ranges for training.
    pub train: Vec<Span>,
    /// Cases for model selection.
    pub valid: Vec<Case>,
    /// Cases for the final figure.
    pub test: Vec<Case>,
}

/// An evaluation protocol and its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum SplitConfig {
    /// Whole users are held out (strong generalisation).
    UserRatio(UserRatio),
    /// The last events of every user are held out (weak generalisation).
    LeaveOneOut(LeaveOneOut),
}

impl SplitConfig {
    /// Splits `sequences`.
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config) for a value out of range,
    /// [`Error::EmptyPart`](crate::Error::EmptyPart) when a part would be empty.
    pub fn split(&self, sequences: &Sequences) -> Result<Split> {
        match self {
            Self::UserRatio(config) => config.split(sequences),
            Self::LeaveOneOut(config) => config.split(sequences),
        }
    }
}

/// Occurrences of each item in the training spans.
///
/// # Shapes
/// `[num_items + 1]`; the index is the item id, entry 0 (padding) is 0.
#[must_use]
pub fn train_counts(sequences: &Sequences, split: &Split) -> Vec<u64> {
    let mut counts = vec![0; sequences.num_items() + 1];
    for span in &split.train {
        for &item in &sequences.items(span.user)[span.range()] {
            counts[item as usize] += 1;
        }
    }
    counts
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    pub(crate) fn histories() -> impl Strategy<Value = Vec<Vec<u32>>> {
        prop::collection::vec(prop::collection::vec(1u32..=9, 1..12), 10..60)
    }

    /// Checks what every protocol owes: ranges inside the user's events, targets after the
    /// history, and no event that is both trained on and asked for.
    pub(crate) fn check(sequences: &Sequences, split: &Split) {
        let mut trained = HashSet::new();
        for span in &split.train {
            assert!(!span.is_empty());
            assert!(span.end <= sequences.items(span.user).len());
            for event in span.range() {
                assert!(trained.insert((span.user, event)), "event in two spans");
            }
        }
        let mut asked = HashSet::new();
        for case in split.valid.iter().chain(&split.test) {
            assert!(!case.history.is_empty() && !case.targets.is_empty());
            assert!(case.history.end <= case.targets.start);
            assert!(case.targets.end <= sequences.items(case.user).len());
            for event in case.targets.clone() {
                assert!(!trained.contains(&(case.user, event)), "held-out event in training");
                assert!(asked.insert((case.user, event)), "event asked for twice");
            }
        }
    }

    #[test]
    fn counts_cover_training_spans_only() {
        let sequences = Sequences::from_histories(&[vec![1, 1, 2, 3], vec![3, 3, 1]], 4).unwrap();
        let split = Split { train: vec![Span { user: 0, start: 0, end: 3 }], ..Split::default() };
        assert_eq!(train_counts(&sequences, &split), [0, 2, 1, 0, 0]);
    }

    #[test]
    fn config_reads_from_toml_with_defaults() {
        let config: SplitConfig = toml::from_str("kind = \"leave-one-out\"").unwrap();
        assert_eq!(config, SplitConfig::LeaveOneOut(LeaveOneOut { min_events: 3 }));
        let config: SplitConfig = toml::from_str("kind = \"user-ratio\"").unwrap();
        assert_eq!(config, SplitConfig::UserRatio(UserRatio::default()));
        assert!(toml::from_str::<SplitConfig>("kind = \"user-ratio\"\ntrian = 0.5").is_err());
    }
}
