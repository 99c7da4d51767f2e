use std::collections::HashSet;

use seqrec_eval::{Candidates, EvaluatorConfig, Scored};
use serde::{Deserialize, Serialize};

use crate::{Result, TrainError};

/// What happens to items that the user already had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SeenItems {
    /// They may be recommended again (ComiRec, sessions).
    #[default]
    Keep,
    /// They are left out of the list.
    Mask,
}

/// How a retriever is evaluated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvaluationConfig {
    /// Metrics and cut-offs.
    pub metrics: EvaluatorConfig,
    /// Strengths of the diversity step; 0 is plain ranking. Default: 0 only.
    pub lambdas: Vec<f32>,
    /// Seen items. Default: keep.
    pub seen: SeenItems,
    /// Longest history; older events are cut off. Default: 20.
    pub max_length: usize,
    /// Users scored at once; a matter of memory only. Default: 1,024.
    pub user_block: usize,
    /// Items scored at once on a device of its own; a matter of memory only. On the CPU the blocks follow
    /// the cache. Default: 8,192.
    pub item_block: usize,
}

impl Default for EvaluationConfig {
    fn default() -> Self {
        Self {
            metrics: EvaluatorConfig::default(),
            lambdas: vec![0.0],
            seen: SeenItems::Keep,
            max_length: 20,
            user_block: 1024,
            item_block: 8192,
        }
    }
}

impl EvaluationConfig {
    /// Checks the rules that the evaluator does not know of.
    ///
    /// # Errors
    ///
    /// [`TrainError::InvalidConfig`] for no lambda or a window of 0.
    pub fn check(&self) -> Result<()> {
        let (field, rule) = match self {
            Self { max_length: 0, .. } => ("max_length", "must be positive"),
            Self { lambdas, .. } if lambdas.is_empty() => ("lambdas", "must name at least one strength"),
            _ => return Ok(()),
        };
        Err(TrainError::InvalidConfig { field, rule, value: "0".into() })
    }

    /// The candidates that a user with this history may be shown.
    pub(crate) fn visible(&self, candidates: Candidates, history: &[u32]) -> Result<Candidates> {
        if self.seen == SeenItems::Keep {
            return Ok(candidates);
        }
        let seen: HashSet<u32> = history.iter().copied().collect();
        let unseen: Vec<Scored> =
            candidates.as_slice().iter().filter(|scored| !seen.contains(&scored.item)).copied().collect();
        Ok(Candidates::new(&unseen)?)
    }

    /// How deep to search so that `depth` items remain when `history` is masked.
    pub(crate) fn search_depth(&self, depth: usize, history: &[u32]) -> usize {
        match self.seen {
            SeenItems::Keep => depth,
            SeenItems::Mask => depth + history.len(),
        }
    }
}
