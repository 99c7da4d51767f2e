use seqrec_data::{Case, Sequences};
use seqrec_eval::{Catalogue, Evaluator, Report};

use super::{
    EvaluationConfig,
    retrieval::{future, past},
};
use crate::Result;

/// Evaluates the list of most popular training items, the same for everybody.
///
/// # Errors
///
/// Those of the evaluator.
pub fn evaluate_most_popular(
    sequences: &Sequences,
    cases: &[Case],
    catalogue: &Catalogue,
    config: &EvaluationConfig,
) -> Result<Report> {
    let mut evaluator = Evaluator::new(config.metrics.clone(), catalogue)?;
    let depth = config.metrics.depth();
    for case in cases {
        let history = past(sequences, case);
        let popular = catalogue.popularity().most_popular(config.search_depth(depth, history));
        let ranked = config.visible(popular.iter().copied(), history, depth);
        evaluator.observe(case.user, &ranked, future(sequences, case), history)?;
    }
    Ok(evaluator.finish())
}
