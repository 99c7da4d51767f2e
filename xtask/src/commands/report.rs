use std::{io::IsTerminal as _, path::Path};

use crate::{
    error::{Result, RunError},
    output::say,
    report::{read, terminal_table, write_all},
};

/// `cargo xtask report`.
pub fn run(folder: &Path) -> Result<()> {
    let io = |source| RunError::Io { path: folder.to_owned(), source };
    if !folder.join("report.json").is_file() {
        let message = format!("{} has no report.json: only `reproduce` writes one", folder.display());
        return Err(RunError::Usage(message));
    }
    let report = read(folder).map_err(io)?;
    write_all(&report, folder).map_err(io)?;
    say!("{}", terminal_table(&report, std::io::stdout().is_terminal()));
    Ok(())
}
