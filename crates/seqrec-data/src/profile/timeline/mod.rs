//! How a data set grows, and how sparse it is, over time.

mod periods;

use serde::{Deserialize, Serialize};

use super::size::density;
use super::{per_second, users};
use crate::sequences::Sequences;
use periods::Periods;

/// Equal periods of time, and what happened in each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// Earliest time, in seconds since 1970.
    pub first: i64,
    /// Latest time, in seconds since 1970.
    pub last: i64,
    /// Events before the first period, one in a thousand at most.
    pub before: u64,
    /// Events after the last period, one in a thousand at most.
    pub after: u64,
    /// Length of a period in seconds.
    pub seconds: f64,
    /// The periods, in the order of time.
    pub periods: Vec<Period>,
}

/// One period of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Period {
    /// When it starts, in seconds since 1970.
    pub start: i64,
    /// Events.
    pub events: u64,
    /// Users with an event.
    pub users: u64,
    /// Items with an event.
    pub items: u64,
    /// Users whose first event this is.
    pub new_users: u64,
    /// Items whose first event this is.
    pub new_items: u64,
    /// Events over pairs of the users and items of this period; `None` without an event.
    pub density: Option<f64>,
    /// Events over pairs of users and items, all from the beginning to the end of this period.
    pub density_so_far: Option<f64>,
}

impl Timeline {
    /// `None` without times or events.
    pub(super) fn new(sequences: &Sequences) -> Option<Self> {
        let unit = per_second(sequences.time_unit()?);
        let mut times: Vec<i64> =
            users(sequences).filter_map(|user| sequences.times(user)).flatten().copied().collect();
        let (&first, &last) = (times.iter().min()?, times.iter().max()?);
        let periods = Periods::new(&mut times);
        let tally = Tally::new(sequences, &periods);
        Some(Self {
            first: first.div_euclid(unit),
            last: last.div_euclid(unit),
            before: tally.events[0],
            after: tally.events[periods.number + 1],
            seconds: periods.span as f64 / periods.number as f64 / unit as f64,
            periods: tally.periods(|period| periods.start(period).div_euclid(unit)),
        })
    }
}

/// Counts by slot.
struct Tally {
    events: Vec<u64>,
    users: Vec<u64>,
    items: Vec<u64>,
    new_users: Vec<u64>,
    new_items: Vec<u64>,
}

impl Tally {
    fn new(sequences: &Sequences, periods: &Periods) -> Self {
        let slots = periods.number + 2;
        let mut tally = Self {
            events: vec![0; slots],
            users: vec![0; slots],
            items: vec![0; slots],
            new_users: vec![0; slots],
            new_items: vec![0; slots],
        };
        // Slots in which an item occurs, one bit each: there are fewer than 32.
        let mut slots_of_item = vec![0_u32; sequences.num_items() + 1];
        for user in users(sequences) {
            let mut latest = None;
            let times = sequences.times(user).unwrap_or_default();
            for (&item, &time) in sequences.items(user).iter().zip(times) {
                let slot = periods.slot(time);
                tally.events[slot] += 1;
                slots_of_item[item as usize] |= 1 << slot;
                tally.new_users[slot] += u64::from(latest.is_none());
                // A user's times ascend, so that a slot is not returned to.
                tally.users[slot] += u64::from(latest.replace(slot) != Some(slot));
            }
        }
        for mask in slots_of_item.into_iter().filter(|&mask| mask > 0) {
            tally.new_items[mask.trailing_zeros() as usize] += 1;
            (0..slots).for_each(|slot| tally.items[slot] += u64::from(mask >> slot & 1));
        }
        tally
    }

    fn periods(&self, start: impl Fn(usize) -> i64) -> Vec<Period> {
        let so_far = |counts: &[u64], slot: usize| counts[..=slot].iter().sum();
        let period = |slot: usize| Period {
            start: start(slot - 1),
            events: self.events[slot],
            users: self.users[slot],
            items: self.items[slot],
            new_users: self.new_users[slot],
            new_items: self.new_items[slot],
            density: density(self.events[slot], self.users[slot], self.items[slot]),
            density_so_far: density(
                so_far(&self.events, slot),
                so_far(&self.new_users, slot),
                so_far(&self.new_items, slot),
            ),
        };
        (1..self.events.len() - 1).map(period).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn timeline(histories: &[Vec<(u32, i64)>]) -> Timeline {
        let items: Vec<Vec<u32>> =
            histories.iter().map(|own| own.iter().map(|&(item, _)| item).collect()).collect();
        let times = histories.iter().flatten().map(|&(_, time)| time).collect();
        let sequences = Sequences::from_histories(&items, 9).and_then(|made| made.with_times(times));
        Timeline::new(&sequences.unwrap()).unwrap()
    }

    #[test]
    fn of_two_users_in_four_seconds() {
        // Each second is a period, since there are fewer than 24.
        let found = timeline(&[vec![(1, 10), (2, 10), (1, 13)], vec![(1, 11), (3, 13)]]);
        assert_eq!((found.first, found.last, found.seconds), (10, 13, 1.0));
        assert_eq!((found.before, found.after), (0, 0));
        let period = |start, events, users, items, new_users, new_items, density, density_so_far| {
            let density_so_far = Some(density_so_far);
            Period { start, events, users, items, new_users, new_items, density, density_so_far }
        };
        let expected = [
            period(10, 2, 1, 2, 1, 2, Some(1.0), 1.0),
            period(11, 1, 1, 1, 1, 0, Some(1.0), 3.0 / 4.0),
            period(12, 0, 0, 0, 0, 0, None, 3.0 / 4.0),
            period(13, 2, 2, 2, 0, 1, Some(0.5), 5.0 / 6.0),
        ];
        assert_eq!(found.periods, expected);
    }

    #[test]
    fn a_wrong_clock_does_not_stretch_the_periods() {
        let mut histories: Vec<Vec<(u32, i64)>> = (0..1_000).map(|at| vec![(1, 50_000 + at)]).collect();
        histories.push(vec![(2, -90_000_000), (1, 50_010)]);
        let found = timeline(&histories);
        assert_eq!((found.first, found.last), (-90_000_000, 50_999));
        assert_eq!((found.before, found.after), (1, 1));
        assert_eq!(found.periods[0].start, 50_000);
        assert!(found.seconds < 60.0);
        let new = found.periods.iter().map(|period| (period.new_users, period.new_items));
        let new = new.fold((0, 0), |sum, next| (sum.0 + next.0, sum.1 + next.1));
        assert_eq!(new, (999, 1), "the user and the item from before are not new");
    }

    proptest! {
        #[test]
        fn everything_is_counted_in_some_period(
            mut histories in prop::collection::vec(
                prop::collection::vec((1..10u32, -500..500i64), 1..9), 1..20),
        ) {
            histories.iter_mut().for_each(|own| own.sort_by_key(|&(_, time)| time));
            let found = timeline(&histories);
            let sum = |of: fn(&Period) -> u64| found.periods.iter().map(of).sum::<u64>() as usize;
            prop_assert_eq!(sum(|period| period.events), histories.concat().len());
            prop_assert_eq!(sum(|period| period.new_users), histories.len());
            for period in &found.periods {
                prop_assert!(period.users <= period.events && period.items <= period.events);
                prop_assert!(period.new_users <= period.users && period.new_items <= period.items);
                prop_assert_eq!(period.density.is_some(), period.events > 0);
            }
        }
    }
}
