//! The test figures of groups of cases.

use super::{Cell, Column, Table};
use crate::report::format::{count, decimal};
use crate::report::metric_name::label;
use crate::report::model::RunReport;

/// One row a group with the compared figures, mean over seeds, and those of popularity and chance; `None`
/// where the protocol tells no groups apart.
pub fn groups(report: &RunReport) -> Option<Table> {
    let all = report.groups.first()?;
    let compared = report.figures.iter().map(|figure| figure.metric.clone());
    let names: Vec<String> = compared.filter(|name| all.metrics.contains_key(name)).collect();
    let mut columns = vec![Column::text("Test cases"), Column::number("Number")];
    columns.extend(names.iter().map(|name| Column::number(label(name))));
    let rows = report.groups.iter().map(|group| {
        let metric = |name: &String| {
            let cell = Cell::maybe(group.metrics.get(name).copied().map(decimal));
            let beside = [("MostPopular", &group.most_popular), ("chance", &group.chance)];
            let beside = beside
                .iter()
                .filter_map(|(label, figures)| Some(format!("{label} {}", decimal(*figures.get(name)?))));
            match beside.collect::<Vec<_>>() {
                none if none.is_empty() => cell,
                some => cell.sub(some.join(", ")),
            }
        };
        let head = [Cell::new(&group.name), Cell::new(count(group.cases as u64))];
        head.into_iter().chain(names.iter().map(metric)).collect()
    });
    Some(Table { rows: rows.collect(), columns })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn every_group_has_the_figures_that_have_a_mean() {
        let table = groups(&fixture::full()).unwrap();
        let titles: Vec<_> = table.columns.iter().map(|column| column.title.as_str()).collect();
        assert_eq!(titles, ["Test cases", "Number", "Recall@50"]);
        let texts = |row: &[Cell]| row.iter().map(|cell| cell.text.clone()).collect::<Vec<_>>();
        assert_eq!(texts(&table.rows[1]), ["cold users", "104", "0.1510"]);
        assert_eq!(table.rows[1][2].sub.as_deref(), Some("MostPopular 0.1084, chance 0.0146"));
        assert_eq!(groups(&fixture::no_reference()), None);
    }
}
