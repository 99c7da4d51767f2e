use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use serde::Deserialize;

use super::process::{json_lines, python, run_to_end, script};
use crate::{
    cli::Peers,
    commands::workspace_root,
    data::prepare,
    error::{Result, RunError},
    output::say,
    recipe::{self, Recipe},
};

/// Our recipe, and RecBole's model of the same kind.
const MODELS: &[(&str, &str)] = &[("sasrec", "SASRec"), ("gru4rec", "GRU4Rec")];

/// A validation of RecBole.
#[derive(Clone, Copy, Deserialize)]
struct Epoch {
    epoch: u64,
    seconds: f64,
    processor_seconds: f64,
    #[serde(rename = "ndcg@10")]
    ndcg: f64,
}

/// A validation of ours.
#[derive(Deserialize)]
struct Point {
    seconds: f64,
    validation: std::collections::BTreeMap<String, f64>,
}

/// Trains RecBole's models until they stop or the budget is spent, then ours, and prints when ours
/// reached the best figure of the peer.
pub fn run(args: &Peers) -> Result<()> {
    let base = workspace_root().join("runs").join("peers");
    let chosen =
        |(name, _): &&(&str, &str)| args.filter.as_ref().is_none_or(|filter| name.contains(filter.as_str()));
    let models: Vec<_> = MODELS.iter().filter(chosen).collect();
    if models.is_empty() {
        let known: Vec<&str> = MODELS.iter().map(|(name, _)| *name).collect();
        return Err(RunError::Usage(format!("no recipe matches; there are {}", known.join(", "))));
    }
    let python = python(&args.python)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    for (name, theirs) in models {
        let recipe = recipe::resolve(name, Some(&args.dataset), &[])?;
        let window = recipe.evaluation.max_length;
        // A training goes on with what it began with.
        let folder = base.join(format!("{name}-{}-length-{window}-threads-{threads}", args.dataset));
        write_atomic_file(&folder, &recipe, args)?;
        let epochs = recbole(&python, &folder, theirs, [window, threads], args)?;
        let best = epochs.iter().rev().copied().max_by(|a, b| a.ndcg.total_cmp(&b.ndcg));
        let best =
            best.ok_or_else(|| RunError::CheckFailed(format!("RecBole's {theirs} finished no epoch")))?;

        let out = folder.join("ours");
        if out.exists() {
            fs::remove_dir_all(&out).map_err(|source| RunError::Io { path: out.clone(), source })?;
        }
        let this = std::env::current_exe().map_err(|source| RunError::Io { path: "xtask".into(), source })?;
        let mut command = Command::new(this);
        command.args(["reproduce", name, "--dataset", &args.dataset, "--out"]).arg(&out);
        command.args(args.source.data_dir.as_ref().map(|dir| format!("--data-dir={}", dir.display())));
        run_to_end(command.stdout(Stdio::null()))?;
        let path = out.join("metrics.jsonl");
        let text = fs::read_to_string(&path).map_err(|source| RunError::Io { path, source })?;
        let ours: Vec<Point> = json_lines(&text);
        let ndcg = |point: &Point| point.validation.get("ndcg@10").copied().unwrap_or(0.0);
        let reached = ours.iter().find(|point| ndcg(point) >= best.ndcg);

        let last = epochs.last().map_or(0.0, |epoch| epoch.seconds);
        say!("\n{theirs} on {}: validation NDCG@10", args.dataset);
        say!(
            "  RecBole  best {:.4} after epoch {}, {:.0} s (processor: {:.0} s); {last:.0} s in all",
            best.ndcg,
            best.epoch,
            best.seconds,
            best.processor_seconds
        );
        let top = ours.iter().map(ndcg).fold(0.0, f64::max);
        match reached {
            Some(point) => say!(
                "  seqrec   {:.4} after {:.1} s: {:.1} times as fast; best {top:.4}",
                ndcg(point),
                point.seconds,
                best.seconds / point.seconds
            ),
            None => say!("  seqrec   did not reach it; best {top:.4}"),
        }
    }
    Ok(())
}

/// The prepared sequences as one of RecBole's atomic files; positions serve as times, so that the
/// order is the same.
fn write_atomic_file(folder: &Path, recipe: &Recipe, args: &Peers) -> Result<()> {
    let data = prepare(&recipe.data, &args.source)?;
    let mut text = String::from("user_id:token\titem_id:token\ttimestamp:float\n");
    for user in 0..data.sequences.num_users() as u32 {
        for (at, item) in data.sequences.items(user).iter().enumerate() {
            writeln!(text, "{user}\t{item}\t{at}").expect("strings can be written to");
        }
    }
    let path = folder.join("data").join("data.inter");
    let failed = |source| RunError::Io { path: path.clone(), source };
    if fs::read_to_string(&path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    // What RecBole learnt from other data is of no use.
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(failed)?;
    }
    fs::create_dir_all(folder.join("data")).and_then(|()| fs::write(&path, text)).map_err(failed)
}

/// RecBole's own training, with the same data, window and number of threads; goes on where an earlier
/// one was stopped.
fn recbole(
    python: &Path,
    folder: &Path,
    model: &str,
    [window, threads]: [usize; 2],
    args: &Peers,
) -> Result<Vec<Epoch>> {
    let log = folder.join("recbole.log");
    let output = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&log)
        .and_then(|file| Ok((file.try_clone()?, file)));
    let (output, errors) = output.map_err(|source| RunError::Io { path: log, source })?;
    let mut command = Command::new(python);
    command.current_dir(folder).arg(script("recbole_quality.py")).arg(model).arg(folder);
    command.args([window.to_string(), threads.to_string(), args.budget.to_string()]);
    say!("RecBole writes to {}", folder.display());
    run_to_end(command.stdout(output).stderr(errors))?;
    let path = folder.join("recbole.jsonl");
    let text = fs::read_to_string(&path).map_err(|source| RunError::Io { path, source })?;
    match text.contains("finished") {
        true => say!("RecBole ended its training by itself"),
        false => say!("RecBole's time is over; the same command goes on after its last epoch"),
    }
    Ok(json_lines(&text))
}
