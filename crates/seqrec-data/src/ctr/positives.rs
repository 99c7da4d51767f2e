//! What each user took, in order of time.

use crate::sequences::Sequences;

/// The positive events of all users in compressed rows. Users keep the indices of the sequences; one
/// without a positive event has an empty row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Positives {
    pub(super) offsets: Vec<usize>,
    pub(super) items: Vec<u32>,
    pub(super) times: Vec<i64>,
}

impl Positives {
    /// The events of `sequences` that `positive` marks, which has an entry per event; `times` are
    /// those of all events.
    pub(super) fn new(sequences: &Sequences, times: &[i64], positive: &[bool]) -> Self {
        let marked = |at: &usize| positive[*at];
        let mut offsets = vec![0];
        for bounds in sequences.offsets.windows(2) {
            offsets.push(offsets[offsets.len() - 1] + (bounds[0]..bounds[1]).filter(marked).count());
        }
        let events: Vec<usize> = (0..positive.len()).filter(marked).collect();
        Self {
            offsets,
            items: events.iter().map(|&at| sequences.items[at]).collect(),
            times: events.iter().map(|&at| times[at]).collect(),
        }
    }

    /// Number of users.
    #[must_use]
    pub fn num_users(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Items that a user took, oldest first.
    ///
    /// # Panics
    /// If `user >= num_users`.
    #[must_use]
    pub fn items(&self, user: u32) -> &[u32] {
        &self.items[self.offsets[user as usize]..self.offsets[user as usize + 1]]
    }

    /// When they were taken, ascending.
    ///
    /// # Panics
    /// If `user >= num_users`.
    #[must_use]
    pub fn times(&self, user: u32) -> &[i64] {
        &self.times[self.offsets[user as usize]..self.offsets[user as usize + 1]]
    }

    /// How many of a user's positives are strictly earlier than `time`.
    pub(super) fn before(&self, user: u32, time: i64) -> usize {
        self.times(user).partition_point(|&earlier| earlier < time)
    }
}
