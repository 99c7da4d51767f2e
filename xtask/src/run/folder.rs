use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use seqrec_core::Backend;
use seqrec_train::checkpoint::CheckpointStore;

use crate::{
    commands::workspace_root,
    data::Prepared,
    error::{Result, RunError},
    files,
    recipe::Recipe,
};

pub const RECIPE: &str = "recipe.toml";

/// The folder of a run.
///
/// ```text
/// runs/comirec-sa-ml-100k/001/
///   recipe.toml         the resolved recipe; runs again with `cargo xtask reproduce <this file>`
///   card.json           the data card with its fingerprint
///   metrics.jsonl       one line per validation and per test result
///   seed-19/            checkpoints of one seed
///   report.html, report.md, report.json, plots/
/// ```
#[derive(Clone, Debug)]
pub struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// A new folder: `out`, or the next free number below `runs/`.
    pub fn create(out: Option<PathBuf>, recipe: &Recipe) -> Result<Self> {
        let path = match out {
            Some(path) if path.join(RECIPE).exists() => {
                let message = format!("{} already holds a run; go on with --resume", path.display());
                return Err(RunError::Usage(message));
            }
            Some(path) => path,
            None => {
                let base = base(recipe);
                let next = numbers(&base).last().map_or(1, |last| last + 1);
                base.join(format!("{next:03}"))
            }
        };
        let folder = Self { path };
        fs::create_dir_all(&folder.path).map_err(|source| io(&folder.path, source))?;
        Ok(folder)
    }

    /// The folder of an earlier run.
    pub fn open(path: &Path) -> Result<Self> {
        match path.join(RECIPE).is_file() {
            true => Ok(Self { path: path.to_owned() }),
            false => Err(RunError::Usage(format!("{} is no run: it has no {RECIPE}", path.display()))),
        }
    }

    /// The latest run of a recipe on its data set.
    pub fn latest(recipe: &Recipe) -> Result<Self> {
        let base = base(recipe);
        let last = numbers(&base).last().copied();
        let none = || RunError::Usage(format!("there is no run to resume below {}", base.display()));
        Self::open(&base.join(format!("{:03}", last.ok_or_else(none)?)))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The recipe as it was resolved, with `key=value` changes.
    pub fn recipe(&self, sets: &[String]) -> Result<Recipe> {
        let path = self.path.join(RECIPE);
        crate::recipe::resolve(&path.to_string_lossy(), None, sets)
    }

    /// Writes recipe and card.
    pub fn describe(&self, recipe: &Recipe, data: &Prepared) -> Result<()> {
        let text = toml::to_string(recipe).map_err(|error| RunError::Usage(error.to_string()))?;
        self.write(RECIPE, text.as_bytes())?;
        let json =
            serde_json::to_vec_pretty(&data.card).map_err(|error| RunError::Usage(error.to_string()))?;
        self.write("card.json", &json)
    }

    /// Writes a file of the run.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.path.join(name);
        files::write(&path, bytes).map_err(|source| io(&path, source))
    }

    /// Checkpoints of `seed`. Data, model, batches, optimizer, seed and monitored metric must not change
    /// between sessions, and where training goes on the `backend` neither; the length of the training
    /// may.
    pub fn checkpoints(
        &self,
        recipe: &Recipe,
        data: &Prepared,
        seed: u64,
        backend: Option<Backend>,
    ) -> CheckpointStore {
        let mut identity = BTreeMap::from([
            ("data".to_owned(), data.card.fingerprint.clone()),
            ("model".to_owned(), format!("{:?}", recipe.model)),
            ("items".to_owned(), format!("{:?}", recipe.items)),
            ("batches".to_owned(), format!("{:?}", recipe.training.batches)),
            ("optimizer".to_owned(), format!("{:?}", recipe.training.optimizer)),
            ("seed".to_owned(), seed.to_string()),
            ("monitor".to_owned(), recipe.training.fit.monitor.clone()),
        ]);
        let sessions =
            recipe.training.sessions.map(|sessions| ("sessions".to_owned(), format!("{sessions:?}")));
        identity.extend(sessions);
        identity.extend(backend.map(|backend| ("backend".to_owned(), backend.to_string())));
        CheckpointStore::new(self.path.join(format!("seed-{seed}")), identity)
    }
}

/// Folder of all runs of a recipe on a data set.
pub fn base(recipe: &Recipe) -> PathBuf {
    let dataset =
        Path::new(&recipe.data.dataset).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    workspace_root().join("runs").join(format!("{}-{dataset}", recipe.name))
}

/// Numbers of the runs below `base`, ascending.
fn numbers(base: &Path) -> Vec<u32> {
    let names = fs::read_dir(base).into_iter().flatten().flatten();
    let mut numbers: Vec<u32> = names.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    numbers.sort_unstable();
    numbers
}

fn io(path: &Path, source: std::io::Error) -> RunError {
    RunError::Io { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_holds_a_run_is_not_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let recipe = crate::recipe::resolve("comirec-sa", Some("synthetic"), &[]).unwrap();
        let folder = RunFolder::create(Some(dir.path().join("run")), &recipe).unwrap();
        assert!(RunFolder::open(folder.path()).is_err());
        let data = crate::data::prepare(&recipe.data, &crate::cli::DataSource::default()).unwrap();
        folder.describe(&recipe, &data).unwrap();
        assert_eq!(folder.recipe(&[]).unwrap().data.dataset, "synthetic");
        let error = RunFolder::create(Some(folder.path().to_owned()), &recipe).unwrap_err();
        assert!(error.to_string().contains("--resume"), "{error}");
    }
}
