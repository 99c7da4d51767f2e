//! A small world with known interests, and runs of ComiRec-SA in it.

use std::{collections::BTreeMap, path::Path, sync::atomic::AtomicBool};

use seqrec_core::{
    Backend, Retriever, Seed, Stream,
    items::{IdEncoder, IdEncoderConfig, ItemEncoder},
    samplers::SamplerConfig,
};
use seqrec_data::{Case, Sequences, Split, SplitConfig, SyntheticConfig, UserRatio};
use seqrec_eval::{Catalogue, Report};
use seqrec_models::{ComiRecSa, ComiRecSaConfig};
use seqrec_train::{
    Learner, Result,
    checkpoint::CheckpointStore,
    evaluate::{EvaluationConfig, catalogue, evaluate_most_popular, evaluate_retriever},
    fit,
    loader::{LossConfig, RetrievalConfig, RetrievalSource},
    trainer::{CurvePoint, Event, FitConfig, FitOutcome, OptimizerConfig, Retrieval},
};

/// Size of item and interest vectors.
pub const DIM: usize = 16;
/// Longest history.
pub const LENGTH: usize = 12;

/// Prepared data and what the metrics need of it.
pub struct World {
    pub sequences: Sequences,
    pub split: Split,
    pub catalogue: Catalogue,
}

impl World {
    /// 300 users, each with three of ten clusters of 25 items as interests.
    pub fn new() -> Self {
        Self::with_users(300)
    }

    /// Enough users to learn from and to measure on.
    pub fn large() -> Self {
        Self::with_users(2_000)
    }

    fn with_users(users: usize) -> Self {
        let config = SyntheticConfig {
            users,
            items: 250,
            clusters: 10,
            min_events: 15,
            max_events: 30,
            popularity_exponent: 0.5,
            ..SyntheticConfig::default()
        };
        let sequences = config.generate().unwrap().sequences;
        let (sequences, split) = SplitConfig::UserRatio(UserRatio::default()).apply(sequences).unwrap();
        let catalogue = catalogue(&sequences, &split).unwrap();
        Self { sequences, split, catalogue }
    }

    /// Full ranking on the test users.
    pub fn test<M: Retriever, E: ItemEncoder>(&self, learner: &Learner<M, E>) -> Report {
        self.evaluate(learner, &self.split.test).unwrap()
    }

    fn evaluate<M: Retriever, E: ItemEncoder>(
        &self,
        learner: &Learner<M, E>,
        cases: &[Case],
    ) -> Result<Report> {
        let (model, items) = learner.frozen();
        let report =
            evaluate_retriever(&model, &items, &self.sequences, cases, &self.catalogue, &evaluation())?;
        Ok(report.first().clone())
    }

    /// Recall@20 of the most popular items on the test users.
    pub fn most_popular(&self) -> f64 {
        let config = evaluation();
        let report = evaluate_most_popular(&self.sequences, &self.split.test, &self.catalogue, &config);
        report.unwrap().metrics["recall@20"]
    }
}

/// The default metrics on histories of [`LENGTH`] events.
pub fn evaluation() -> EvaluationConfig {
    EvaluationConfig { max_length: LENGTH, ..EvaluationConfig::default() }
}

pub type SaLearner = Learner<ComiRecSa, IdEncoder>;

/// A run of ComiRec-SA with two interests.
#[derive(Clone)]
pub struct Run {
    pub seed: Seed,
    pub backend: Backend,
    pub batches: RetrievalConfig,
    pub optimizer: OptimizerConfig,
    pub fit: FitConfig,
}

impl Default for Run {
    fn default() -> Self {
        let loss =
            LossConfig::SampledSoftmax { negatives_per_example: 3, sampler: SamplerConfig::LogUniform };
        let steps = 40;
        Self {
            seed: Seed(19),
            backend: Backend::default(),
            batches: RetrievalConfig { batch_size: 32, max_length: LENGTH, loss, ..Default::default() },
            optimizer: OptimizerConfig { learning_rate: 5e-3, ..Default::default() },
            fit: FitConfig {
                max_steps: steps,
                validate_every: 10,
                monitor: "recall@20".into(),
                ..Default::default()
            },
        }
    }
}

/// What a run leaves behind.
pub struct Trained {
    pub learner: SaLearner,
    pub outcome: FitOutcome,
}

impl Run {
    /// Fresh weights.
    pub fn learner(&self, items: usize) -> SaLearner {
        let device = self.backend.device().unwrap();
        let training = SaLearner::training_device(&device);
        let config = ComiRecSaConfig { dim: DIM, interests: 2, max_length: LENGTH, ..Default::default() };
        let model = config.init(&mut self.seed.rng(Stream::Init, 0), &training).unwrap();
        let encoder = IdEncoderConfig { dim: DIM, ..Default::default() }.init().unwrap();
        Learner::new(model, encoder, items, self.optimizer, self.seed, &device).unwrap()
    }

    /// The checkpoints of this run in `folder`.
    pub fn store(&self, folder: &Path) -> CheckpointStore {
        CheckpointStore::new(folder, BTreeMap::from([("seed".into(), self.seed.0.to_string())]))
    }

    /// Trains from the start, without checkpoints.
    pub fn train(&self, world: &World) -> Trained {
        self.continued(world, None, |_| {}, &AtomicBool::new(false)).unwrap()
    }

    /// Trains from the last checkpoint in `store`, or from the start if there is none.
    pub fn continued(
        &self,
        world: &World,
        store: Option<&CheckpointStore>,
        observe: impl FnMut(Event<'_>),
        stop: &AtomicBool,
    ) -> Result<Trained> {
        let mut learner = self.learner(world.sequences.num_items());
        let progress = match store {
            Some(store) => store.resume(&mut learner)?.unwrap_or_default(),
            None => Default::default(),
        };
        let source = RetrievalSource::new(&world.sequences, &world.split, self.batches, self.seed)?;
        let validate = |learner: &SaLearner| Ok(world.evaluate(learner, &world.split.valid)?.metrics);
        let task = Retrieval { seed: self.seed };
        let outcome = fit(&mut learner, &task, source, &self.fit, progress, store, validate, observe, stop)?;
        Ok(Trained { learner, outcome })
    }

    /// Trains with checkpoints in `folder` until the end and returns the hash of the last weights.
    pub fn hash(&self, world: &World, folder: &Path) -> String {
        let store = self.store(folder);
        self.continued(world, Some(&store), |_| {}, &AtomicBool::new(false)).unwrap();
        store.last_weights_sha256().unwrap()
    }
}

/// Times differ from run to run.
pub fn without_times(curve: Vec<CurvePoint>) -> Vec<CurvePoint> {
    curve.into_iter().map(|point| CurvePoint { seconds: 0.0, ..point }).collect()
}
