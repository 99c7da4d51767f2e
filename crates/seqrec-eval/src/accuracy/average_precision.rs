//! Average precision, whose mean over users is MAP.

use super::Hits;

/// `AP@N = Σ_{k ≤ N} rel_k · Precision@k / min(|T|, N)`.
///
/// Dividing by `min(|T|, N)` lets a list that begins with relevant items only reach 1, however many
/// there are.
pub fn average_precision(hits: &Hits, n: usize) -> f64 {
    if hits.count(n) == 0 {
        return 0.0;
    }
    let ranks = hits.ranks(n).iter().zip(1_u32..);
    let sum: f64 = ranks.map(|(&rank, found)| f64::from(found) / rank as f64).sum();
    sum / hits.relevant().min(n) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accuracy::TruthRule;

    #[test]
    fn hits_at_one_and_three_of_four() {
        let hits = Hits::new(&[1, 2, 3, 4, 5], &[1, 3, 70, 80], TruthRule::Set).unwrap();
        assert!((average_precision(&hits, 5) - (1.0 + 2.0 / 3.0) / 4.0).abs() < 1e-15);
        assert!((average_precision(&hits, 2) - 1.0 / 2.0).abs() < 1e-15);
    }

    #[test]
    fn a_perfect_list_reaches_one() {
        let hits = Hits::new(&[1, 2, 3], &[3, 2, 1, 4, 5], TruthRule::Set).unwrap();
        assert_eq!(average_precision(&hits, 3), 1.0);
    }
}
