use seqrec_core::{Retriever, Seed, items::ItemEncoder};
use seqrec_data::{Case, case_groups};
use seqrec_eval::Report;
use seqrec_train::{
    Learner,
    checkpoint::CheckpointStore,
    evaluate::{EvaluationConfig, RetrievalReport, by_group, evaluate_most_popular, evaluate_retriever},
};

use super::stored;
use crate::{
    cli::Eval,
    error::Result,
    models::{WithLearner, with_model},
    output::say,
    run::Stage,
};

/// `cargo xtask eval`.
pub fn run(args: Eval) -> Result<()> {
    let (stage, folder, seed) = stored(&args.run)?;
    let backend = args.run.backend;
    let store = folder.checkpoints(&stage.recipe, &stage.data, seed, None);
    let (sequences, split) = (&stage.data.sequences, &stage.data.split);
    let cases = if args.valid { &split.valid } else { &split.test };
    let mut config = stage.recipe.evaluation.clone();
    config.lambdas = args.lambdas;
    let best = Best { stage: &stage, store: &store, cases, config: &config };
    let report = with_model(&stage, Seed(seed), backend, best)?;
    let popular = evaluate_most_popular(sequences, cases, &stage.catalogue, &config)?;

    let row = |label: &str, cells: Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!(" {cell:>12}")).collect();
        say!("{label:<28}{cells}");
    };
    let heads = report.by_lambda.iter().map(|(lambda, _)| format!("lambda {lambda}"));
    row("metric", heads.chain(["MostPopular".to_owned()]).collect());
    let reports: Vec<&Report> = report.by_lambda.iter().map(|(_, report)| report).chain([&popular]).collect();
    for metric in report.first().metrics.keys() {
        let cell = |report: &&Report| report.metric(metric).map_or("-".into(), |value| format!("{value:.4}"));
        row(metric, reports.iter().map(cell).collect());
    }
    let groups = case_groups(sequences, split, cases);
    for (ours, popular) in by_group(report.first(), &groups).iter().zip(by_group(&popular, &groups)) {
        say!("\n{} ({} cases)", ours.name, ours.cases);
        for (metric, value) in &ours.metrics {
            let popular = popular.metrics.get(metric).map_or("-".into(), |value| format!("{value:.4}"));
            row(metric, vec![format!("{value:.4}"), popular]);
        }
    }
    if let Some(interests) = &report.interests {
        say!("\nmean cosine between interests  {:.4}", interests.mean_pairwise_cosine);
        let shares: Vec<String> =
            interests.target_shares.iter().map(|share| format!("{:.1} %", 100.0 * share)).collect();
        say!("targets won by each interest   {}", shares.join("  "));
    }
    Ok(())
}

/// Evaluates the best checkpoint.
struct Best<'a> {
    stage: &'a Stage,
    store: &'a CheckpointStore,
    cases: &'a [Case],
    config: &'a EvaluationConfig,
}

impl WithLearner for Best<'_> {
    type Output = RetrievalReport;

    fn run<M: Retriever, E: ItemEncoder>(self, mut learner: Learner<M, E>) -> Result<RetrievalReport> {
        self.store.load_best(&mut learner)?;
        let (model, items) = learner.frozen();
        let (sequences, catalogue) = (&self.stage.data.sequences, &self.stage.catalogue);
        Ok(evaluate_retriever(&model, &items, sequences, self.cases, catalogue, self.config)?)
    }
}
