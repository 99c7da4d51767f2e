//! Every test metric of every seed.

use std::collections::BTreeSet;

use super::{Cell, Column, Table};
use crate::report::format::{decimal, with_spread};
use crate::report::metric_name::MetricName;
use crate::report::model::RunReport;

/// One row a metric and cut-off: each seed, mean and spread, popularity.
pub fn metrics(report: &RunReport) -> Table {
    let several = report.seeds.len() > 1;
    let tests = report.seeds.iter().map(|seed| &seed.test);
    let names: BTreeSet<&String> = tests.chain([&report.most_popular]).flat_map(|m| m.keys()).collect();
    let mut names: Vec<&String> = names.into_iter().collect();
    names.sort_by(|a, b| MetricName::parse(a).cmp(&MetricName::parse(b)));

    let mut columns = vec![Column::text("Test metric")];
    columns.extend(report.seeds.iter().map(|run| Column::number(format!("Seed {}", run.seed))));
    if several {
        columns.push(Column::number("Mean ± sd"));
    }
    columns.push(Column::number("MostPopular"));
    let rows = names.iter().map(|&name| {
        let values: Vec<Option<f64>> = report.seeds.iter().map(|run| run.test.get(name).copied()).collect();
        let mut row = vec![Cell::new(MetricName::parse(name).label())];
        row.extend(values.iter().map(|value| Cell::maybe(value.map(decimal))));
        if several {
            let all: Option<Vec<f64>> = values.into_iter().collect();
            row.push(Cell::maybe(all.map(|all| {
                let (mean, spread) = mean_and_spread(&all);
                with_spread(mean, Some(spread))
            })));
        }
        row.push(Cell::maybe(report.most_popular.get(name).copied().map(decimal)));
        row
    });
    Table { columns, rows: rows.collect() }
}

/// Mean and standard deviation (`n - 1` below) of at least two values.
fn mean_and_spread(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0)).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn the_spread_is_that_of_a_sample() {
        // Recall@50 of the original ComiRec-SA, three seeds: .2278 ± .0060.
        let (mean, spread) = mean_and_spread(&[0.2214, 0.2288, 0.2332]);
        assert_eq!(with_spread(mean, Some(spread)), "0.2278 ± 0.0060");
    }

    #[test]
    fn one_seed_has_no_mean_column() {
        let several = metrics(&fixture::full());
        let one = metrics(&fixture::one_seed());
        assert_eq!(several.columns.len(), 6);
        assert_eq!(one.columns.len(), 3);
        for table in [several, one] {
            assert!(table.rows.iter().all(|row| row.len() == table.columns.len()));
        }
    }

    #[test]
    fn a_metric_that_a_seed_lacks_has_no_mean() {
        let mut report = fixture::full();
        report.seeds[0].test.remove("recall@50");
        let table = metrics(&report);
        let row = table.rows.iter().find(|row| row[0].text == "Recall@50").map(|row| row.as_slice());
        let texts: Vec<_> = row.unwrap_or_default().iter().map(|cell| cell.text.as_str()).collect();
        assert_eq!((texts[1], texts[4]), ("–", "–"));
        assert_ne!(texts[2], "–");
    }
}
