//! Loss and validation along training.

use super::{Plot, seed_class};
use crate::report::chart::{Axis, Hover, Marker, Point, Series, XyChart, padded};
use crate::report::format::{count, decimal};
use crate::report::metric_name::label;
use crate::report::model::{CurvePoint, RunReport};

/// Training loss against step; `None` without a curve.
pub fn loss(report: &RunReport) -> Option<Plot> {
    Some(Plot {
        name: "training-loss",
        title: "Training loss".into(),
        caption: "Mean training loss since the point before, one line a seed.".into(),
        drawing: curves(report, "mean training loss", false, |point| Some(point.loss))?.draw(),
    })
}

/// Validation metric against step; `None` if no validation was recorded.
pub fn validation(report: &RunReport) -> Option<Plot> {
    let metric = validation_metric(report)?;
    let label = label(metric);
    let chart =
        curves(report, &format!("validation {label}"), true, |point| point.validation.get(metric).copied())?;
    Some(Plot {
        name: "training-validation",
        title: format!("Validation {label}"),
        caption: "Validation users, one line a seed. A ring marks the step whose weights were tested.".into(),
        drawing: chart.draw(),
    })
}

/// The primary metric if it was validated, else the first metric that was.
fn validation_metric(report: &RunReport) -> Option<&str> {
    let names = || report.seeds.iter().flat_map(|s| &s.curve).flat_map(|point| point.validation.keys());
    names().find(|name| **name == report.primary).or_else(|| names().next()).map(String::as_str)
}

fn curves(
    report: &RunReport,
    title: &str,
    rings: bool,
    value: impl Fn(&CurvePoint) -> Option<f64>,
) -> Option<XyChart> {
    let points = |curve: &[CurvePoint], name: &str, ring: Option<u64>| -> Vec<Point> {
        let valued = curve.iter().filter_map(|point| value(point).map(|y| (point.step, y)));
        let points = valued.map(|(step, y)| Point {
            x: step as f64,
            y,
            head: format!("step {}", count(step)),
            tip: format!("{name}: {}", decimal(y)),
            label: None,
            ring: ring == Some(step),
        });
        points.collect()
    };
    let mut series = Vec::new();
    if !report.reference_curve.is_empty() {
        series.push(Series {
            name: "reference".into(),
            class: "reference",
            marker: Marker::Diamond,
            dashed: true,
            points: points(&report.reference_curve, "reference", None),
        });
    }
    for (i, seed) in report.seeds.iter().enumerate() {
        let name = format!("seed {}", seed.seed);
        let points = points(&seed.curve, &name, rings.then_some(seed.best_step));
        series.push(Series { name, class: seed_class(i), marker: Marker::nth(i), dashed: false, points });
    }
    series.retain(|series| !series.points.is_empty());
    let all = || series.iter().flat_map(|series| &series.points);
    let x = padded(all().map(|point| point.x), 0.0)?;
    let y = padded(all().map(|point| point.y), 0.06)?;
    Some(XyChart {
        label: format!("{title} against training step"),
        x: Axis::linear("training step", (0.0, x.1), 6),
        y: Axis::linear(title, y, 6),
        series,
        hover: Hover::Column,
    })
}
