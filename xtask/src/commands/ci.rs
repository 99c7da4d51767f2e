use std::time::{Duration, Instant};

use seqrec_core::Backend;

use super::{cargo, workspace_root};
use crate::{
    error::{Result, RunError},
    output::say,
};

/// Checks of the whole workspace, cheapest first. Those that compile get the backends of this program.
const CHECKS: &[(&str, &[&str])] = &[
    ("format", &["fmt", "--all", "--check"]),
    ("tidy", &["run", "--quiet", "--package", "xtask", BACKENDS, "--", "tidy"]),
    ("lints", &["clippy", "--workspace", "--all-targets", "--quiet", BACKENDS, "--", "--deny", "warnings"]),
    ("tests", &["test", "--workspace", BACKENDS]),
    ("docs", &["doc", "--workspace", "--no-deps", "--quiet", BACKENDS]),
    (
        "main job, quick",
        &[
            "run",
            "--quiet",
            "--package",
            "xtask",
            BACKENDS,
            "--",
            "reproduce",
            "comirec-sa",
            "--quick",
            "--out",
            QUICK_RUN,
        ],
    ),
];

/// Stands for the features of the backends that this program was compiled with: with the same features
/// nothing is built twice.
const BACKENDS: &str = "--features=";

/// Folder of the quick run, below the workspace.
const QUICK_RUN: &str = "runs/ci";

/// `cargo xtask ci`.
pub fn run() -> Result<()> {
    let old = workspace_root().join(QUICK_RUN);
    if old.exists() {
        std::fs::remove_dir_all(&old).map_err(|source| RunError::Io { path: old, source })?;
    }
    let backends = Backend::compiled();
    let names: Vec<&str> = backends.iter().map(|backend| backend.name()).collect();
    say!("backends: {}", names.join(", "));
    let features: Vec<String> = names.iter().map(|name| format!("xtask/{name}")).collect();
    let features = format!("{BACKENDS}{}", features.join(","));
    let mut took = Vec::new();
    for (name, words) in CHECKS {
        let words = words.iter().map(|word| if *word == BACKENDS { features.as_str() } else { word });
        took.push((name, check(name, &words.collect::<Vec<_>>())?));
    }
    say!("\nall checks passed");
    for (name, time) in took {
        say!("{:>6.0} s  {name}", time.as_secs_f64());
    }
    Ok(())
}

fn check(name: &str, words: &[&str]) -> Result<Duration> {
    say!("\n--- {name}: cargo {}", words.join(" "));
    let start = Instant::now();
    let status = cargo()
        .args(words)
        .env("RUSTDOCFLAGS", "--deny warnings")
        .status()
        .map_err(|source| RunError::Io { path: "cargo".into(), source })?;
    match status.success() {
        true => Ok(start.elapsed()),
        false => Err(RunError::CheckFailed(format!("{name} failed ({status})"))),
    }
}
