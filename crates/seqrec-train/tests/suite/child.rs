//! This test binary, run again as a process of its own: to be killed, limited, or given other
//! threads.
//!
//! A child is an ignored test that returns at once unless [`folder`] says what it is for.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

const FOLDER: &str = "SEQREC_TEST_CHILD_FOLDER";

/// Arguments that make the binary run the one ignored test of that path.
pub fn arguments(test: &str) -> [&str; 3] {
    [test, "--exact", "--ignored"]
}

/// A command that runs the ignored test `test` (path below the binary) with `folder`.
pub fn command(test: &str, folder: &Path) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments(test)).env(FOLDER, folder);
    command
}

/// As [`command`], through a shell that first runs `setup`.
#[cfg(unix)]
pub fn command_after(setup: &str, test: &str, folder: &Path) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{setup}; exec \"$0\" \"$@\"")]);
    command.arg(binary()).args(arguments(test)).env(FOLDER, folder);
    command
}

fn binary() -> PathBuf {
    env::current_exe().expect("a test binary knows its path")
}

/// The folder that this process was started for; `None` if it is no child.
pub fn folder() -> Option<PathBuf> {
    env::var_os(FOLDER).map(PathBuf::from)
}

/// Waits for `command` and panics with what it said if it failed.
pub fn succeed(command: &mut Command) {
    let output = command.output().expect("the child starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}: {said}", output.status);
    assert!(said.contains("1 passed"), "no test of that name: {said}");
}
