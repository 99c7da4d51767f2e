//! The rank of one target among all scored items.

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// How items with the target's own score are counted.
///
/// With `better` items scored above the target and `equal` items scored the same, the target
/// included:
///
/// | rule | rank |
/// |---|---|
/// | `Conservative` | `better + equal` |
/// | `Standard` | `1 + better` |
/// | `Mean` | `1 + better + (equal - 1) / 2` |
///
/// A constant scorer comes last under `Conservative` and first under `Standard`, which makes the
/// latter reward models that collapsed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TieRule {
    /// The target stands behind all items of its score.
    #[default]
    Conservative,
    /// The target stands before all items of its score.
    Standard,
    /// The target stands in the middle of the items of its score.
    Mean,
}

/// Where a target stands among `n` scored items.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rank {
    /// From 1 (best) to `n`; a half number is possible under [`TieRule::Mean`].
    pub rank: f64,
    /// How many of the scores were NaN. Anything but 0 means that the model is broken.
    pub nan_count: usize,
}

/// Rank of `scores[target]` among `scores`.
///
/// `scores` holds one score for each candidate, padding left out; `target` is a position in it. A
/// target scored NaN has rank `n`; other items scored NaN stand behind every number.
///
/// # Errors
/// [`Error::Target`] if `target` is no position of `scores`.
///
/// ```
/// use seqrec_eval::{TieRule, rank_of};
///
/// let scores = [0.3, 0.7, 0.3, 0.1];
/// assert_eq!(rank_of(&scores, 0, TieRule::Conservative)?.rank, 3.0);
/// assert_eq!(rank_of(&scores, 0, TieRule::Standard)?.rank, 2.0);
/// assert_eq!(rank_of(&scores, 0, TieRule::Mean)?.rank, 2.5);
/// # Ok::<(), seqrec_eval::Error>(())
/// ```
pub fn rank_of(scores: &[f32], target: usize, rule: TieRule) -> Result<Rank> {
    let Some(&own) = scores.get(target) else {
        return Err(Error::Target { target, scores: scores.len() });
    };
    let (mut better, mut equal, mut nan_count) = (0_usize, 0_usize, 0_usize);
    for &score in scores {
        better += usize::from(score > own);
        equal += usize::from(score == own);
        nan_count += usize::from(score.is_nan());
    }
    let rank = if own.is_nan() {
        scores.len() as f64
    } else {
        match rule {
            TieRule::Conservative => (better + equal) as f64,
            TieRule::Standard => (1 + better) as f64,
            TieRule::Mean => 1.0 + better as f64 + 0.5 * (equal - 1) as f64,
        }
    };
    Ok(Rank { rank, nan_count })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_scorer_is_last_under_the_default() {
        let scores = [1.0; 100];
        let rank = |rule| rank_of(&scores, 17, rule).unwrap().rank;
        assert_eq!(rank(TieRule::default()), 100.0);
        assert_eq!(rank(TieRule::Standard), 1.0);
        assert_eq!(rank(TieRule::Mean), 50.5);
    }

    #[test]
    fn the_rules_agree_without_ties() {
        let scores = [4.0, 1.0, 3.0, 2.0];
        for rule in [TieRule::Conservative, TieRule::Standard, TieRule::Mean] {
            assert_eq!(rank_of(&scores, 2, rule).unwrap(), Rank { rank: 2.0, nan_count: 0 });
        }
    }

    #[test]
    fn a_target_scored_nan_is_last_and_flagged() {
        let scores = [f32::NAN, 1.0, f32::NAN];
        for rule in [TieRule::Conservative, TieRule::Standard, TieRule::Mean] {
            assert_eq!(rank_of(&scores, 0, rule).unwrap(), Rank { rank: 3.0, nan_count: 2 });
            assert_eq!(rank_of(&scores, 1, rule).unwrap(), Rank { rank: 1.0, nan_count: 2 });
        }
    }

    #[test]
    fn a_target_outside_the_scores_is_an_error() {
        let error = rank_of(&[1.0], 1, TieRule::Mean).unwrap_err();
        assert_eq!(error, Error::Target { target: 1, scores: 1 });
    }
}
