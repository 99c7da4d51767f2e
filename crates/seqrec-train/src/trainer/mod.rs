//! Training: what a step does ([`Learner`], [`Task`]) and how long it goes on ([`fit`]).

mod config;
mod decay;
mod early_stopping;
mod fit;
mod learner;
mod progress;
mod sessions;
mod task;

pub use config::{FitConfig, OptimizerConfig};
pub use decay::{Period, StepDecay};
pub use early_stopping::EarlyStopping;
pub use fit::{FitOutcome, StopReason, fit};
pub use learner::{Learner, Net};
pub use progress::{CurvePoint, Event, FitProgress};
pub use sessions::Sessions;
pub(crate) use task::impressions;
pub use task::{Ranking, Retrieval, Task};
