//! How often each item occurs in training.

use crate::{Error, Result};

/// Train interactions of each item, and the order of popularity that follows.
///
/// More interactions come first, and of equal counts the lower id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Popularity {
    counts: Vec<u64>,
    total: u64,
    /// All items, most popular first.
    order: Vec<u32>,
    /// Index in `order` by id; the entry of the padding row is never read.
    index: Vec<u32>,
}

impl Popularity {
    pub(super) fn new(counts: Vec<u64>) -> Result<Self> {
        match counts.first() {
            None => return Err(Error::EmptyCatalogue),
            Some(&pad) if pad > 0 => return Err(Error::PadCounted(pad)),
            Some(_) if counts.len() == 1 => return Err(Error::EmptyCatalogue),
            Some(_) => {}
        }
        let total = counts.iter().sum();
        if total == 0 {
            return Err(Error::NoInteractions);
        }
        let mut order: Vec<u32> = (1..=(counts.len() - 1) as u32).collect();
        // The sort is stable, so equal counts stay in order of their ids.
        order.sort_by_key(|&item| std::cmp::Reverse(counts[item as usize]));
        let mut index = vec![0; counts.len()];
        for (&item, place) in order.iter().zip(0_u32..) {
            index[item as usize] = place;
        }
        Ok(Self { counts, total, order, index })
    }

    /// Number of real items.
    pub fn num_items(&self) -> usize {
        self.order.len()
    }

    /// Train interactions of an item, `φ_i`.
    ///
    /// # Panics
    /// If the id is beyond the catalogue.
    pub fn count(&self, item: u32) -> u64 {
        self.counts[item as usize]
    }

    /// Train interactions of all items, `Σφ`.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The `n` most popular items, most popular first; all items if there are fewer.
    pub fn most_popular(&self, n: usize) -> &[u32] {
        &self.order[..n.min(self.order.len())]
    }

    /// Whether an item is among the `n` most popular ones.
    ///
    /// # Panics
    /// If the id is beyond the catalogue.
    pub fn is_among_top(&self, item: u32, n: usize) -> bool {
        (self.index[item as usize] as usize) < n
    }

    /// Size of the head: how many of the most popular items it takes to hold at least `share` of
    /// all interactions. The other items are the tail.
    ///
    /// # Errors
    /// [`Error::HeadShare`] unless `0 < share < 1`.
    pub fn head_size(&self, share: f64) -> Result<usize> {
        if !(share > 0.0 && share < 1.0) {
            return Err(Error::HeadShare(share));
        }
        let wanted = share * self.total as f64;
        let mut held = 0;
        let full = self.order.iter().position(|&item| {
            held += self.counts[item as usize];
            held as f64 >= wanted
        });
        Ok(full.map_or(self.order.len(), |place| place + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_counts_are_ordered_by_id() {
        let popularity = Popularity::new(vec![0, 2, 5, 2, 5, 0]).unwrap();
        assert_eq!(popularity.most_popular(99), [2, 4, 1, 3, 5]);
        assert_eq!(popularity.total(), 14);
        assert!(popularity.is_among_top(4, 2) && !popularity.is_among_top(1, 2));
    }

    #[test]
    fn the_head_is_the_shortest_one_that_holds_the_share() {
        let popularity = Popularity::new(vec![0, 50, 30, 10, 10]).unwrap();
        assert_eq!(popularity.head_size(0.5), Ok(1));
        assert_eq!(popularity.head_size(0.8), Ok(2));
        assert_eq!(popularity.head_size(0.81), Ok(3));
        for share in [0.0, 1.0, -0.5, f64::INFINITY] {
            assert_eq!(popularity.head_size(share), Err(Error::HeadShare(share)));
        }
        assert!(matches!(popularity.head_size(f64::NAN), Err(Error::HeadShare(_))));
    }

    #[test]
    fn counts_that_describe_no_catalogue_are_refused() {
        assert_eq!(Popularity::new(vec![]), Err(Error::EmptyCatalogue));
        assert_eq!(Popularity::new(vec![0]), Err(Error::EmptyCatalogue));
        assert_eq!(Popularity::new(vec![3, 1]), Err(Error::PadCounted(3)));
        assert_eq!(Popularity::new(vec![0, 0, 0]), Err(Error::NoInteractions));
    }
}
