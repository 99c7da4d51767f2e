use burn::tensor::Device;
use seqrec_core::{
    Impressions, Ranker, StepContext,
    batch::{Fields, Histories, Padded, Rows, ids_to_tensor},
    items::{IdEncoder, IdEncoderConfig, ItemEncoder},
    testing::host,
};

use super::{
    LENGTH, TinySet,
    subject::{SEED, Subject},
};
use crate::{
    Learner,
    evaluate::evaluate_ranker,
    loader::{RankingConfig, RankingSource},
    trainer::{OptimizerConfig, Ranking},
};

/// The proofs that a ranker without profile fields owes once it is trained.
///
/// [`check`](Self::check) proves, on [`TinySet`] with histories of up to [`LENGTH`] events:
///
/// - the set is learned by heart: each user's next item scores above an item of others, AUC 1;
/// - a saved and loaded model gives the same logits, to the bit;
/// - backends agree on the losses of the first steps.
pub struct RankerLearning<'a, M, E = IdEncoder> {
    subject: Subject<'a, M, E>,
}

impl<'a, M: Ranker> RankerLearning<'a, M> {
    /// Proofs of the models that `model` makes, on one free vector of width `dim` an item, trained by
    /// Adam at 0.02 for 200 steps.
    ///
    /// `model` must make the same weights at every call.
    pub fn new(dim: usize, model: impl Fn(&Device) -> M + 'a) -> Self {
        Self { subject: Subject::new(model, IdEncoderConfig { dim, ..IdEncoderConfig::default() }) }
    }
}

impl<'a, M: Ranker, E: ItemEncoder> RankerLearning<'a, M, E> {
    /// Uses the item vectors of another encoder.
    #[must_use]
    pub fn encoder<F>(self, encoder: impl Fn(&Device) -> F + 'a) -> RankerLearning<'a, M, F> {
        RankerLearning { subject: self.subject.encoder(encoder) }
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
        let batches = RankingConfig { batch_size: 12, max_length: LENGTH, ..Default::default() };
        let learner = self.subject.trained(&set, &Ranking { seed: SEED }, |_| {
            RankingSource::new(&set.sequences, &set.split, batches, SEED).expect("batches")
        });
        self.check_ranking(&set, &learner);
        self.subject.check_saving(&set, &learner, logits);
    }

    fn check_ranking(&self, set: &TinySet, learner: &Learner<M, E>) {
        let (model, items) = learner.frozen();
        let report = evaluate_ranker(&model, &items, &set.sequences, &set.split.test, LENGTH, SEED);
        let auc = report.expect("an evaluation").auc;
        assert_eq!(auc, Some(1.0), "AUC on a set to learn by heart, after {} steps", self.subject.steps);
    }
}

/// Logits of a few pairs.
fn logits<M: Ranker, E: ItemEncoder>(learner: &Learner<M, E>) -> Vec<f32> {
    let (model, items) = learner.frozen();
    let device = items.input.device();
    let padded = Padded::new([&[1, 2, 3][..], &[9, 8], &[]], LENGTH);
    let input = Impressions {
        histories: Histories::new(&padded, &Rows::all(learner.items()), &device),
        candidates: ids_to_tensor(&[4, 5, 6], &device),
        profile: Fields::default(),
    };
    host(model.logits(&input, &items, &mut StepContext::inference()))
}
