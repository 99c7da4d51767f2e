//! One run: its folder, its training, its evaluation, its report.

mod environment;
mod folder;
mod reporting;
mod seed;

pub use environment::environment;
pub use folder::{RECIPE, RunFolder, base};
pub use reporting::{metrics_lines, report};
pub use seed::{SeedOutcome, train, train_and_test};

use seqrec_eval::{Catalogue, Metric};
use seqrec_train::evaluate::EvaluationConfig;

use crate::{data::Prepared, error::Result, recipe::Recipe};

/// Prepared data with what evaluation needs to know of it.
pub struct Stage {
    pub recipe: Recipe,
    pub data: Prepared,
    pub catalogue: Catalogue,
    /// What the data could not support, for the report.
    pub notes: Vec<String>,
}

impl Stage {
    /// Fits the recipe's evaluation to the data: without categories, metrics and lambdas that need
    /// them are left out, with a note.
    pub fn new(mut recipe: Recipe, data: Prepared) -> Result<Self> {
        let catalogue = seqrec_train::evaluate::catalogue(&data.sequences, &data.split)?;
        let mut notes = Vec::new();
        if catalogue.categories().is_none() {
            recipe.evaluation.metrics.metrics.retain(|metric| *metric != Metric::CategoryDiversity);
            recipe.evaluation.lambdas.retain(|lambda| *lambda == 0.0);
            notes.push(format!(
                "{} has no categories: category diversity and the lambda sweep are left out.",
                recipe.data.dataset
            ));
        }
        if !recipe.evaluation.lambdas.contains(&0.0) {
            recipe.evaluation.lambdas.insert(0, 0.0);
        }
        recipe.evaluation.lambdas.sort_by(f32::total_cmp);
        Ok(Self { recipe, data, catalogue, notes })
    }

    /// The evaluation that validation runs: accuracy only, lambda 0.
    pub fn validation(&self) -> EvaluationConfig {
        let mut config = self.recipe.evaluation.clone();
        config.lambdas = vec![0.0];
        config.metrics.metrics = vec![Metric::Recall, Metric::HitRate, Metric::Ndcg, Metric::Mrr];
        config
    }
}
