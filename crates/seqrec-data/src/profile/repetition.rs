//! How often users return to an item.

use serde::{Deserialize, Serialize};

use super::{share, users};
use crate::sequences::Sequences;

/// Events whose item the same user met before.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Repetition {
    /// Events whose item occurs earlier in the same user's sequence.
    pub repeats: u64,
    /// `repeats` over all events.
    pub of_events: Option<f64>,
    /// Events with the same item as the event just before.
    pub consecutive: u64,
    /// `consecutive` over all pairs of neighbouring events.
    pub of_pairs: Option<f64>,
    /// Users with a repeat, as a share of all users.
    pub of_users: Option<f64>,
}

impl Repetition {
    pub(super) fn new(sequences: &Sequences) -> Self {
        // The user who met an item last tells whether this one did: no set per user is needed.
        let mut met_by = vec![None; sequences.num_items() + 1];
        let (mut repeats, mut consecutive, mut repeaters, mut pairs) = (0, 0, 0, 0);
        for user in users(sequences) {
            let (items, before) = (sequences.items(user), repeats);
            for &item in items {
                let last = met_by[item as usize].replace(user);
                repeats += u64::from(last == Some(user));
            }
            consecutive += items.windows(2).filter(|pair| pair[0] == pair[1]).count() as u64;
            pairs += items.len().saturating_sub(1) as u64;
            repeaters += u64::from(repeats > before);
        }
        Self {
            repeats,
            of_events: share(repeats, sequences.num_events() as u64),
            consecutive,
            of_pairs: share(consecutive, pairs),
            of_users: share(repeaters, sequences.num_users() as u64),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn of_two_users() {
        // The second user meets items that are new to them only.
        let histories = [vec![1, 1, 2, 1, 2, 2], vec![2, 1]];
        let found = Repetition::new(&Sequences::from_histories(&histories, 2).unwrap());
        assert_eq!((found.repeats, found.of_events), (4, Some(0.5)));
        assert_eq!((found.consecutive, found.of_pairs), (2, Some(2.0 / 6.0)));
        assert_eq!(found.of_users, Some(0.5));
    }

    #[test]
    fn without_pairs_there_is_no_share() {
        let found = Repetition::new(&Sequences::from_histories(&[vec![1], vec![1]], 1).unwrap());
        assert_eq!((found.repeats, found.of_events, found.of_pairs), (0, Some(0.0), None));
    }

    proptest! {
        #[test]
        fn repeats_are_what_distinct_items_leave(
            histories in prop::collection::vec(prop::collection::vec(1..9u32, 1..20), 1..12),
        ) {
            let found = Repetition::new(&Sequences::from_histories(&histories, 8).unwrap());
            let distinct = |history: &Vec<u32>| history.iter().collect::<BTreeSet<_>>().len();
            let expected: usize = histories.iter().map(|history| history.len() - distinct(history)).sum();
            prop_assert_eq!(found.repeats, expected as u64);
            prop_assert!(found.consecutive <= found.repeats);
        }
    }
}
