//! Metrics of rankers, which score one (user, item) pair at a time.
//!
//! `scores[i]` and `labels[i]` belong to the same sample; `true` is a positive.

mod auc;
mod gauc;
mod log_loss;

pub use auc::auc;
pub use gauc::{Gauc, GaucWeight, gauc};
pub use log_loss::{LogLoss, log_loss_from_logits, log_loss_from_probabilities};

use crate::{Error, Result};

fn check_lengths(left: &'static str, left_len: usize, right: &'static str, right_len: usize) -> Result<()> {
    if left_len == right_len {
        return Ok(());
    }
    Err(Error::LengthMismatch { left, left_len, right, right_len })
}

/// Refuses scores that have no order.
fn check_ordered(scores: &[f32]) -> Result<()> {
    match scores.iter().position(|score| score.is_nan()) {
        Some(position) => Err(Error::Score { position, score: scores[position] }),
        None => Ok(()),
    }
}
