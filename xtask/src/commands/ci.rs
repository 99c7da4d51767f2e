use std::{
    process::Command,
    time::{Duration, Instant},
};

use seqrec_core::Backend;

use super::workspace_root;
use crate::{
    cli::Ci,
    error::{Result, RunError},
    output::say,
};

/// Checks of the whole workspace with the default backend, cheapest first.
const CHECKS: &[(&str, &[&str])] = &[
    ("format", &["fmt", "--all", "--check"]),
    ("tidy", &["run", "--quiet", "--package", "xtask", "--", "tidy"]),
    ("lints", &["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"]),
    // The benches have no tests, and criterion would give polars other features: one more build.
    ("tests", &["test", "--workspace", "--exclude", "seqrec-benches"]),
    ("docs", &["doc", "--workspace", "--no-deps", "--quiet"]),
    (
        "main job, quick",
        &[
            "run",
            "--quiet",
            "--package",
            "xtask",
            "--",
            "reproduce",
            "comirec-sa",
            "--quick",
            "--out",
            QUICK_RUN,
        ],
    ),
];

/// Folder of the quick run, below the workspace.
const QUICK_RUN: &str = "runs/ci";

/// Crates whose tests run on every backend.
const ON_EVERY_BACKEND: &[&str] = &["seqrec-core", "seqrec-models", "seqrec-train"];

/// `cargo xtask ci`.
pub fn run(args: Ci) -> Result<()> {
    let old = workspace_root().join(QUICK_RUN);
    if old.exists() {
        std::fs::remove_dir_all(&old).map_err(|source| RunError::Io { path: old, source })?;
    }
    let mut took = Vec::new();
    for (name, words) in CHECKS {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        took.push(((*name).to_owned(), check(name, words)?));
    }
    let backends: Vec<Backend> =
        args.backends.into_iter().filter(|backend| *backend != Backend::Flex).collect();
    if !backends.is_empty() {
        let names: Vec<&str> = backends.iter().map(|backend| backend.name()).collect();
        let name = format!("tests on flex, {}", names.join(", "));
        took.push((name.clone(), check(&name, backend_tests(&backends))?));
    }
    say!("\nall checks passed");
    for (name, time) in took {
        say!("{:>6.0} s  {name}", time.as_secs_f64());
    }
    Ok(())
}

/// Tests of the crates that use a device, with `backends` compiled in beside flex.
fn backend_tests(backends: &[Backend]) -> Vec<String> {
    let mut words: Vec<String> = vec!["test".into(), "--lib".into(), "--bins".into(), "--tests".into()];
    let mut features = Vec::new();
    for package in ON_EVERY_BACKEND {
        words.extend(["--package".to_owned(), (*package).to_owned()]);
        features.extend(backends.iter().map(|backend| format!("{package}/{backend}")));
    }
    words.extend(["--features".to_owned(), features.join(",")]);
    words
}

fn check(name: &str, words: Vec<String>) -> Result<Duration> {
    say!("\n--- {name}: cargo {}", words.join(" "));
    let start = Instant::now();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(&words).current_dir(workspace_root()).env("RUSTDOCFLAGS", "--deny warnings");
    // What `cargo run` says of this package must not reach the build scripts of others: `ring` would
    // be built again, and polars with it.
    let of_this_package = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(of_this_package)) {
        command.env_remove(name);
    }
    let status = command.status().map_err(|source| RunError::Io { path: "cargo".into(), source })?;
    match status.success() {
        true => Ok(start.elapsed()),
        false => Err(RunError::CheckFailed(format!("{name} failed ({status})"))),
    }
}
