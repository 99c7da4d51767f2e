//! The parts are those of the published files.

use serde::{Deserialize, Serialize};

use super::session_days::move_last_days;
use super::whole_sessions::hold_out;
use super::{Boundary, Numbering, Shuffle, Split, Unseen};
use crate::error::{Error, Result};
use crate::part::Part;
use crate::sequences::Sequences;

/// Sessions keep the part of the file that they came from ([`Sequences::parts`]).
///
/// Every event of a held-out session but its first is a target. Test sessions are the same with and
/// without `retrain`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Given {
    /// Which training sessions are for validation. Default: those of the files' own validation part;
    /// where there is none, a tenth of the training sessions.
    pub valid: Option<ValidFrom>,
    /// Whether validation sessions are trained on, for the final model; there is no validation
    /// then. Default: no.
    pub retrain: bool,
    /// Held-out events of items that are not in training. Default: dropped.
    pub unseen: Unseen,
    /// Order of item ids. Default: by training events.
    pub numbering: Numbering,
}

/// Training sessions that are cut off for validation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "lowercase", deny_unknown_fields)]
pub enum ValidFrom {
    /// A random share.
    Share {
        /// Share of the training sessions, above 0 and below 1; the number is rounded down.
        share: f64,
        /// Which ones: the first in this order.
        order: Shuffle,
    },
    /// Those that end in the last days of training.
    Days {
        /// Number of days.
        days: u32,
    },
}

impl Default for ValidFrom {
    fn default() -> Self {
        Self::Share { share: 0.1, order: Shuffle::ChaCha { seed: 0 } }
    }
}

impl Default for Given {
    fn default() -> Self {
        Self { valid: None, retrain: false, unseen: Unseen::Drop, numbering: Numbering::Train }
    }
}

impl Given {
    pub(super) fn apply(&self, sequences: Sequences) -> Result<(Sequences, Split)> {
        let missing = Error::NeedsColumn { what: "the split that the files give", column: "parts" };
        let mut parts: Vec<_> = sequences.parts().ok_or(missing)?.iter().copied().map(Some).collect();
        let published = parts.contains(&Some(Part::Valid));
        match self.valid {
            Some(valid) if published => {
                let value = format!("{valid:?}");
                let rule = "the files have a validation part of their own";
                return Err(Error::Config { field: "valid", value, rule });
            }
            _ if self.retrain => {
                let valid = parts.iter_mut().filter(|part| **part == Some(Part::Valid));
                valid.for_each(|part| *part = Some(Part::Train));
            }
            _ if published => {}
            valid => valid.unwrap_or_default().cut(&sequences, &mut parts)?,
        }
        let users = sequences.num_users();
        let (sequences, split) = hold_out(sequences, &parts, self.unseen, self.numbering)?;
        if !self.retrain && split.valid.is_empty() {
            return Err(Error::EmptyPart { part: "validation", users });
        }
        Ok((sequences, split))
    }
}

