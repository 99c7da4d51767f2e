//! A serendipity-like metric: hits that popularity alone would not have found.

use crate::Popularity;
use crate::accuracy::Hits;

/// How many hits among the first `n` places are outside the `n` most popular items.
///
/// `hits` has to come from the same `list`.
///
/// # Panics
/// If `hits` comes from a longer list.
pub fn unexpected_hits(list: &[u32], hits: &Hits, n: usize, popularity: &Popularity) -> usize {
    let found = hits.ranks(n).iter().map(|&rank| list[rank - 1]);
    found.filter(|&item| !popularity.is_among_top(item, n)).count()
}

/// Share of all hits that are unexpected, over all users together; `None` without a hit.
///
/// Pooled rather than averaged over users, since most users have no hit or one.
pub fn serendipity(unexpected: u64, hits: u64) -> Option<f64> {
    (hits > 0).then(|| unexpected as f64 / hits as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;
    use crate::accuracy::TruthRule;

    #[test]
    fn the_most_popular_items_are_expected() {
        let catalogue = Catalogue::new(vec![0, 9, 8, 7, 1, 2]).unwrap();
        let list = [4, 1, 3];
        let hits = Hits::new(&list, &[1, 4, 3], TruthRule::Set).unwrap();
        let unexpected = |n| unexpected_hits(&list, &hits, n, catalogue.popularity());
        assert_eq!([1, 2, 3].map(unexpected), [1, 1, 1]);
        assert_eq!(serendipity(1, 4), Some(0.25));
        assert_eq!(serendipity(0, 0), None);
    }
}
