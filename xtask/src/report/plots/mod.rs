//! The charts of a report, one a file.

mod cutoffs;
mod diversity;
mod headline;
mod interests;
mod training;

use super::chart::Drawing;
use super::model::RunReport;

/// Name of the plot that shows the primary figure at a glance.
pub const HEADLINE: &str = "headline";

/// A chart with the words around it.
pub struct Plot {
    /// Name of its file, without the ending.
    pub name: &'static str,
    /// Title.
    pub title: String,
    /// What to see and how to read it.
    pub caption: String,
    /// The chart.
    pub drawing: Drawing,
}

/// All charts that the report has data for, in the order they are shown.
pub fn all(report: &RunReport) -> Vec<Plot> {
    let charts = [
        headline::headline(report),
        training::loss(report),
        training::validation(report),
        cutoffs::recall(report),
        diversity::trade_off(report),
        interests::shares(report),
    ];
    charts.into_iter().flatten().collect()
}

/// Class of the line of the `index`-th seed; colours repeat after six, shapes after four.
fn seed_class(index: usize) -> &'static str {
    ["s0", "s1", "s2", "s3", "s4", "s5"][index % 6]
}
