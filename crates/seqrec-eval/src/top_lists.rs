//! The best N items of several queries, item by item.

use crate::TopN;
use crate::topn::{LANES, entering};

/// A [`TopN`] for each of some queries, all offered the same items.
///
/// The scores of an item for all queries stand side by side, as in a matrix product of item vectors
/// with queries, and are compared with the lists' thresholds many at a time. The lists are those that
/// [`TopN::push`] would give.
///
/// ```
/// use seqrec_eval::TopLists;
///
/// let mut lists = TopLists::new(&[1, 2]);
/// lists.push(7, &[0.1, 0.9]);
/// lists.push(8, &[0.3, 0.2]);
/// let lists = lists.into_lists();
/// assert_eq!(lists[0].clone().into_sorted()[0].item, 8);
/// assert_eq!(lists[1].len(), 2);
/// ```
#[derive(Debug, Clone)]
pub struct TopLists {
    lists: Vec<TopN>,
    thresholds: Vec<f32>,
}

impl TopLists {
    /// Empty lists of the given lengths.
    pub fn new(depths: &[usize]) -> Self {
        let lists: Vec<TopN> = depths.iter().map(|&depth| TopN::new(depth)).collect();
        let thresholds = lists.iter().map(TopN::threshold).collect();
        Self { lists, thresholds }
    }

    /// Offers an item with its score for each query.
    ///
    /// It is inlined, so that a caller that is compiled for wider vectors takes it along.
    ///
    /// # Panics
    /// If there are fewer scores than lists; scores beyond them are ignored.
    #[inline(always)]
    pub fn push(&mut self, item: u32, scores: &[f32]) {
        let (scores, _) = scores.split_at(self.lists.len());
        let (blocks, rest) = scores.as_chunks::<LANES>();
        for (block, scores) in blocks.iter().enumerate() {
            let first = block * LANES;
            let thresholds = self.thresholds[first..].first_chunk().expect("as many thresholds as lists");
            let mut entering = entering(scores, thresholds);
            while entering != 0 {
                let lane = entering.trailing_zeros() as usize;
                self.offer(first + lane, item, scores[lane]);
                entering &= entering - 1;
            }
        }
        for (at, &score) in rest.iter().enumerate() {
            self.offer(blocks.len() * LANES + at, item, score);
        }
    }

    #[inline]
    fn offer(&mut self, list: usize, item: u32, score: f32) {
        self.lists[list].push(item, score);
        self.thresholds[list] = self.lists[list].threshold();
    }

    /// Takes over what other lists for the same queries collected.
    ///
    /// # Panics
    /// If there are not as many.
    pub fn merge(&mut self, others: Self) {
        assert_eq!(self.lists.len(), others.lists.len(), "lists for the same queries");
        for (at, other) in others.lists.into_iter().enumerate() {
            self.lists[at].merge(other);
            self.thresholds[at] = self.lists[at].threshold();
        }
    }

    /// The lists, one a query.
    pub fn into_lists(self) -> Vec<TopN> {
        self.lists
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores of 300 items for 70 queries, with ties, a NaN and a mask value.
    fn scores(item: usize, query: usize) -> f32 {
        match (item, query) {
            (33, 40) => f32::NAN,
            (34, 40) => f32::NEG_INFINITY,
            _ => ((item * 7919 + query * 104_729) % 101) as f32,
        }
    }

    #[test]
    fn lists_are_those_of_single_pushes() {
        for queries in [1, 31, 32, 70] {
            let depths: Vec<usize> = (0..queries).map(|query| query % 7).collect();
            let mut lists = TopLists::new(&depths);
            let (mut left, mut right) = (lists.clone(), lists.clone());
            for item in 0..300 {
                // Two scores of queries that are not there.
                let row: Vec<f32> = (0..queries + 2).map(|query| scores(item, query)).collect();
                lists.push(item as u32, &row);
                if item < 100 { left.push(item as u32, &row) } else { right.push(item as u32, &row) }
            }
            right.merge(left);
            let lists = lists.into_lists().into_iter().zip(right.into_lists());
            for (query, (list, merged)) in lists.enumerate() {
                let mut expected = TopN::new(depths[query]);
                (0..300).for_each(|item| expected.push(item as u32, scores(item, query)));
                assert_eq!(list.nan_count(), u64::from(query == 40));
                let expected = expected.into_sorted();
                assert_eq!(list.into_sorted(), expected);
                assert_eq!(merged.into_sorted(), expected);
            }
        }
    }
}
