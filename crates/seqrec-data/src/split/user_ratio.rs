//! Split by users: most users train, the others are wholly unseen.

use serde::{Deserialize, Serialize};

use super::{Case, LeftOut, LeftOutCounts, Numbering, Shuffle, Span, Split};
use crate::Sequences;
use crate::error::{Error, Result};

/// Shuffles the users and cuts them at two shares (ComiRec, section 4.1: 8:1:1).
///
/// With `n` users the parts are `0..⌊train_cut·n⌋`, `..⌊valid_cut·n⌋` and the rest, in shuffled
/// order. An evaluation user with `m` events has the first `⌊history_share·m⌋` as history and
/// **all** the others as targets. Products are taken in `f64` and truncated, as in Python.
/// An evaluation user whose history or targets would be empty is left out and counted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UserRatio {
    /// End of the training users, as a share of all users. Default 0.8.
    pub train_cut: f64,
    /// End of the validation users, as a share of all users. Default 0.9.
    pub valid_cut: f64,
    /// Order of the users. Default: Python, seed 1230.
    pub order: Shuffle,
    /// Share of an evaluation user's events that is shown to the model. Default 0.8.
    pub history_share: f64,
    /// Order of item ids. Default: by all events.
    pub numbering: Numbering,
}

impl Default for UserRatio {
    fn default() -> Self {
        Self {
            train_cut: 0.8,
            valid_cut: 0.9,
            order: Shuffle::Python { seed: 1230 },
            history_share: 0.8,
            numbering: Numbering::All,
        }
    }
}

impl UserRatio {
    pub(super) fn apply(&self, sequences: Sequences) -> Result<(Sequences, Split)> {
        let split = self.split(&sequences)?;
        Ok((self.numbering.apply(sequences, &split)?, split))
    }

    fn split(&self, sequences: &Sequences) -> Result<Split> {
        self.check()?;
        let n = sequences.num_users();
        let mut users: Vec<u32> = (0..n as u32).collect();
        self.order.apply(&mut users);
        let train_end = (self.train_cut * n as f64) as usize;
        let valid_end = (self.valid_cut * n as f64) as usize;

        let train: Vec<Span> = users[..train_end]
            .iter()
            .map(|&user| Span { user, start: 0, end: sequences.items(user).len() })
            .collect();
        let valid = self.cases(sequences, &users[train_end..valid_end]);
        let test = self.cases(sequences, &users[valid_end..]);
        for (part, empty) in
            [("train", train.is_empty()), ("validation", valid.is_empty()), ("test", test.is_empty())]
        {
            if empty {
                return Err(Error::EmptyPart { part, users: n });
            }
        }
        let left_out = |asked: usize, users: usize| LeftOutCounts {
            without_history: users - asked,
            ..LeftOutCounts::default()
        };
        let left_out = LeftOut {
            valid: left_out(valid.len(), valid_end - train_end),
            test: left_out(test.len(), n - valid_end),
        };
        Ok(Split { train, valid, test, left_out })
    }

    fn cases(&self, sequences: &Sequences, users: &[u32]) -> Vec<Case> {
        users
            .iter()
            .filter_map(|&user| {
                let events = sequences.items(user).len();
                let k = (self.history_share * events as f64) as usize;
                (k > 0 && k < events).then_some(Case { user, history: 0..k, targets: k..events })
            })
            .collect()
    }

    fn check(&self) -> Result<()> {
        let share = |field, value: f64, low: f64| {
            if value > low && value < 1.0 {
                Ok(())
            } else {
                Err(Error::Config {
                    field,
                    value: value.to_string(),
                    rule: "0 < train_cut < valid_cut < 1 and 0 < history_share < 1",
                })
            }
        };
        share("train_cut", self.train_cut, 0.0)?;
        share("valid_cut", self.valid_cut, self.train_cut)?;
        share("history_share", self.history_share, 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, histories};
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    proptest! {
        #[test]
        fn users_are_disjoint_and_targets_unseen(h in histories(), seed in 0u64..1000) {
            let sequences = Sequences::from_histories(&h, 9).unwrap();
            let config = UserRatio { order: Shuffle::ChaCha { seed }, ..UserRatio::default() };
            let Ok(split) = config.split(&sequences) else {
                // Only possible when every user of a part has a single event.
                prop_assert!(h.iter().any(|events| events.len() == 1));
                return Ok(());
            };
            check(&sequences, &split);
            let mut seen = HashSet::new();
            let users = split.train.iter().map(|s| s.user)
                .chain(split.valid.iter().chain(&split.test).map(|c| c.user));
            for user in users {
                prop_assert!(seen.insert(user), "user in two parts");
            }
            for case in split.valid.iter().chain(&split.test) {
                let m = h[case.user as usize].len();
                prop_assert_eq!(case.history.clone(), 0..(0.8 * m as f64) as usize);
                prop_assert_eq!(case.targets.end, m);
            }
        }
    }

    #[test]
    fn single_event_users_train_but_are_not_asked() {
        let mut h = vec![vec![1, 2, 3]; 20];
        h.extend(vec![vec![1]; 20]);
        let sequences = Sequences::from_histories(&h, 3).unwrap();
        let split = UserRatio::default().split(&sequences).unwrap();
        assert_eq!(split.train.len(), 32);
        let left_out = split.left_out.valid.without_history + split.left_out.test.without_history;
        assert!(left_out > 0);
        assert_eq!(split.valid.len() + split.test.len(), 8 - left_out);
        assert!(split.valid.iter().all(|case| case.user < 20));
    }

    #[test]
    fn too_few_users_is_an_error() {
        let sequences = Sequences::from_histories(&[vec![1, 2, 3], vec![1, 2]], 3).unwrap();
        let error = UserRatio::default().split(&sequences).unwrap_err();
        assert!(matches!(error, Error::EmptyPart { part: "validation", users: 2 }), "{error}");
    }

    #[test]
    fn cuts_out_of_order_are_refused() {
        let sequences = Sequences::from_histories(&[vec![1, 2, 3]], 3).unwrap();
        for (train_cut, valid_cut, history_share) in
            [(0.9, 0.8, 0.8), (0.8, 1.0, 0.8), (0.8, 0.9, 0.0), (f64::NAN, 0.9, 0.8)]
        {
            let config = UserRatio { train_cut, valid_cut, history_share, ..UserRatio::default() };
            assert!(matches!(config.split(&sequences), Err(Error::Config { .. })));
        }
    }
}
