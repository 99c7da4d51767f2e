//! The models that recipes can name, one line each.

use burn::tensor::Device;
use seqrec_core::{
    Backend, Retriever, Seed, Stream,
    items::{IdEncoder, IdEncoderConfig},
};
use seqrec_train::Learner;
use serde::{Deserialize, Serialize};

use crate::{error::Result, run::Stage};

/// What is done with a learner of whatever model the recipe names.
pub trait WithLearner {
    /// What comes of it.
    type Output;

    /// Does it.
    fn run<M: Retriever>(self, learner: Learner<M, IdEncoder>) -> Result<Self::Output>;
}

/// Makes [`ModelConfig`] and [`with_model`] of a list of configurations. Each has a field `dim` and
/// `init(&self, &mut Rng, &Device)`, which makes a [`Retriever`].
macro_rules! models {
    ($($variant:ident($config:ty) = $name:literal;)+) => {
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
                    visitor.run(learner(model, config.dim, stage, seed, &device)?)
                })+
            }
        }
    };
}

models! {
    ComirecSa(seqrec_models::ComiRecSaConfig) = "ComiRec-SA";
    ComirecDr(seqrec_models::ComiRecDrConfig) = "ComiRec-DR";
    Mind(seqrec_models::MindConfig) = "MIND";
    YoutubeDnn(seqrec_models::YoutubeDnnConfig) = "YouTube-DNN";
    Gru4recComirec(seqrec_models::Gru4RecComiRecConfig) = "GRU4Rec (ComiRec)";
    Sasrec(seqrec_models::SasRecConfig) = "SASRec";
    Gru4rec(seqrec_models::Gru4RecConfig) = "GRU4Rec";
    SrGnn(seqrec_models::SrGnnConfig) = "SR-GNN";
    ExampleMean(seqrec_example_mean::MeanConfig) = "Mean";
    Narm(seqrec_narm::NarmConfig) = "NARM";
}

fn learner<M: Retriever>(
    model: M,
    dim: usize,
    stage: &Stage,
    seed: Seed,
    device: &Device,
) -> Result<Learner<M, IdEncoder>> {
    let encoder = IdEncoderConfig { dim, init: stage.recipe.items.init }.init()?;
    let items = stage.data.sequences.num_items();
    Ok(Learner::new(model, encoder, items, stage.recipe.training.optimizer, seed, device)?)
}
