use std::collections::BTreeMap;

use burn::tensor::Device;
use seqrec_core::{
    Backend, Network, Seed,
    items::{IdEncoder, IdEncoderConfig, ItemEncoder},
};

use super::{COMPARED, TinySet, assert_alike};
use crate::{
    Learner,
    checkpoint::CheckpointStore,
    loader::BatchSource,
    trainer::{FitProgress, OptimizerConfig, Task},
};

pub(super) const SEED: Seed = Seed(19);

/// A model under proof: how it is made, and how it is trained.
pub(super) struct Subject<'a, M, E> {
    model: Box<dyn Fn(&Device) -> M + 'a>,
    encoder: Box<dyn Fn(&Device) -> E + 'a>,
    pub optimizer: OptimizerConfig,
    pub steps: u64,
}

impl<'a, M> Subject<'a, M, IdEncoder> {
    /// Trained by Adam at 0.02 for 200 steps.
    pub fn new(model: impl Fn(&Device) -> M + 'a, encoder: IdEncoderConfig) -> Self {
        Self {
            model: Box::new(model),
            encoder: Box::new(move |_| encoder.init().expect("a positive width")),
            optimizer: OptimizerConfig { learning_rate: 0.02, ..OptimizerConfig::default() },
            steps: 200,
        }
    }
}

impl<'a, M, E> Subject<'a, M, E> {
    pub fn encoder<F>(self, encoder: impl Fn(&Device) -> F + 'a) -> Subject<'a, M, F> {
        let Self { model, optimizer, steps, .. } = self;
        Subject { model, encoder: Box::new(encoder), optimizer, steps }
    }
}

impl<M: Network, E: ItemEncoder> Subject<'_, M, E> {
    pub fn fresh(&self, set: &TinySet, backend: Backend) -> Learner<M, E> {
        let device = backend.device().expect("a compiled backend opens");
        let training = Learner::<M, E>::training_device(&device);
        let (model, encoder) = ((self.model)(&training), (self.encoder)(&training));
        let items = set.sequences.num_items();
        Learner::new(model, encoder, items, self.optimizer, SEED, &device).expect("a sound optimizer")
    }

    /// A learner trained on the batches of `source`, on the default backend.
    ///
    /// # Panics
    ///
    /// If the other backends have other losses.
    pub fn trained<S, T>(&self, set: &TinySet, task: &T, source: impl Fn(&M) -> S) -> Learner<M, E>
    where
        S: BatchSource,
        T: Task<M, E, Batch = S::Batch>,
    {
        let default = Backend::default();
        let train = |backend, steps| {
            let mut learner = self.fresh(set, backend);
            let mut source = source(&learner.net().model);
            let step = |step| {
                let batch = source.batch(step).expect("a batch");
                task.step(&mut learner, &batch, step).expect("training stays finite")
            };
            let losses: Vec<f32> = (0..steps).map(step).collect();
            (learner, losses)
        };
        let (learner, losses) = train(default, self.steps);
        for backend in Backend::compiled().into_iter().filter(|&backend| backend != default) {
            assert_alike(&train(backend, COMPARED.min(self.steps)).1, &losses, backend);
        }
        learner
    }

    /// Saves `learner` and loads it again.
    ///
    /// # Panics
    ///
    /// If `look` sees another thing in what was loaded, or the same in what was never trained.
    pub fn check_saving<T>(&self, set: &TinySet, learner: &Learner<M, E>, look: impl Fn(&Learner<M, E>) -> T)
    where
        T: PartialEq + std::fmt::Debug,
    {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = CheckpointStore::new(folder.path(), BTreeMap::new());
        store.save(learner, &FitProgress::default(), true).expect("a checkpoint");
        let mut loaded = self.fresh(set, Backend::default());
        assert_ne!(look(&loaded), look(learner), "training changes the results");
        store.load_best(&mut loaded).expect("the checkpoint of the same model");
        assert_eq!(look(&loaded), look(learner), "a loaded model gives what the trained one does");
    }
}
