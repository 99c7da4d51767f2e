//! The diversity sweep over seeds.

use super::metric_name::MetricName;
use super::model::{LambdaPoint, RunReport};

/// Mean over seeds at every lambda that each seed measured, by rising lambda.
///
/// A metric that a seed lacks is left out.
pub fn averaged(report: &RunReport) -> Vec<LambdaPoint> {
    let Some((first, others)) = report.seeds.split_first() else { return Vec::new() };
    let at = |point: &LambdaPoint| -> Option<LambdaPoint> {
        let same = |other: &&LambdaPoint| other.lambda == point.lambda;
        let others: Vec<_> =
            others.iter().map(|seed| seed.lambdas.iter().find(same)).collect::<Option<_>>()?;
        let mean = |(name, value): (&String, &f64)| {
            let values: Vec<f64> =
                others.iter().map(|p| p.metrics.get(name).copied()).collect::<Option<_>>()?;
            Some((name.clone(), (value + values.iter().sum::<f64>()) / (values.len() + 1) as f64))
        };
        Some(LambdaPoint { lambda: point.lambda, metrics: point.metrics.iter().filter_map(mean).collect() })
    };
    let mut points: Vec<_> = first.lambdas.iter().filter_map(at).collect();
    points.sort_by(|a, b| a.lambda.total_cmp(&b.lambda));
    points
}

/// The cut-off at which recall and category diversity were both measured.
///
/// It is that of the primary metric if possible, else the largest one.
pub fn cutoff(report: &RunReport, points: &[LambdaPoint]) -> Option<usize> {
    let metrics = &points.first()?.metrics;
    let names = metrics.keys().map(|name| MetricName::parse(name));
    let recalls = names.filter(|name| name.metric == "recall").filter_map(|name| name.cutoff);
    let both = recalls.filter(|cutoff| metrics.contains_key(&format!("category_diversity@{cutoff}")));
    let primary = MetricName::parse(&report.primary).cutoff;
    both.max_by_key(|&cutoff| (Some(cutoff) == primary, cutoff))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn only_what_every_seed_measured_is_averaged() {
        let mut report = fixture::full();
        report.seeds[1].lambdas.retain(|point| point.lambda != 0.1);
        report.seeds[2].lambdas[0].metrics.remove("ndcg@50");
        let points = averaged(&report);
        assert!(points.iter().all(|point| point.lambda != 0.1));
        assert_eq!(points.len(), report.seeds[0].lambdas.len() - 1);
        assert!(!points[0].metrics.contains_key("ndcg@50"));
        let recalls = report.seeds.iter().map(|seed| seed.lambdas[0].metrics["recall@50"]);
        assert!((points[0].metrics["recall@50"] - recalls.sum::<f64>() / 3.0).abs() < 1e-12);
    }

    #[test]
    fn the_cut_off_is_the_primary_one_if_it_was_measured() {
        let mut report = fixture::full();
        let points = averaged(&report);
        assert_eq!(cutoff(&report, &points), Some(50));
        report.primary = "recall@7".into();
        assert_eq!(cutoff(&report, &points), Some(50));
        assert_eq!(cutoff(&report, &[]), None);
    }
}
