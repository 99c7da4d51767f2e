use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
    time::Instant,
};

use seqrec_core::{Network, items::ItemEncoder};

use super::{CurvePoint, Event, FitConfig, FitProgress, Learner, Task};
use crate::{
    Result, TrainError,
    checkpoint::CheckpointStore,
    loader::{BatchSource, LoaderStats, with_prefetch},
};

/// Why training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// The last step or epoch was reached.
    Finished,
    /// Patience ran out.
    NoImprovement,
    /// The caller's flag was raised; the run can be resumed.
    Interrupted,
}

/// What [`fit`] leaves behind.
#[derive(Clone, Debug)]
pub struct FitOutcome {
    /// Why training ended.
    pub reason: StopReason,
    /// Curve, best step and counters.
    pub progress: FitProgress,
    /// Time spent waiting for batches.
    pub loader: LoaderStats,
}

/// Trains until the configured end, early stopping or `stop`.
///
/// Every `validate_every` steps and at the end, `validate` computes metrics on the learner; the
/// monitored one decides which checkpoint is the best. Where it computes none at all, since a final
/// training leaves nothing to validate on, the last checkpoint is the best. With a `store` that already holds a
/// checkpoint of this run, `progress` and `learner` must come from
/// [`CheckpointStore::resume`]; steps before `progress.step` are not repeated.
///
/// # Errors
///
/// [`TrainError::Diverged`], [`TrainError::UnknownMonitor`], errors of data, validation and
/// checkpoints. The last good checkpoint stays in place.
#[allow(clippy::too_many_arguments, reason = "the parts of a run, each of its own type")]
pub fn fit<M, E, T, S>(
    learner: &mut Learner<M, E>,
    task: &T,
    source: S,
    config: &FitConfig,
    mut progress: FitProgress,
    store: Option<&CheckpointStore>,
    mut validate: impl FnMut(&Learner<M, E>) -> Result<BTreeMap<String, f64>>,
    mut observe: impl FnMut(Event<'_>),
    stop: &AtomicBool,
) -> Result<FitOutcome>
where
    M: Network,
    E: ItemEncoder,
    T: Task<M, E, Batch = S::Batch>,
    S: BatchSource,
{
    let steps_per_epoch = source.steps_per_epoch();
    let total = config.total_steps(steps_per_epoch)?;
    let earlier_seconds = progress.seconds;
    let start = Instant::now();
    let steps = progress.step..total;
    let (reason, loader) = with_prefetch(source, steps, |next| {
        loop {
            if progress.stopping.is_exhausted(config.patience) {
                return Ok(StopReason::NoImprovement);
            }
            if progress.step >= total {
                return Ok(StopReason::Finished);
            }
            learner.set_learning_rate(learner.config().rate(progress.step, steps_per_epoch));
            let loss = task.step(learner, &next()?, progress.step)?;
            progress.step += 1;
            progress.loss_sum += f64::from(loss);
            progress.loss_count += 1;
            progress.seconds = earlier_seconds + start.elapsed().as_secs_f64();
            observe(Event::Step { step: progress.step, total, loss });

            let validated = progress.step.is_multiple_of(config.validate_every) || progress.step == total;
            if validated {
                let best = check(learner, config, &mut progress, &mut validate, &mut observe)?;
                if let Some(store) = store {
                    store.save(learner, &progress, best)?;
                }
            }
            if stop.load(Ordering::Relaxed) {
                if let Some(store) = store
                    && !validated
                {
                    learner.check_finite(progress.step)?;
                    store.save(learner, &progress, false)?;
                }
                return Ok(StopReason::Interrupted);
            }
        }
    })?;
    Ok(FitOutcome { reason, progress, loader })
}

/// Validates, extends the curve and says whether the model is the best so far.
fn check<M: Network, E: ItemEncoder>(
    learner: &Learner<M, E>,
    config: &FitConfig,
    progress: &mut FitProgress,
    validate: &mut impl FnMut(&Learner<M, E>) -> Result<BTreeMap<String, f64>>,
    observe: &mut impl FnMut(Event<'_>),
) -> Result<bool> {
    learner.check_finite(progress.step)?;
    let start = Instant::now();
    let validation = validate(learner)?;
    let best = match validation.get(&config.monitor) {
        Some(&figure) => progress.stopping.observe(figure, progress.step),
        None if validation.is_empty() => true,
        None => {
            let available = validation.keys().cloned().collect::<Vec<_>>().join(", ");
            return Err(TrainError::UnknownMonitor { monitor: config.monitor.clone(), available });
        }
    };
    let loss = progress.loss_sum / progress.loss_count.max(1) as f64;
    (progress.loss_sum, progress.loss_count) = (0.0, 0);
    let FitProgress { step, seconds, .. } = *progress;
    progress.curve.push(CurvePoint { step, loss, validation, seconds });
    let point = progress.curve.last().expect("just pushed");
    observe(Event::Validated { point, best, took: start.elapsed() });
    Ok(best)
}
