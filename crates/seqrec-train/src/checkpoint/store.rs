use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use burn::module::Module as _;
use seqrec_core::{
    Network,
    items::{ItemEncoder, ItemTable},
    optim::{DenseOptimizer, DenseState, RowOptimizer, RowState},
    params::{self, HostTensor},
};
use serde::{Deserialize, Serialize};

use super::{
    carried::{export_carried, import_carried},
    checksums::{sha256, verify, write_checksums},
    files::{failed, load_weights, read, save_weights, write},
};
use crate::{
    Result, TrainError,
    trainer::{FitProgress, Learner, Net},
};

const WEIGHTS: &str = "weights.safetensors";
const OPTIMIZER: &str = "optimizer.safetensors";
const TABLE_MOMENTS: &str = "tables.safetensors";
const CARRIED: &str = "carried.safetensors";
const PROGRESS: &str = "progress.toml";
/// Prefixes of the folders that belong to a store.
const STEP: &str = "step-";
const WRITING: &str = ".writing-";
const FILES: [&str; 5] = [WEIGHTS, OPTIMIZER, TABLE_MOMENTS, CARRIED, PROGRESS];

/// A folder of checkpoints of one run.
#[derive(Clone, Debug)]
pub struct CheckpointStore {
    folder: PathBuf,
    /// What must not change between sessions of one run, by name: data fingerprint, configuration.
    identity: BTreeMap<String, String>,
}

/// Content of `progress.toml`.
#[derive(Serialize, Deserialize)]
struct Saved {
    identity: BTreeMap<String, String>,
    dense_step: u64,
    table_steps: Vec<u64>,
    progress: FitProgress,
}

impl CheckpointStore {
    /// The checkpoints below `folder` of the run with this `identity`. The first save makes the folder.
    pub fn new(folder: impl Into<PathBuf>, identity: BTreeMap<String, String>) -> Self {
        Self { folder: folder.into(), identity }
    }

    /// The folder of the last checkpoint, if there is one.
    ///
    /// # Errors
    ///
    /// [`TrainError::Checkpoint`] if that cannot be found out.
    pub fn last(&self) -> Result<Option<PathBuf>> {
        self.pointer("last")
    }

    /// The folder of the best checkpoint, if there is one.
    ///
    /// # Errors
    ///
    /// [`TrainError::Checkpoint`] if that cannot be found out.
    pub fn best(&self) -> Result<Option<PathBuf>> {
        self.pointer("best")
    }

    fn pointer(&self, name: &str) -> Result<Option<PathBuf>> {
        let path = self.folder.join(name);
        match fs::read_to_string(&path) {
            Ok(step) => Ok(Some(self.folder.join(step.trim()))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(&path, error)),
        }
    }

    /// Saves `learner` as the last checkpoint, and as the best one if `best`.
    ///
    /// # Errors
    ///
    /// [`TrainError::Checkpoint`]; the previous checkpoints stay in force.
    pub fn save<M: Network, E: ItemEncoder>(
        &self,
        learner: &Learner<M, E>,
        progress: &FitProgress,
        best: bool,
    ) -> Result<()> {
        fs::create_dir_all(&self.folder).map_err(|error| failed(&self.folder, error))?;
        let name = self.vacant(progress.step);
        let folder = self.folder.join(&name);
        let temporary = tempfile::Builder::new()
            .prefix(WRITING)
            .tempdir_in(&self.folder)
            .map_err(|error| failed(&self.folder, error))?;
        self.write_files(temporary.path(), learner, progress)?;
        fs::rename(temporary.path(), &folder).map_err(|error| failed(&folder, error))?;
        if best {
            self.point("best", &name)?;
        }
        self.point("last", &name)?;
        self.remove_others()
    }

    /// A folder name for `step` that is free: what a pointer names is never taken away before the
    /// pointer has moved on, also when a step is saved twice.
    fn vacant(&self, step: u64) -> String {
        let mut name = format!("{STEP}{step:09}");
        while self.folder.join(&name).exists() {
            name.push_str("-again");
        }
        name
    }

