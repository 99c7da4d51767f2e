//! Category diversity, as ComiRec measures it.

use super::{pair_count, pairs};
use crate::Categories;

/// Share of the pairs of a list whose main categories differ: `Σ_{j<k} 1[c_j ≠ c_k] / (N(N-1)/2)`
/// with the actual length `N`; 0 below two items. From Cen et al., KDD 2020.
///
/// An item without a category is its own category.
///
/// ```
/// use seqrec_eval::{Categories, beyond::category_diversity};
///
/// let categories = Categories::single(&[0, 1, 1, 2, 3]);
/// assert_eq!(category_diversity(&[1, 2, 3, 4], &categories), 5.0 / 6.0);
/// ```
pub fn category_diversity(list: &[u32], categories: &Categories) -> f64 {
    let Some(all) = pair_count(list.len()) else {
        return 0.0;
    };
    let differing = pairs(list).filter(|&(a, b)| categories.differ(a, b)).count();
    differing as f64 / all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_actual_length_divides() {
        let categories = Categories::single(&[0, 1, 1, 2, 0, 0]);
        assert_eq!(category_diversity(&[], &categories), 0.0);
        assert_eq!(category_diversity(&[1], &categories), 0.0);
        assert_eq!(category_diversity(&[1, 2], &categories), 0.0);
        assert_eq!(category_diversity(&[3, 1], &categories), 1.0);
        assert_eq!(category_diversity(&[1, 4, 5], &categories), 1.0);
    }
}
