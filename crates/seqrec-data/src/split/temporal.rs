//! Two points in time for all users: the split that resembles deployment.

use serde::{Deserialize, Serialize};

use super::{Case, Cut, LeftOutCounts, Numbering, Span, Split};
use crate::error::{Error, Result};
use crate::sequences::Sequences;

/// Training is every event before `valid_from`, validation what follows, test what happens at
/// `test_from` or later, whoever the user is.
///
/// The history of a case is all events of the user strictly before its target, held-out ones
/// included: a deployed system would know them, though its model was trained before. A held-out
/// event without any event before cannot be asked for; such events are counted in
/// [`Split::left_out`](super::Split::left_out).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Temporal {
    /// First time of validation. Default: the 0.8 quantile of all event times.
    pub valid_from: Cut,
    /// First time of the test. Default: the 0.9 quantile.
    pub test_from: Cut,
    /// Which held-out events are asked for. Default: every one.
    pub cases: HeldOut,
    /// Order of item ids. Default: by training events.
    pub numbering: Numbering,
}

/// Which of a user's held-out events are targets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeldOut {
    /// Every one, a case each: users count by their events.
    #[default]
    EveryEvent,
    /// The first one of each part: every user counts once.
    FirstEvent,
}

impl Default for Temporal {
    fn default() -> Self {
        Self {
            valid_from: Cut::Quantile(0.8),
            test_from: Cut::Quantile(0.9),
            cases: HeldOut::EveryEvent,
            numbering: Numbering::Train,
        }
    }
}

impl Temporal {
    /// The two times, in the unit of the sequences.
    fn times(&self, sequences: &Sequences) -> Result<[i64; 2]> {
        let missing = Error::NeedsColumn { what: "the temporal split", column: "times" };
        let times = sequences.times.as_deref().ok_or(missing)?;
        Cut::two(self.valid_from, self.test_from, times)
    }

    pub(super) fn apply(&self, sequences: Sequences) -> Result<(Sequences, Split)> {
        let cuts = self.times(&sequences)?;
        let mut split = Split::default();
        for user in 0..sequences.num_users() as u32 {
            let times = sequences.times(user).unwrap_or_default();
            let [valid, test] = cuts.map(|cut| times.partition_point(|&time| time < cut));
            if valid > 0 {
                split.train.push(Span { user, start: 0, end: valid });
            }
            self.ask(user, times, valid..test, &mut split.valid, &mut split.left_out.valid);
            self.ask(user, times, test..times.len(), &mut split.test, &mut split.left_out.test);
        }
        for (part, empty) in [
            ("train", split.train.is_empty()),
            ("validation", split.valid.is_empty()),
            ("test", split.test.is_empty()),
        ] {
            if empty {
                return Err(Error::EmptyPart { part, users: sequences.num_users() });
            }
        }
        Ok((self.numbering.apply(sequences, &split)?, split))
    }

