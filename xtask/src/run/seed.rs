use std::{sync::atomic::AtomicBool, time::Instant};

use seqrec_core::{Backend, Recurrent, Retriever, Seed, items::ItemEncoder};
use seqrec_train::{
    Learner,
    checkpoint::CheckpointStore,
    evaluate::{RetrievalReport, evaluate_retriever},
    loader::{BatchSource, RetrievalSource, SessionSource, sessions_by_start},
    trainer::{FitOutcome, FitProgress, Retrieval, Sessions, StopReason, Task, fit},
};

use super::Stage;
use crate::{
    error::{Result, RunError},
    models::{WithLearner, with_model},
    progress::TrainProgress,
};

/// What training and testing one seed gave.
pub struct SeedOutcome {
    pub seed: u64,
    pub fit: FitOutcome,
    /// Test figures of the best validation's model; `None` if the training was interrupted or not to be
    /// tested.
    pub test: Option<RetrievalReport>,
    pub weights_sha256: String,
    /// Share of padding among the positions that were computed.
    pub padded_share: f64,
    /// Seconds of this session, validation included.
    pub seconds: f64,
    /// Examples a second over the whole training.
    pub samples_per_second: f64,
}

/// Trains one seed, going on from its checkpoint if there is one, and tests the best model.
pub fn train_and_test(
    stage: &Stage,
    seed: u64,
    backend: Backend,
    store: &CheckpointStore,
    stop: &AtomicBool,
) -> Result<SeedOutcome> {
    with_model(stage, Seed(seed), backend, Train { stage, seed, store, stop, tests: true })
}

/// [`train_and_test`] without the test.
pub fn train(
    stage: &Stage,
    seed: u64,
    backend: Backend,
    store: &CheckpointStore,
    stop: &AtomicBool,
) -> Result<SeedOutcome> {
    with_model(stage, Seed(seed), backend, Train { stage, seed, store, stop, tests: false })
}

struct Train<'a> {
    stage: &'a Stage,
    seed: u64,
    store: &'a CheckpointStore,
    stop: &'a AtomicBool,
    tests: bool,
}

impl WithLearner for Train<'_> {
    type Output = SeedOutcome;

    fn run<M: Retriever, E: ItemEncoder>(self, learner: Learner<M, E>) -> Result<SeedOutcome> {
        let (data, training) = (&self.stage.data, &self.stage.recipe.training);
        if training.sessions.is_some() {
            let message = "training.sessions: the model has no state that goes on from batch to batch";
            return Err(RunError::Usage(message.into()));
        }
        let seed = Seed(self.seed);
        let source = RetrievalSource::new(&data.sequences, &data.split, training.batches, seed)?
            .for_model(&learner.net().model);
        drive(self, learner, source, &Retrieval { seed }, training.batches.batch_size)
    }

    fn run_recurrent<M: Recurrent, E: ItemEncoder>(self, learner: Learner<M, E>) -> Result<SeedOutcome> {
        let Some(config) = self.stage.recipe.training.sessions else { return self.run(learner) };
        let (data, seed) = (&self.stage.data, Seed(self.seed));
        let sessions = sessions_by_start(&data.sequences, &data.split);
        let source = SessionSource::new(&sessions, &data.sequences, &data.split, config, seed)?;
        drive(self, learner, source, &Sessions { seed, config }, config.batch_size)
    }
}

fn drive<M, E, S, T>(
    train: Train<'_>,
    mut learner: Learner<M, E>,
    source: S,
    task: &T,
    batch_size: usize,
) -> Result<SeedOutcome>
where
    M: Retriever,
    E: ItemEncoder,
    S: BatchSource,
    T: Task<M, E, Batch = S::Batch>,
{
    let start = Instant::now();
    let Train { stage, seed, store, stop, tests } = train;
    let learner = &mut learner;
    let training = &stage.recipe.training;
    let (sequences, split) = (&stage.data.sequences, &stage.data.split);

    let progress: FitProgress = store.resume(learner)?.unwrap_or_default();
    let mut bar = TrainProgress::new(seed, progress.step, &training.fit.monitor);
    let validation = stage.validation();
    let fit = fit(
        learner,
        task,
        source,
        &training.fit,
        progress,
        Some(store),
        |learner| {
            let (model, items) = learner.frozen();
            let report =
                evaluate_retriever(&model, &items, sequences, &split.valid, &stage.catalogue, &validation)?;
            Ok(report.first().metrics.clone())
        },
        |event| bar.event(event),
        stop,
    )?;
    bar.finish();

    let weights_sha256 = store.last_weights_sha256()?;
    let finished = fit.reason != StopReason::Interrupted;
    let test = (finished && tests)
        .then(|| -> Result<RetrievalReport> {
            store.load_best(learner)?;
            let (model, items) = learner.frozen();
            let config = &stage.recipe.evaluation;
            Ok(evaluate_retriever(&model, &items, sequences, &split.test, &stage.catalogue, config)?)
        })
        .transpose()?;
    let samples = fit.progress.step as f64 * batch_size as f64;
    let padded_share = match learner.net().model.computes_padding() {
        true => fit.loader.cells.padded_share(),
        false => 0.0,
    };
    Ok(SeedOutcome {
        seed,
        samples_per_second: samples / fit.progress.seconds.max(f64::MIN_POSITIVE),
        fit,
        test,
        weights_sha256,
        padded_share,
        seconds: start.elapsed().as_secs_f64(),
    })
}
