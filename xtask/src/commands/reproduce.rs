use std::{io::IsTerminal as _, sync::atomic::AtomicBool, time::Instant};

use seqrec_train::{evaluate::evaluate_most_popular, trainer::StopReason};

use super::{command_line, list, resume_command, stage, stop_on_ctrl_c, threads};
use crate::{
    cli::Reproduce,
    error::{Result, RunError},
    output::say,
    recipe::{self, Recipe},
    report::{format::decimal, model::RunReport, terminal_table, write_all},
    run::{environment, metrics_lines, report, train_and_test},
};

/// Steps of a quick run.
const QUICK_STEPS: u64 = 400;

/// `cargo xtask reproduce`.
pub fn run(args: Reproduce) -> Result<()> {
    if args.list {
        return list::run();
    }
    let machine = Machine { threads: threads(args.recipe.threads)?, stop: stop_on_ctrl_c()? };
    match &args.name {
        Some(name) => one(name, &args, &machine, command_line()).map(drop),
        None => all(&args, &machine),
    }
}

/// What is set up once for a process.
struct Machine {
    threads: usize,
    stop: &'static AtomicBool,
}

/// Runs every recipe. One that fails does not keep the others from running.
fn all(args: &Reproduce, machine: &Machine) -> Result<()> {
    let (mut lines, mut failed) = (Vec::new(), Vec::new());
    for name in recipe::names()? {
        say!("\n=== {name}");
        let command = command_line().replace(" --all", &format!(" {name}"));
        lines.push(match one(&name, args, machine, command) {
            Ok(report) => format!("{name:<20} {}", outcome(&report)),
            Err(error @ RunError::Interrupted { .. }) => return Err(error),
            Err(RunError::NotFound { error, .. }) => {
                format!("{name:<20} not run, its data is not here: {error}")
            }
            Err(error) => {
                failed.push(name.clone());
                format!("{name:<20} failed: {error}")
            }
        });
    }
    say!("\n{}", lines.join("\n"));
    match failed.is_empty() {
        true => Ok(()),
        false => Err(RunError::CheckFailed(format!("failed: {}", failed.join(", ")))),
    }
}

/// Data, deciding figure beside that of the most popular items, and time.
fn outcome(report: &RunReport) -> String {
    let (metric, seconds) = (&report.primary, report.environment.total_seconds);
    let Some(figure) = report.primary_figure() else {
        return format!("{:<16} no {metric}, {seconds:.0} s", report.recipe.dataset);
    };
    let popular = figure.most_popular.map_or("-".to_owned(), decimal);
    let ours = decimal(figure.ours.mean);
    format!("{:<16} {metric} {ours}, most popular {popular}, {seconds:.0} s", report.recipe.dataset)
}

fn one(name: &str, args: &Reproduce, machine: &Machine, command: String) -> Result<RunReport> {
    let start = Instant::now();
    let backend = args.recipe.backend;
    let (mut stage, folder) = stage(name, &args.recipe, |recipe| adjust(recipe, args))?;
    eprintln!("{}\n", stage.data.card);
    if args.quick {
        let note =
            "A quick run of a few hundred steps: it shows that everything works, so nothing is judged.";
        stage.notes.push(note.to_owned());
        stage.recipe.compare.judge_nothing();
    }
    if !args.recipe.sets.is_empty() {
        stage.notes.push(format!("Changed from the recipe: {}.", args.recipe.sets.join(", ")));
    }
    let first = stage.recipe.training.seed;
    let mut outcomes = Vec::new();
    for seed in first..first + args.seeds {
        let store = folder.checkpoints(&stage.recipe, &stage.data, seed, Some(backend));
        let outcome = train_and_test(&stage, seed, backend, &store, machine.stop)?;
        if outcome.fit.reason == StopReason::Interrupted {
            let resume = resume_command(command, &args.recipe, &folder);
            return Err(RunError::Interrupted { step: outcome.fit.progress.step, resume });
        }
        outcomes.push(outcome);
        folder.write("metrics.jsonl", metrics_lines(&outcomes).as_bytes())?;
    }
    let data = &stage.data;
    let most_popular =
        evaluate_most_popular(&data.sequences, &data.split.test, &stage.catalogue, &stage.recipe.evaluation)?;
    let environment = environment(backend, machine.threads, start.elapsed().as_secs_f64());
    let report = report(&stage, &outcomes, &most_popular, environment, command)?;
    write_all(&report, folder.path())
        .map_err(|source| RunError::Io { path: folder.path().to_owned(), source })?;
    say!("{}", terminal_table(&report, std::io::stdout().is_terminal()));
    say!("\nrun folder: {0}\nreport:     {0}/report.html", folder.path().display());
    Ok(report)
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
