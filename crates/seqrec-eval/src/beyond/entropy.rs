//! Entropy of the recommendations.

/// `-Σ p_i ln p_i` in nats, where `p_i` is the share of item `i` in all recommendations.
///
/// `counts` says for each item, padding left out, how many lists contain it. The maximum, for equal
/// counts, is `ln n`. `None` if nothing was recommended.
pub fn entropy(counts: &[u64]) -> Option<f64> {
    let total: u64 = counts.iter().sum();
    if total == 0 {
        return None;
    }
    let total = total as f64;
    let counts = counts.iter().filter(|&&count| count > 0).map(|&count| count as f64);
    // Written as a quotient above 1, so that a single item gives 0 and not -0.
    Some(counts.map(|count| count / total * (total / count).ln()).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_counts_reach_the_maximum() {
        assert!((entropy(&[5, 5, 5]).unwrap() - 3_f64.ln()).abs() < 1e-15);
        assert_eq!(entropy(&[0, 7]).map(f64::to_bits), Some(0));
        assert_eq!(entropy(&[0, 0]), None);
    }
}
