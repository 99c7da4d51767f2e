use seqrec_train::evaluate::{evaluate_most_popular, evaluate_retriever};

use super::stored;
use crate::{cli::Eval, error::Result, run::frozen};

/// `cargo xtask eval`.
pub fn run(args: Eval) -> Result<()> {
    let (stage, folder, seed) = stored(&args.run)?;
    let backend = args.run.backend;
    let store = folder.checkpoints(&stage.recipe, &stage.data, seed, backend)?;
    let (model, items) = frozen(&stage, seed, backend, &store)?;
    let (sequences, split) = (&stage.data.sequences, &stage.data.split);
    let cases = if args.valid { &split.valid } else { &split.test };
    let mut config = stage.recipe.evaluation.clone();
    config.lambdas = args.lambdas;
    let report = evaluate_retriever(&model, &items, sequences, cases, &stage.catalogue, &config)?;
    let popular = evaluate_most_popular(sequences, cases, &stage.catalogue, &config)?;

    print!("{:<28}", "metric");
    for (lambda, _) in &report.by_lambda {
        print!(" {:>12}", format!("lambda {lambda}"));
    }
    println!(" {:>12}", "MostPopular");
    for metric in report.first().metrics.keys() {
        print!("{metric:<28}");
        for (_, report) in &report.by_lambda {
            print!(" {:>12.4}", report.metric(metric).unwrap_or(f64::NAN));
        }
        println!(" {:>12.4}", popular.metric(metric).unwrap_or(f64::NAN));
    }
    if let Some(interests) = &report.interests {
        println!("\nmean cosine between interests  {:.4}", interests.mean_pairwise_cosine);
        let shares: Vec<String> =
            interests.target_shares.iter().map(|share| format!("{:.1} %", 100.0 * share)).collect();
        println!("targets won by each interest   {}", shares.join("  "));
    }
    Ok(())
}
