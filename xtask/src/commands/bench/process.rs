//! Programs that the benches start.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    commands::{cargo, workspace_root},
    error::{Result, RunError},
    output::say,
};

/// Runs `command`, whose output the user sees.
pub fn run_to_end(command: &mut Command) -> Result<()> {
    say!("$ {}", shown(command));
    let status = command.status().map_err(|source| not_started(command, source))?;
    match status.success() {
        true => Ok(()),
        false => Err(RunError::CheckFailed(format!("`{}` failed ({status})", shown(command)))),
    }
}

/// Runs `command` and reads its standard output.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::piped()).output().map_err(|source| not_started(command, source))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        let last: Vec<&str> = reason.lines().rev().take(5).collect();
        let last = last.into_iter().rev().collect::<Vec<_>>().join("\n");
        return Err(RunError::CheckFailed(format!(
            "`{}` failed ({})\n{last}",
            shown(command),
            output.status
        )));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The lines of `text` that are JSON of this type.
pub fn json_lines<T: DeserializeOwned>(text: &str) -> Vec<T> {
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Builds the `workload` program and says where it lies.
pub fn build_workload() -> Result<PathBuf> {
    #[derive(Deserialize)]
    struct Artifact {
        executable: Option<PathBuf>,
    }
    let mut command = cargo();
    command.args([
        "build",
        "--workspace",
        "--bin",
        "workload",
        "--message-format",
        "json-render-diagnostics",
    ]);
    command.stderr(Stdio::inherit());
    let output = command.output().map_err(|source| not_started(&command, source))?;
    if !output.status.success() {
        return Err(RunError::CheckFailed(format!("`{}` failed ({})", shown(&command), output.status)));
    }
    let artifacts: Vec<Artifact> = json_lines(&String::from_utf8_lossy(&output.stdout));
    artifacts
        .into_iter()
        .filter_map(|artifact| artifact.executable)
        .find(|path| path.file_stem().is_some_and(|stem| stem == "workload"))
        .ok_or_else(|| RunError::CheckFailed(format!("`{}` built no program", shown(&command))))
}

/// A Python with the peers' packages, set up at the first call.
pub fn python(base: &str) -> Result<PathBuf> {
    let folder = workspace_root().join("runs").join("peers");
    let wanted = workspace_root().join("benches").join("peers").join("requirements.txt");
    let installed = folder.join("requirements.txt");
    let python = folder.join("venv").join("bin").join("python");
    let read = |path: &PathBuf| std::fs::read(path).ok();
    if python.is_file() && read(&wanted) == read(&installed) {
        return Ok(python);
    }
    run_to_end(Command::new(base).args(["-m", "venv"]).arg(folder.join("venv")))?;
    run_to_end(Command::new(&python).args(["-m", "pip", "install", "--quiet", "-r"]).arg(&wanted))?;
    std::fs::copy(&wanted, &installed).map_err(|source| RunError::Io { path: installed, source })?;
    Ok(python)
}

/// A script of the peers.
pub fn script(name: &str) -> PathBuf {
    workspace_root().join("benches").join("peers").join(name)
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

fn not_started(command: &Command, source: std::io::Error) -> RunError {
    RunError::Io { path: command.get_program().into(), source }
}
