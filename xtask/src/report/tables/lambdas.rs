//! The diversity sweep, ours beside the reference.

use super::{Cell, Column, Table};
use crate::report::format::{decimal, short};
use crate::report::lambdas as sweep;
use crate::report::metric_name::label;
use crate::report::model::RunReport;

/// Metrics shown, where they were measured.
const SHOWN: [&str; 4] = ["recall", "hit_rate", "ndcg", "category_diversity"];

/// Mean over seeds at each lambda; `None` if lambda was not varied.
pub fn lambdas(report: &RunReport) -> Option<Table> {
    let points = sweep::averaged(report);
    let cutoff = sweep::cutoff(report, &points)?;
    let names = SHOWN.iter().map(|metric| format!("{metric}@{cutoff}"));
    let names: Vec<String> = names.filter(|name| points[0].metrics.contains_key(name)).collect();
    let rows = points.iter().map(|point| {
        let reference = report.reference_lambdas.iter().find(|other| other.lambda == point.lambda);
        let metric = |name: &String| {
            let cell = Cell::maybe(point.metrics.get(name).copied().map(decimal));
            match reference.and_then(|reference| reference.metrics.get(name)) {
                Some(value) => cell.sub(format!("reference {}", decimal(*value))),
                None => cell,
            }
        };
        std::iter::once(Cell::new(short(point.lambda))).chain(names.iter().map(metric)).collect()
    });
    let columns =
        std::iter::once(Column::text("λ")).chain(names.iter().map(|name| Column::number(label(name))));
    Some(Table { columns: columns.collect(), rows: rows.collect() })
}
