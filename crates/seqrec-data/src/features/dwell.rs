//! Time spent with an item, as far as a log can tell.

use super::{Field, Numbers};
use crate::error::{Error, Result};
use crate::manifest::TimeUnit;
use crate::sequences::Sequences;
use crate::split::Split;

/// Event field `dwell`: seconds until the user's next event.
///
/// The value of an event is read from the time of the one after it, so that it would tell a model
/// about an event to be predicted. It is therefore missing for the last event of every training span
/// and of every history of `split`, and for the last event of a user. **A model that is trained to
/// predict each event of a span from those before it must in addition not see the value of the last
/// one of them.**
///
/// # Errors
/// [`Error::NeedsColumn`] without times.
pub fn dwell(sequences: &Sequences, split: &Split) -> Result<Field> {
    let seconds = match sequences.time_unit() {
        Some(TimeUnit::Seconds) => 1.0,
        Some(TimeUnit::Milliseconds) => 1e-3,
        None => return Err(Error::NeedsColumn { what: "dwell", column: "times" }),
    };
    let mut values = vec![f32::NAN; sequences.num_events()];
    for user in 0..sequences.num_users() as u32 {
        let start = sequences.event_rows(user).start;
        for (at, pair) in sequences.times(user).unwrap_or_default().windows(2).enumerate() {
            values[start + at] = (pair[1].abs_diff(pair[0]) as f64 * seconds) as f32;
        }
    }
    let train = split.train.iter().map(|span| (span.user, span.end));
    let cases = split.valid.iter().chain(&split.test).map(|case| (case.user, case.history.end));
    for (user, end) in train.chain(cases).filter(|&(_, end)| end > 0) {
        values[sequences.event_rows(user).start + end - 1] = f32::NAN;
    }
    Ok(Field::new("dwell", Numbers::new(values)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::{Case, LeaveOneOut, Span, SplitConfig, tests::histories};
    use proptest::prelude::*;

    #[test]
    fn seconds_to_the_next_event_inside_what_a_model_may_see() {
        let sequences = Sequences::from_histories(&[vec![1, 2, 1, 2, 1], vec![2, 1]], 2)
            .unwrap()
            .with_times(vec![0, 5, 5, 9, 10, 3, 4])
            .unwrap();
        let split = Split {
            train: vec![Span { user: 0, start: 0, end: 3 }],
            test: vec![Case { user: 0, history: 0..4, targets: 4..5 }],
            ..Split::default()
        };
        let field = dwell(&sequences, &split).unwrap();
        let numbers = field.numbers().unwrap();
        let found: Vec<_> = (0..7).map(|row| numbers.of(row)).collect();
        assert_eq!(found, [Some(5.0), Some(0.0), None, None, None, Some(1.0), None]);
        let untimed = Sequences::from_histories(&[vec![1]], 1).unwrap();
        assert!(matches!(dwell(&untimed, &split), Err(Error::NeedsColumn { .. })));
    }

    proptest! {
        #[test]
        fn times_of_held_out_events_do_not_matter(histories in histories(), shift in 1i64..1_000) {
            let sequences = Sequences::from_histories(&histories, 9).unwrap();
            let config = SplitConfig::LeaveOneOut(LeaveOneOut::default());
            let (sequences, split) = config.apply(sequences).unwrap();
            let held_out = |user: usize| histories[user].len().saturating_sub(2);
            let of = |shift: i64| {
                let times = histories.iter().enumerate().flat_map(|(user, own)| {
                    (0..own.len()).map(move |at| 7 * at as i64 + if at >= held_out(user) { shift } else { 0 })
                });
                let timed = sequences.clone().with_times(times.collect()).unwrap();
                (dwell(&timed, &split).unwrap(), timed)
            };
            let ((before, timed), (after, _)) = (of(0), of(shift));
            for span in &split.train {
                for at in span.range() {
                    let row = (timed.event_rows(span.user).start + at) as u32;
                    prop_assert_eq!(before.numbers().unwrap().of(row), after.numbers().unwrap().of(row));
                }
            }
        }
    }
}
