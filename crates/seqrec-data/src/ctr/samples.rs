//! Samples as columns.

/// Labelled samples, one array per column, all of one length. The history of a sample is the first
/// [`histories`](Self::histories) items of its user's [`Positives`](super::Positives).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Samples {
    users: Vec<u32>,
    histories: Vec<u32>,
    items: Vec<u32>,
    labels: Vec<bool>,
    times: Vec<i64>,
}

impl Samples {
    pub(super) fn push(&mut self, user: u32, history: u32, item: u32, label: bool, time: i64) {
        self.users.push(user);
        self.histories.push(history);
        self.items.push(item);
        self.labels.push(label);
        self.times.push(time);
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.users.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.users.is_empty()
    }

    /// User of each sample.
    #[must_use]
    pub fn users(&self) -> &[u32] {
        &self.users
    }

    /// Number of the user's positives that are strictly earlier than each sample.
    #[must_use]
    pub fn histories(&self) -> &[u32] {
        &self.histories
    }

    /// Item in question, never padding.
    #[must_use]
    pub fn items(&self) -> &[u32] {
        &self.items
    }

    /// Whether the user took it.
    #[must_use]
    pub fn labels(&self) -> &[bool] {
        &self.labels
    }

    /// When, in the unit of the sequences.
    #[must_use]
    pub fn times(&self) -> &[i64] {
        &self.times
    }

    /// Each sample followed by its share of `negatives`: the same user, history and time, another
    /// item, and the label `false`.
    ///
    /// # Panics
    /// Unless every sample has the same number of negatives.
    #[must_use]
    pub fn with_negatives(&self, negatives: &[u32]) -> Self {
        let each = negatives.len().checked_div(self.len()).unwrap_or(0);
        assert_eq!(each * self.len(), negatives.len(), "every sample has as many negatives");
        let mut all = Self::default();
        for at in 0..self.len() {
            let (user, history, time) = (self.users[at], self.histories[at], self.times[at]);
            all.push(user, history, self.items[at], self.labels[at], time);
            for &item in &negatives[at * each..][..each] {
                all.push(user, history, item, false, time);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> Samples {
        let mut samples = Samples::default();
        samples.push(4, 1, 7, true, 30);
        samples.push(5, 2, 8, true, 40);
        samples
    }

    #[test]
    fn negatives_follow_their_positive() {
        let all = two().with_negatives(&[1, 2, 3, 4]);
        assert_eq!(all.items(), [7, 1, 2, 8, 3, 4]);
        assert_eq!(all.labels(), [true, false, false, true, false, false]);
        assert_eq!(all.users(), [4, 4, 4, 5, 5, 5]);
        assert_eq!((all.histories()[5], all.times()[5], all.len()), (2, 40, 6));
        assert_eq!(two().with_negatives(&[]), two());
        assert!(Samples::default().with_negatives(&[]).is_empty());
    }

    #[test]
    #[should_panic(expected = "as many negatives")]
    fn a_sample_cannot_have_more_than_another() {
        let _ = two().with_negatives(&[1, 2, 3]);
    }
}
