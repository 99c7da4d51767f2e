//! Which rows of a field belong to training.

use super::Split;
use crate::sequences::Sequences;

impl Split {
    /// Events inside training spans, `[num_events]`, as [`Sequences::event_rows`] numbers them.
    #[must_use]
    pub fn train_events(&self, sequences: &Sequences) -> Vec<bool> {
        let mut rows = vec![false; sequences.num_events()];
        for span in &self.train {
            let start = sequences.event_rows(span.user).start;
            rows[start + span.start..start + span.end].fill(true);
        }
        rows
    }

    /// Items that occur in training spans, `[num_items + 1]`; padding does not.
    #[must_use]
    pub fn train_items(&self, sequences: &Sequences) -> Vec<bool> {
        let mut rows = vec![false; sequences.num_items() + 1];
        for span in &self.train {
            for &item in &sequences.items(span.user)[span.range()] {
                rows[item as usize] = true;
            }
        }
        rows
    }

    /// Users with a training span, `[num_users]`.
    #[must_use]
    pub fn train_users(&self, sequences: &Sequences) -> Vec<bool> {
        let mut rows = vec![false; sequences.num_users()];
        for span in &self.train {
            rows[span.user as usize] = true;
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::Span;

    #[test]
    fn rows_are_those_of_the_spans() {
        let sequences = Sequences::from_histories(&[vec![4], vec![1, 2, 3]], 4).unwrap();
        let split = Split { train: vec![Span { user: 1, start: 1, end: 3 }], ..Split::default() };
        assert_eq!(split.train_events(&sequences), [false, false, true, true]);
        assert_eq!(split.train_items(&sequences), [false, false, true, true, false]);
        assert_eq!(split.train_users(&sequences), [false, true]);
    }
}
