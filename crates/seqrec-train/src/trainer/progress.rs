use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use super::EarlyStopping;

/// One point of the training curve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Steps done.
    pub step: u64,
    /// Mean training loss since the previous point.
    pub loss: f64,
    /// Validation metrics by name.
    pub validation: BTreeMap<String, f64>,
    /// Seconds of the run up to here, earlier validations included.
    #[serde(default)]
    pub seconds: f64,
}

/// Everything besides weights and optimizer state that a resumed run needs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FitProgress {
    /// Steps done.
    pub step: u64,
    /// Sum of the losses since the last validation.
    pub loss_sum: f64,
    /// Number of losses in that sum.
    pub loss_count: u64,
    /// Best validation so far.
    pub stopping: EarlyStopping,
    /// The curve so far.
    pub curve: Vec<CurvePoint>,
    /// Seconds spent training, over all sessions.
    pub seconds: f64,
}

/// What [`fit`](super::fit) tells its observer.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A step is done.
    Step {
        /// Steps done.
        step: u64,
        /// Steps at most.
        total: u64,
        /// This step's loss.
        loss: f32,
    },
    /// A validation is done.
    Validated {
        /// The new point of the curve.
        point: &'a CurvePoint,
        /// Whether the monitored metric is the best so far.
        best: bool,
        /// Time that the validation took.
        took: Duration,
    },
}
