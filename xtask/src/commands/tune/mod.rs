//! Trials of a recipe with other settings, judged by validation.

mod grid;
mod trials;

use std::path::{Path, PathBuf};

use seqrec_train::{TrainError, trainer::StopReason};

use self::{
    grid::combinations,
    trials::{Search, Trial, Trials},
};
use super::{command_line, stage, stop_on_ctrl_c, threads};
use crate::{
    cli::{RecipeArgs, Tune},
    error::{Result, RunError},
    output::say,
    recipe::{self, Recipe},
    report::format::{columns, decimal},
    run::{self, train},
};

/// `cargo xtask tune`.
pub fn run(args: &Tune) -> Result<()> {
    threads(args.recipe.threads)?;
    let stop = stop_on_ctrl_c()?;
    let mut recipe = recipe::resolve(&args.name, args.recipe.dataset.as_deref(), &args.recipe.sets)?;
    recipe::add_choices(&mut recipe, &args.choices)?;
    check(args, &recipe)?;
    let folder = folder(&args.recipe, &recipe);
    let search = Search::of(&recipe, &args.recipe.sets);
    let combinations = combinations(&search.choices, args.trials, search.seed)?;
    let mut trials = Trials::open(&folder, search, args.recipe.resume.is_some())?;
    for (at, chosen) in combinations.iter().enumerate() {
        if trials.has(chosen) {
            continue;
        }
        say!("\n=== trial {} of {}: {}", at + 1, combinations.len(), chosen.join(" "));
        let trial = in_folder(&args.recipe, chosen, folder.join(format!("trial-{:03}", at + 1)));
        let (stage, run) = stage(&args.name, &trial, |_| ())?;
        if trials.done.is_empty() {
            eprintln!("{}\n", stage.data.card);
        }
        let seed = stage.recipe.training.seed;
        let store = run.checkpoints(&stage.recipe, &stage.data, seed, Some(trial.backend));
        let (best, seconds) = match train(&stage, seed, trial.backend, &store, stop) {
            Ok(outcome) if outcome.fit.reason == StopReason::Interrupted => {
                let resume = resume_command(args, &folder);
                return Err(RunError::Interrupted { step: outcome.fit.progress.step, resume });
            }
            Ok(outcome) => (outcome.fit.progress.stopping.best, outcome.fit.progress.seconds),
            Err(RunError::Train(error @ TrainError::Diverged { .. })) => {
                say!("{error}");
                (None, 0.0)
            }
            Err(error) => return Err(error),
        };
        trials.add(Trial { chosen: chosen.clone(), best, seconds })?;
    }
    say!("\n{}", table(&trials));
    if let Some(best) = trials.ranked().first() {
        say!("test the best one:\n    {}", reproduce_command(args, best));
    }
    Ok(())
}

/// Refuses values that no trial could have, before the first one starts.
fn check(args: &Tune, recipe: &Recipe) -> Result<()> {
    for (key, values) in &recipe.tune {
        for value in values {
            let sets: Vec<String> =
                args.recipe.sets.iter().cloned().chain([format!("{key}={value}")]).collect();
            recipe::resolve(&args.name, args.recipe.dataset.as_deref(), &sets)?;
        }
    }
    Ok(())
}

/// Where the search lies.
fn folder(args: &RecipeArgs, recipe: &Recipe) -> PathBuf {
    let given = args.resume.clone().flatten().or_else(|| args.out.clone());
    given.unwrap_or_else(|| run::base(recipe).join("tune"))
}

/// The arguments of one trial, which begins in `folder` or goes on there.
fn in_folder(args: &RecipeArgs, chosen: &[String], folder: PathBuf) -> RecipeArgs {
    let sets = args.sets.iter().chain(chosen).cloned().collect();
    let (out, resume) = match folder.join(run::RECIPE).exists() {
        true => (None, Some(Some(folder))),
        false => (Some(folder), None),
    };
    RecipeArgs { sets, out, resume, ..args.clone() }
}

fn resume_command(args: &Tune, folder: &Path) -> String {
    match (&args.recipe.resume, &args.recipe.out) {
        (Some(_), _) => command_line(),
        (None, Some(out)) => {
            let command = command_line().replace(&format!(" --out {}", out.display()), "");
            format!("{command} --resume {}", folder.display())
        }
        (None, None) => format!("{} --resume", command_line()),
    }
}

/// The command that trains the best trial again and tests it.
fn reproduce_command(args: &Tune, best: &Trial) -> String {
    let dataset = args.recipe.dataset.as_ref().map(|dataset| format!(" --dataset {dataset}"));
    let sets = args.recipe.sets.iter().chain(&best.chosen).map(|set| format!(" --set '{set}'"));
    format!("cargo xtask reproduce {}{}{}", args.name, dataset.unwrap_or_default(), sets.collect::<String>())
}

/// All trials, the best one first, a column for each field that was chosen.
fn table(trials: &Trials) -> String {
    let keys = trials.search.choices.keys().cloned();
    let titles = [trials.search.monitor.clone(), "step".to_owned(), "seconds".to_owned()];
    let line = |trial: &Trial| {
        let figures = match trial.best {
            Some((figure, step)) => [decimal(figure), step.to_string(), format!("{:.0}", trial.seconds)],
            None => ["diverged", "", ""].map(str::to_owned),
        };
        let value = |chosen: &String| chosen.split_once('=').map_or("", |(_, value)| value).to_owned();
        figures.into_iter().chain(trial.chosen.iter().map(value)).collect()
    };
    let mut lines: Vec<Vec<String>> = vec![titles.into_iter().chain(keys).collect()];
    lines.extend(trials.ranked().into_iter().map(line));
    columns(&lines)
}
