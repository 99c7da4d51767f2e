use std::io::IsTerminal as _;

use crate::{
    cli::Report,
    error::{Result, RunError},
    output::say,
    report::{model::RunReport, read, terminal_table, write_all},
    results::{self, Results},
};

/// `cargo xtask report`.
pub fn run(args: &Report) -> Result<()> {
    let folder = &args.run;
    let io = |source| RunError::Io { path: folder.clone(), source };
    if !folder.join("report.json").is_file() {
        let message = format!("{} has no report.json: only `reproduce` writes one", folder.display());
        return Err(RunError::Usage(message));
    }
    let report = read(folder).map_err(io)?;
    write_all(&report, folder).map_err(io)?;
    say!("{}", terminal_table(&report, std::io::stdout().is_terminal()));
    match args.record {
        true => record(&report),
        false => Ok(()),
    }
}

/// Keeps the figures of a run of the recipe as it stands.
fn record(report: &RunReport) -> Result<()> {
    let changed = ["--quick", "--set"].into_iter().find(|flag| report.command.contains(flag));
    if let Some(flag) = changed {
        let message = format!("not recorded: a run with {flag} is not what the recipe says");
        return Err(RunError::Usage(message));
    }
    let path = results::path();
    let mut results = Results::read(&path)?;
    results.record(report);
    results.write(&path)
}
