//! Area under the ROC curve.

use super::{check_lengths, check_ordered};
use crate::Result;

/// `AUC = P(a positive is scored above a negative)`, with one half for equal scores.
///
/// Equals `(Σ rank_pos - P(P+1)/2) / (P·N)` with average ranks in ascending order, but is counted
/// in whole numbers, so that it does not depend on the order of the samples. `None` if a class is
/// missing. `O(n log n)`.
///
/// # Errors
/// [`Error::LengthMismatch`](crate::Error::LengthMismatch) for unequal lengths,
/// [`Error::Score`](crate::Error::Score) for a NaN.
///
/// ```
/// use seqrec_eval::pointwise::auc;
///
/// let value = auc(&[0.8, 0.4, 0.4, 0.1], &[true, true, false, false])?;
/// assert_eq!(value, Some(0.875));
/// # Ok::<(), seqrec_eval::Error>(())
/// ```
pub fn auc(scores: &[f32], labels: &[bool]) -> Result<Option<f64>> {
    check_lengths("the scores", scores.len(), "the labels", labels.len())?;
    check_ordered(scores)?;
    let mut samples: Vec<(f32, bool)> = scores.iter().copied().zip(labels.iter().copied()).collect();
    Ok(auc_of(&mut samples))
}

/// AUC of samples without NaN, which are sorted by their scores on the way.
pub(super) fn auc_of(samples: &mut [(f32, bool)]) -> Option<f64> {
    samples.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (mut positives, mut negatives, mut twice_won) = (0_u64, 0_u64, 0_u128);
    // Equality of scores rather than of bits puts -0.0 and 0.0, which are neighbours, together.
    for tied in samples.chunk_by(|a, b| a.0 == b.0) {
        let tied_positives = tied.iter().filter(|sample| sample.1).count() as u64;
        let tied_negatives = tied.len() as u64 - tied_positives;
        twice_won += u128::from(tied_positives) * u128::from(2 * negatives + tied_negatives);
        positives += tied_positives;
        negatives += tied_negatives;
    }
    let all = u128::from(positives) * u128::from(negatives);
    (all > 0).then(|| twice_won as f64 / (2 * all) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn a_perfect_a_reversed_and_a_constant_scorer() {
        let labels = [true, false, true, false];
        assert_eq!(auc(&[4.0, 1.0, 3.0, 2.0], &labels), Ok(Some(1.0)));
        assert_eq!(auc(&[1.0, 4.0, 2.0, 3.0], &labels), Ok(Some(0.0)));
        assert_eq!(auc(&[7.0; 4], &labels), Ok(Some(0.5)));
        assert_eq!(auc(&[0.0, -0.0, 0.0, -0.0], &labels), Ok(Some(0.5)));
    }

    #[test]
    fn a_missing_class_leaves_it_undefined() {
        assert_eq!(auc(&[1.0, 2.0], &[true, true]), Ok(None));
        assert_eq!(auc(&[], &[]), Ok(None));
    }

    #[test]
    fn faulty_input_is_refused() {
        assert!(matches!(auc(&[1.0], &[]), Err(Error::LengthMismatch { .. })));
        let error = auc(&[0.5, f32::NAN], &[true, false]).unwrap_err();
        assert!(matches!(error, Error::Score { position: 1, .. }));
    }
}
