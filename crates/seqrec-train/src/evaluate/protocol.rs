use seqrec_eval::EvaluatorConfig;
use serde::{Deserialize, Serialize};

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
    /// Users scored at once; a matter of memory only. Default: 256.
    pub user_block: usize,
    /// Items scored at once; a matter of memory only. Default: 8,192.
    pub item_block: usize,
}

impl Default for EvaluationConfig {
    fn default() -> Self {
        Self {
            metrics: EvaluatorConfig::default(),
            lambdas: vec![0.0],
            seen: SeenItems::Keep,
            max_length: 20,
            user_block: 256,
            item_block: 8192,
        }
    }
}

impl EvaluationConfig {
    /// `list` as the user may see it, at most `depth` long.
    pub(crate) fn visible(&self, list: impl Iterator<Item = u32>, history: &[u32], depth: usize) -> Vec<u32> {
        list.filter(|item| self.seen == SeenItems::Keep || !history.contains(item)).take(depth).collect()
    }

    /// How deep to search so that `depth` items remain when `history` is masked.
    pub(crate) fn search_depth(&self, depth: usize, history: &[u32]) -> usize {
        match self.seen {
            SeenItems::Keep => depth,
            SeenItems::Mask => depth + history.len(),
        }
    }
}