    /// Asks for the `held_out` events of a user.
    fn ask(
        &self,
        user: u32,
        times: &[i64],
        held_out: std::ops::Range<usize>,
        cases: &mut Vec<Case>,
        left_out: &mut LeftOutCounts,
    ) {
        let asked = match self.cases {
            HeldOut::EveryEvent => held_out.len(),
            HeldOut::FirstEvent => 1,
        };
        for at in held_out.take(asked) {
            match times.partition_point(|&time| time < times[at]) {
                0 => left_out.without_history += 1,
                earlier => cases.push(Case { user, history: 0..earlier, targets: at..at + 1 }),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, histories, unless_empty};
    use super::*;
    use proptest::prelude::*;

    fn at(valid: i64, test: i64) -> Temporal {
        Temporal { valid_from: Cut::Time(valid), test_from: Cut::Time(test), ..Temporal::default() }
    }

    fn sequences() -> Sequences {
        Sequences::from_histories(&[vec![1, 2, 3, 4], vec![2, 2, 1], vec![3]], 4)
            .and_then(|it| it.with_times(vec![1, 5, 10, 12, 10, 10, 15, 3]))
            .unwrap()
    }

    #[test]
    fn simultaneous_events_are_no_history_of_each_other() {
        let config = Temporal { numbering: Numbering::All, ..at(10, 12) };
        let (after, split) = config.apply(sequences()).unwrap();
        assert_eq!(after, sequences());
        assert_eq!(split.train, [Span { user: 0, start: 0, end: 2 }, Span { user: 2, start: 0, end: 1 }]);
        assert_eq!(split.valid, [Case { user: 0, history: 0..2, targets: 2..3 }]);
        let test =
            [Case { user: 0, history: 0..3, targets: 3..4 }, Case { user: 1, history: 0..2, targets: 2..3 }];
        assert_eq!(split.test, test);
        assert_eq!(split.left_out.valid.without_history, 2, "both events at 10 of user 1");
        assert_eq!(split.left_out.test.without_history, 0);
        let (_, split) = Temporal { cases: HeldOut::FirstEvent, ..config }.apply(sequences()).unwrap();
        assert_eq!(split.left_out.valid.without_history, 1);
    }

    #[test]
    fn times_must_be_there_and_in_order() {
        let bare = Sequences::from_histories(&[vec![1, 2]], 2).unwrap();
        assert!(matches!(at(1, 2).apply(bare), Err(Error::NeedsColumn { column: "times", .. })));
        let error = at(12, 12).apply(sequences()).unwrap_err().to_string();
        assert_eq!(error, "test_from = 12 is out of range: must be later than valid_from");
        assert!(matches!(at(0, 12).apply(sequences()), Err(Error::EmptyPart { part: "train", .. })));
        assert!(matches!(at(10, 99).apply(sequences()), Err(Error::EmptyPart { part: "test", .. })));
    }

    proptest! {
        #[test]
        fn training_ends_before_validation_and_histories_before_their_targets(
            h in histories(),
            clock in prop::collection::vec(0i64..30, 720),
            first_event: bool,
        ) {
            let mut clock = clock.into_iter();
            let times = h.iter().flat_map(|events| {
                let mut own: Vec<i64> = clock.by_ref().take(events.len()).collect();
                own.sort_unstable();
                own
            });
            let data = Sequences::from_histories(&h, 9).and_then(|it| it.with_times(times.collect())).unwrap();
            let cases = if first_event { HeldOut::FirstEvent } else { HeldOut::EveryEvent };
            let config = Temporal { cases, ..Temporal::default() };
            let Ok([valid_from, test_from]) = config.times(&data) else {
                prop_assume!(false, "both quantiles fall on one time");
                return Ok(());
            };
            let Some((after, split)) = unless_empty(config.apply(data.clone())) else { return Ok(()) };
            check(&after, &split);
            for span in &split.train {
                prop_assert!(after.times(span.user).unwrap()[span.range()].iter().all(|&time| time < valid_from));
            }
            let within = |cases: &[Case], from: i64, to: i64| cases.iter().all(|case| {
                let times = after.times(case.user).unwrap();
                let asked = times[case.targets.start];
                (from..to).contains(&asked)
                    && case.history.start == 0
                    && times[..case.history.end].iter().all(|&time| time < asked)
                    && times[case.history.end..].iter().all(|&time| time >= asked)
            });
            prop_assert!(within(&split.valid, valid_from, test_from) && within(&split.test, test_from, i64::MAX));
            let trained: usize = split.train.iter().map(Span::len).sum();
            let left_out = split.left_out.valid.without_history + split.left_out.test.without_history;
            let asked = split.valid.len() + split.test.len();
            if !first_event {
                prop_assert_eq!(trained + asked + left_out, data.num_events(), "every event has one role");
            }
            let counts = super::super::train_counts(&after, &split);
            prop_assert!(counts[1..].is_sorted_by(|a, b| a >= b), "ids go by training events");
        }
    }
}
