//! Recall.

use super::Hits;

/// `Recall@N = |R ∩ T| / |T|`: the share of the relevant items that were found.
///
/// With repeated items in the ground truth, [`TruthRule`](super::TruthRule) says what is counted.
pub fn recall(hits: &Hits, n: usize) -> f64 {
    let (found, of) = hits.found_of(n);
    found as f64 / of as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accuracy::{TruthRule, hit_rate};

    #[test]
    fn one_relevant_item_makes_recall_the_hit_rate() {
        let hits = Hits::new(&[3, 8, 5], &[5], TruthRule::Set).unwrap();
        for n in 0..5 {
            assert_eq!(recall(&hits, n), hit_rate(&hits, n));
        }
        assert_eq!((recall(&hits, 2), recall(&hits, 3)), (0.0, 1.0));
    }
}
