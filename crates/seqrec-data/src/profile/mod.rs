//! What a data set looks like: statistics of prepared sequences, as plain numbers.
//!
//! Everything is counted on the whole of the [`Sequences`], events that a split would hold out
//! included. A profile describes a data set; a model or a metric that needs popularities takes them
//! from training data, see [`train_counts`](crate::train_counts).
//!
//! What is undefined is absent: a quantile of nothing is `None`, and a data set without times has
//! no [`Timeline`].
//!
//! ```
//! use seqrec_data::{Sequences, profile::Profile};
//!
//! let sequences = Sequences::from_histories(&[vec![1, 2, 1], vec![1]], 4)?;
//! let profile = Profile::new(&sequences);
//! assert_eq!(profile.size.density, Some(0.5)); // 4 events, 2 users, 4 items
//! assert_eq!(profile.repetition.repeats, 1);
//! assert!(profile.timeline.is_none());
//! # Ok::<(), seqrec_data::Error>(())
//! ```

mod calendar;
mod category_spread;
mod gaps;
mod histogram;
mod lengths;
mod popularity;
mod quantiles;
mod repetition;
mod size;
mod timeline;

use serde::{Deserialize, Serialize};

use crate::manifest::TimeUnit;
use crate::sequences::Sequences;

pub use calendar::Calendar;
pub use category_spread::{CategoryShare, CategorySpread};
pub use gaps::Gaps;
pub use histogram::{Bin, LogHistogram};
pub use lengths::Lengths;
pub use popularity::{HeadShare, Popularity, RankCount, TopItem};
pub use quantiles::Quantiles;
pub use repetition::Repetition;
pub use size::Size;
pub use timeline::{Period, Timeline};

/// All statistics of a data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Users, items, events and how sparse they are.
    pub size: Size,
    /// Events of a user.
    pub lengths: Lengths,
    /// Events of an item.
    pub popularity: Popularity,
    /// Items that a user meets again.
    pub repetition: Repetition,
    /// Categories of a user's items, if the data set has categories.
    pub categories: Option<CategorySpread>,
    /// Growth and sparsity over time, if the data set has times.
    pub timeline: Option<Timeline>,
    /// Time between two events of a user, if the data set has times.
    pub gaps: Option<Gaps>,
    /// Events by weekday and hour, if the data set has times.
    pub calendar: Option<Calendar>,
}

impl Profile {
    /// Measures `sequences`.
    ///
    /// Takes time in proportion to the events, but for the sorting of the gaps, and memory for two
    /// numbers an event.
    #[must_use]
    pub fn new(sequences: &Sequences) -> Self {
        let counts = item_counts(sequences);
        Self {
            size: Size::new(sequences),
            lengths: Lengths::new(sequences),
            popularity: Popularity::new(sequences, &counts),
            repetition: Repetition::new(sequences),
            categories: CategorySpread::new(sequences, &counts),
            timeline: Timeline::new(sequences),
            gaps: Gaps::new(sequences),
            calendar: Calendar::new(sequences),
        }
    }
}

/// All user indices.
fn users(sequences: &Sequences) -> std::ops::Range<u32> {
    0..sequences.num_users() as u32
}

/// Events of each item, `[num_items + 1]`; entry 0 is padding.
fn item_counts(sequences: &Sequences) -> Vec<u64> {
    let mut counts = vec![0; sequences.num_items() + 1];
    for user in users(sequences) {
        for &item in sequences.items(user) {
            counts[item as usize] += 1;
        }
    }
    counts
}

/// `part / whole`; `None` of nothing.
fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Times of a unit that make a second.
fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Seconds => 1,
        TimeUnit::Milliseconds => 1_000,
    }
}
