//! Which users and items have enough events to be kept.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A frequency filter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Filter {
    /// Keep everything.
    #[default]
    None,
    /// Items with at least `item_min` events, then users with at least `user_min` events on
    /// those items. One pass: an item may end up below its minimum (ComiRec, with 5 and 5).
    OnePass {
        /// Fewest events of an item.
        item_min: u32,
        /// Fewest events of a user on kept items.
        user_min: u32,
    },
    /// The largest set in which every user and every item has at least `k` events.
    KCore {
        /// Fewest events of a user and of an item.
        k: u32,
    },
    /// Sessions with at least `session_min` events, then items with at least `item_min` events in
    /// those, then sessions that still have `session_min` (GRU4Rec, with 2 and 5).
    Sessions {
        /// Fewest events of a session.
        session_min: u32,
        /// Fewest events of an item.
        item_min: u32,
    },
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::OnePass { item_min, user_min } => {
                write!(f, "one pass: items with {item_min}+ events, then users with {user_min}+")
            }
            Self::KCore { k } => write!(f, "{k}-core"),
            Self::Sessions { session_min, item_min } => {
                write!(
                    f,
                    "sessions with {session_min}+ events, items with {item_min}+, sessions with {session_min}+"
                )
            }
        }
    }
}

/// Users and items that a filter keeps, by code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) users: Vec<bool>,
    pub(crate) items: Vec<bool>,
}

impl Filter {
    /// Applies the filter to `(user, item)` pairs of codes.
    pub(crate) fn apply(&self, pairs: &[(u32, u32)], num_users: usize, num_items: usize) -> Result<Kept> {
        let (item_min, user_min) = match *self {
            Self::None => (1, 1),
            Self::OnePass { item_min, user_min } => (item_min.max(1), user_min.max(1)),
            Self::KCore { k } => (k.max(1), k.max(1)),
            Self::Sessions { session_min, item_min } => (item_min.max(1), session_min.max(1)),
        };
        let mut kept = Kept { users: vec![true; num_users], items: vec![true; num_items] };
        if matches!(self, Self::Sessions { .. }) {
            kept.users = self.users_with(user_min, pairs, &kept)?;
        }
        loop {
            let before = kept.clone();
            let item_counts = counts(pairs, &kept, num_items, |&(_, item)| item);
            kept.items = item_counts.iter().map(|&n| n >= item_min).collect();
            self.refuse_empty(&kept.items, "items", pairs.len())?;
            kept.users = self.users_with(user_min, pairs, &kept)?;
            if !matches!(self, Self::KCore { .. }) || kept == before {
                return Ok(kept);
            }
        }
    }

    /// Which users have at least `least` events among those kept.
    fn users_with(&self, least: u32, pairs: &[(u32, u32)], kept: &Kept) -> Result<Vec<bool>> {
        let counts = counts(pairs, kept, kept.users.len(), |&(user, _)| user);
        let users: Vec<bool> = counts.iter().map(|&n| n >= least).collect();
        self.refuse_empty(&users, "users", pairs.len())?;
        Ok(users)
    }

    fn refuse_empty(&self, kept: &[bool], what: &str, events: usize) -> Result<()> {
        if kept.contains(&true) {
            return Ok(());
        }
        Err(Error::NothingLeft { filter: format!("the filter \"{self}\", which drops all {what},"), events })
    }
}

fn counts(pairs: &[(u32, u32)], kept: &Kept, len: usize, code: impl Fn(&(u32, u32)) -> u32) -> Vec<u32> {
    let mut counts = vec![0; len];
    for pair in pairs {
        if kept.users[pair.0 as usize] && kept.items[pair.1 as usize] {
            counts[code(pair) as usize] += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn codes(kept: &[bool]) -> Vec<usize> {
        kept.iter().enumerate().filter(|(_, k)| **k).map(|(i, _)| i).collect()
    }

    #[test]
    fn one_pass_is_not_a_core() {
        // Item 1 has two events, but one belongs to user 1, who falls out afterwards.
        let pairs = [(0, 0), (0, 0), (0, 1), (1, 1), (1, 2)];
        let filter = Filter::OnePass { item_min: 2, user_min: 2 };
        let kept = filter.apply(&pairs, 2, 3).unwrap();
        assert_eq!((codes(&kept.users), codes(&kept.items)), (vec![0], vec![0, 1]));
        let kept = Filter::KCore { k: 2 }.apply(&pairs, 2, 3).unwrap();
        assert_eq!((codes(&kept.users), codes(&kept.items)), (vec![0], vec![0]));
    }

    #[test]
    fn session_rules_come_in_their_order() {
        // The single event of session 0 does not count for item 0, which therefore falls out, and
        // session 1 with it. Session 2 keeps two events.
        let pairs = [(0, 0), (1, 0), (1, 1), (2, 1), (2, 0), (2, 1), (3, 2), (3, 2), (3, 2)];
        let filter = Filter::Sessions { session_min: 2, item_min: 3 };
        let kept = filter.apply(&pairs, 4, 3).unwrap();
        assert_eq!((codes(&kept.users), codes(&kept.items)), (vec![2, 3], vec![1, 2]));
        let error = filter.apply(&pairs[..1], 1, 1).unwrap_err().to_string();
        assert!(error.contains("drops all users"), "{error}");
    }

    #[test]
    fn emptying_filters_say_so() {
        let error = Filter::KCore { k: 3 }.apply(&[(0, 0), (0, 1)], 1, 2).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("3-core") && text.contains("items") && text.contains('2'), "{text}");
    }

    /// Drops one offender at a time until there is none: order cannot matter for a core.
    fn brute_force_core(pairs: &[(u32, u32)], k: usize) -> Vec<(u32, u32)> {
        let mut left = pairs.to_vec();
        loop {
            let offender = left.iter().copied().find(|&(user, item)| {
                left.iter().filter(|p| p.0 == user).count() < k
                    || left.iter().filter(|p| p.1 == item).count() < k
            });
            match offender {
                Some(pair) => {
                    let at = left.iter().position(|&p| p == pair);
                    left.remove(at.unwrap());
                }
                None => return left,
            }
        }
    }

    proptest! {
        #[test]
        fn core_equals_brute_force(
            pairs in prop::collection::vec((0u32..8, 0u32..8), 1..60),
            k in 1u32..5,
        ) {
            let left: Vec<_> = match (Filter::KCore { k }).apply(&pairs, 8, 8) {
                Ok(kept) => pairs.iter().copied()
                    .filter(|p| kept.users[p.0 as usize] && kept.items[p.1 as usize])
                    .collect(),
                Err(_) => Vec::new(),
            };
            prop_assert_eq!(left, brute_force_core(&pairs, k as usize));
        }
    }
}
