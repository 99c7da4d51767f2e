use std::collections::BTreeSet;

use crate::{
    error::Result,
    output::say,
    recipe::{self, Recipe},
    report::format::{columns, counted, with_spread},
    results::{self, Results},
};

/// What stands where there is no figure.
const NONE: &str = "-";

/// `cargo xtask reproduce --list`.
pub fn run() -> Result<()> {
    let results = Results::read(&results::path())?;
    for name in recipe::names()? {
        let recipe = recipe::resolve(&name, None, &[])?;
        say!("{name}: {}\n  {}", recipe.title, recipe.protocol);
        let titles = ["data", "figure", "published", "original code", "ours"].map(str::to_owned);
        let lines = std::iter::once(titles).chain(rows(&recipe, &results));
        say!("{}", columns(&lines.map(Vec::from).collect::<Vec<_>>()));
    }
    say!("(*) published under another protocol: not comparable. Ours: mean and deviation over seeds.");
    Ok(())
}

/// Data set, metric, and the figures: published, of the original code, ours.
type Row = [String; 5];

/// A row for each data set that the recipe knows figures of, its own first.
fn rows(recipe: &Recipe, results: &Results) -> Vec<Row> {
    let own = recipe.data.dataset.as_str();
    let compare = &recipe.compare;
    let published = compare.published.iter().map(|run| run.dataset.as_str());
    let reference = compare.reference.iter().map(|run| run.dataset.as_str());
    let others: BTreeSet<&str> = published.chain(reference).chain(results.datasets(&recipe.name)).collect();
    let datasets = std::iter::once(own).chain(others.into_iter().filter(|dataset| *dataset != own));
    datasets.map(|dataset| row(recipe, dataset, results)).collect()
}

fn row(recipe: &Recipe, dataset: &str, results: &Results) -> Row {
    let compare = &recipe.compare;
    let published = compare.published.iter().find(|run| run.dataset == dataset);
    let reference = compare.reference.iter().find(|run| run.dataset == dataset);
    let ours = results.get(&recipe.name, dataset);
    // The deciding metric, or where the paper does not print it, the first of ours that it does.
    let printed = |metric: &&String| published.is_none_or(|run| run.metrics.contains_key(*metric));
    let metric = std::iter::once(&compare.primary).chain(&compare.figures).find(printed);
    let metric = metric.unwrap_or(&compare.primary);

    let published = published.and_then(|run| {
        let mark = if run.protocol_differs.is_some() { " (*)" } else { "" };
        Some(format!("{}{mark}", with_spread(*run.metrics.get(metric)?, None)))
    });
    let reference = reference
        .and_then(|run| Some(with_spread(*run.metrics.get(metric)?, run.spread.get(metric).copied())));
    let ours = ours.and_then(|run| {
        let figure = with_spread(*run.metrics.get(metric)?, run.spread.get(metric).copied());
        Some(format!("{figure} ({})", counted(run.seeds.len(), "seed")))
    });
    let cell = |figure: Option<String>| figure.unwrap_or_else(|| NONE.to_owned());
    [dataset.to_owned(), metric.clone(), cell(published), cell(reference), cell(ours)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recipe_has_a_row_for_its_own_data_and_for_every_figure() {
        let results = Results::read(&results::path()).unwrap();
        for name in recipe::names().unwrap() {
            let recipe = recipe::resolve(&name, None, &[]).unwrap();
            let rows = rows(&recipe, &results);
            assert_eq!(rows[0][0], recipe.data.dataset);
            for run in &recipe.compare.published {
                let row = rows.iter().find(|row| row[0] == run.dataset);
                assert!(row.is_some_and(|row| row[2] != NONE), "{name} on {}", run.dataset);
            }
            for dataset in results.datasets(&name) {
                let row = rows.iter().find(|row| row[0] == dataset);
                assert!(row.is_some_and(|row| row[4] != NONE), "{name} on {dataset}");
            }
        }
    }
}
