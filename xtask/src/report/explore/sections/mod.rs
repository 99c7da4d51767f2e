//! The sections of an exploration, one statistic a file.

mod calendar;
mod categories;
mod gaps;
mod lengths;
mod popularity;
mod repetition;
mod timeline;

use seqrec_data::profile::{Bin, LogHistogram, Profile, Quantiles};

use super::text_chart::TextChart;
use crate::report::chart::{Axis, Column, Histogram, padded};
use crate::report::format::{count, fine_percent, quantity};
use crate::report::plots::Plot;
use crate::report::tables::Table;

/// One statistic: what it says, and its charts.
pub struct Section {
    /// Title.
    pub title: &'static str,
    /// What is counted, and how to read it.
    pub about: String,
    /// Labels with values.
    pub facts: Vec<(String, String)>,
    /// Charts of the page.
    pub plots: Vec<Plot>,
    /// A table of the page, with its title.
    pub table: Option<(&'static str, Table)>,
    /// Charts of the terminal.
    pub text_charts: Vec<TextChart>,
}

/// All sections; a statistic that the data does not allow has one that says so.
pub fn all(profile: &Profile) -> Vec<Section> {
    vec![
        lengths::section(profile),
        popularity::section(profile),
        repetition::section(profile),
        categories::section(profile),
        timeline::section(profile),
        gaps::section(profile),
        calendar::section(profile),
    ]
}

impl Section {
    /// A section for what the data does not tell.
    fn absent(title: &'static str, reason: &str) -> Self {
        Self {
            title,
            about: reason.to_owned(),
            facts: Vec::new(),
            plots: Vec::new(),
            table: None,
            text_charts: Vec::new(),
        }
    }
}

const NO_TIMES: &str = "The files have no times: only the order of a user's events is known.";

fn fact(label: impl Into<String>, value: impl Into<String>) -> (String, String) {
    (label.into(), value.into())
}

/// `1,234 (5.67 %)`, without the share where it is undefined.
fn with_share(number: u64, share: Option<f64>) -> String {
    match share {
        Some(share) => format!("{} ({})", count(number), fine_percent(share)),
        None => count(number),
    }
}

/// Five rows on a distribution, in the unit that `text` writes.
fn spread(quantiles: &Quantiles, text: fn(f64) -> String) -> Vec<(String, String)> {
    let Quantiles { min, q1, median, q3, p90, p99, max, mean } = *quantiles;
    let [min, q1, median, q3, p90, p99, max, mean] = [min, q1, median, q3, p90, p99, max, mean].map(text);
    vec![
        fact("Median", median),
        fact("Mean", mean),
        fact("Half lie between", format!("{q1} and {q3}")),
        fact("90 % have at most", p90),
        fact("99 % have at most", p99),
        fact("Least and most", format!("{min} and {max}")),
    ]
}

/// The columns of a histogram whose numbers and holders have these names.
struct Names {
    /// Horizontal axis.
    x: &'static str,
    /// Vertical axis, and what a column counts.
    y: &'static str,
    /// What a number counts.
    unit: &'static str,
}

/// The histogram on a logarithmic axis; `None` if it holds nothing.
fn histogram(found: &LogHistogram, quantiles: Option<&Quantiles>, names: &Names) -> Option<Histogram> {
    let (first, last) = (found.bins.first()?, found.bins.last()?);
    let top = padded(found.bins.iter().map(|bin| bin.count as f64).chain([0.0]), 0.05)?.1;
    let columns = found.bins.iter().map(|bin| Column {
        ends: (bin.first as f64, bin.last as f64 + 1.0),
        value: bin.count as f64,
        tip: format!("{} {}\n{} {}", range(bin.first, bin.last), names.unit, count(bin.count), names.y),
    });
    Some(Histogram {
        label: format!("{} by {}", names.y, names.x),
        x: Axis::log(format!("{} (log scale)", names.x), (first.first as f64, last.last as f64 + 1.0)),
        y: Axis::linear(names.y, (0.0, top), 5),
        columns: columns.collect(),
        mark: quantiles
            .filter(|quantiles| quantiles.median >= first.first as f64)
            .map(|quantiles| (quantiles.median, format!("median {}", quantity(quantiles.median)))),
    })
}

/// The histogram in bars of one octave each.
fn octaves(found: &LogHistogram) -> TextChart {
    let total: u64 = found.bins.iter().map(|bin| bin.count).sum::<u64>() + found.zeros;
    let rows = by_octave(found).map(|octave| {
        let share = fine_percent(octave.count as f64 / total as f64);
        let text = format!("{:>11} {share:>9}", count(octave.count));
        (range(octave.first, octave.last), octave.count as f64, text)
    });
    TextChart::Bars(rows.collect())
}

/// The bins of a histogram, those of one octave made one.
fn by_octave(found: &LogHistogram) -> impl Iterator<Item = Bin> {
    let octaves = found.bins.chunk_by(|a, b| a.first.ilog2() == b.first.ilog2());
    octaves.filter_map(|bins| {
        let (first, last) = (bins.first()?.first, bins.last()?.last);
        Some(Bin { first, last, count: bins.iter().map(|bin| bin.count).sum() })
    })
}

/// `3`, or `4 to 5`.
fn range(first: u64, last: u64) -> String {
    if first == last { count(first) } else { format!("{} to {}", count(first), count(last)) }
}

#[cfg(test)]
mod tests {
    use super::super::model::fixture;
    use super::*;

    #[test]
    fn what_the_data_does_not_tell_is_said() {
        let sections = all(&fixture::no_times().profile);
        let bare: Vec<_> = sections.iter().filter(|section| section.facts.is_empty()).collect();
        let titles: Vec<_> = bare.iter().map(|section| section.title).collect();
        assert_eq!(titles, ["Category spread", "Growth and sparsity", "Gaps", "Week and day"]);
        assert!(bare.iter().all(|section| section.about.starts_with("The files have no")));
        assert!(bare.iter().all(|section| section.plots.is_empty() && section.text_charts.is_empty()));
    }

    #[test]
    fn a_full_data_set_has_every_chart() {
        let sections = all(&fixture::full().profile);
        let plots: Vec<_> =
            sections.iter().flat_map(|section| &section.plots).map(|plot| plot.name).collect();
        let expected = [
            "lengths",
            "popularity-by-rank",
            "popularity",
            "categories-of-a-user",
            "top-categories",
            "events-over-time",
            "density-over-time",
            "users-over-time",
            "items-over-time",
            "gaps",
            "hours",
            "weekdays",
        ];
        assert_eq!(plots, expected);
    }

    #[test]
    fn octaves_sum_the_bins_of_a_histogram() {
        let TextChart::Bars(rows) = octaves(&LogHistogram::of([1, 4, 5, 6, 7, 7, 0, 0, 16, 31])) else {
            panic!("bars");
        };
        let found: Vec<_> = rows.iter().map(|(name, value, _)| (name.as_str(), *value)).collect();
        let expected = [("1", 1.0), ("2 to 3", 0.0), ("4 to 7", 5.0), ("8 to 15", 0.0), ("16 to 31", 2.0)];
        assert_eq!(found, expected);
        assert!(rows[2].2.contains("50.0 %"), "zeros belong to the total");
    }
}
