use burn::tensor::Device;
use seqrec_core::{
    Retriever,
    init::Init,
    items::{IdEncoder, IdEncoderConfig, ItemEncoder},
};
use seqrec_eval::{EvaluatorConfig, Scored};

use super::{
    LENGTH, TinySet,
    subject::{SEED, Subject},
};
use crate::{
    Learner, Recommender,
    evaluate::{EvaluationConfig, evaluate_retriever},
    loader::{LossConfig, RetrievalConfig, RetrievalSource},
    trainer::{OptimizerConfig, Retrieval},
};

/// The proofs that a retriever owes once it is trained.
///
/// [`check`](Self::check) proves, on [`TinySet`] with histories of up to [`LENGTH`] events:
///
/// - the set is learned by heart: recall@1 is 1;
/// - a saved and loaded model serves the same lists with the same scores, to the bit;
/// - backends agree on the losses of the first steps.
pub struct RetrieverLearning<'a, M, E = IdEncoder> {
    subject: Subject<'a, M, E>,
    loss: LossConfig,
    temperature: f32,
}

impl<'a, M: Retriever> RetrieverLearning<'a, M> {
    /// Proofs of the models that `model` makes, on one free vector of width `dim` an item, trained by
    /// the full softmax and Adam at 0.02 for 200 steps.
    ///
    /// `model` must make the same weights at every call.
    pub fn new(dim: usize, model: impl Fn(&Device) -> M + 'a) -> Self {
        let encoder = IdEncoderConfig { dim, init: Init::Normal { std: 0.1 } };
        Self { subject: Subject::new(model, encoder), loss: LossConfig::FullSoftmax, temperature: 1.0 }
    }
}

impl<'a, M: Retriever, E: ItemEncoder> RetrieverLearning<'a, M, E> {
    /// Uses the item vectors of another encoder.
    #[must_use]
    pub fn encoder<F>(self, encoder: impl Fn(&Device) -> F + 'a) -> RetrieverLearning<'a, M, F> {
        let Self { subject, loss, temperature } = self;
        RetrieverLearning { subject: subject.encoder(encoder), loss, temperature }
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
    pub fn optimizer(mut self, optimizer: OptimizerConfig) -> Self {
        self.subject.optimizer = optimizer;
        self
    }

    /// Trains for another number of steps.
    #[must_use]
    pub fn steps(mut self, steps: u64) -> Self {
        self.subject.steps = steps;
        self
    }

    /// Runs all proofs.
    ///
    /// # Panics
    ///
    /// With the first thing that does not hold.
    pub fn check(&self) {
        let set = TinySet::default();
        let batches = RetrievalConfig {
            batch_size: 12,
            max_length: LENGTH,
            loss: self.loss,
            temperature: self.temperature,
            ..Default::default()
        };
        let learner = self.subject.trained(&set, &Retrieval { seed: SEED }, |model| {
            let source = RetrievalSource::new(&set.sequences, &set.split, batches, SEED);
            source.expect("batches").for_model(model)
        });
        self.check_recall(&set, &learner);
        self.subject.check_saving(&set, &learner, |learner| lists(&set, learner));
    }

    fn check_recall(&self, set: &TinySet, learner: &Learner<M, E>) {
        let (model, items) = learner.frozen();
        let metrics = EvaluatorConfig { cutoffs: vec![1], ..Default::default() };
        let config = EvaluationConfig { metrics, max_length: LENGTH, ..Default::default() };
        let TinySet { sequences, split, catalogue } = set;
        let report = evaluate_retriever(&model, &items, sequences, &split.test, catalogue, &config);
        let recall = report.expect("an evaluation").first().metrics["recall@1"];
        assert_eq!(recall, 1.0, "recall@1 on a set to learn by heart, after {} steps", self.subject.steps);
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
