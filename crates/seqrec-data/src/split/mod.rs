//! Which events may be trained on, and which must be predicted.

mod config;
mod cut;
mod given;
mod groups;
mod leave_one_out;
mod left_out;
mod numbering;
mod session_days;
mod shuffle;
mod temporal;
mod train_rows;
mod user_ratio;
mod whole_sessions;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use config::SplitConfig;
pub use cut::Cut;
pub use given::{Given, ValidFrom};
pub(crate) use groups::warm_users;
pub use groups::{CaseGroup, case_groups};
pub use leave_one_out::LeaveOneOut;
pub use left_out::{LeftOut, LeftOutCounts};
pub use numbering::Numbering;
pub use session_days::{Boundary, SessionDays};
pub use shuffle::Shuffle;
pub(crate) use shuffle::below;
pub use temporal::{HeldOut, Temporal};
pub use user_ratio::UserRatio;
pub use whole_sessions::Unseen;

use crate::Sequences;

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
    /// What is neither trained on nor asked for.
    #[serde(default)]
    pub left_out: LeftOut,
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
    use crate::error::{Error, Result};
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

    /// What a protocol made of generated data, `None` where a part of it came out empty.
    pub(crate) fn unless_empty(result: Result<(Sequences, Split)>) -> Option<(Sequences, Split)> {
        match result {
            Err(Error::EmptyPart { .. }) => None,
            result => Some(result.unwrap()),
        }
    }

    /// Whether every item of `cases` occurs in training: what protocols that drop unseen items owe.
    pub(crate) fn all_known(sequences: &Sequences, split: &Split, cases: &[Case]) -> bool {
        let counts = train_counts(sequences, split);
        cases.iter().all(|case| sequences.items(case.user).iter().all(|&item| counts[item as usize] > 0))
    }

    #[test]
    fn counts_cover_training_spans_only() {
        let sequences = Sequences::from_histories(&[vec![1, 1, 2, 3], vec![3, 3, 1]], 4).unwrap();
        let split = Split { train: vec![Span { user: 0, start: 0, end: 3 }], ..Split::default() };
        assert_eq!(train_counts(&sequences, &split), [0, 2, 1, 0, 0]);
    }
}
