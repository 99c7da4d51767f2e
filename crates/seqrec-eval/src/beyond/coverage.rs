//! Catalogue coverage.

/// `|∪_u R_u| / n`: the share of the items that at least one list recommends.
///
/// `counts` says for each of the `n` items, padding left out, how many lists contain it. `n` is
/// what the caller puts in; the evaluator counts the whole catalogue. `None` without items.
pub fn coverage(counts: &[u64]) -> Option<f64> {
    let covered = counts.iter().filter(|&&count| count > 0).count();
    (!counts.is_empty()).then(|| covered as f64 / counts.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_recommendation_covers_once() {
        assert_eq!(coverage(&[0, 9, 1, 0]), Some(0.5));
        assert_eq!(coverage(&[]), None);
    }
}
