use seqrec_core::{
    Interests, Retriever, StepContext,
    batch::{Histories, Padded, Rows},
    items::ItemVectors,
};
use seqrec_data::{Case, Sequences};
use seqrec_eval::{Candidates, Catalogue, Evaluator, Report, Scored};

use super::{EvaluationConfig, InterestDiagnostics, Searcher, UserVectors, diagnostics::InterestTally};
use crate::Result;

/// What the evaluation of a retriever found.
#[derive(Clone, Debug)]
pub struct RetrievalReport {
    /// Metrics for each lambda, in the order of the configuration.
    pub by_lambda: Vec<(f32, Report)>,
    /// Interest collapse figures; `None` for single-interest models.
    pub interests: Option<InterestDiagnostics>,
}

impl RetrievalReport {
    /// The report of the first configured lambda.
    pub fn first(&self) -> &Report {
        &self.by_lambda[0].1
    }
}

/// Ranks the whole catalogue for every case and computes the configured metrics.
///
/// `model` and `items` come from [`Learner::frozen`](crate::Learner::frozen). Cases are taken in
/// blocks of users; the blocks change memory and time, not figures. The "user" that metrics average
/// over is the case, numbered from 0: with a case per event, figures are means over events.
///
/// # Errors
///
/// Those of the evaluator: unusable configuration, categories needed but missing.
pub fn evaluate_retriever<M: Retriever>(
    model: &M,
    items: &ItemVectors,
    sequences: &Sequences,
    cases: &[Case],
    catalogue: &Catalogue,
    config: &EvaluationConfig,
) -> Result<RetrievalReport> {
    config.check()?;
    let mut evaluators = config
        .lambdas
        .iter()
        .map(|_| Ok(Evaluator::new(config.metrics.clone(), catalogue)?))
        .collect::<Result<Vec<_>>>()?;
    let depth = config.metrics.depth();
    let searcher = Searcher::new(items, config.item_block);
    let output = items.output.to_data().try_to_vec::<f32>().expect("item vectors are f32");
    let mut tally = InterestTally::new();
    let rows = Rows::all(catalogue.num_items());

    let mut numbers = 0u32..;
    for block in cases.chunks(config.user_block.max(1)) {
        let histories: Vec<&[u32]> = block.iter().map(|case| past(sequences, case)).collect();
        let targets: Vec<&[u32]> = block.iter().map(|case| future(sequences, case)).collect();
        let interests = interests(model, items, &histories, config.max_length, &rows);
        tally.add(&interests, &targets, &output);
        let depths = histories.iter().map(|history| config.search_depth(depth, history)).collect();
        let candidates = searcher.search(user_vectors(interests, depths))?;
        for ((&history, &targets), (number, candidates)) in
            histories.iter().zip(&targets).zip(numbers.by_ref().zip(candidates))
        {
            let visible = config.visible(candidates, history)?;
            for (evaluator, &lambda) in evaluators.iter_mut().zip(&config.lambdas) {
                let list = aggregate(&visible, depth, lambda, catalogue)?;
                let ranked: Vec<u32> = list.iter().map(|scored| scored.item).collect();
                evaluator.observe(number, &ranked, targets, history)?;
            }
        }
    }
    let reports = evaluators.into_iter().map(Evaluator::finish);
    Ok(RetrievalReport {
        by_lambda: config.lambdas.iter().copied().zip(reports).collect(),
        interests: tally.finish(),
    })
}

/// Interests of `histories` at inference.
pub(crate) fn interests<M: Retriever>(
    model: &M,
    items: &ItemVectors,
    histories: &[&[u32]],
    max_length: usize,
    rows: &Rows,
) -> Interests {
    let length = max_length.min(model.max_length().unwrap_or(usize::MAX));
    let padded = Padded::longest(histories, length);
    let histories = Histories::new(&padded, rows, &items.input.device());
    model.interests(&histories, items, &mut StepContext::inference())
}

pub(crate) fn user_vectors(interests: Interests, depths: Vec<usize>) -> UserVectors {
    let mask = interests.mask.map(|mask| {
        let mask = mask.into_data().try_to_vec::<f32>().expect("masks are f32");
        mask.into_iter().map(|value| value != 0.0).collect()
    });
    UserVectors { interests: interests.vectors, mask, depths }
}

/// The `n` best candidates, or the greedily diversified list for a positive `lambda`.
pub(crate) fn aggregate(
    candidates: &Candidates,
    n: usize,
    lambda: f32,
    catalogue: &Catalogue,
) -> Result<Vec<Scored>> {
    if lambda == 0.0 {
        return Ok(candidates.top(n));
    }
    let categories = catalogue.categories();
    let category = |item| categories.and_then(|categories| categories.main(item));
    Ok(candidates.diversify_by_category(n, lambda, category)?)
}

pub(super) fn past<'a>(sequences: &'a Sequences, case: &Case) -> &'a [u32] {
    &sequences.items(case.user)[case.history.clone()]
}

pub(super) fn future<'a>(sequences: &'a Sequences, case: &Case) -> &'a [u32] {
    &sequences.items(case.user)[case.targets.clone()]
}
