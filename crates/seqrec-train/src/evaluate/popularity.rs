use seqrec_data::{Case, Sequences};
use seqrec_eval::{Candidates, Catalogue, Evaluator, Report, Scored};

use super::{
    EvaluationConfig,
    retrieval::{future, past},
};
use crate::Result;

/// Evaluates the list of most popular training items, the same for everybody. The
/// "user" that metrics average over is the case, numbered from 0.
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
    for (number, case) in (0u32..).zip(cases) {
        let history = past(sequences, case);
        let popular = catalogue.popularity().most_popular(config.search_depth(depth, history));
        let popular = Candidates::new(&as_scored(popular))?;
        let visible = config.visible(popular, history)?.top(depth);
        let ranked: Vec<u32> = visible.iter().map(|scored| scored.item).collect();
        evaluator.observe(number, &ranked, future(sequences, case), history)?;
    }
    Ok(evaluator.finish())
}

/// Items in the order of `ranked`, as scores that fall from 0 by 1.
pub(crate) fn as_scored(ranked: &[u32]) -> Vec<Scored> {
    ranked.iter().enumerate().map(|(rank, &item)| Scored::new(item, -(rank as f32))).collect()
}
