//! Precision.

use super::Hits;

/// `Precision@N = |R ∩ T| / N`: the share of the list places that hit.
///
/// The divisor is `N` for a shorter list, too: an empty place is a wasted place.
pub fn precision(hits: &Hits, n: usize) -> f64 {
    if n == 0 { 0.0 } else { hits.count(n) as f64 / n as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accuracy::TruthRule;

    #[test]
    fn divides_by_the_cut_off() {
        let hits = Hits::new(&[3, 8], &[8], TruthRule::Set).unwrap();
        assert_eq!([0, 1, 2, 4].map(|n| precision(&hits, n)), [0.0, 0.0, 0.5, 0.25]);
    }
}
