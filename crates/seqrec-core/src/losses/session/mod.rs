//! GRU4Rec's losses, on the scores of a batch's targets and of negatives that all sessions share.

mod candidates;
mod config;

pub use candidates::SessionCandidates;
pub use config::{FinalActivation, SessionLoss, SessionLossConfig};
