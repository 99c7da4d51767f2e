//! The categories of the items.

use crate::{Error, Result};

/// None, one or several categories for each item, in compressed sparse rows.
///
/// Category ids start at 1. The first category of an item is its main one, which the ComiRec
/// metric uses. Row 0 belongs to the padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Categories {
    offsets: Vec<usize>,
    values: Vec<u32>,
}

impl Categories {
    /// At most one category for each item, `categories[id]`, with 0 for "none".
    pub fn single(categories: &[u32]) -> Self {
        let mut offsets = Vec::with_capacity(categories.len() + 1);
        let mut values = Vec::with_capacity(categories.len());
        offsets.push(0);
        for &category in categories {
            if category != 0 {
                values.push(category);
            }
            offsets.push(values.len());
        }
        Self { offsets, values }
    }

    /// Any number of categories for each item: those of item `i` are
    /// `values[offsets[i]..offsets[i + 1]]`, the main one first.
    ///
    /// # Errors
    /// [`Error::Offsets`] unless the offsets start at 0, never fall and end at `values.len()`;
    /// [`Error::PadCategory`] if a category is 0.
    pub fn from_csr(offsets: Vec<usize>, values: Vec<u32>) -> Result<Self> {
        let ends = offsets.first() == Some(&0) && offsets.last() == Some(&values.len());
        if !ends || !offsets.is_sorted() {
            return Err(Error::Offsets);
        }
        if let Some(position) = values.iter().position(|&category| category == 0) {
            let item = offsets.partition_point(|&offset| offset <= position) - 1;
            return Err(Error::PadCategory(item as u32));
        }
        Ok(Self { offsets, values })
    }

    /// All categories of an item, the main one first.
    ///
    /// # Panics
    /// If the id is beyond the catalogue.
    pub fn of(&self, item: u32) -> &[u32] {
        let item = item as usize;
        &self.values[self.offsets[item]..self.offsets[item + 1]]
    }

    /// The main category of an item, if it has any.
    ///
    /// # Panics
    /// If the id is beyond the catalogue.
    pub fn main(&self, item: u32) -> Option<u32> {
        self.of(item).first().copied()
    }

    /// Whether the main categories of two items differ. An item without a category is its own
    /// category, so it differs from every other item.
    ///
    /// # Panics
    /// If an id is beyond the catalogue.
    pub fn differ(&self, a: u32, b: u32) -> bool {
        a != b && (self.main(a).is_none() || self.main(a) != self.main(b))
    }

    /// `1 - |A ∩ B| / |A ∪ B|` of the category sets of two items: 0 for equal sets, 1 for disjoint
    /// ones. An item without a category is its own category.
    ///
    /// # Panics
    /// If an id is beyond the catalogue.
    pub fn jaccard_distance(&self, a: u32, b: u32) -> f64 {
        if a == b {
            return 0.0;
        }
        let (left, right) = (distinct(self.of(a)), distinct(self.of(b)));
        if left.is_empty() || right.is_empty() {
            return 1.0;
        }
        let shared = left.iter().filter(|category| right.contains(category)).count();
        1.0 - shared as f64 / (left.len() + right.len() - shared) as f64
    }

    pub(super) fn rows(&self) -> usize {
        self.offsets.len() - 1
    }
}

fn distinct(categories: &[u32]) -> Vec<u32> {
    let mut categories = categories.to_vec();
    categories.sort_unstable();
    categories.dedup();
    categories
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_without_category_is_its_own_category() {
        let categories = Categories::single(&[0, 4, 0, 0, 4]);
        assert_eq!((categories.main(1), categories.main(2)), (Some(4), None));
        assert!(!categories.differ(1, 4) && categories.differ(1, 2) && categories.differ(2, 3));
        assert!(!categories.differ(2, 2));
        assert_eq!(categories.jaccard_distance(2, 3), 1.0);
        assert_eq!(categories.jaccard_distance(2, 2), 0.0);
    }

    #[test]
    fn jaccard_compares_whole_sets() {
        let categories = Categories::from_csr(vec![0, 0, 3, 5, 6], vec![1, 2, 2, 3, 2, 9]).unwrap();
        assert_eq!(categories.of(1), [1, 2, 2]);
        assert!((categories.jaccard_distance(1, 2) - 2.0 / 3.0).abs() < 1e-15);
        assert_eq!(categories.jaccard_distance(2, 3), 1.0);
        assert!(categories.differ(1, 2));
    }

    #[test]
    fn broken_rows_are_refused() {
        for offsets in [vec![], vec![1, 2], vec![0, 1], vec![0, 2, 1, 2]] {
            assert_eq!(Categories::from_csr(offsets, vec![1, 1]), Err(Error::Offsets));
        }
        assert_eq!(Categories::from_csr(vec![0, 0, 1, 1, 3], vec![5, 6, 0]), Err(Error::PadCategory(3)));
    }
}
