//! What a rule is, and what it finds.

use std::fmt;
use std::path::PathBuf;

use super::workspace::Workspace;

/// An invariant of the repository.
#[derive(Debug)]
pub(super) struct Rule {
    /// Short name in kebab case.
    pub(super) name: &'static str,
    /// One sentence that says what holds and why.
    pub(super) explanation: &'static str,
    /// Finds every place that breaks the rule.
    pub(super) check: fn(&Workspace) -> Vec<Violation>,
}

/// A place that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Violation {
    /// The file, relative to the root.
    pub(super) file: PathBuf,
    /// The line, counted from 1, where one line is to blame.
    pub(super) line: Option<usize>,
    /// What is wrong there.
    pub(super) message: String,
}

impl Violation {
    /// A violation that one line is to blame for.
    pub(super) fn at(file: impl Into<PathBuf>, line: usize, message: impl Into<String>) -> Self {
        Self { file: file.into(), line: Some(line), message: message.into() }
    }

    /// A violation of a file as a whole, or a file that should be there.
    pub(super) fn of(file: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, message: message.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)
    }
}
