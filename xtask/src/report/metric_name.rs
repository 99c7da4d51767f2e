//! Metric names as people write them.

use std::cmp::Ordering;

use super::format::capitalised;

/// A metric name taken apart: `recall@50` is `recall` at 50.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetricName<'a> {
    /// The metric.
    pub metric: &'a str,
    /// The cut-off; `None` for a metric of whole rankings.
    pub cutoff: Option<usize>,
}

impl<'a> MetricName<'a> {
    /// Takes `name` apart. A part after `@` that is no number stays with the name.
    pub fn parse(name: &'a str) -> Self {
        match name.rsplit_once('@').map(|(metric, cutoff)| (metric, cutoff.parse())) {
            Some((metric, Ok(cutoff))) => Self { metric, cutoff: Some(cutoff) },
            _ => Self { metric: name, cutoff: None },
        }
    }

    /// Orders by metric, then by the number of the cut-off.
    pub fn cmp(&self, other: &Self) -> Ordering {
        (self.metric, self.cutoff).cmp(&(other.metric, other.cutoff))
    }

    /// The name for readers: `Recall@50`, `NDCG@20 (ComiRec code)`.
    pub fn label(&self) -> String {
        let at = self.cutoff.map(|cutoff| format!("@{cutoff}")).unwrap_or_default();
        let (base, remark) = match self.metric {
            "ndcg" => ("NDCG".to_owned(), ""),
            "ndcg_comirec_master" => ("NDCG".to_owned(), " (ComiRec code)"),
            "ndcg_comirec_paper" => ("NDCG".to_owned(), " (ComiRec paper)"),
            "mrr" => ("MRR".to_owned(), ""),
            "map" => ("MAP".to_owned(), ""),
            "auc" => ("AUC".to_owned(), ""),
            "gauc" => ("GAUC".to_owned(), ""),
            other => (capitalised(&other.replace('_', " ")), ""),
        };
        format!("{base}{at}{remark}")
    }
}

/// Label of a metric name, see [`MetricName::label`].
pub fn label(name: &str) -> String {
    MetricName::parse(name).label()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_read_as_in_the_literature() {
        for (name, text) in [
            ("recall@50", "Recall@50"),
            ("hit_rate@20", "Hit rate@20"),
            ("ndcg@20", "NDCG@20"),
            ("ndcg_comirec_master@50", "NDCG@50 (ComiRec code)"),
            ("category_diversity@50", "Category diversity@50"),
            ("gauc", "GAUC"),
            ("odd@name", "Odd@name"),
        ] {
            assert_eq!(label(name), text);
        }
    }

    #[test]
    fn cut_offs_order_as_numbers() {
        let mut names = ["recall@100", "ndcg@20", "recall@20", "ndcg"].map(MetricName::parse);
        names.sort_by(MetricName::cmp);
        assert_eq!(names.map(|name| name.label()), ["NDCG", "NDCG@20", "Recall@20", "Recall@100"]);
    }
}