    fn write_files<M: Network, E: ItemEncoder>(
        &self,
        folder: &Path,
        learner: &Learner<M, E>,
        progress: &FitProgress,
    ) -> Result<()> {
        save_weights(&folder.join(WEIGHTS), &weights(learner))?;
        let (optimizer, row_optimizers) = learner.optimizers();
        let dense = optimizer.state();
        save_weights(&folder.join(OPTIMIZER), &dense.states)?;
        let states: Vec<_> = row_optimizers.iter().map(RowOptimizer::state).collect();
        save_weights(&folder.join(TABLE_MOMENTS), &moments(learner.tables(), &states))?;
        save_weights(&folder.join(CARRIED), &export_carried(learner.carried()))?;
        let saved = Saved {
            identity: self.identity.clone(),
            dense_step: dense.step,
            table_steps: states.iter().map(|state| state.step).collect(),
            progress: progress.clone(),
        };
        let path = folder.join(PROGRESS);
        let text = toml::to_string(&saved).map_err(|error| failed(&path, error))?;
        write(&path, text.as_bytes())?;
        write_checksums(folder, &FILES)
    }

    fn point(&self, pointer: &str, step: &str) -> Result<()> {
        let path = self.folder.join(pointer);
        let temporary = self.folder.join(format!(".{pointer}"));
        write(&temporary, step.as_bytes())?;
        fs::rename(&temporary, &path).map_err(|error| failed(&path, error))
    }

    /// Removes folders that neither pointer names, those of killed writers included.
    fn remove_others(&self) -> Result<()> {
        let kept = [self.best()?, self.last()?];
        for entry in fs::read_dir(&self.folder).map_err(|error| failed(&self.folder, error))? {
            let entry = entry.map_err(|error| failed(&self.folder, error))?;
            let (path, name) = (entry.path(), entry.file_name());
            let ours = name.to_str().is_some_and(|name| name.starts_with(STEP) || name.starts_with(WRITING));
            if ours && path.is_dir() && !kept.iter().flatten().any(|folder| *folder == path) {
                fs::remove_dir_all(&path).map_err(|error| failed(&path, error))?;
            }
        }
        Ok(())
    }

    /// Puts the last checkpoint into `learner` and returns its progress; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`TrainError::OtherRun`] if data or configuration changed, [`TrainError::Checkpoint`] for
    /// damaged files.
    pub fn resume<M: Network, E: ItemEncoder>(
        &self,
        learner: &mut Learner<M, E>,
    ) -> Result<Option<FitProgress>> {
        let Some(folder) = self.last()? else { return Ok(None) };
        verify(&folder, &FILES)?;
        let saved = self.saved(&folder)?;
        if saved.table_steps.len() != learner.tables().len() {
            let found = format!("{} tables, expected {}", saved.table_steps.len(), learner.tables().len());
            return Err(failed(&folder, found));
        }
        restore_weights(learner, &folder)?;

        let mut loaded = load_weights(&folder.join(TABLE_MOMENTS))?;
        let config = learner.config();
        let mut row_optimizers = Vec::new();
        for (table, step) in learner.tables().iter().zip(saved.table_steps) {
            let mut take = |moment: &str| {
                let name = format!("{}.{moment}", table.name());
                let tensor = loaded.remove(&name);
                tensor
                    .map(|tensor| tensor.values)
                    .ok_or_else(|| failed(&folder, format!("`{name}` is missing")))
            };
            let state = RowState { first: take("first")?, second: take("second")?, step };
            let mut optimizer = RowOptimizer::new(config.rule, config.rows, table);
            optimizer.restore(state)?;
            row_optimizers.push(optimizer);
        }
        let states = load_weights(&folder.join(OPTIMIZER))?;
        let mut optimizer = DenseOptimizer::new(config.rule);
        optimizer.restore(DenseState { states, step: saved.dense_step }, learner.device())?;
        let (net, tables) = (learner.net().clone(), learner.tables().to_vec());
        learner.replace(net, tables, optimizer, row_optimizers);
        let path = folder.join(CARRIED);
        let carried = import_carried(load_weights(&path)?, learner.device());
        learner.carry(carried.map_err(|reason| failed(&path, reason))?);
        Ok(Some(saved.progress))
    }

