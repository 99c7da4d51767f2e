//! The outcome of an evaluation.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::totals::popularity_lifts;
use super::{Evaluator, EvaluatorConfig, Metric, PerUser};
use crate::beyond;

/// The figures of a run, and what has to be known to read them.
///
/// Serialised, it holds the figures only: write [`values_per_user`](Self::values_per_user) beside
/// it to be able to resample or compare the run later.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The rules of the evaluation.
    pub config: EvaluatorConfig,
    /// Users with at least one held-out item, over whom all figures run.
    pub users_evaluated: usize,
    /// Users without any held-out item, who are left out.
    pub users_skipped: usize,
    /// Evaluated users whose list is shorter than the largest cut-off.
    pub short_lists: usize,
    /// Held-out items, repetitions included.
    pub truth_items: u64,
    /// Those without a train interaction, which many models cannot find.
    pub unseen_truth_items: u64,
    /// Distinct items without a train interaction that were recommended up to the largest cut-off.
    /// Novelty counts them as if they had one.
    pub cold_items_recommended: usize,
    /// The figures by name, such as `recall@20`.
    pub metrics: BTreeMap<String, f64>,
    /// Figures that were asked for but are undefined on these users, such as any mean over no
    /// users, or serendipity without a hit.
    pub undefined: Vec<String>,
    #[serde(skip)]
    per_user: PerUser,
}

impl Report {
    /// A figure by its name, such as `recall@20`.
    pub fn metric(&self, name: &str) -> Option<f64> {
        self.metrics.get(name).copied()
    }

    /// The values of a user-averaged figure, aligned with [`user_ids`](Self::user_ids). `None` for
    /// other figures, and for a report that was read back from its serialised form.
    pub fn per_user(&self, name: &str) -> Option<&[f64]> {
        self.per_user.values.get(name).map(Vec::as_slice)
    }

    /// The evaluated users, ascending; empty for a report that was read back.
    pub fn user_ids(&self) -> &[u32] {
        &self.per_user.users
    }

    /// All values of single users.
    pub fn values_per_user(&self) -> &PerUser {
        &self.per_user
    }

    /// Puts back the values of single users that were stored beside the report.
    #[must_use]
    pub fn with_values_per_user(mut self, values: PerUser) -> Self {
        self.per_user = values;
        self
    }
}

pub(super) fn build(evaluator: Evaluator<'_>) -> Report {
    let Evaluator { config, catalogue, skipped, rows, totals, .. } = evaluator;
    let names =
        config.per_user_metrics().flat_map(|metric| config.cutoffs.iter().map(move |&n| metric.at(n)));
    let (users, columns) = rows.into_columns();
    let per_user = PerUser { users, values: names.zip(columns).collect() };
    let cold_items_recommended = totals.cold_items(|item| catalogue.popularity().count(item));
    let lifts = popularity_lifts(totals.profiles);

    let mut metrics = BTreeMap::new();
    let mut undefined = Vec::new();
    for &metric in &config.metrics {
        for (index, &n) in config.cutoffs.iter().enumerate() {
            let name = metric.at(n);
            let at = &totals.at_cutoff[index];
            let figure = match metric {
                _ if per_user.users.is_empty() => None,
                Metric::Coverage => beyond::coverage(&at.recommended),
                Metric::Gini => beyond::gini(&at.recommended),
                Metric::Entropy => beyond::entropy(&at.recommended),
                Metric::PopularityLift => lifts[index],
                Metric::Serendipity => beyond::serendipity(at.unexpected_hits, at.hits),
                _ => per_user.values.get(&name).map(|values| mean(values)),
            };
            match figure {
                Some(figure) => {
                    metrics.insert(name, figure);
                }
                None => undefined.push(name),
            }
        }
    }

    Report {
        users_evaluated: per_user.users.len(),
        users_skipped: skipped,
        short_lists: totals.short_lists,
        truth_items: totals.truth_items,
        unseen_truth_items: totals.unseen_truth_items,
        cold_items_recommended,
        metrics,
        undefined,
        per_user,
        config,
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;

    /// User, ranked list, ground truth, history.
    type User<'a> = (u32, &'a [u32], &'a [u32], &'a [u32]);

    fn report(users: &[User<'_>]) -> Report {
        let catalogue = Catalogue::new(vec![0, 8, 4, 4, 0]).unwrap();
        let config = EvaluatorConfig { cutoffs: vec![2], ..EvaluatorConfig::default() };
        let mut evaluator = Evaluator::new(config, &catalogue).unwrap();
        for &(user, ranked, truth, history) in users {
            evaluator.observe(user, ranked, truth, history).unwrap();
        }
        evaluator.finish()
    }

    #[test]
    fn no_user_leaves_every_figure_undefined() {
        let report = report(&[(3, &[1], &[], &[])]);
        assert_eq!((report.users_evaluated, report.users_skipped), (0, 1));
        assert!(report.metrics.is_empty());
        assert_eq!(report.undefined.len(), Metric::DEFAULT.len());
    }

    #[test]
    fn what_is_undefined_is_said() {
        let report = report(&[(3, &[1, 2], &[3], &[])]);
        assert_eq!(report.undefined, ["popularity_lift@2", "serendipity@2"]);
        assert_eq!(report.metric("serendipity@2"), None);
        assert_eq!(report.metric("recall@2"), Some(0.0));
    }

    #[test]
    fn the_figures_over_all_lists() {
        let report =
            report(&[(8, &[1, 3], &[3, 4], &[2]), (2, &[4], &[1, 1, 2], &[3, 2]), (5, &[1], &[2], &[])]);
        let figure = |name| report.metric(name).unwrap();
        // Items 1, 3 and 4 of four were recommended, item 1 twice.
        assert_eq!(figure("coverage@2"), 0.75);
        assert_eq!(figure("gini@2"), 0.375);
        assert_eq!(figure("entropy@2"), 1.5 * 2_f64.ln());
        // Lists of popularity 6 and 0 against profiles of 4 and 4; user 5 has no history.
        assert_eq!(figure("popularity_lift@2"), -0.25);
        // One hit, item 3, which is not among the two most popular.
        assert_eq!(figure("serendipity@2"), 1.0);
        assert_eq!((report.short_lists, report.cold_items_recommended), (2, 1));
        assert_eq!((report.truth_items, report.unseen_truth_items), (6, 1));
    }

    #[test]
    fn a_stored_report_is_read_back_with_its_values() {
        let report = report(&[(8, &[1, 3], &[3, 1], &[2]), (2, &[2, 4], &[1], &[3])]);
        let stored = serde_json::to_string(&report).unwrap();
        let values = serde_json::to_string(report.values_per_user()).unwrap();
        let bare: Report = serde_json::from_str(&stored).unwrap();
        assert_eq!((bare.per_user("recall@2"), bare.user_ids()), (None, &[][..]));
        assert_eq!(bare.with_values_per_user(serde_json::from_str(&values).unwrap()), report);
    }
}
