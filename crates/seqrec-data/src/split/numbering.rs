//! The order of item ids under a split.

use serde::{Deserialize, Serialize};

use super::{Split, train_counts};
use crate::Sequences;
use crate::error::Result;

/// By which frequency items are numbered. Samplers that take a low id for a frequent item read the
/// numbers as statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Numbering {
    /// By all events, as the preparation left it: held-out events have a say (ComiRec).
    All,
    /// By training events alone; items without any come last. Ties keep their order.
    Train,
}

impl Numbering {
    /// Numbers the items of `sequences` under `split`, which stays valid.
    pub(super) fn apply(self, sequences: Sequences, split: &Split) -> Result<Sequences> {
        let items = 1..=sequences.num_items() as u32;
        self.order(sequences, split, items.collect())
    }

    /// The same, and items without events are dropped.
    pub(super) fn apply_to_present(self, sequences: Sequences, split: &Split) -> Result<Sequences> {
        let mut present = vec![false; sequences.num_items() + 1];
        sequences.items.iter().for_each(|&item| present[item as usize] = true);
        let items = 1..=sequences.num_items() as u32;
        self.order(sequences, split, items.filter(|&item| present[item as usize]).collect())
    }

    fn order(self, sequences: Sequences, split: &Split, mut items: Vec<u32>) -> Result<Sequences> {
        if self == Self::Train {
            let counts = train_counts(&sequences, split);
            items.sort_by_key(|&item| std::cmp::Reverse(counts[item as usize]));
        }
        sequences.renumber_items(&items)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Span;
    use super::*;

    #[test]
    fn held_out_events_have_no_say() {
        let sequences = || Sequences::from_histories(&[vec![2, 3, 1, 1, 1], vec![3, 5]], 5).unwrap();
        let split = Split {
            train: vec![Span { user: 0, start: 0, end: 2 }, Span { user: 1, start: 0, end: 1 }],
            ..Split::default()
        };
        let names = |sequences: &Sequences| {
            sequences.item_ids().iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>().join(" ")
        };
        let numbered = Numbering::Train.apply(sequences(), &split).unwrap();
        assert_eq!(names(&numbered), "3 2 1 4 5");
        assert_eq!(numbered.items(0), [2, 1, 3, 3, 3]);
        assert_eq!(Numbering::All.apply(sequences(), &split).unwrap(), sequences());
        let present = Numbering::Train.apply_to_present(sequences(), &split).unwrap();
        assert_eq!(names(&present), "3 2 1 5");
        let present = Numbering::All.apply_to_present(sequences(), &split).unwrap();
        assert_eq!(names(&present), "1 2 3 5");
    }
}