    /// Puts the weights of the best checkpoint into `learner`, for evaluation.
    ///
    /// # Errors
    ///
    /// [`TrainError::Checkpoint`] if there is none or it is damaged, [`TrainError::OtherRun`] if it
    /// belongs to other data or another model.
    pub fn load_best<M: Network, E: ItemEncoder>(&self, learner: &mut Learner<M, E>) -> Result<()> {
        let folder = self.best()?.ok_or_else(|| failed(&self.folder, "there is no best checkpoint yet"))?;
        verify(&folder, &FILES)?;
        self.saved(&folder)?;
        restore_weights(learner, &folder)
    }

    /// SHA-256 of the last checkpoint's weights file, as hexadecimal.
    ///
    /// # Errors
    ///
    /// [`TrainError::Checkpoint`] if there is none.
    pub fn last_weights_sha256(&self) -> Result<String> {
        let folder = self.last()?.ok_or_else(|| failed(&self.folder, "there is no checkpoint yet"))?;
        sha256(&folder.join(WEIGHTS))
    }

    /// What `folder` says of itself, if it belongs to this run.
    fn saved(&self, folder: &Path) -> Result<Saved> {
        let path = folder.join(PROGRESS);
        let saved: Saved = toml::from_slice(&read(&path)?).map_err(|error| failed(&path, error))?;
        self.check_identity(&path, &saved.identity)?;
        Ok(saved)
    }

    fn check_identity(&self, path: &Path, found: &BTreeMap<String, String>) -> Result<()> {
        for (what, expected) in &self.identity {
            let before = found.get(what).cloned().unwrap_or_default();
            if before != *expected {
                return Err(TrainError::OtherRun {
                    path: path.to_owned(),
                    what: what.clone(),
                    found: before,
                    expected: expected.clone(),
                });
            }
        }
        Ok(())
    }
}

/// Dense parameters under their paths, tables as `table.<name>`.
fn weights<M: Network, E: ItemEncoder>(learner: &Learner<M, E>) -> BTreeMap<String, HostTensor> {
    let mut tensors = params::export(&learner.net().valid());
    for table in learner.tables() {
        let weights = table.weights();
        let shape = weights.dims().to_vec();
        let values = weights.into_data().try_to_vec::<f32>().expect("tables are f32");
        tensors.insert(format!("table.{}", table.name()), HostTensor { shape, values });
    }
    tensors
}

fn moments(tables: &[ItemTable], states: &[RowState]) -> BTreeMap<String, HostTensor> {
    let mut tensors = BTreeMap::new();
    for (table, state) in tables.iter().zip(states) {
        let shape = table.weights().dims().to_vec();
        for (moment, values) in [("first", &state.first), ("second", &state.second)] {
            let tensor = HostTensor { shape: shape.clone(), values: values.clone() };
            tensors.insert(format!("{}.{moment}", table.name()), tensor);
        }
    }
    tensors
}

/// Replaces net and tables of `learner` by those in `folder`, keeping its optimizers.
fn restore_weights<M: Network, E: ItemEncoder>(learner: &mut Learner<M, E>, folder: &Path) -> Result<()> {
    let path = folder.join(WEIGHTS);
    let mut tensors = load_weights(&path)?;
    let tables = learner
        .tables()
        .iter()
        .map(|table| {
            let name = format!("table.{}", table.name());
            let tensor =
                tensors.remove(&name).ok_or_else(|| failed(&path, format!("`{name}` is missing")))?;
            if tensor.shape != table.weights().dims() {
                let expected = table.weights().dims();
                let reason = format!("`{name}` has shape {:?}, expected {expected:?}", tensor.shape);
                return Err(failed(&path, reason));
            }
            let width = tensor.shape[1];
            Ok(ItemTable::from_values(table.name(), tensor.values, width, learner.device())?)
        })
        .collect::<Result<Vec<_>>>()?;
    let net: Net<M, E> = params::import(learner.net().clone(), tensors)?;
    let (optimizer, row_optimizers) = learner.optimizers();
    let (optimizer, row_optimizers) = (optimizer.clone(), row_optimizers.to_vec());
    learner.replace(net, tables, optimizer, row_optimizers);
    Ok(())
}
