//! What is known about one user while the user is evaluated.

use super::Metric;
use crate::accuracy::{self, Hits, NdcgKind};
use crate::{Catalogue, beyond};

/// One user's list, already checked: not empty, and all ids in the catalogue.
pub(super) struct Observation<'a> {
    pub ranked: &'a [u32],
    pub hits: &'a Hits,
    pub catalogue: &'a Catalogue,
    pub head_size: usize,
}

impl Observation<'_> {
    /// The first `n` places.
    pub fn list(&self, n: usize) -> &[u32] {
        &self.ranked[..n.min(self.ranked.len())]
    }

    /// The user's value of a user-averaged metric.
    ///
    /// # Panics
    /// If the metric is none of those, or lacks its data; both are checked before.
    pub fn figure(&self, metric: Metric, n: usize) -> f64 {
        let (hits, list, popularity) = (self.hits, self.list(n), self.catalogue.popularity());
        let figure = match metric {
            Metric::Recall => Some(accuracy::recall(hits, n)),
            Metric::HitRate => Some(accuracy::hit_rate(hits, n)),
            Metric::Precision => Some(accuracy::precision(hits, n)),
            Metric::Mrr => Some(accuracy::reciprocal_rank(hits, n)),
            Metric::Map => Some(accuracy::average_precision(hits, n)),
            Metric::Ndcg => Some(accuracy::ndcg(hits, n, NdcgKind::Standard)),
            Metric::NdcgComirecMaster => Some(accuracy::ndcg(hits, n, NdcgKind::ComirecMaster)),
            Metric::NdcgComirecPaper => Some(accuracy::ndcg(hits, n, NdcgKind::ComirecPaper)),
            Metric::CategoryDiversity => {
                self.catalogue.categories().map(|of| beyond::category_diversity(list, of))
            }
            Metric::IntraListDiversity => (self.catalogue.vectors())
                .map(|of| beyond::intra_list_diversity(list, |a, b| of.cosine(a, b))),
            Metric::Novelty => beyond::novelty(list, popularity),
            Metric::UserNovelty => {
                self.catalogue.user_counts().and_then(|users| beyond::user_novelty(list, users))
            }
            Metric::AveragePopularity => beyond::average_popularity(list, popularity),
            Metric::TailShare => beyond::tail_share(list, popularity, self.head_size),
            Metric::Coverage
            | Metric::Gini
            | Metric::Entropy
            | Metric::PopularityLift
            | Metric::Serendipity => None,
        };
        figure.expect("a user-averaged metric of a non-empty list, whose data were checked")
    }
}
