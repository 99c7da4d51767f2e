//! Runs one workload in a process of its own and prints a line of JSON.

use std::{process::ExitCode, time::Instant};

use seqrec_benches::{CASES, Case};

const HELP: &str = "usage: workload <case> [repetitions]

Runs a case and prints its times in milliseconds, the samples of one run and the peak memory of the
process in MiB (where /proc tells it). Without repetitions: 10, after two that are not counted.
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let case = arguments.next().and_then(|name| Case::find(&name));
    let repetitions = arguments.next().map_or(Some(10), |count| count.parse().ok());
    let (Some(case), Some(repetitions)) = (case, repetitions) else {
        eprint!("{HELP}\ncases:\n");
        CASES.iter().for_each(|case| eprintln!("  {:<28} {}", case.name, case.what));
        return ExitCode::FAILURE;
    };
    let mut workload = case.make();
    (0..2).for_each(|_| (workload.run)());
    let times: Vec<f64> = (0..repetitions)
        .map(|_| {
            let start = Instant::now();
            (workload.run)();
            1e3 * start.elapsed().as_secs_f64()
        })
        .collect();
    let line = serde_json::json!({
        "case": case.name,
        "milliseconds": times,
        "samples": workload.samples,
        "peak_mib": peak_mib(),
    });
    println!("{line}");
    ExitCode::SUCCESS
}

/// The most memory that the process has held.
fn peak_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<f64>().ok()? / 1024.0)
}
