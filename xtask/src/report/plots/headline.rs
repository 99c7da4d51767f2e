//! The primary figure at a glance: ours, the target, popularity.

use super::{HEADLINE, Plot};
use crate::report::chart::{Axis, DotChart, DotRow, Marker, padded};
use crate::report::format::{counted, decimal, interval, level, with_spread};
use crate::report::metric_name::label;
use crate::report::model::{Figure, RunReport};
use crate::report::verdict::target;

/// The primary figure beside what it is held against; `None` if it is not among the figures.
pub fn headline(report: &RunReport) -> Option<Plot> {
    let figure = report.primary_figure()?;
    let rows = rows(report, figure);
    let target = target(figure.published.as_ref(), figure.reference.as_ref());
    let band = target.map(|t| (t.value() - figure.tolerance, t.value() + figure.tolerance));
    let ends = rows.iter().flat_map(|row| {
        let (low, high) = row.range.unwrap_or((row.value, row.value));
        [row.value, low, high].into_iter().chain(row.singles.iter().copied())
    });
    let ends = ends.chain(band.into_iter().flat_map(|(low, high)| [low, high]));
    let metric = label(&figure.metric);
    let chart = DotChart {
        label: format!("{metric} of this run beside reference and popularity"),
        x: Axis::linear(format!("test {metric}"), padded(ends, 0.05)?, 5),
        rows,
        band: band.map(|ends| (ends, format!("tolerance ± {}", decimal(figure.tolerance)))),
    };
    let level = level(figure.ours.level);
    let mut caption =
        format!("Bar of ours: {level} bootstrap interval over test cases; strokes: single seeds.");
    if figure.reference.as_ref().is_some_and(|reference| reference.spread.is_some()) {
        caption += " Bar of the reference: one standard deviation over its seeds to either side.";
    }
    Some(Plot { name: HEADLINE, title: format!("{metric} at a glance"), caption, drawing: chart.draw() })
}

fn rows(report: &RunReport, figure: &Figure) -> Vec<DotRow> {
    let mut rows = Vec::new();
    let mut push = |name: &str, class, marker, value, range, singles, text: String, more: &str| {
        let tip = format!("{name}\n{text}{more}");
        rows.push(DotRow { name: name.into(), class, marker, value, range, singles, text, tip });
    };
    // On one axis with ours, a value of another protocol would ask for the comparison it cannot bear.
    if let Some(quoted) = figure.published.as_ref().filter(|quoted| quoted.protocol_differs.is_none()) {
        let text = decimal(quoted.value);
        push("published", "published", Marker::Diamond, quoted.value, None, vec![], text, "");
    }
    if let Some(reference) = &figure.reference {
        let (mean, more) = (reference.mean, format!("\n{}", counted(reference.seeds, "seed")));
        let range = reference.spread.map(|spread| (mean - spread, mean + spread));
        let text = with_spread(mean, reference.spread);
        push("reference", "reference", Marker::Square, mean, range, vec![], text, &more);
    }
    let ours = &figure.ours;
    let singles = report.seeds.iter().filter_map(|seed| seed.test.get(&figure.metric).copied()).collect();
    let (text, more) = (with_spread(ours.mean, ours.spread), format!("\n{}", interval(ours.interval)));
    push("ours", "s0", Marker::Circle, ours.mean, Some(ours.interval), singles, text, &more);
    if let Some(value) = figure.most_popular {
        push("MostPopular", "popular", Marker::Triangle, value, None, vec![], decimal(value), "");
    }
    rows
}
