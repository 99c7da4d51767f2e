//! Distributions of counts, as facts and as charts.

use seqrec_data::profile::{Bin, LogHistogram, Quantiles};

use super::fact;
use crate::report::chart::{Axis, Column, Histogram, padded};
use crate::report::explore::text_chart::TextChart;
use crate::report::format::{count, fine_percent, quantity};

/// Rows on a distribution, in the unit that `text` writes.
pub fn spread(quantiles: &Quantiles, text: fn(f64) -> String) -> Vec<(String, String)> {
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
pub struct Names {
    /// Horizontal axis.
    pub x: &'static str,
    /// Vertical axis, and what a column counts.
    pub y: &'static str,
    /// What a number counts.
    pub unit: &'static str,
}

/// The histogram on a logarithmic axis; `None` if it holds nothing.
pub fn histogram(found: &LogHistogram, quantiles: Option<&Quantiles>, names: &Names) -> Option<Histogram> {
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
pub fn octaves(found: &LogHistogram) -> TextChart {
    let total: u64 = found.bins.iter().map(|bin| bin.count).sum::<u64>() + found.zeros;
    let rows = by_octave(found).map(|octave| {
        let share = fine_percent(octave.count as f64 / total as f64);
        let text = format!("{:>11} {share:>9}", count(octave.count));
        (range(octave.first, octave.last), octave.count as f64, text)
    });
    TextChart::Bars(rows.collect())
}

/// The bins of a histogram, those of one octave made one.
pub fn by_octave(found: &LogHistogram) -> impl Iterator<Item = Bin> {
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
    use super::*;

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
