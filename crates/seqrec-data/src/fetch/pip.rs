//! Python packages as a source: their wheels are zip archives that `pip` knows how to find.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::error::{FetchError, SourceFailure};
use super::progress::{Event, Progress, Step};

const POLL: Duration = Duration::from_millis(20);
/// How much of what pip says goes into an error.
const QUOTED_LINES: usize = 6;

/// A way to call `pip`: a program and its leading arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PipCommand(Vec<OsString>);

impl PipCommand {
    /// The program, found on `PATH` unless it is a path, and the arguments that come first.
    pub fn new<S: AsRef<OsStr>>(program: S, arguments: impl IntoIterator<Item = S>) -> Self {
        let words = std::iter::once(program).chain(arguments);
        Self(words.map(|word| word.as_ref().to_owned()).collect())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.0[0]);
        command.args(&self.0[1..]).stdin(Stdio::null());
        command
    }

    fn is_there(&self) -> bool {
        self.command()
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }
}

/// How `pip` is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pip {
    /// Commands to try. The first that answers to `--version` is used. Default: `python3 -m pip`,
    /// `python -m pip`, `pip3`, `pip`.
    pub commands: Vec<PipCommand>,
    /// Longest silence of the package index that pip puts up with. Default 15 s.
    pub stall_timeout: Duration,
    /// Longest run in all. Default 15 minutes.
    pub limit: Duration,
}

impl Default for Pip {
    fn default() -> Self {
        Self {
            commands: vec![
                PipCommand::new("python3", ["-m", "pip"]),
                PipCommand::new("python", ["-m", "pip"]),
                PipCommand::new("pip3", []),
                PipCommand::new("pip", []),
            ],
            stall_timeout: Duration::from_secs(15),
            limit: Duration::from_secs(15 * 60),
        }
    }
}

impl Pip {
    /// Downloads the wheel of a package, without its dependencies, into the empty folder `into`.
    ///
    /// # Errors
    ///
    /// [`SourceFailure::Pip`] when pip is not there, fails, or delivers no wheel;
    /// [`SourceFailure::PipTimeout`] when it takes too long.
    pub(super) fn download(
        &self,
        package: &str,
        into: &Path,
        progress: &mut dyn Progress,
    ) -> Result<PathBuf, FetchError> {
        let fail = |reason: String| SourceFailure::Pip { reason }.at(package);
        let pip = self
            .commands
            .iter()
            .find(|command| command.is_there())
            .ok_or_else(|| fail("there is no pip on this machine".into()))?;
        progress.event(Event::Started(Step::Pip { package }));
        let log = into.join("pip.log");
        let output = File::create(&log).map_err(FetchError::io("create", &log))?;
        let mut command = pip.command();
        command
            .args(["download", package, "--no-deps", "--only-binary", ":all:"])
            .args(["--no-input", "--disable-pip-version-check", "--quiet"])
            .args(["--retries", "1", "--timeout"])
            .arg(self.stall_timeout.as_secs().max(1).to_string())
            .arg("-d")
            .arg(into)
            .stdout(Stdio::null())
            .stderr(output);
        tracing::debug!(?command, "running pip");
        match run(&mut command, self.limit) {
            Ok(Some(status)) if status.success() => {}
            Ok(Some(status)) => return Err(fail(complaint(&log, status))),
            Ok(None) => {
                return Err(SourceFailure::PipTimeout { limit: self.limit }.at(package));
            }
            Err(error) => return Err(fail(error.to_string())),
        }
        wheel(into)?.ok_or_else(|| fail("it delivered no wheel".into()))
    }
}

/// Runs a command. `None` means that it was stopped at the limit.
fn run(command: &mut Command, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    let mut child = command.spawn()?;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() >= limit {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(POLL);
    }
}

/// The last lines that pip wrote, or its exit status if it wrote none.
fn complaint(log: &Path, status: ExitStatus) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() {
        return status.to_string();
    }
    lines[lines.len().saturating_sub(QUOTED_LINES)..].join("; ")
}

fn wheel(dir: &Path) -> Result<Option<PathBuf>, FetchError> {
    for entry in fs::read_dir(dir).map_err(FetchError::io("read", dir))? {
        let path = entry.map_err(FetchError::io("read", dir))?.path();
        if path.extension().is_some_and(|extension| extension == "whl") {
            return Ok(Some(path));
        }
    }
    Ok(None)
}
