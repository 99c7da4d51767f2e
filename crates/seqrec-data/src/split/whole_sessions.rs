//! What protocols that hold out whole sessions have in common.

use serde::{Deserialize, Serialize};

use super::{Case, LeftOutCounts, Numbering, Span, Split};
use crate::error::{Error, Result};
use crate::part::Part;
use crate::sequences::Sequences;

/// What happens to held-out events of items that are not in training.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unseen {
    /// They are removed, and then sessions with fewer than two events (GRU4Rec, SR-GNN).
    #[default]
    Drop,
    /// They stay, as questions that a model can hardly answer.
    Keep,
}

/// Gives every session the part that `parts` names, or drops it.
///
/// Training is every event of the training sessions. Held-out sessions ask for each event but their
/// first, given all that came before in the session. A validation session may only hold items of
/// the training sessions, a test session those of training or validation, which is the training
/// data of the final model. Items that occur nowhere any more are dropped.
pub(super) fn hold_out(
    sequences: Sequences,
    parts: &[Option<Part>],
    unseen: Unseen,
    numbering: Numbering,
) -> Result<(Sequences, Split)> {
    let users = sequences.num_users();
    let mut known = Known::new(&sequences, parts);
    if unseen == Unseen::Keep {
        known.everything();
    }
    let mut split = Split::default();
    let mut keep = Vec::with_capacity(sequences.num_events());
    let mut kept_parts = Vec::new();
    for (user, part) in (0u32..).zip(parts) {
        let items = sequences.items(user);
        let (known, left_out) = match part {
            Some(Part::Train) => {
                keep.resize(keep.len() + items.len(), true);
                kept_parts.push(Part::Train);
                continue;
            }
            Some(Part::Valid) => (&known.in_train, &mut split.left_out.valid),
            Some(Part::Test) => (&known.in_train_or_valid, &mut split.left_out.test),
            None => {
                keep.resize(keep.len() + items.len(), false);
                continue;
            }
        };
        let stays = session(items, known, left_out, &mut keep);
        kept_parts.extend(part.filter(|_| stays));
    }
    let sequences = sequences.retain_events(&keep)?;
    for (user, part) in (0u32..).zip(kept_parts) {
        let events = sequences.items(user).len();
        let cases = (1..events).map(|at| Case { user, history: 0..at, targets: at..at + 1 });
        match part {
            Part::Train => split.train.push(Span { user, start: 0, end: events }),
            Part::Valid => split.valid.extend(cases),
            Part::Test => split.test.extend(cases),
        }
    }
    for (part, empty) in [("train", split.train.is_empty()), ("test", split.test.is_empty())] {
        if empty {
            return Err(Error::EmptyPart { part, users });
        }
    }
    Ok((numbering.apply_to_present(sequences, &split)?, split))
}

/// Marks the events of a held-out session that stay; says whether any does.
fn session(items: &[u32], known: &[bool], left_out: &mut LeftOutCounts, keep: &mut Vec<bool>) -> bool {
    let first = keep.len();
    keep.extend(items.iter().map(|&item| known[item as usize]));
    let left = keep[first..].iter().filter(|&&kept| kept).count();
    left_out.unseen_items += items.len() - left;
    let stays = left >= 2;
    if !stays {
        left_out.short_sessions += 1;
        keep[first..].fill(false);
    }
    stays
}

/// Which items occur in which sessions, `[num_items + 1]`.
struct Known {
    in_train: Vec<bool>,
    in_train_or_valid: Vec<bool>,
}

impl Known {
    fn new(sequences: &Sequences, parts: &[Option<Part>]) -> Self {
        let none = vec![false; sequences.num_items() + 1];
        let mut known = Self { in_train: none.clone(), in_train_or_valid: none };
        for (user, part) in (0u32..).zip(parts) {
            for &item in sequences.items(user) {
                known.in_train[item as usize] |= *part == Some(Part::Train);
                known.in_train_or_valid[item as usize] |= matches!(part, Some(Part::Train | Part::Valid));
            }
        }
        known
    }

    fn everything(&mut self) {
        self.in_train.fill(true);
        self.in_train_or_valid.fill(true);
    }
}
