use seqrec_core::{Ranker, Seed, StepContext, Stream, items::ItemVectors};
use seqrec_data::{Case, Sequences};
use seqrec_eval::pointwise::{Gauc, GaucWeight, LogLoss, auc, gauc, log_loss_from_logits};
use serde::{Deserialize, Serialize};

use super::retrieval::{future, past};
use crate::{
    Result, TrainError,
    loader::{RankingBatch, negative},
    trainer::impressions,
};

/// A matter of memory only.
const PAIRS_AT_ONCE: usize = 2048;

/// What the evaluation of a ranker found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RankingReport {
    /// Chance that a positive scores above a negative, over all pairs; `None` without both classes.
    pub auc: Option<f64>,
    /// Mean of the users' own AUC, weighted by impressions.
    pub gauc: Gauc,
    /// Log-loss, its constant-rate baseline and the relative gain.
    pub log_loss: LogLoss,
    /// Impressions scored.
    pub impressions: usize,
}

/// Scores each case's held-out items and as many uniform negatives that the user never had.
///
/// The negatives are fixed by `seed`: two models are compared on the same pairs.
///
/// # Errors
///
/// [`TrainError::InvalidConfig`] if a user has as many events as there are items, so that a negative
/// need not exist; those of the metrics.
pub fn evaluate_ranker<M: Ranker>(
    model: &M,
    items: &ItemVectors,
    sequences: &Sequences,
    cases: &[Case],
    max_length: usize,
    seed: Seed,
) -> Result<RankingReport> {
    let (mut users, mut logits, mut labels) = (Vec::new(), Vec::new(), Vec::new());
    let mut triples = Vec::new();
    for of_user in cases.chunk_by(|one, next| one.user == next.user) {
        let user = of_user[0].user;
        let mut rng = seed.rng(Stream::Negatives, u64::from(user));
        let known = sequences.items(user);
        if known.len() >= sequences.num_items() {
            let rule = "must exceed the longest history for negatives to exist";
            let value = sequences.num_items().to_string();
            return Err(TrainError::InvalidConfig { field: "number of items", rule, value });
        }
        for case in of_user {
            let history = past(sequences, case);
            for &target in future(sequences, case) {
                triples.push((user, history, target, 1.0));
                triples.push((user, history, negative(known, sequences.num_items(), &mut rng), 0.0));
            }
        }
    }
    for block in triples.chunks(PAIRS_AT_ONCE) {
        let mut batch = RankingBatch::new(sequences, block, max_length)?;
        batch.rows = seqrec_core::batch::Rows::all(sequences.num_items());
        let input = impressions(&batch, &items.input.device());
        let scores = model.logits(&input, items, &mut StepContext::inference());
        logits.extend(scores.into_data().try_to_vec::<f32>().expect("logits are f32"));
        labels.extend(block.iter().map(|triple| triple.3 > 0.5));
        users.extend(block.iter().map(|triple| triple.0));
    }
    Ok(RankingReport {
        auc: auc(&logits, &labels)?,
        gauc: gauc(&users, &logits, &labels, GaucWeight::Impressions)?,
        log_loss: log_loss_from_logits(&logits, &labels)?,
        impressions: logits.len(),
    })
}
