use std::{path::Path, process::Command};

use serde::Deserialize;

use super::pairs::{PAIRS, Pair};
use super::process::{build_workload, json_lines, output, python, script};
use crate::{
    cli::Peers,
    error::{Result, RunError},
    output::say,
};

/// What one process prints of itself.
#[derive(Deserialize)]
struct Run {
    milliseconds: Vec<f64>,
    samples: usize,
    peak_mib: Option<f64>,
}

/// Runs each pair in turns, a process at a time, and prints the ratios.
pub fn run(args: &Peers) -> Result<()> {
    let pairs: Vec<_> = PAIRS
        .iter()
        .filter(|pair| args.filter.as_ref().is_none_or(|filter| pair.ours.contains(filter.as_str())))
        .collect();
    if pairs.is_empty() {
        let known: Vec<&str> = PAIRS.iter().map(|pair| pair.ours).collect();
        return Err(RunError::Usage(format!("no case matches; there are {}", known.join(", "))));
    }
    let workload = build_workload()?;
    let python = python(&args.python)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from).to_string();
    say!("{} rounds of {} repetitions, {threads} threads; times are medians", args.rounds, args.repetitions);
    say!("ratio: peer's time over ours, median of the rounds [least, greatest]\n");
    say!(
        "{:<28} {:<26} {:>10} {:>10} {:>22} {:>17} {:>17}",
        "case",
        "peer",
        "peer ms",
        "ours ms",
        "ratio",
        "samples/s, ours",
        "peak MiB, ours"
    );
    for Pair { ours, theirs, peer } in pairs {
        let (mut peers, mut own) = (Vec::new(), Vec::new());
        for _ in 0..args.rounds {
            peers.push(one(
                Command::new(&python).arg("-B").arg(script("steps.py")),
                theirs,
                args,
                Some(&threads),
            )?);
            own.push(one(&mut Command::new(&workload), ours, args, None)?);
        }
        let time = |runs: &[Run]| median(runs.iter().map(|run| median(run.milliseconds.clone())).collect());
        let ratios: Vec<f64> = peers
            .iter()
            .zip(&own)
            .map(|(peer, own)| median(peer.milliseconds.clone()) / median(own.milliseconds.clone()))
            .collect();
        let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = ratios.iter().copied().fold(0.0, f64::max);
        let rate = |runs: &[Run]| 1e3 * runs[0].samples as f64 / time(runs);
        let memory = |run: &Run| run.peak_mib.map_or("?".to_owned(), |mib| format!("{mib:.0}"));
        say!(
            "{ours:<28} {peer:<26} {:>10.2} {:>10.2} {:>22} {:>17} {:>17}",
            time(&peers),
            time(&own),
            format!("{:.2} [{least:.2}, {greatest:.2}]", median(ratios)),
            format!("{:.0}, {:.0}", rate(&peers), rate(&own)),
            format!("{}, {}", memory(&peers[0]), memory(&own[0])),
        );
    }
    Ok(())
}

fn one(command: &mut Command, case: &str, args: &Peers, threads: Option<&str>) -> Result<Run> {
    command.arg(case).arg(args.repetitions.to_string()).args(threads);
    let text = output(command)?;
    json_lines(&text).pop().ok_or_else(|| {
        let program = Path::new(command.get_program()).display().to_string();
        RunError::CheckFailed(format!("{program} printed no figures for {case}:\n{text}"))
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        0 => (values[middle - 1] + values[middle]) / 2.0,
        _ => values[middle],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_of_even_and_odd_counts() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
    }
}
