//! Batches, made on another thread than the one that trains.
//!
//! A source is a function of the step number: batch 7,000 is the same whether the run reached it
//! or resumed at it. So the position in the data is the step, and nothing else needs saving.

mod examples;
mod in_batch;
mod loss;
mod own_negatives;
mod prefetch;
mod ranking;
mod retrieval;
mod session_parallel;
mod sessions;

pub use examples::{Batching, Example, ExampleConfig, Examples};
pub use in_batch::Excluded;
pub use loss::{Avoid, GbceConfig, HingeConfig, InBatchConfig, LossConfig, OwnNegativesConfig, Pool};
pub use own_negatives::OwnNegatives;
pub use prefetch::{LoaderStats, with_prefetch};
pub(crate) use ranking::negative;
pub use ranking::{RankingBatch, RankingConfig, RankingSource};
pub use retrieval::{BatchNegatives, RetrievalBatch, RetrievalConfig, RetrievalSource, SharedNegatives};
pub use session_parallel::{SessionParallel, Turn};
pub use sessions::{SessionBatch, SessionConfig, SessionSource, sessions_by_start};

use seqrec_core::batch::Padded;

use crate::Result;

/// A deterministic stream of batches.
pub trait BatchSource: Send {
    /// What one step trains on.
    type Batch: Send;

    /// The batch of `step`, counted from 0.
    ///
    /// # Errors
    ///
    /// What is wrong with the data or the configuration.
    fn batch(&mut self, step: u64) -> Result<Self::Batch>;

    /// Steps that see as many examples as the training data has.
    fn steps_per_epoch(&self) -> u64;

    /// How many cells the histories of `batch` have.
    fn cells(batch: &Self::Batch) -> Cells;
}

/// Cells of padded histories.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cells {
    /// Cells that hold an event.
    pub events: u64,
    /// Cells that hold padding.
    pub padding: u64,
}

impl Cells {
    fn of(histories: &Padded) -> Self {
        let events = histories.events() as u64;
        Self { events, padding: histories.ids.len() as u64 - events }
    }

    /// Share of the cells that hold padding.
    pub fn padded_share(&self) -> f64 {
        self.padding as f64 / (self.events + self.padding).max(1) as f64
    }
}