impl ValidFrom {
    /// Turns some of the training sessions into validation.
    fn cut(self, sequences: &Sequences, parts: &mut [Option<Part>]) -> Result<()> {
        match self {
            Self::Share { share, order } => {
                if !(share > 0.0 && share < 1.0) {
                    let rule = "must be above 0 and below 1";
                    return Err(Error::Config { field: "share", value: share.to_string(), rule });
                }
                let in_train = |user: &usize| parts[*user] == Some(Part::Train);
                let mut users: Vec<usize> = (0..parts.len()).filter(in_train).collect();
                order.apply(&mut users);
                users.truncate((share * users.len() as f64) as usize);
                users.into_iter().for_each(|user| parts[user] = Some(Part::Valid));
                Ok(())
            }
            Self::Days { days } => move_last_days(
                sequences,
                parts,
                days,
                Boundary::Later,
                Part::Valid,
                "valid = { from = \"days\" }",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{all_known, check, histories, unless_empty};
    use super::*;
    use proptest::prelude::*;

    fn sequences(parts: &[Part]) -> Sequences {
        let histories: Vec<Vec<u32>> = (0..parts.len() as u32).map(|user| vec![1 + user % 3, 9, 1]).collect();
        Sequences::from_histories(&histories, 9).and_then(|it| it.with_parts(parts.into())).unwrap()
    }

    #[test]
    fn what_the_files_say_is_not_cut_again() {
        let data = sequences(&[Part::Test, Part::Train, Part::Valid]);
        let (_, split) = Given::default().apply(data.clone()).unwrap();
        assert_eq!(split.train.iter().map(|span| span.user).collect::<Vec<_>>(), [1]);
        assert!(split.valid.iter().all(|case| case.user == 2));
        assert!(split.test.iter().all(|case| case.user == 0) && split.test.len() == 2);
        let (_, split) = Given { retrain: true, ..Given::default() }.apply(data.clone()).unwrap();
        assert_eq!((split.train.len(), split.valid.len(), split.test.len()), (2, 0, 2));
        let twice = Given { valid: Some(ValidFrom::default()), ..Given::default() };
        assert!(matches!(twice.apply(data), Err(Error::Config { field: "valid", .. })));
    }

    #[test]
    fn a_share_of_the_training_sessions_validates() {
        let mut parts = vec![Part::Train; 40];
        parts.extend([Part::Test; 10]);
        let data = sequences(&parts);
        let (_, split) = Given::default().apply(data.clone()).unwrap();
        assert_eq!((split.train.len(), split.valid.len(), split.test.len()), (36, 8, 20));
        let nothing = Given {
            valid: Some(ValidFrom::Share { share: 0.01, order: Shuffle::ChaCha { seed: 1 } }),
            ..Given::default()
        };
        assert!(matches!(nothing.apply(data.clone()), Err(Error::EmptyPart { part: "validation", .. })));
        let days = Given { valid: Some(ValidFrom::Days { days: 1 }), ..Given::default() };
        assert!(matches!(days.apply(data.clone()), Err(Error::NeedsColumn { column: "times", .. })));
        let times = (0..150).map(|event| event / 3 * 3_600).collect();
        let (_, split) = days.apply(data.with_times(times).unwrap()).unwrap();
        assert_eq!((split.train.len(), split.valid.len() / 2), (15, 25), "hours 15 to 39 of 0 to 39");
    }

    #[test]
    fn data_without_parts_is_refused() {
        let data = Sequences::from_histories(&[vec![1, 2]], 2).unwrap();
        assert!(matches!(Given::default().apply(data), Err(Error::NeedsColumn { column: "parts", .. })));
    }

    proptest! {
        #[test]
        fn held_out_sessions_stay_out_of_training(
            h in histories(),
            order in prop::collection::vec(0usize..4, 60),
            retrain: bool,
        ) {
            let choice = [Part::Train, Part::Train, Part::Valid, Part::Test];
            let parts: Vec<Part> = order.iter().take(h.len()).map(|&at| choice[at]).collect();
            let data = Sequences::from_histories(&h, 9).and_then(|it| it.with_parts(parts.clone())).unwrap();
            let applied = (Given { retrain, ..Given::default() }).apply(data.clone());
            let Some((after, split)) = unless_empty(applied) else { return Ok(()) };
            check(&after, &split);
            prop_assert!(all_known(&after, &split, &split.valid));
            prop_assert!(!retrain || all_known(&after, &split, &split.test));
            let part_of = |user: u32| parts[data.user_ids().code(after.user_ids().name(user).unwrap()).unwrap() as usize];
            for span in &split.train {
                prop_assert_ne!(part_of(span.user), Part::Test);
                prop_assert!(retrain || part_of(span.user) == Part::Train);
            }
            prop_assert!(split.test.iter().all(|case| part_of(case.user) == Part::Test));
        }
    }
}
