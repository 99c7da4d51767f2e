use std::collections::BTreeMap;

use burn::tensor::Device;
use seqrec_core::{
    Backend, Impressions, Ranker, Seed, StepContext,
    batch::{Fields, Histories, Padded, Rows, ids_to_tensor},
    items::{IdEncoder, IdEncoderConfig, ItemEncoder},
    testing::host,
};

use super::{COMPARED, LENGTH, TinySet, assert_alike};
use crate::{
    Learner,
    checkpoint::CheckpointStore,
    evaluate::evaluate_ranker,
    loader::{BatchSource as _, RankingConfig, RankingSource},
    trainer::{FitProgress, OptimizerConfig, Ranking, Task as _},
};

const SEED: Seed = Seed(19);

/// The proofs that a ranker without profile fields owes once it is trained.
///
/// [`check`](Self::check) proves, on [`TinySet`] with histories of up to [`LENGTH`] events:
///
/// - the set is learned by heart: each user's next item scores above an item of others, AUC 1;
/// - a saved and loaded model gives the same logits, to the bit;
/// - backends agree on the losses of the first steps.
pub struct RankerLearning<'a, M, E = IdEncoder> {
    model: Box<dyn Fn(&Device) -> M + 'a>,
    encoder: Box<dyn Fn(&Device) -> E + 'a>,
    optimizer: OptimizerConfig,
    steps: u64,
}

impl<'a, M: Ranker> RankerLearning<'a, M> {
    /// Proofs of the models that `model` makes, on one free vector of width `dim` an item, trained by
    /// Adam at 0.02 for 200 steps.
    ///
    /// `model` must make the same weights at every call.
    pub fn new(dim: usize, model: impl Fn(&Device) -> M + 'a) -> Self {
        let encoder = IdEncoderConfig { dim, ..IdEncoderConfig::default() };
        Self {
            model: Box::new(model),
            encoder: Box::new(move |_| encoder.init().expect("a positive width")),
            optimizer: OptimizerConfig { learning_rate: 0.02, ..OptimizerConfig::default() },
            steps: 200,
        }
    }
}

impl<'a, M: Ranker, E: ItemEncoder> RankerLearning<'a, M, E> {
    /// Uses the item vectors of another encoder.
    #[must_use]
    pub fn encoder<F>(self, encoder: impl Fn(&Device) -> F + 'a) -> RankerLearning<'a, M, F> {
        let Self { model, optimizer, steps, .. } = self;
        RankerLearning { model, encoder: Box::new(encoder), optimizer, steps }
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
        self.check_ranking(&set, &learner);
        self.check_saving(&set, &learner);
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
        let batches = RankingConfig { batch_size: 12, max_length: LENGTH, ..Default::default() };
        let mut source = RankingSource::new(&set.sequences, &set.split, batches, SEED).expect("batches");
        let task = Ranking { seed: SEED };
        let step = |step| {
            let batch = source.batch(step).expect("a batch");
            task.step(&mut learner, &batch, step).expect("training stays finite")
        };
        let losses = (0..steps).map(step).collect();
        (learner, losses)
    }

    fn check_ranking(&self, set: &TinySet, learner: &Learner<M, E>) {
        let (model, items) = learner.frozen();
        let report = evaluate_ranker(&model, &items, &set.sequences, &set.split.test, LENGTH, SEED);
        let auc = report.expect("an evaluation").auc;
        assert_eq!(auc, Some(1.0), "AUC on a set to learn by heart, after {} steps", self.steps);
    }

    fn check_saving(&self, set: &TinySet, learner: &Learner<M, E>) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = CheckpointStore::new(folder.path(), BTreeMap::new());
        store.save(learner, &FitProgress::default(), true).expect("a checkpoint");
        let mut loaded = self.fresh(set, Backend::default());
        store.load_best(&mut loaded).expect("the checkpoint of the same model");

        let trained = logits(learner);
        assert_eq!(logits(&loaded), trained, "a loaded model gives the logits of the trained one");
        assert_ne!(logits(&self.fresh(set, Backend::default())), trained, "training changes logits");
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
