//! Rows that break the format: refused with the first one named, or left out and counted.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Bad rows that a report shows.
const EXAMPLES: usize = 5;

/// What a row that breaks the format means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnBadRows {
    /// An error that names the first one and counts the others.
    #[default]
    Fail,
    /// It is left out, and counted in [`SkippedRows`].
    Skip,
}

/// Rows that were left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedRows {
    /// How many, by reason, in the order in which the reasons were met.
    pub reasons: Vec<(String, u64)>,
    /// The first five.
    pub examples: Vec<BadRow>,
}

/// A row that breaks the format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadRow {
    /// File below the data set's folder.
    pub file: PathBuf,
    /// Line, from 1; the row of a Parquet or Arrow file.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

impl SkippedRows {
    /// How many rows were left out.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.reasons.iter().map(|(_, count)| count).sum()
    }

    fn add(&mut self, path: &Path, line: u64, fault: Fault) {
        match self.reasons.iter_mut().find(|(reason, _)| *reason == fault.reason) {
            Some((_, count)) => *count += 1,
            None => self.reasons.push((fault.reason, 1)),
        }
        if self.examples.len() < EXAMPLES {
            let file = path.file_name().map_or_else(|| path.to_owned(), PathBuf::from);
            self.examples.push(BadRow { file, line, reason: fault.detail });
        }
    }
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Alike for all rows with the same mistake.
    pub(super) reason: String,
    /// With the value that is wrong.
    pub(super) detail: String,
}

impl Fault {
    pub(super) fn plain(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { detail: reason.clone(), reason }
    }

    pub(super) fn new(reason: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { reason: reason.into(), detail: detail.into() }
    }
}

/// The policy while files are read, and what was left out so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct BadRows {
    policy: OnBadRows,
    skipped: SkippedRows,
    /// First bad row of the current file, and how many more.
    first: Option<(u64, Fault)>,
    more: u64,
}

impl BadRows {
    pub(crate) fn new(policy: OnBadRows) -> Self {
        Self { policy, ..Self::default() }
    }

    pub(crate) fn into_skipped(self) -> SkippedRows {
        self.skipped
    }

    /// Whether the good rows beside the bad ones are wanted.
    pub(super) fn wants_the_rest(&self) -> bool {
        self.policy == OnBadRows::Skip || self.first.is_none()
    }

    pub(super) fn add(&mut self, path: &Path, line: u64, fault: Fault) {
        match self.first {
            None => self.first = Some((line, fault.clone())),
            Some(_) => self.more += 1,
        }
        if self.policy == OnBadRows::Skip {
            self.skipped.add(path, line, fault);
        }
    }

    /// Ends a file of which `rows` rows were good.
    ///
    /// # Errors
    /// [`Error::MalformedRow`] for bad rows that may not be left out, or that leave nothing;
    /// [`Error::EmptyFile`] for a file without rows.
    pub(super) fn finish_file(&mut self, path: &Path, rows: usize) -> Result<()> {
        let (first, more) = (self.first.take(), std::mem::take(&mut self.more));
        match first {
            Some((line, fault)) if rows == 0 || self.policy == OnBadRows::Fail => {
                Err(Error::MalformedRow { path: path.to_owned(), line, reason: fault.detail, more })
            }
            None if rows == 0 => Err(Error::EmptyFile { path: path.to_owned() }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_faults(policy: OnBadRows) -> BadRows {
        let mut bad = BadRows::new(policy);
        for line in [3, 9] {
            bad.add(
                Path::new("dir/x.csv"),
                line,
                Fault::new("the time is no number", format!("{line} is none")),
            );
        }
        bad
    }

    #[test]
    fn a_refused_file_names_its_first_bad_row() {
        let error = two_faults(OnBadRows::Fail).finish_file(Path::new("x.csv"), 7).unwrap_err();
        assert!(matches!(error, Error::MalformedRow { line: 3, more: 1, .. }), "{error}");
    }

    #[test]
    fn skipped_rows_are_counted_by_reason() {
        let mut bad = two_faults(OnBadRows::Skip);
        bad.finish_file(Path::new("dir/x.csv"), 7).unwrap();
        let skipped = bad.into_skipped();
        assert_eq!(skipped.reasons, [("the time is no number".to_owned(), 2)]);
        assert_eq!((skipped.total(), skipped.examples.len()), (2, 2));
        assert_eq!(skipped.examples[1].reason, "9 is none");
    }

    #[test]
    fn a_file_of_nothing_but_bad_rows_is_refused_in_any_case() {
        let error = two_faults(OnBadRows::Skip).finish_file(Path::new("x.csv"), 0).unwrap_err();
        assert!(matches!(error, Error::MalformedRow { .. }), "{error}");
        let error = BadRows::default().finish_file(Path::new("x.csv"), 0).unwrap_err();
        assert!(matches!(error, Error::EmptyFile { .. }), "{error}");
    }
}
