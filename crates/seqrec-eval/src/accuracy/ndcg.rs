//! Normalised discounted cumulative gain, and two variants that published figures rest on.

use serde::{Deserialize, Serialize};

use super::Hits;

/// Which definition of NDCG.
///
/// With binary relevance the exponential gain `2^rel - 1` equals `rel`, so there is one gain only.
/// `Standard` is the one to report; the others exist to replay the figures of Cen et al.,
/// "Controllable Multi-Interest Framework for Recommendation" (KDD 2020), whose authors recommend
/// quoting recall and hit rate only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NdcgKind {
    /// `DCG = Σ_{k ≤ N} rel_k / log2(k + 1)` over its best possible value
    /// `IDCG = Σ_{k ≤ min(|T|, N)} 1 / log2(k + 1)`.
    #[default]
    Standard,
    /// The same DCG, but the ideal runs over the *hits*: `Σ_{k ≤ hits}`. It measures how early the
    /// hits are, given that they are hits; one hit at place 1 gives 1, however much was missed.
    /// Never below `Standard`. From the ComiRec code, branch `master`.
    ComirecMaster,
    /// Places are those of the *ground truth*: `DCG = Σ 1 / log2(p + 2)` over the positions `p`
    /// (from 0) of the ground-truth entries that were hit, with the ideal over the number of those
    /// entries. It does not depend on the order of the recommendation. From the ComiRec code,
    /// branch `paper`, which gave the published figures.
    ComirecPaper,
}

/// `NDCG@N` of one user, 0 without a hit.
pub fn ndcg(hits: &Hits, n: usize, kind: NdcgKind) -> f64 {
    if hits.count(n) == 0 {
        return 0.0;
    }
    let dcg: f64 = match kind {
        NdcgKind::Standard | NdcgKind::ComirecMaster => {
            hits.ranks(n).iter().map(|&rank| discount(rank)).sum()
        }
        NdcgKind::ComirecPaper => hits.truth_positions(n).map(|p| discount(p + 1)).sum(),
    };
    let ideal_hits = match kind {
        NdcgKind::Standard => hits.relevant().min(n),
        NdcgKind::ComirecMaster => hits.count(n),
        NdcgKind::ComirecPaper => hits.truth_positions(n).len(),
    };
    dcg / (1..=ideal_hits).map(discount).sum::<f64>()
}

/// `1 / log2(k + 1)` for the place `k`, from 1 on.
fn discount(place: usize) -> f64 {
    1.0 / (place as f64 + 1.0).log2()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accuracy::TruthRule;

    #[test]
    fn the_three_definitions_on_one_list() {
        // Hits at places 1 and 3; the hit items are second and third in the ground truth.
        let hits = Hits::new(&[1, 2, 3, 4, 5], &[90, 1, 3, 91], TruthRule::Set).unwrap();
        for (kind, expected) in [
            (NdcgKind::Standard, 0.585_570),
            (NdcgKind::ComirecMaster, 0.919_721),
            (NdcgKind::ComirecPaper, 0.693_426),
        ] {
            assert!((ndcg(&hits, 5, kind) - expected).abs() < 5e-7, "{kind:?}");
        }
    }

    #[test]
    fn one_early_hit_satisfies_the_master_variant() {
        let truth: Vec<u32> = (1..=50).collect();
        let hits = Hits::new(&[1, 60, 61], &truth, TruthRule::Set).unwrap();
        assert_eq!(ndcg(&hits, 3, NdcgKind::ComirecMaster), 1.0);
        assert!(ndcg(&hits, 3, NdcgKind::Standard) < 0.5);
    }

    #[test]
    fn repeated_entries_count_in_the_paper_variant() {
        // Entries 0 and 2 are hit by one item: (1 + 1/2) / (1 + 1/log2(3)).
        let hits = Hits::new(&[7], &[7, 8, 7], TruthRule::Positions).unwrap();
        let expected = 1.5 / (1.0 + 1.0 / 3_f64.log2());
        assert!((ndcg(&hits, 1, NdcgKind::ComirecPaper) - expected).abs() < 1e-15);
    }

    #[test]
    fn no_hit_gives_zero() {
        let hits = Hits::new(&[1, 2], &[2], TruthRule::Set).unwrap();
        for kind in [NdcgKind::Standard, NdcgKind::ComirecMaster, NdcgKind::ComirecPaper] {
            assert_eq!(ndcg(&hits, 1, kind), 0.0);
        }
    }
}
