//! Gini index of the recommendations.

/// `Σ_i (2i - n - 1) c_i / (n Σc)` over the counts in ascending order, zeros included.
///
/// `counts` says for each of the `n` items, padding left out, how many lists contain it. 0 means
/// that all items are recommended equally often; one item taking everything gives `1 - 1/n`.
/// `None` if nothing was recommended.
///
/// ```
/// assert_eq!(seqrec_eval::beyond::gini(&[2, 0, 2, 0]), Some(0.5));
/// ```
pub fn gini(counts: &[u64]) -> Option<f64> {
    let total: u64 = counts.iter().sum();
    if total == 0 {
        return None;
    }
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    // Whole numbers keep the sum exact for any catalogue.
    let n = sorted.len() as i128;
    let ranks = (1_i128..).map(|rank| 2 * rank - n - 1);
    let sum: i128 = sorted.iter().zip(ranks).map(|(&count, weight)| weight * i128::from(count)).sum();
    Some(sum as f64 / (n as f64 * total as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_equal_to_winner_takes_all() {
        assert_eq!(gini(&[3, 3, 3]), Some(0.0));
        assert_eq!(gini(&[0, 0, 2, 2]), Some(0.5));
        assert_eq!(gini(&[0, 4, 0, 0]), Some(0.75));
        assert_eq!(gini(&[0, 0]), None);
        assert_eq!(gini(&[]), None);
    }
}
