use std::{io::IsTerminal as _, time::Instant};

use seqrec_train::{evaluate::evaluate_most_popular, trainer::StopReason};

use super::{command_line, resume_command, stage, stop_on_ctrl_c, threads};
use crate::{
    cli::Reproduce,
    error::{Result, RunError},
    output::say,
    recipe::Recipe,
    report::{terminal_table, write_all},
    run::{environment, metrics_lines, report, train_and_test},
};

/// Steps of a quick run.
const QUICK_STEPS: u64 = 400;

/// `cargo xtask reproduce`.
pub fn run(args: Reproduce) -> Result<()> {
    let start = Instant::now();
    let threads = threads(args.recipe.threads)?;
    let backend = args.recipe.backend;
    let (mut stage, folder) = stage(&args.recipe, |recipe| adjust(recipe, &args))?;
    if args.quick {
        let note =
            "A quick run of a few hundred steps: it shows that everything works, so nothing is judged.";
        stage.notes.push(note.to_owned());
        stage.recipe.compare.judge_nothing();
    }
    if !args.recipe.sets.is_empty() {
        stage.notes.push(format!("Changed from the recipe: {}.", args.recipe.sets.join(", ")));
    }
    let stop = stop_on_ctrl_c()?;
    let first = stage.recipe.training.seed;
    let mut outcomes = Vec::new();
    for seed in first..first + args.seeds {
        let store = folder.checkpoints(&stage.recipe, &stage.data, seed, Some(backend));
        let outcome = train_and_test(&stage, seed, backend, &store, stop)?;
        if outcome.fit.reason == StopReason::Interrupted {
            let resume = resume_command(&args.recipe, &folder);
            return Err(RunError::Interrupted { step: outcome.fit.progress.step, resume });
        }
        outcomes.push(outcome);
        folder.write("metrics.jsonl", metrics_lines(&outcomes).as_bytes())?;
    }
    let data = &stage.data;
    let most_popular =
        evaluate_most_popular(&data.sequences, &data.split.test, &stage.catalogue, &stage.recipe.evaluation)?;
    let environment = environment(backend, threads, start.elapsed().as_secs_f64());
    let report = report(&stage, &outcomes, &most_popular, environment, command_line())?;
    write_all(&report, folder.path())
        .map_err(|source| RunError::Io { path: folder.path().to_owned(), source })?;
    say!("{}", terminal_table(&report, std::io::stdout().is_terminal()));
    say!("\nrun folder: {0}\nreport:     {0}/report.html", folder.path().display());
    Ok(())
}

fn adjust(recipe: &mut Recipe, args: &Reproduce) {
    if !args.lambdas.is_empty() {
        recipe.evaluation.lambdas.clone_from(&args.lambdas);
    }
    if args.quick {
        let fit = &mut recipe.training.fit;
        fit.max_steps = fit.max_steps.min(QUICK_STEPS);
        fit.validate_every = QUICK_STEPS / 4;
    }
}
