//! The metrics an evaluator knows, and their names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Catalogue, Error, Result};

/// A metric of ranked lists.
///
/// Its name in configurations and reports is the snake-case form of the variant. At cut-off 20,
/// recall is reported as `recall@20`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// `recall`: see [`recall`](crate::accuracy::recall).
    Recall,
    /// `hit_rate`: see [`hit_rate`](crate::accuracy::hit_rate).
    HitRate,
    /// `precision`: see [`precision`](crate::accuracy::precision).
    Precision,
    /// `mrr`: the mean [`reciprocal_rank`](crate::accuracy::reciprocal_rank).
    Mrr,
    /// `map`: the mean [`average_precision`](crate::accuracy::average_precision).
    Map,
    /// `ndcg`: see [`NdcgKind::Standard`](crate::accuracy::NdcgKind::Standard).
    Ndcg,
    /// `ndcg_comirec_master`: see [`NdcgKind::ComirecMaster`](crate::accuracy::NdcgKind::ComirecMaster).
    NdcgComirecMaster,
    /// `ndcg_comirec_paper`: see [`NdcgKind::ComirecPaper`](crate::accuracy::NdcgKind::ComirecPaper).
    NdcgComirecPaper,
    /// `category_diversity`: see [`category_diversity`](crate::beyond::category_diversity); needs
    /// categories.
    CategoryDiversity,
    /// `intra_list_diversity`: see [`intra_list_diversity`](crate::beyond::intra_list_diversity),
    /// by the cosine of the catalogue's vectors, which it needs.
    IntraListDiversity,
    /// `novelty`: see [`novelty`](crate::beyond::novelty).
    Novelty,
    /// `user_novelty`: see [`user_novelty`](crate::beyond::user_novelty); needs user counts.
    UserNovelty,
    /// `average_popularity`: see [`average_popularity`](crate::beyond::average_popularity).
    AveragePopularity,
    /// `tail_share`: see [`tail_share`](crate::beyond::tail_share).
    TailShare,
    /// `coverage`: see [`coverage`](crate::beyond::coverage), over the whole catalogue.
    Coverage,
    /// `gini`: see [`gini`](crate::beyond::gini), over the whole catalogue.
    Gini,
    /// `entropy`: see [`entropy`](crate::beyond::entropy).
    Entropy,
    /// `popularity_lift`: see [`popularity_lift`](crate::beyond::popularity_lift), over the users
    /// with a history.
    PopularityLift,
    /// `serendipity`: see [`serendipity`](crate::beyond::serendipity).
    Serendipity,
}

impl Metric {
    /// All metrics.
    pub const ALL: &[Self] = &[
        Self::Recall,
        Self::HitRate,
        Self::Precision,
        Self::Mrr,
        Self::Map,
        Self::Ndcg,
        Self::NdcgComirecMaster,
        Self::NdcgComirecPaper,
        Self::CategoryDiversity,
        Self::IntraListDiversity,
        Self::Novelty,
        Self::UserNovelty,
        Self::AveragePopularity,
        Self::TailShare,
        Self::Coverage,
        Self::Gini,
        Self::Entropy,
        Self::PopularityLift,
        Self::Serendipity,
    ];

    /// The metrics that need nothing but train counts, and no variant of NDCG.
    pub const DEFAULT: &[Self] = &[
        Self::Recall,
        Self::HitRate,
        Self::Precision,
        Self::Mrr,
        Self::Map,
        Self::Ndcg,
        Self::Novelty,
        Self::AveragePopularity,
        Self::TailShare,
        Self::Coverage,
        Self::Gini,
        Self::Entropy,
        Self::PopularityLift,
        Self::Serendipity,
    ];

    /// The name in configurations and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recall => "recall",
            Self::HitRate => "hit_rate",
            Self::Precision => "precision",
            Self::Mrr => "mrr",
            Self::Map => "map",
            Self::Ndcg => "ndcg",
            Self::NdcgComirecMaster => "ndcg_comirec_master",
            Self::NdcgComirecPaper => "ndcg_comirec_paper",
            Self::CategoryDiversity => "category_diversity",
            Self::IntraListDiversity => "intra_list_diversity",
            Self::Novelty => "novelty",
            Self::UserNovelty => "user_novelty",
            Self::AveragePopularity => "average_popularity",
            Self::TailShare => "tail_share",
            Self::Coverage => "coverage",
            Self::Gini => "gini",
            Self::Entropy => "entropy",
            Self::PopularityLift => "popularity_lift",
            Self::Serendipity => "serendipity",
        }
    }

    /// The name of a figure in a report, such as `recall@20`.
    pub fn at(self, cutoff: usize) -> String {
        format!("{self}@{cutoff}")
    }

    /// Whether the metric is a mean of values of single users, which a bootstrap over users needs.
    /// The others look at all lists together.
    pub const fn is_per_user(self) -> bool {
        !matches!(
            self,
            Self::Coverage | Self::Gini | Self::Entropy | Self::PopularityLift | Self::Serendipity
        )
    }

    /// Refuses a catalogue that lacks what the metric needs.
    pub(super) fn check_data(self, catalogue: &Catalogue) -> Result<()> {
        let (there, needs) = match self {
            Self::CategoryDiversity => (catalogue.categories().is_some(), "categories"),
            Self::IntraListDiversity => (catalogue.vectors().is_some(), "item vectors"),
            Self::UserNovelty => (catalogue.user_counts().is_some(), "user counts"),
            _ => return Ok(()),
        };
        if there { Ok(()) } else { Err(Error::MissingData { metric: self.name(), needs }) }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Metric {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let found = Self::ALL.iter().find(|metric| metric.name() == name);
        found.copied().ok_or_else(|| Error::UnknownMetric(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_ways_to_name_a_metric_agree() {
        for &metric in Metric::ALL {
            assert_eq!(metric.name().parse(), Ok(metric));
            let quoted = serde_json::to_string(&metric).unwrap();
            assert_eq!(quoted, format!("\"{metric}\""));
        }
        assert_eq!(Metric::NdcgComirecPaper.at(50), "ndcg_comirec_paper@50");
        assert_eq!("recal".parse::<Metric>(), Err(Error::UnknownMetric("recal".to_owned())));
    }

    #[test]
    fn the_defaults_need_nothing_but_counts() {
        let bare = Catalogue::new(vec![0, 1]).unwrap();
        assert!(Metric::DEFAULT.iter().all(|metric| metric.check_data(&bare).is_ok()));
    }
}
