//! The models that recipes can name, one line each.

use burn::tensor::Device;
use seqrec_core::{
    Backend, Recurrent, Retriever, Rng, Seed, Stream,
    items::{ContentEncoder, FeatureEncoder, IdEncoder, IdEncoderConfig, ItemEncoder},
};
use seqrec_models::{SasRecFConfig, SessionGru4RecConfig, SessionItems, SsrConfig};
use seqrec_train::{Learner, features::item_features};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Result, RunError},
    run::Stage,
};

/// What is done with a learner of whatever model the recipe names.
pub trait WithLearner: Sized {
    /// What comes of it.
    type Output;

    /// Does it.
    fn run<M: Retriever, E: ItemEncoder>(self, learner: Learner<M, E>) -> Result<Self::Output>;

    /// Does it with a model whose states can go on from batch to batch.
    fn run_recurrent<M: Recurrent, E: ItemEncoder>(self, learner: Learner<M, E>) -> Result<Self::Output> {
        self.run(learner)
    }
}

/// Makes [`ModelConfig`] and [`with_model`] of a list of configurations. Each has a field `dim` and
/// `init(&self, &mut Rng, &Device)`, which makes a [`Retriever`]. Its items are free vectors, unless
/// `items` names a function that makes another encoder; `run` names how a [`WithLearner`] takes it.
macro_rules! models {
    ($($variant:ident($config:ty) = $name:literal $(, items = $items:ident)? $(, run = $run:ident)?;)+) => {
        /// A model's configuration. `kind` is the variant in kebab case.
        #[derive(Clone, Debug, Serialize, Deserialize)]
        #[serde(tag = "kind", rename_all = "kebab-case")]
        pub enum ModelConfig {
            $(#[doc = $name] $variant($config),)+
        }

        impl ModelConfig {
            /// Name for people.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)+
                }
            }
        }

        /// Makes a fresh learner of the recipe's model and hands it to `visitor`.
        pub fn with_model<V: WithLearner>(
            stage: &Stage,
            seed: Seed,
            backend: Backend,
            visitor: V,
        ) -> Result<V::Output> {
            let device = backend.device()?;
            let training = device.clone().autodiff();
            let rng = &mut seed.rng(Stream::Init, 0);
            match &stage.recipe.model {
                $(ModelConfig::$variant(config) => {
                    let model = config.init(rng, &training)?;
                    let encoder = models!(@items config, stage, rng, &training $(, $items)?)?;
                    let learner = learner(model, encoder, stage, seed, &device)?;
                    models!(@run visitor, learner $(, $run)?)
                })+
            }
        }
    };
    (@items $config:ident, $stage:ident, $rng:ident, $device:expr) => {
        free_vectors($config.dim, $stage)
    };
    (@items $config:ident, $stage:ident, $rng:ident, $device:expr, $items:ident) => {
        $items($config, $stage, $rng, $device)
    };
    (@run $visitor:ident, $learner:ident) => { $visitor.run($learner) };
    (@run $visitor:ident, $learner:ident, $run:ident) => { $visitor.$run($learner) };
}

models! {
    ComirecSa(seqrec_models::ComiRecSaConfig) = "ComiRec-SA";
    ComirecDr(seqrec_models::ComiRecDrConfig) = "ComiRec-DR";
    Mind(seqrec_models::MindConfig) = "MIND";
    YoutubeDnn(seqrec_models::YoutubeDnnConfig) = "YouTube-DNN";
    Gru4recComirec(seqrec_models::Gru4RecComiRecConfig) = "GRU4Rec (ComiRec)";
    Sasrec(seqrec_models::SasRecConfig) = "SASRec";
    Sasrecf(SasRecFConfig) = "SASRecF", items = with_features;
    Gru4rec(seqrec_models::Gru4RecConfig) = "GRU4Rec";
    SessionGru4rec(SessionGru4RecConfig) = "GRU4Rec (session-parallel)", items = own_tables, run = run_recurrent;
    SrGnn(seqrec_models::SrGnnConfig) = "SR-GNN";
    Ssr(SsrConfig) = "SSR", items = content_tower;
    ExampleMean(seqrec_example_mean::MeanConfig) = "Mean";
    Narm(seqrec_narm::NarmConfig) = "NARM";
}

fn free_vectors(dim: usize, stage: &Stage) -> Result<IdEncoder> {
    let items = &stage.recipe.items;
    if !items.features.is_empty() {
        let message = format!("{} reads no features of items", stage.recipe.model.name());
        return Err(RunError::Usage(message));
    }
    Ok(IdEncoderConfig { dim, init: items.init }.init()?)
}

fn with_features(
    config: &SasRecFConfig,
    stage: &Stage,
    rng: &mut Rng,
    device: &Device,
) -> Result<FeatureEncoder> {
    let (items, data) = (&stage.recipe.items, &stage.data);
    let features = item_features(&data.sequences, &data.split, &items.features)?;
    Ok(config.encoder(features, data.sequences.num_items(), items.init, rng, device)?)
}

fn content_tower(
    config: &SsrConfig,
    stage: &Stage,
    rng: &mut Rng,
    device: &Device,
) -> Result<ContentEncoder> {
    let (items, data) = (&stage.recipe.items, &stage.data);
    let features = item_features(&data.sequences, &data.split, &items.features)?;
    let trained = data.split.train_items(&data.sequences);
    Ok(config.items.init(features, trained, items.init, rng, device)?)
}

fn own_tables(
    config: &SessionGru4RecConfig,
    stage: &Stage,
    _rng: &mut Rng,
    _device: &Device,
) -> Result<SessionItems> {
    Ok(config.encoder(stage.data.sequences.num_items())?)
}

fn learner<M: Retriever, E: ItemEncoder>(
    model: M,
    encoder: E,
    stage: &Stage,
    seed: Seed,
    device: &Device,
) -> Result<Learner<M, E>> {
    let items = stage.data.sequences.num_items();
    Ok(Learner::new(model, encoder, items, stage.recipe.training.optimizer, seed, device)?)
}
