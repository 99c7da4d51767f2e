//! Intra-list diversity.

use super::{pair_count, pairs};

/// Mean of `1 - similarity` over the unordered pairs of a list; 0 below two items.
///
/// The value means nothing without the similarity: state which vectors were compared, and prefer
/// features of the items to a model's own embeddings.
///
/// ```
/// use seqrec_eval::{ItemVectors, beyond::intra_list_diversity};
///
/// let vectors = ItemVectors::new(2, vec![0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0])?;
/// let diversity = intra_list_diversity(&[1, 2, 3], |a, b| vectors.cosine(a, b));
/// assert!((diversity - 2.0 / 3.0).abs() < 1e-6);
/// # Ok::<(), seqrec_eval::Error>(())
/// ```
pub fn intra_list_diversity(list: &[u32], similarity: impl Fn(u32, u32) -> f64) -> f64 {
    let Some(all) = pair_count(list.len()) else {
        return 0.0;
    };
    pairs(list).map(|(a, b)| 1.0 - similarity(a, b)).sum::<f64>() / all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Categories;
    use crate::beyond::category_diversity;

    #[test]
    fn category_diversity_is_the_special_case_of_equal_categories() {
        let categories = Categories::single(&[0, 1, 2, 1, 3, 3, 1]);
        let same = |a, b| if categories.differ(a, b) { 0.0 } else { 1.0 };
        let list = [1, 2, 3, 4, 5, 6];
        assert_eq!(intra_list_diversity(&list, same), category_diversity(&list, &categories));
        assert_eq!(intra_list_diversity(&[1], same), 0.0);
    }
}
