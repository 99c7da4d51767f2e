//! What diversity costs in recall.

use super::Plot;
use crate::report::chart::{Axis, Hover, Marker, Point, Series, XyChart, padded};
use crate::report::format::{decimal, short};
use crate::report::lambdas;
use crate::report::metric_name::label;
use crate::report::model::{LambdaPoint, RunReport};

/// Recall against category diversity as lambda grows; `None` if lambda was not varied.
pub fn trade_off(report: &RunReport) -> Option<Plot> {
    let ours = lambdas::averaged(report);
    let cutoff = lambdas::cutoff(report, &ours)?;
    let (recall, diversity) = (format!("recall@{cutoff}"), format!("category_diversity@{cutoff}"));
    let line = |name: &str, class, marker, points: &[LambdaPoint], labelled: bool| {
        let points = points.iter().filter_map(|point| {
            let (x, y) = (*point.metrics.get(&diversity)?, *point.metrics.get(&recall)?);
            let lambda = format!("λ {}", short(point.lambda));
            Some(Point {
                x,
                y,
                head: format!("{name}, {lambda}"),
                tip: format!("{}: {}\n{}: {}", label(&recall), decimal(y), label(&diversity), decimal(x)),
                label: labelled.then_some(lambda),
                ring: false,
            })
        });
        Series { name: name.into(), class, marker, dashed: class == "reference", points: points.collect() }
    };
    let name = if report.seeds.len() > 1 { "ours, mean over seeds" } else { "ours" };
    let mut series = vec![
        line("reference", "reference", Marker::Diamond, &report.reference_lambdas, false),
        line(name, "s0", Marker::Circle, &ours, true),
    ];
    series.retain(|series| !series.points.is_empty());
    let all = || series.iter().flat_map(|series| &series.points);
    let x = padded(all().map(|point| point.x), 0.08)?;
    let y = padded(all().map(|point| point.y), 0.1)?;
    let chart = XyChart {
        label: "test recall against category diversity, as lambda grows".into(),
        x: Axis::linear(format!("test {}", label(&diversity)), x, 6),
        y: Axis::linear(format!("test {}", label(&recall)), y, 6),
        series,
        hover: Hover::Point,
    };
    Some(Plot {
        name: "diversity",
        title: "Recall against diversity".into(),
        caption: "Each point is a weight λ of diversity in the choice of the list; λ 0 is plain ranking. \
                  Up and to the right is better."
            .into(),
        drawing: chart.draw(),
    })
}
