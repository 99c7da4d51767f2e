//! The sessions of the last days are held out: the rules of GRU4Rec.

use serde::{Deserialize, Serialize};

use super::whole_sessions::hold_out;
use super::{Numbering, Split, Unseen};
use crate::error::{Error, Result};
use crate::manifest::TimeUnit;
use crate::part::Part;
use crate::sequences::Sequences;

/// Sessions that end in the last `days` are the test (Hidasi et al. 2016; 7 days in SR-GNN).
///
/// The users of the sequences are sessions. With `t` the newest event of all, a session is in the
/// test when its last event is at `t - days` or later, else in training; a session is never cut. The
/// same rule inside training gives validation. Of the test, events whose item is not in training are
/// removed, and then sessions with fewer than two events; of validation likewise, by what is left to
/// train on. Every event of a held-out session but its first is a target: figures are means over
/// events. Which sessions and items are kept at all is up to
/// [`Filter::Sessions`](crate::Filter::Sessions).
///
/// Test sessions are the same with and without `retrain`. Without it they may hold items that only
/// validation sessions have, which the card counts as unseen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionDays {
    /// Length of test and of validation in days. Default 1.
    pub days: u32,
    /// Where a session belongs whose last event is exactly `days` before the newest. Default: test.
    pub boundary: Boundary,
    /// Whether validation sessions are trained on, for the final model; there is no validation
    /// then. Default: no.
    pub retrain: bool,
    /// Held-out events of items that are not in training. Default: dropped.
    pub unseen: Unseen,
    /// Order of item ids. Default: by training events.
    pub numbering: Numbering,
}

/// Where a session belongs whose last event lies on the boundary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Boundary {
    /// To the later part (GRU4Rec).
    #[default]
    Later,
    /// To no part: both sides are strict (SR-GNN).
    Neither,
}

impl Default for SessionDays {
    fn default() -> Self {
        Self {
            days: 1,
            boundary: Boundary::Later,
            retrain: false,
            unseen: Unseen::Drop,
            numbering: Numbering::Train,
        }
    }
}

impl SessionDays {
    pub(super) fn apply(&self, sequences: Sequences) -> Result<(Sequences, Split)> {
        if self.days == 0 {
            return Err(Error::Config { field: "days", value: "0".into(), rule: "must be positive" });
        }
        let mut parts = vec![Some(Part::Train); sequences.num_users()];
        move_last_days(&sequences, &mut parts, self.days, self.boundary, Part::Test, "the session split")?;
        if !self.retrain {
            move_last_days(
                &sequences,
                &mut parts,
                self.days,
                self.boundary,
                Part::Valid,
                "the session split",
            )?;
        }
        let users = sequences.num_users();
        let (sequences, split) = hold_out(sequences, &parts, self.unseen, self.numbering)?;
        if !self.retrain && split.valid.is_empty() {
            return Err(Error::EmptyPart { part: "validation", users });
        }
        Ok((sequences, split))
    }
}

/// Gives the training sessions of the last `days` of training to `later`.
///
/// `what` is the setting that needs times, for the error.
pub(super) fn move_last_days(
    sequences: &Sequences,
    parts: &mut [Option<Part>],
    days: u32,
    boundary: Boundary,
    later: Part,
    what: &'static str,
) -> Result<()> {
    let missing = || Error::NeedsColumn { what, column: "times" };
    let unit = sequences.time_unit().ok_or_else(missing)?;
    let ends: Vec<i64> = (0..sequences.num_users() as u32)
        .map(|user| sequences.times(user).and_then(|times| times.last().copied()))
        .collect::<Option<_>>()
        .ok_or_else(missing)?;
    let in_train = ends.iter().zip(&*parts).filter(|(_, part)| **part == Some(Part::Train));
    let Some(newest) = in_train.map(|(&end, _)| end).max() else { return Ok(()) };
    let boundary_time = newest.saturating_sub(i64::from(days) * ticks_a_day(unit));
    for (part, &end) in parts.iter_mut().zip(&ends).filter(|(part, _)| **part == Some(Part::Train)) {
        match end.cmp(&boundary_time) {
            std::cmp::Ordering::Less => {}
            std::cmp::Ordering::Equal if boundary == Boundary::Neither => *part = None,
            _ => *part = Some(later),
        }
    }
    Ok(())
}

