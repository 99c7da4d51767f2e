use std::collections::BTreeMap;

use seqrec_data::CaseGroup;
use seqrec_eval::Report;
use serde::{Deserialize, Serialize};

/// The figures of some of the cases.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupReport {
    /// What the cases have in common.
    pub name: String,
    /// Number of cases.
    pub cases: usize,
    /// Those figures that are means over cases, by name.
    pub metrics: BTreeMap<String, f64>,
}

/// Takes the means of `report` over each group of its cases, as
/// [`case_groups`](seqrec_data::case_groups) forms them of the cases that were evaluated.
///
/// Figures that look at all lists together, such as coverage, have no value for a group. Empty groups
/// are left out.
pub fn by_group(report: &Report, groups: &[CaseGroup]) -> Vec<GroupReport> {
    let of_group = |group: &CaseGroup| {
        let mean = |values: &[f64]| {
            let cases = report.user_ids().iter().zip(values);
            let own: Vec<f64> =
                cases.filter(|(case, _)| group.members[**case as usize]).map(|(_, value)| *value).collect();
            own.iter().sum::<f64>() / own.len() as f64
        };
        let figures =
            report.metrics.keys().filter_map(|name| Some((name.clone(), mean(report.per_user(name)?))));
        GroupReport { name: group.name.to_owned(), cases: group.len(), metrics: figures.collect() }
    };
    groups.iter().filter(|group| !group.is_empty()).map(of_group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use seqrec_eval::{Catalogue, Evaluator, EvaluatorConfig, Metric};

    #[test]
    fn groups_average_over_their_own_cases() {
        let catalogue = Catalogue::new(vec![0, 3, 2, 1]).unwrap();
        let config = EvaluatorConfig {
            cutoffs: vec![1],
            metrics: vec![Metric::Recall, Metric::Coverage],
            ..EvaluatorConfig::default()
        };
        let mut evaluator = Evaluator::new(config, &catalogue).unwrap();
        for (case, target) in [(0, 1), (1, 2), (2, 1)] {
            evaluator.observe(case, &[1], &[target], &[3]).unwrap();
        }
        let group = |name, members: [bool; 3]| CaseGroup { name, members: members.into() };
        let groups =
            [group("a", [true, true, false]), group("b", [false, false, true]), group("none", [false; 3])];
        let found = by_group(&evaluator.finish(), &groups);
        let metrics = |recall| BTreeMap::from([("recall@1".to_owned(), recall)]);
        let expected = [("a", 2, metrics(0.5)), ("b", 1, metrics(1.0))]
            .map(|(name, cases, metrics)| GroupReport { name: name.into(), cases, metrics });
        assert_eq!(found, expected);
    }
}
