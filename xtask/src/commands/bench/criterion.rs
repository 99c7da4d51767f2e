use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::process::run_to_end;
use crate::{
    commands::{cargo, workspace_root},
    error::{Result, RunError},
    output::say,
};

/// Folder of the results, below the workspace.
const RESULTS: &str = "runs/criterion";

/// The group that measures the machine itself.
const LIMITS: &str = "limits";

/// Runs the criterion benches whose names match `filter` and prints them beside the machine's limits.
pub fn run(filter: Option<&str>, quick: bool) -> Result<()> {
    let results = workspace_root().join(RESULTS);
    if results.exists() {
        fs::remove_dir_all(&results).map_err(|source| RunError::Io { path: results.clone(), source })?;
    }
    let mut command = cargo();
    command.args(["bench", "--workspace", "--bench", "all", "--profile", "dev", "--"]);
    command.args(quick.then_some("--quick"));
    command.args(filter.map(|filter| format!("{LIMITS}|{filter}")));
    run_to_end(command.env("CRITERION_HOME", &results))?;

    let mut measured = read(&results)?;
    measured.sort_by(|a, b| (a.group != LIMITS, &a.name).cmp(&(b.group != LIMITS, &b.name)));
    let limit = |unit: Unit| {
        let limits = measured.iter().filter(|one| one.group == LIMITS);
        limits.filter_map(|one| one.rate).find(|(_, of)| *of == unit).map(|(rate, _)| rate)
    };
    let limits = [limit(Unit::Flop), limit(Unit::Byte)];
    say!("\n{:<62} {:>12} {:>15} {:>9}", "benchmark", "median", "rate", "of limit");
    for one in &measured {
        let (rate, share) = match one.rate {
            Some((rate, unit)) => {
                let share = limits[unit as usize].map(|limit| format!("{:.0} %", 100.0 * rate / limit));
                (format!("{rate:.1} {}", unit.name()), share.unwrap_or_default())
            }
            None => Default::default(),
        };
        say!("{:<62} {:>12} {rate:>15} {share:>9}", one.name, duration(one.nanoseconds));
    }
    say!("\nlimits: a product of 1024 x 1024 matrices, and a copy of 256 MiB; both on all threads.");
    say!("Operations that stay in the caches can exceed the bandwidth of a copy.");
    Ok(())
}

/// One benchmark's result.
struct Measured {
    group: String,
    name: String,
    nanoseconds: f64,
    /// 10^9 a second, and of what.
    rate: Option<(f64, Unit)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Unit {
    Flop,
    Byte,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Flop => "GFLOP/s",
            Self::Byte => "GB/s",
        }
    }
}

/// criterion's `benchmark.json`, as far as it is needed.
#[derive(Deserialize)]
struct Benchmark {
    group_id: String,
    full_id: String,
    throughput: Option<Throughput>,
}

#[derive(Deserialize)]
enum Throughput {
    Elements(u64),
    Bytes(u64),
}

/// criterion's `estimates.json`, as far as it is needed.
#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

/// Every result below `folder`.
fn read(folder: &Path) -> Result<Vec<Measured>> {
    let mut measured = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        if folder.ends_with("new") && folder.join("benchmark.json").is_file() {
            let Benchmark { group_id, full_id, throughput } = json(&folder.join("benchmark.json"))?;
            let estimates: Estimates = json(&folder.join("estimates.json"))?;
            let nanoseconds = estimates.median.point_estimate;
            let rate = throughput.map(|throughput| match throughput {
                Throughput::Elements(count) => (count as f64 / nanoseconds, Unit::Flop),
                Throughput::Bytes(count) => (count as f64 / nanoseconds, Unit::Byte),
            });
            measured.push(Measured { group: group_id, name: full_id, nanoseconds, rate });
            continue;
        }
        let entries = fs::read_dir(&folder).map_err(|source| RunError::Io { path: folder, source })?;
        folders.extend(entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()));
    }
    Ok(measured)
}

fn json<T: for<'a> Deserialize<'a>>(path: &PathBuf) -> Result<T> {
    let bytes = fs::read(path).map_err(|source| RunError::Io { path: path.clone(), source })?;
    serde_json::from_slice(&bytes).map_err(|error| RunError::Usage(format!("{}: {error}", path.display())))
}

fn duration(nanoseconds: f64) -> String {
    match nanoseconds {
        n if n < 1e3 => format!("{n:.1} ns"),
        n if n < 1e6 => format!("{:.1} us", n / 1e3),
        n if n < 1e9 => format!("{:.2} ms", n / 1e6),
        n => format!("{:.3} s", n / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_found_with_their_rates() {
        let folder = tempfile::tempdir().unwrap();
        let new = folder.path().join("limits/copy/new");
        fs::create_dir_all(&new).unwrap();
        let benchmark = r#"{"group_id":"limits","full_id":"limits/copy","throughput":{"Bytes":4000}}"#;
        fs::write(new.join("benchmark.json"), benchmark).unwrap();
        fs::write(new.join("estimates.json"), r#"{"median":{"point_estimate":2000.0}}"#).unwrap();
        let measured = read(folder.path()).unwrap();
        assert_eq!((measured.len(), measured[0].name.as_str()), (1, "limits/copy"));
        assert!(measured[0].rate == Some((2.0, Unit::Byte)));
        assert_eq!(duration(measured[0].nanoseconds), "2.0 us");
    }
}
