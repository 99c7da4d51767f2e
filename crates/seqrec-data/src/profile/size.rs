//! How many, and how sparse.

use serde::{Deserialize, Serialize};

use crate::sequences::{RawCounts, Sequences};

/// Size of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Size {
    /// Users with an event.
    pub users: u64,
    /// Items of the catalogue, those without an event included.
    pub items: u64,
    /// Events.
    pub events: u64,
    /// The same before anything was filtered out.
    pub raw: RawCounts,
    /// `events / (users * items)`. Repeated events count each time, so this is an upper bound of the
    /// share of pairs (user, item) that occur.
    pub density: Option<f64>,
}

impl Size {
    pub(super) fn new(sequences: &Sequences) -> Self {
        let [users, items, events] =
            [sequences.num_users(), sequences.num_items(), sequences.num_events()].map(|n| n as u64);
        Self { users, items, events, raw: sequences.raw_counts(), density: density(events, users, items) }
    }
}

/// Events for each pair of a user and an item; `None` if there is no pair.
pub(super) fn density(events: u64, users: u64, items: u64) -> Option<f64> {
    (users > 0 && items > 0).then(|| events as f64 / (users as f64 * items as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn density_is_events_over_pairs() {
        assert_eq!(density(100_000, 943, 1_682), Some(100_000.0 / 1_586_126.0));
        assert_eq!(density(0, 0, 5), None);
        let sequences = Sequences::from_histories(&[vec![1, 1, 2]], 6).unwrap();
        let size = Size::new(&sequences);
        assert_eq!((size.users, size.items, size.events, size.density), (1, 6, 3, Some(0.5)));
    }
}
