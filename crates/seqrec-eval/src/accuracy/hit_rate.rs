//! Hit rate.

use super::Hits;

/// `HR@N = 1[|R ∩ T| > 0]`: whether anything relevant was found.
pub fn hit_rate(hits: &Hits, n: usize) -> f64 {
    f64::from(hits.count(n) > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accuracy::TruthRule;

    #[test]
    fn one_hit_is_enough() {
        let hits = Hits::new(&[3, 8, 5], &[8, 5, 70], TruthRule::Set).unwrap();
        assert_eq!([1, 2, 3].map(|n| hit_rate(&hits, n)), [0.0, 1.0, 1.0]);
    }
}
