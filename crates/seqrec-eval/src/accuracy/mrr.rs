//! Reciprocal rank, whose mean over users is MRR.

use super::Hits;

/// `1 / rank` of the first relevant item, 0 if none stands among the first `N`.
pub fn reciprocal_rank(hits: &Hits, n: usize) -> f64 {
    hits.ranks(n).first().map_or(0.0, |&rank| 1.0 / rank as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accuracy::TruthRule;

    #[test]
    fn only_the_first_hit_counts() {
        let hits = Hits::new(&[3, 8, 5, 4], &[4, 8], TruthRule::Set).unwrap();
        assert_eq!([1, 2, 4].map(|n| reciprocal_rank(&hits, n)), [0.0, 0.5, 0.5]);
    }
}