fn ticks_a_day(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Seconds => 86_400,
        TimeUnit::Milliseconds => 86_400_000,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{all_known, check, histories, unless_empty};
    use super::*;
    use proptest::prelude::*;

    const DAY: i64 = 86_400;

    /// Sessions of consecutive events that end at the given seconds.
    fn sessions(sessions: &[(&[u32], i64)]) -> Sequences {
        let histories: Vec<&[u32]> = sessions.iter().map(|(items, _)| *items).collect();
        let times = sessions.iter().flat_map(|&(items, end)| {
            (0..items.len() as i64).map(move |at| end - (items.len() as i64 - 1 - at) * 10)
        });
        Sequences::from_histories(&histories, 9).and_then(|it| it.with_times(times.collect())).unwrap()
    }

    fn names(sequences: &Sequences, cases: &[super::super::Case]) -> Vec<String> {
        let name = |case: &super::super::Case| {
            let user = sequences.user_ids().name(case.user).unwrap();
            let item = sequences.items(case.user)[case.targets.start];
            format!("{user}:{}", sequences.item_ids().name(item).unwrap())
        };
        cases.iter().map(name).collect()
    }

    fn example() -> Sequences {
        sessions(&[
            (&[1, 2, 1], 0),
            (&[2, 3], 2 * DAY + 5),
            (&[1, 4, 2], 3 * DAY),
            // Starts before the boundary and ends on it.
            (&[1, 3, 4], 4 * DAY),
            (&[5, 1, 2, 5, 6], 5 * DAY),
            (&[7, 1], 5 * DAY),
        ])
    }

    #[test]
    fn a_session_goes_where_its_last_event_is() {
        let config = SessionDays { numbering: Numbering::All, ..SessionDays::default() };
        let (after, split) = config.apply(example()).unwrap();
        assert_eq!(split.train.len(), 1, "up to two days before the end");
        assert_eq!(names(&after, &split.valid), ["2:2"], "item 3 is only in a validation session");
        assert_eq!(names(&after, &split.test), ["3:3", "3:4", "4:2"]);
        let counts = super::super::LeftOutCounts::default();
        let valid = super::super::LeftOutCounts { unseen_items: 2, short_sessions: 1, ..counts };
        let test = super::super::LeftOutCounts { unseen_items: 4, short_sessions: 1, ..counts };
        assert_eq!((split.left_out.valid, split.left_out.test), (valid, test));
        let (again, last) = SessionDays { retrain: true, ..config }.apply(example()).unwrap();
        assert_eq!((last.train.len(), last.valid.len()), (3, 0));
        assert_eq!(names(&again, &last.test), names(&after, &split.test), "the test stays the same");
    }

    #[test]
    fn strict_sides_drop_the_boundary() {
        let config = SessionDays { boundary: Boundary::Neither, retrain: true, ..SessionDays::default() };
        let (after, split) = config.apply(example()).unwrap();
        assert_eq!(split.train.len(), 3);
        assert_eq!(names(&after, &split.test), ["4:2"]);
        assert_eq!(after.num_users(), 4);
    }

    #[test]
    fn what_cannot_be_split_says_so() {
        let config = SessionDays::default();
        let bare = Sequences::from_histories(&[vec![1, 2]], 2).unwrap();
        assert!(matches!(config.apply(bare), Err(Error::NeedsColumn { column: "times", .. })));
        assert!(matches!(
            SessionDays { days: 9, ..config }.apply(example()),
            Err(Error::EmptyPart { part: "train", users: 6 })
        ));
        assert!(matches!(
            SessionDays { days: 0, ..config }.apply(example()),
            Err(Error::Config { field: "days", .. })
        ));
        let far_apart = sessions(&[(&[1, 2], 0), (&[1, 2], 9 * DAY)]);
        assert!(matches!(config.apply(far_apart), Err(Error::EmptyPart { part: "train", .. })));
    }

    proptest! {
        #[test]
        fn sessions_are_whole_and_test_items_known(
            h in histories(),
            ends in prop::collection::vec(0i64..10, 60),
            days in 1u32..3,
            retrain: bool,
        ) {
            let rows: Vec<(&[u32], i64)> =
                h.iter().zip(&ends).map(|(items, end)| (items.as_slice(), end * DAY)).collect();
            let data = sessions(&rows);
            let config = SessionDays { days, retrain, ..SessionDays::default() };
            let Some((after, split)) = unless_empty(config.apply(data)) else { return Ok(()) };
            check(&after, &split);
            let end_of = |user: u32| *after.times(user).unwrap().last().unwrap();
            let whole = |user: u32| {
                let before: usize = after.user_ids().name(user).unwrap().parse().unwrap();
                (h[before].len(), ends[before] * DAY)
            };
            let newest = *ends.iter().take(h.len()).max().unwrap() * DAY;
            let boundary = newest - i64::from(days) * DAY;
            for span in &split.train {
                prop_assert_eq!((span.len(), end_of(span.user)), whole(span.user));
                prop_assert!(end_of(span.user) < boundary);
            }
            let valid_end = split.valid.iter().map(|case| whole(case.user).1).min().unwrap_or(i64::MAX);
            prop_assert!(split.train.iter().all(|span| end_of(span.user) < valid_end));
            prop_assert!(split.valid.iter().all(|case| whole(case.user).1 < boundary));
            prop_assert!(split.test.iter().all(|case| whole(case.user).1 >= boundary));
            prop_assert!(all_known(&after, &split, &split.valid));
            prop_assert!(!retrain || all_known(&after, &split, &split.test));
            let mut asked: Vec<u32> = split.valid.iter().chain(&split.test).map(|case| case.user).collect();
            asked.dedup();
            let events: usize = asked.iter().map(|&user| after.items(user).len() - 1).sum();
            prop_assert_eq!(events, split.valid.len() + split.test.len(), "every event but the first");
        }
    }
}
