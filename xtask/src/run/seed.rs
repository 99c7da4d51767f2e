use std::{sync::atomic::AtomicBool, time::Instant};

use burn::tensor::Device;
use seqrec_core::{
    Backend, Retriever, Seed, Stream,
    items::{IdEncoder, IdEncoderConfig, ItemVectors},
};
use seqrec_train::{
    Learner,
    checkpoint::CheckpointStore,
    evaluate::{RetrievalReport, evaluate_retriever},
    loader::{BatchSource as _, RetrievalSource},
    trainer::{FitOutcome, FitProgress, Retrieval, fit},
};

use super::Stage;
use crate::{error::Result, progress::TrainProgress, recipe::ModelConfig};

/// What training and testing one seed gave.
pub struct SeedOutcome {
    pub seed: u64,
    pub fit: FitOutcome,
    /// Test figures of the best validation's model; `None` if the training was interrupted.
    pub test: Option<RetrievalReport>,
    pub weights_sha256: String,
    /// Share of padding in the histories of the first batch.
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
    match &stage.recipe.model {
        ModelConfig::ComirecSa(config) => {
            let device = backend.device()?;
            let mut learner = learner(config, stage, Seed(seed), &device)?;
            drive(stage, &mut learner, seed, store, stop)
        }
    }
}

/// The best model of a run, frozen for evaluation and serving.
pub fn frozen(
    stage: &Stage,
    seed: u64,
    backend: Backend,
    store: &CheckpointStore,
) -> Result<(impl Retriever + use<>, ItemVectors)> {
    let device = backend.device()?;
    match &stage.recipe.model {
        ModelConfig::ComirecSa(config) => {
            let mut learner = learner(config, stage, Seed(seed), &device)?;
            store.load_best(&mut learner)?;
            Ok(learner.frozen())
        }
    }
}

fn learner(
    config: &seqrec_models::ComiRecSaConfig,
    stage: &Stage,
    seed: Seed,
    device: &Device,
) -> Result<Learner<seqrec_models::ComiRecSa, IdEncoder>> {
    let training = device.clone().autodiff();
    let model = config.init(&mut seed.rng(Stream::Init, 0), &training)?;
    let encoder = IdEncoderConfig { dim: config.dim, ..Default::default() }.init()?;
    let items = stage.data.sequences.num_items();
    Ok(Learner::new(model, encoder, items, stage.recipe.training.optimizer, seed, device)?)
}

fn drive<M: Retriever>(
    stage: &Stage,
    learner: &mut Learner<M, IdEncoder>,
    seed: u64,
    store: &CheckpointStore,
    stop: &AtomicBool,
) -> Result<SeedOutcome> {
    let start = Instant::now();
    let training = &stage.recipe.training;
    let (sequences, split) = (&stage.data.sequences, &stage.data.split);
    let mut source = RetrievalSource::new(sequences, split, training.batches, Seed(seed))?;
    let padded_share = source.batch(0)?.histories.padded_share();

    let progress: FitProgress = store.resume(learner)?.unwrap_or_default();
    let mut bar = TrainProgress::new(seed, progress.step, &training.fit.monitor);
    let validation = stage.validation();
    let fit = fit(
        learner,
        &Retrieval { seed: Seed(seed) },
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
    let finished = fit.reason != seqrec_train::trainer::StopReason::Interrupted;
    let test = finished
        .then(|| -> Result<RetrievalReport> {
            store.load_best(learner)?;
            let (model, items) = learner.frozen();
            let config = &stage.recipe.evaluation;
            Ok(evaluate_retriever(&model, &items, sequences, &split.test, &stage.catalogue, config)?)
        })
        .transpose()?;
    let samples = fit.progress.step as f64 * training.batches.batch_size as f64;
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
