use std::{
    sync::mpsc::{Receiver, sync_channel},
    thread,
    time::{Duration, Instant},
};

use super::{BatchSource, Cells};
use crate::{Result, TrainError};

/// Batches that may wait ready.
const DEPTH: usize = 4;

/// How much of the training time went to waiting for data.
#[derive(Clone, Copy, Debug, Default)]
pub struct LoaderStats {
    /// Time that the trainer stood still because no batch was ready.
    pub waited: Duration,
    /// Cells of all batches.
    pub cells: Cells,
}

/// Runs `train` with a function that hands out the batches of `steps`, made ahead by a thread.
///
/// # Errors
///
/// Those of `train`; the loader's own errors reach it through the batch function.
pub fn with_prefetch<S: BatchSource, R>(
    mut source: S,
    steps: std::ops::Range<u64>,
    train: impl FnOnce(&mut dyn FnMut() -> Result<S::Batch>) -> Result<R>,
) -> Result<(R, LoaderStats)> {
    thread::scope(|scope| {
        let (sender, receiver) = sync_channel(DEPTH);
        scope.spawn(move || {
            for step in steps {
                let batch = source.batch(step);
                let failed = batch.is_err();
                // A closed channel means that training ended early: nothing is left to do.
                if sender.send(batch).is_err() || failed {
                    break;
                }
            }
        });
        run::<S, R>(receiver, train)
    })
}

/// Drives `train`; returning drops the receiver, which releases a loader that waits to send.
fn run<S: BatchSource, R>(
    receiver: Receiver<Result<S::Batch>>,
    train: impl FnOnce(&mut dyn FnMut() -> Result<S::Batch>) -> Result<R>,
) -> Result<(R, LoaderStats)> {
    let mut stats = LoaderStats::default();
    let mut next = || {
        let start = Instant::now();
        let batch = receiver.recv().map_err(|_| TrainError::LoaderStopped)?;
        stats.waited += start.elapsed();
        if let Ok(batch) = &batch {
            let Cells { events, padding } = S::cells(batch);
            stats.cells.events += events;
            stats.cells.padding += padding;
        }
        batch
    };
    let result = train(&mut next)?;
    Ok((result, stats))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Squares;

    impl BatchSource for Squares {
        type Batch = u64;
        fn batch(&mut self, step: u64) -> Result<u64> {
            match step {
                50 => Err(TrainError::NothingToTrain { users: 0, events: 1 }),
                _ => Ok(step * step),
            }
        }
        fn steps_per_epoch(&self) -> u64 {
            1
        }
        fn cells(_: &u64) -> Cells {
            Cells { events: 3, padding: 1 }
        }
    }

    #[test]
    fn batches_come_in_order_from_the_first_step() {
        let (got, stats) =
            with_prefetch(Squares, 3..7, |next| (3..7).map(|_| next()).collect::<Result<Vec<_>>>()).unwrap();
        assert_eq!(got, [9, 16, 25, 36]);
        assert_eq!(stats.cells, Cells { events: 12, padding: 4 });
        assert_eq!(stats.cells.padded_share(), 0.25);
    }

    #[test]
    fn leaving_early_does_not_hang_and_errors_arrive() {
        let (first, _) = with_prefetch(Squares, 0..1_000_000, |next| next()).unwrap();
        assert_eq!(first, 0);
        let error = with_prefetch(Squares, 49..60, |next| next().and_then(|_| next())).unwrap_err();
        assert!(matches!(error, TrainError::NothingToTrain { .. }));
    }
}
