use seqrec_train::trainer::StopReason;

use super::{command_line, resume_command, stage, stop_on_ctrl_c, threads};
use crate::{
    cli::Train,
    error::{Result, RunError},
    output::say,
    run::{metrics_lines, train_and_test},
};

/// `cargo xtask train`.
pub fn run(args: Train) -> Result<()> {
    threads(args.recipe.threads)?;
    let backend = args.recipe.backend;
    let (stage, folder) = stage(&args.name, &args.recipe, |recipe| {
        recipe.training.seed = args.seed.unwrap_or(recipe.training.seed);
    })?;
    eprintln!("{}\n", stage.data.card);
    let seed = stage.recipe.training.seed;
    let store = folder.checkpoints(&stage.recipe, &stage.data, seed, Some(backend));
    let outcome = train_and_test(&stage, seed, backend, &store, stop_on_ctrl_c()?)?;
    if outcome.fit.reason == StopReason::Interrupted {
        let resume = resume_command(command_line(), &args.recipe, &folder);
        return Err(RunError::Interrupted { step: outcome.fit.progress.step, resume });
    }
    folder.write("metrics.jsonl", metrics_lines(std::slice::from_ref(&outcome)).as_bytes())?;
    if let Some(test) = &outcome.test {
        for (metric, value) in &test.first().metrics {
            say!("{metric:<28} {value:.4}");
        }
    }
    let best = store.best()?.unwrap_or_default();
    say!("\nrun folder:   {}\nbest weights: {}", folder.path().display(), best.display());
    say!("last weights: sha256 {}", outcome.weights_sha256);
    Ok(())
}
