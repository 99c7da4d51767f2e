//! Recipes: everything a run depends on, in one TOML file.

mod choices;
mod compare;
mod parse;

use seqrec_core::init::Init;
use seqrec_data::{PrepareConfig, SplitConfig, SyntheticConfig};
use seqrec_train::{
    evaluate::EvaluationConfig,
    features::FeatureConfig,
    loader::{RetrievalConfig, SessionConfig},
    trainer::{FitConfig, OptimizerConfig},
};
use serde::{Deserialize, Serialize};

use crate::models::ModelConfig;
pub use choices::{Choices, add_choices};
pub use compare::{Compare, Published, ReferenceRun};
pub use parse::{names, resolve};

/// A resolved recipe.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Name on the command line.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// What is held out and how it is ranked, as a sentence.
    pub protocol: String,
    /// Which events, and which of them train.
    pub data: DataConfig,
    /// Which model, and its sizes.
    pub model: ModelConfig,
    /// The item table.
    #[serde(default)]
    pub items: ItemsConfig,
    /// How it is trained.
    pub training: TrainingConfig,
    /// How it is evaluated.
    #[serde(default)]
    pub evaluation: EvaluationConfig,
    /// What the report holds the figures against.
    #[serde(default)]
    pub compare: Compare,
    /// What `cargo xtask tune` chooses from.
    #[serde(default, skip_serializing_if = "Choices::is_empty")]
    pub tune: Choices,
}

/// Data set, preparation and protocol.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// A name from `cargo xtask data list`, or the path of a manifest.
    pub dataset: String,
    /// Which rows of a log of several behaviours count, in place of what its manifest keeps: for
    /// `taobao`, `["pv", "buy"]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<Vec<String>>,
    /// Which rows count and which users and items are kept.
    #[serde(default)]
    pub prepare: PrepareConfig,
    /// What is held out.
    pub split: SplitConfig,
    /// Parameters of the generator, for `dataset = "synthetic"`.
    #[serde(default)]
    pub synthetic: SyntheticConfig,
}

/// The table of item vectors, and what else is known of items.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ItemsConfig {
    /// How rows start. Default: Glorot uniform.
    pub init: Init,
    /// The item fields that the model reads, for models that read any. Default: none.
    pub features: Vec<FeatureConfig>,
}

impl Default for ItemsConfig {
    fn default() -> Self {
        Self { init: Init::GlorotUniform, features: Vec::new() }
    }
}

/// Batches, optimizer and length of the training.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingConfig {
    /// The first seed; further seeds count up from it.
    pub seed: u64,
    /// What a batch holds.
    #[serde(default)]
    pub batches: RetrievalConfig,
    /// Session-parallel batches in place of these, for models whose states go on from batch to batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions: Option<SessionConfig>,
    /// How parameters follow their gradients.
    #[serde(default)]
    pub optimizer: OptimizerConfig,
    /// How long, and when to look.
    #[serde(default)]
    pub fit: FitConfig,
}
