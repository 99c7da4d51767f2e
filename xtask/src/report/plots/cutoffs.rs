//! Recall against the length of the list.

use std::collections::{BTreeMap, BTreeSet};

use super::Plot;
use crate::report::chart::{Axis, Hover, Marker, Point, Series, XyChart, padded};
use crate::report::format::decimal;
use crate::report::metric_name::MetricName;
use crate::report::model::RunReport;

/// Test recall at every cut-off that was evaluated; `None` for a single one, which is no curve.
pub fn recall(report: &RunReport) -> Option<Plot> {
    let ours = report.seeds.iter().flat_map(|seed| recalls(&seed.test)).fold(
        BTreeMap::<usize, Vec<f64>>::new(),
        |mut all, (cutoff, value)| {
            all.entry(cutoff).or_default().push(value);
            all
        },
    );
    let ours = ours.into_iter().map(|(cutoff, v)| (cutoff, v.iter().sum::<f64>() / v.len() as f64));
    let reference = report.figures.iter().filter_map(|figure| {
        let cutoff = recall_cutoff(&figure.metric)?;
        Some((cutoff, figure.reference.as_ref()?.mean))
    });
    let reference: BTreeMap<usize, f64> = reference.collect();
    let name = if report.seeds.len() > 1 { "ours, mean over seeds" } else { "ours" };
    let mut series = vec![
        line("MostPopular", "popular", Marker::Triangle, recalls(&report.most_popular)),
        line("reference", "reference", Marker::Diamond, reference),
        line(name, "s0", Marker::Circle, ours),
    ];
    series.retain(|series| !series.points.is_empty());
    let all = || series.iter().flat_map(|series| &series.points);
    let positions: BTreeSet<usize> = all().map(|point| point.x as usize).collect();
    if positions.len() < 2 {
        return None;
    }
    let top = padded(all().map(|point| point.y).chain([0.0]), 0.08)?.1;
    let chart = XyChart {
        label: "test recall against the cut-off N".into(),
        x: Axis::log_at("cut-off N (items, log scale)", &Vec::from_iter(positions)),
        y: Axis::linear("test Recall@N", (0.0, top), 5),
        series,
        hover: Hover::Column,
    };
    Some(Plot {
        name: "recall-at-n",
        title: "Recall against N".into(),
        caption: "Share of a case's held-out items among the first N, mean over test cases.".into(),
        drawing: chart.draw(),
    })
}

fn recall_cutoff(name: &str) -> Option<usize> {
    let name = MetricName::parse(name);
    name.cutoff.filter(|&cutoff| name.metric == "recall" && cutoff > 0)
}

fn recalls(metrics: &BTreeMap<String, f64>) -> BTreeMap<usize, f64> {
    metrics.iter().filter_map(|(name, value)| Some((recall_cutoff(name)?, *value))).collect()
}

fn line(
    name: &str,
    class: &'static str,
    marker: Marker,
    values: impl IntoIterator<Item = (usize, f64)>,
) -> Series {
    let points = values.into_iter().map(|(cutoff, y)| Point {
        x: cutoff as f64,
        y,
        head: format!("N = {cutoff}"),
        tip: format!("{name}: {}", decimal(y)),
        label: None,
        ring: false,
    });
    Series { name: name.into(), class, marker, dashed: class == "reference", points: points.collect() }
}
