//! How each seed ran.

use super::{Cell, Column, Table};
use crate::report::format::{count, decimal, duration, percent};
use crate::report::model::RunReport;

/// One row a seed: steps, time, speed, and how alike the interests are where there are several.
pub fn seeds(report: &RunReport) -> Table {
    let mut columns = vec![
        Column::text("Seed"),
        Column::number("Steps"),
        Column::number("Best step"),
        Column::number("Time"),
        Column::number("Samples per second"),
        Column::number("Waiting for batches"),
        Column::number("Padding"),
    ];
    let with_interests = report.seeds.iter().any(|run| run.interests.is_some());
    if with_interests {
        columns.push(Column::number("Cosine of interests"));
    }
    let rows = report.seeds.iter().map(|run| {
        let mut row = vec![
            Cell::new(run.seed.to_string()),
            Cell::new(count(run.steps)),
            Cell::new(count(run.best_step)),
            Cell::new(duration(run.train_seconds)),
            Cell::new(count(run.samples_per_second.round() as u64)),
            Cell::new(percent(run.loader_wait_share)),
            Cell::new(percent(run.padded_share)),
        ];
        if with_interests {
            let cosine = run.interests.as_ref().map(|interests| decimal(interests.mean_pairwise_cosine));
            row.push(Cell::maybe(cosine));
        }
        row
    });
    Table { columns, rows: rows.collect() }
}
