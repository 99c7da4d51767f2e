use std::collections::BTreeMap;

use burn::tensor::Device;
use seqrec_core::{
    Backend, Retriever, Seed,
    init::Init,
    items::{IdEncoder, IdEncoderConfig, ItemEncoder},
};
use seqrec_eval::{EvaluatorConfig, Scored};

use super::{COMPARED, LENGTH, TinySet, assert_alike};
use crate::{
    Learner, Recommender,
    checkpoint::CheckpointStore,
    evaluate::{EvaluationConfig, evaluate_retriever},
    loader::{BatchSource as _, LossConfig, RetrievalConfig, RetrievalSource},
    trainer::{FitProgress, OptimizerConfig, Retrieval, Task as _},
};

const SEED: Seed = Seed(19);

/// The proofs that a retriever owes once it is trained.
///
/// [`check`](Self::check) proves, on [`TinySet`] with histories of up to [`LENGTH`] events:
///
/// - the set is learned by heart: recall@1 is 1;
/// - a saved and loaded model serves the same lists with the same scores, to the bit;
/// - backends agree on the losses of the first steps.
pub struct RetrieverLearning<'a, M, E = IdEncoder> {
    model: Box<dyn Fn(&Device) -> M + 'a>,
    encoder: Box<dyn Fn(&Device) -> E + 'a>,
    loss: LossConfig,
    temperature: f32,
    optimizer: OptimizerConfig,
    steps: u64,
}

impl<'a, M: Retriever> RetrieverLearning<'a, M> {
    /// Proofs of the models that `model` makes, on one free vector of width `dim` an item, trained by
    /// the full softmax and Adam at 0.02 for 200 steps.
    ///
    /// `model` must make the same weights at every call.
    pub fn new(dim: usize, model: impl Fn(&Device) -> M + 'a) -> Self {
        let encoder = IdEncoderConfig { dim, init: Init::Normal { std: 0.1 } };
        Self {
            model: Box::new(model),
            encoder: Box::new(move |_| encoder.init().expect("a positive width")),
            loss: LossConfig::FullSoftmax,
            temperature: 1.0,
            optimizer: OptimizerConfig { learning_rate: 0.02, ..OptimizerConfig::default() },
            steps: 200,
        }
    }
}

impl<'a, M: Retriever, E: ItemEncoder> RetrieverLearning<'a, M, E> {
    /// Uses the item vectors of another encoder.
    #[must_use]
    pub fn encoder<F>(self, encoder: impl Fn(&Device) -> F + 'a) -> RetrieverLearning<'a, M, F> {
        let Self { model, loss, temperature, optimizer, steps, .. } = self;
        RetrieverLearning { model, encoder: Box::new(encoder), loss, temperature, optimizer, steps }
    }

    /// Trains on another loss.
    #[must_use]
    pub fn loss(self, loss: LossConfig) -> Self {
        Self { loss, ..self }
    }

    /// Trains at another temperature, as models do whose scores are cosines.
    #[must_use]
    pub fn temperature(self, temperature: f32) -> Self {
        Self { temperature, ..self }
    }

    /// Trains by another rule.
    #[must_use]
    pub fn optimizer(self, optimizer: OptimizerConfig) -> Self {
        Self { optimizer, ..self }
    }

    /// Trains for another number of steps.
    #[must_use]
    pub fn steps(self, steps: u64) -> Self {
        Self { steps, ..self }
    }

    /// Runs all proofs.
    ///
    /// # Panics
    ///
    /// With the first thing that does not hold.
    pub fn check(&self) {
        let set = TinySet::default();
        let default = Backend::default();
        let (learner, losses) = self.trained(&set, default, self.steps);
        self.check_recall(&set, &learner);
        self.check_serving(&set, &learner);
        for backend in Backend::compiled().into_iter().filter(|&backend| backend != default) {
            let (_, others) = self.trained(&set, backend, COMPARED);
            assert_alike(&others, &losses, backend);
        }
    }

    fn fresh(&self, set: &TinySet, backend: Backend) -> Learner<M, E> {
        let device = backend.device().expect("a compiled backend opens");
        let training = Learner::<M, E>::training_device(&device);
        let (model, encoder) = ((self.model)(&training), (self.encoder)(&training));
        let items = set.sequences.num_items();
        Learner::new(model, encoder, items, self.optimizer, SEED, &device).expect("a sound optimizer")
    }

    /// A learner after `steps`, and the loss of each.
    fn trained(&self, set: &TinySet, backend: Backend, steps: u64) -> (Learner<M, E>, Vec<f32>) {
        let mut learner = self.fresh(set, backend);
        let batches = RetrievalConfig {
            batch_size: 12,
            max_length: LENGTH,
            loss: self.loss,
            temperature: self.temperature,
            ..Default::default()
        };
        let source = RetrievalSource::new(&set.sequences, &set.split, batches, SEED).expect("batches");
        let mut source = source.for_model(&learner.net().model);
        let task = Retrieval { seed: SEED };
        let step = |step| {
            let batch = source.batch(step).expect("a batch");
            task.step(&mut learner, &batch, step).expect("training stays finite")
        };
        let losses = (0..steps).map(step).collect();
        (learner, losses)
    }

    fn check_recall(&self, set: &TinySet, learner: &Learner<M, E>) {
        let (model, items) = learner.frozen();
        let metrics = EvaluatorConfig { cutoffs: vec![1], ..Default::default() };
        let config = EvaluationConfig { metrics, max_length: LENGTH, ..Default::default() };
        let TinySet { sequences, split, catalogue } = set;
        let report = evaluate_retriever(&model, &items, sequences, &split.test, catalogue, &config);
        let recall = report.expect("an evaluation").first().metrics["recall@1"];
        assert_eq!(recall, 1.0, "recall@1 on a set to learn by heart, after {} steps", self.steps);
    }

    fn check_serving(&self, set: &TinySet, learner: &Learner<M, E>) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = CheckpointStore::new(folder.path(), BTreeMap::new());
        store.save(learner, &FitProgress::default(), true).expect("a checkpoint");
        let mut loaded = self.fresh(set, Backend::default());
        store.load_best(&mut loaded).expect("the checkpoint of the same model");

        let served = lists(set, learner);
        assert_eq!(lists(set, &loaded), served, "a loaded model serves what the trained one does");
        assert_ne!(lists(set, &self.fresh(set, Backend::default())), served, "training changes lists");
    }
}

/// What is served to every user of the set.
fn lists<M: Retriever, E: ItemEncoder>(set: &TinySet, learner: &Learner<M, E>) -> Vec<Vec<Scored>> {
    let (model, items) = learner.frozen();
    let config = EvaluationConfig { max_length: LENGTH, ..Default::default() };
    let recommender = Recommender::new(model, items, set.catalogue.clone(), config);
    let users = 0..set.sequences.num_users() as u32;
    let histories: Vec<&[u32]> = users.map(|user| set.sequences.items(user)).collect();
    recommender.recommend(&histories, 5, 0.0).expect("lists for known items")
}
