//! Leave-one-out: the last two events of each user are held out.

use serde::{Deserialize, Serialize};

use super::{Case, Numbering, Span, Split};
use crate::Sequences;
use crate::error::{Error, Result};

/// Last event = test, second last = validation, the rest = training.
///
/// The validation history is the training part; the test history also holds the validation
/// item. Users with fewer than `min_events` events are used for training only.
/// Since each user has a cut-off of its own, other users' training events may be later than a
/// test event: figures say nothing about deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LeaveOneOut {
    /// Fewest events with which a user is evaluated; at least 3. Default 3.
    pub min_events: usize,
    /// Order of item ids. Default: by all events.
    pub numbering: Numbering,
}

impl Default for LeaveOneOut {
    fn default() -> Self {
        Self { min_events: 3, numbering: Numbering::All }
    }
}

impl LeaveOneOut {
    pub(super) fn apply(&self, sequences: Sequences) -> Result<(Sequences, Split)> {
        let split = self.split(&sequences)?;
        Ok((self.numbering.apply(sequences, &split)?, split))
    }

    fn split(&self, sequences: &Sequences) -> Result<Split> {
        if self.min_events < 3 {
            return Err(Error::Config {
                field: "min_events",
                value: self.min_events.to_string(),
                rule: "training, validation and test need one event each, so at least 3",
            });
        }
        let mut split = Split::default();
        for user in 0..sequences.num_users() as u32 {
            let n = sequences.items(user).len();
            let held_out = if n >= self.min_events { 2 } else { 0 };
            let end = n - held_out;
            split.train.push(Span { user, start: 0, end });
            if held_out > 0 {
                split.valid.push(Case { user, history: 0..end, targets: end..end + 1 });
                split.test.push(Case { user, history: 0..end + 1, targets: end + 1..n });
            }
        }
        if split.test.is_empty() {
            return Err(Error::EmptyPart { part: "test", users: sequences.num_users() });
        }
        Ok(split)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, histories};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn short_users_only_train() {
        let sequences = Sequences::from_histories(&[vec![1, 2], vec![3, 4, 5], vec![6]], 6).unwrap();
        let split = LeaveOneOut::default().split(&sequences).unwrap();
        let ends: Vec<_> = split.train.iter().map(|s| (s.user, s.end)).collect();
        assert_eq!(ends, [(0, 2), (1, 1), (2, 1)]);
        assert_eq!(split.valid, [Case { user: 1, history: 0..1, targets: 1..2 }]);
        assert_eq!(split.test, [Case { user: 1, history: 0..2, targets: 2..3 }]);
    }

    #[test]
    fn no_user_long_enough_is_an_error() {
        let sequences = Sequences::from_histories(&[vec![1, 2], vec![1]], 2).unwrap();
        let error = LeaveOneOut::default().split(&sequences).unwrap_err();
        assert!(matches!(error, Error::EmptyPart { part: "test", users: 2 }));
    }

    #[test]
    fn min_events_below_three_is_refused() {
        let sequences = Sequences::from_histories(&[vec![1, 2, 3]], 3).unwrap();
        assert!(matches!(
            LeaveOneOut { min_events: 2, ..LeaveOneOut::default() }.split(&sequences),
            Err(Error::Config { field: "min_events", .. })
        ));
    }

    proptest! {
        #[test]
        fn every_event_has_one_role(h in histories(), min_events in 3usize..6) {
            let sequences = Sequences::from_histories(&h, 9).unwrap();
            let config = LeaveOneOut { min_events, numbering: Numbering::Train };
            let Ok((sequences, split)) = config.apply(sequences) else {
                prop_assert!(h.iter().all(|events| events.len() < min_events));
                return Ok(());
            };
            check(&sequences, &split);
            let trained: usize = split.train.iter().map(Span::len).sum();
            prop_assert_eq!(
                trained + split.valid.len() + split.test.len(),
                sequences.num_events()
            );
        }
    }
}
