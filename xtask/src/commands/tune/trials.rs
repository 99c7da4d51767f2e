use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    error::{Result, RunError},
    files,
    recipe::{Choices, Recipe},
};

const FILE: &str = "trials.json";

/// What a search is of. A search goes on only as the one that it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Search {
    pub recipe: String,
    pub dataset: String,
    /// Changes of the recipe that all trials share.
    pub sets: Vec<String>,
    pub choices: Choices,
    /// Seed of every trial, and of their order.
    pub seed: u64,
    /// The figure of the validation that decides.
    pub monitor: String,
}

impl Search {
    pub fn of(recipe: &Recipe, sets: &[String]) -> Self {
        Self {
            recipe: recipe.name.clone(),
            dataset: recipe.data.dataset.clone(),
            sets: sets.to_vec(),
            choices: recipe.tune.clone(),
            seed: recipe.training.seed,
            monitor: recipe.training.fit.monitor.clone(),
        }
    }
}

/// A trial that is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// What was chosen, as `KEY=VALUE`.
    pub chosen: Vec<String>,
    /// The best validation and its step; `None` if the training diverged.
    pub best: Option<(f64, u64)>,
    /// Seconds of training.
    pub seconds: f64,
}

/// A search with its trials so far, in a folder.
#[derive(Debug, Serialize, Deserialize)]
pub struct Trials {
    pub search: Search,
    pub done: Vec<Trial>,
    #[serde(skip)]
    folder: PathBuf,
}

impl Trials {
    /// Begins a search in `folder`, or goes on with the one that is there.
    ///
    /// # Errors
    ///
    /// [`RunError::Usage`] if the folder holds another search, or one that was not to be resumed.
    pub fn open(folder: &Path, search: Search, resume: bool) -> Result<Self> {
        let path = folder.join(FILE);
        if !path.exists() {
            return Ok(Self { search, done: Vec::new(), folder: folder.to_owned() });
        }
        if !resume {
            let message = format!("{} holds a search; go on with --resume, or give --out", folder.display());
            return Err(RunError::Usage(message));
        }
        let text = fs::read_to_string(&path).map_err(|source| RunError::Io { path: path.clone(), source })?;
        let found: Self = serde_json::from_str(&text)
            .map_err(|error| RunError::Usage(format!("{}: {error}", path.display())))?;
        if found.search != search {
            let message =
                format!("{} holds a search of another recipe or other choices; give --out", folder.display());
            return Err(RunError::Usage(message));
        }
        Ok(Self { folder: folder.to_owned(), ..found })
    }

    /// Whether a combination was tried.
    pub fn has(&self, chosen: &[String]) -> bool {
        self.done.iter().any(|trial| trial.chosen == chosen)
    }

    /// Adds a trial and writes the file.
    pub fn add(&mut self, trial: Trial) -> Result<()> {
        self.done.push(trial);
        let json = serde_json::to_vec_pretty(&self).map_err(|error| RunError::Usage(error.to_string()))?;
        let path = self.folder.join(FILE);
        files::write(&path, json).map_err(|source| RunError::Io { path, source })
    }

    /// The trials, the best one first, those that diverged last.
    pub fn ranked(&self) -> Vec<&Trial> {
        let mut ranked: Vec<&Trial> = self.done.iter().collect();
        let figure = |trial: &Trial| trial.best.map_or(f64::NEG_INFINITY, |(figure, _)| figure);
        ranked.sort_by(|a, b| figure(b).total_cmp(&figure(a)));
        ranked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(seed: u64) -> Search {
        let choices = toml::from_str("\"model.dim\" = [8, 16]").unwrap();
        let (recipe, dataset, monitor) = ("r".into(), "d".into(), "ndcg@10".into());
        Search { recipe, dataset, sets: vec![], choices, seed, monitor }
    }

    fn trial(chosen: &str, figure: Option<f64>) -> Trial {
        Trial { chosen: vec![chosen.into()], best: figure.map(|figure| (figure, 9)), seconds: 1.0 }
    }

    #[test]
    fn a_search_goes_on_where_it_was_and_only_as_what_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let mut trials = Trials::open(dir.path(), search(1), false).unwrap();
        trials.add(trial("model.dim=8", Some(0.1))).unwrap();
        let again = Trials::open(dir.path(), search(1), true).unwrap();
        assert_eq!(again.done, trials.done);
        assert!(again.has(&["model.dim=8".into()]) && !again.has(&["model.dim=16".into()]));
        for (search, resume) in [(search(1), false), (search(2), true)] {
            let error = Trials::open(dir.path(), search, resume).unwrap_err().to_string();
            assert!(error.contains("--out"), "{error}");
        }
    }

    #[test]
    fn the_best_trial_is_first_and_one_that_diverged_last() {
        let dir = tempfile::tempdir().unwrap();
        let mut trials = Trials::open(dir.path(), search(1), false).unwrap();
        for (chosen, figure) in [("a", None), ("b", Some(0.1)), ("c", Some(0.3))] {
            trials.add(trial(chosen, figure)).unwrap();
        }
        let order: Vec<&str> = trials.ranked().iter().map(|trial| trial.chosen[0].as_str()).collect();
        assert_eq!(order, ["c", "b", "a"]);
    }
}
