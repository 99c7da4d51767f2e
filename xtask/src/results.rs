//! Our last measured figures, in a file beside the pages that speak of them.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    commands::workspace_root,
    error::{Result, RunError},
    files,
    report::model::RunReport,
};

const HEADER: &str = "# Our last measured figures by recipe and data set, as `cargo xtask reproduce --list` shows them.\n\
                      # `cargo xtask report RUN --record` writes this file.\n\n";

/// What runs of recipes on data sets gave.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Results(BTreeMap<String, BTreeMap<String, Measured>>);

/// What one run gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// Training seeds.
    pub seeds: Vec<u64>,
    /// Training steps of the shortest and of the longest seed.
    pub steps: [u64; 2],
    /// Wall time of the training of the fastest and of the slowest seed, whole seconds.
    pub seconds: [u64; 2],
    /// Compute backend.
    pub backend: String,
    /// Means over seeds, by metric.
    pub metrics: BTreeMap<String, f64>,
    /// Standard deviations over seeds, by metric; empty for one seed.
    #[serde(default)]
    pub spread: BTreeMap<String, f64>,
}

/// The checked-in file.
pub fn path() -> PathBuf {
    workspace_root().join("docs").join("results.toml")
}

impl Results {
    /// Reads `path`.
    ///
    /// # Errors
    ///
    /// [`RunError::Io`], or [`RunError::Usage`] with the line that is wrong.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(|source| RunError::Io { path: path.into(), source })?;
        toml::from_str(&text).map_err(|error| RunError::Usage(format!("{}: {error}", path.display())))
    }

    /// Writes `path`: beside it first, then a rename.
    ///
    /// # Errors
    ///
    /// [`RunError::Io`].
    pub fn write(&self, path: &Path) -> Result<()> {
        let text = toml::to_string(self).map_err(|error| RunError::Usage(error.to_string()))?;
        files::write(path, format!("{HEADER}{text}"))
            .map_err(|source| RunError::Io { path: path.into(), source })
    }

    /// The figures of `recipe` on `dataset`.
    pub fn get(&self, recipe: &str, dataset: &str) -> Option<&Measured> {
        self.0.get(recipe)?.get(dataset)
    }

    /// The data sets that `recipe` was measured on.
    pub fn datasets(&self, recipe: &str) -> impl Iterator<Item = &str> {
        self.0.get(recipe).into_iter().flatten().map(|(dataset, _)| dataset.as_str())
    }

    /// Takes in what a finished run found, in place of an earlier one of recipe and data set.
    pub fn record(&mut self, report: &RunReport) {
        let steps = range(report.seeds.iter().map(|seed| seed.steps));
        let seconds = range(report.seeds.iter().map(|seed| seed.train_seconds.round() as u64));
        let figures = || report.figures.iter();
        let measured = Measured {
            seeds: report.seeds.iter().map(|seed| seed.seed).collect(),
            steps,
            seconds,
            backend: report.environment.backend.clone(),
            metrics: figures().map(|figure| (figure.metric.clone(), rounded(figure.ours.mean))).collect(),
            spread: figures()
                .filter_map(|figure| Some((figure.metric.clone(), rounded(figure.ours.spread?))))
                .collect(),
        };
        let recipe = self.0.entry(report.recipe.name.clone()).or_default();
        recipe.insert(report.recipe.dataset.clone(), measured);
    }
}

/// The smallest and the largest of `values`, 0 without any.
fn range(values: impl Iterator<Item = u64> + Clone) -> [u64; 2] {
    [values.clone().min().unwrap_or(0), values.max().unwrap_or(0)]
}

/// Four decimals, as reports print them.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn a_recorded_run_is_read_back_and_replaces_the_one_before() {
        let file = tempfile::tempdir().unwrap();
        let path = file.path().join("results.toml");
        let mut report = fixture::full();
        let mut results = Results::default();
        results.record(&report);
        report.figures[0].ours.mean = 0.123_449;
        results.record(&report);
        results.write(&path).unwrap();
        let read = Results::read(&path).unwrap();
        assert_eq!(read, results);
        let measured = read.get(&report.recipe.name, &report.recipe.dataset).unwrap();
        assert_eq!(measured.metrics[&report.figures[0].metric], 0.1234);
        assert_eq!(measured.seeds, report.seeds.iter().map(|seed| seed.seed).collect::<Vec<_>>());
        assert_eq!(read.datasets(&report.recipe.name).collect::<Vec<_>>(), [report.recipe.dataset]);
    }

    #[test]
    fn every_checked_in_result_belongs_to_a_recipe() {
        let results = Results::read(&path()).unwrap();
        let recipes = crate::recipe::names().unwrap();
        for (recipe, measured) in &results.0 {
            assert!(recipes.contains(recipe), "{recipe} is no recipe");
            assert!(
                measured.values().all(|measured| !measured.metrics.is_empty()),
                "{recipe} has no figures"
            );
        }
    }
}
