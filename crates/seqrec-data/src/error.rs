//! The one error type of this crate.

use std::path::{Path, PathBuf};

use crate::part::Part;

/// Result of this crate's fallible functions.
pub type Result<T> = std::result::Result<T, Error>;

/// What can go wrong between a file on disk and prepared sequences.
///
/// Errors about input name the file and, where there is one, the line (counted from 1).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused to read or write.
    #[error("{}: {source}", path.display())]
    Io {
        /// File or folder concerned.
        path: PathBuf,
        /// The underlying error.
        source: std::io::Error,
    },

    /// A file that the manifest names is not in the data set's folder.
    #[error("{}: file not found", path.display())]
    MissingFile {
        /// Where it was looked for.
        path: PathBuf,
    },

    /// A file was written to while it was read.
    #[error("{}: changed while it was read", path.display())]
    Changed {
        /// The file, or the data set's folder.
        path: PathBuf,
    },

    /// None of the manifest's layouts fits the files in the folder.
    #[error("{}: no events file found; looked for {}", dir.display(), looked_for.join(", "))]
    NoLayout {
        /// The data set's folder.
        dir: PathBuf,
        /// Events files of the layouts, in the order tried.
        looked_for: Vec<String>,
    },

    /// The file has no rows.
    #[error("{}: the file holds no rows", path.display())]
    EmptyFile {
        /// The file.
        path: PathBuf,
    },

    /// Rows were read, but none survived the manifest's `keep` condition.
    #[error("{}: no row has one of the values {} in column {column}", path.display(), values.join(", "))]
    NothingKept {
        /// The file.
        path: PathBuf,
        /// Column of the condition.
        column: String,
        /// Accepted values.
        values: Vec<String>,
    },

    /// A column that the manifest names is not in the file.
    #[error("{}: no column {column}; the file has {}", path.display(), found.join(", "))]
    MissingColumn {
        /// The file.
        path: PathBuf,
        /// Name or index asked for.
        column: String,
        /// Columns present.
        found: Vec<String>,
    },

    /// At least one row breaks the format. The first one is named, the others are counted.
    #[error("{}:{line}: {reason}{}", path.display(), others(*more))]
    MalformedRow {
        /// The file.
        path: PathBuf,
        /// Line of the first bad row, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
        /// Bad rows after the first.
        more: u64,
    },

    /// An item or user table lists one id twice.
    #[error("{}: id {id:?} is listed twice", path.display())]
    DuplicateId {
        /// The file.
        path: PathBuf,
        /// Raw id.
        id: String,
    },

    /// The table engine failed although every row reads well.
    #[error("{}: {reason}", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// Message of the engine.
        reason: String,
    },

    /// A manifest that is not valid TOML, holds an unknown key or breaks a rule.
    #[error("{origin}:{line}: {reason}")]
    Manifest {
        /// File name, or a label for text that came from elsewhere.
        origin: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },

    /// No built-in manifest has this name.
    #[error("unknown data set {name:?}; known: {}", known.join(", "))]
    UnknownDataset {
        /// Name asked for.
        name: String,
        /// Names that exist.
        known: Vec<&'static str>,
    },

    /// A filter removed every event.
    #[error("{filter} leaves no event of {events}")]
    NothingLeft {
        /// The step that emptied the log.
        filter: String,
        /// Events before that step.
        events: usize,
    },

    /// A filter or duplicate rule needs a column that the log lacks.
    #[error("{what} needs {column}, which this data set does not have")]
    NeedsColumn {
        /// The setting.
        what: &'static str,
        /// The missing column.
        column: &'static str,
    },

    /// A configuration value outside its range.
    #[error("{field} = {value} is out of range: {rule}")]
    Config {
        /// Field name.
        field: &'static str,
        /// Value given.
        value: String,
        /// The rule it breaks.
        rule: &'static str,
    },

    /// In-memory histories that break an invariant of [`Sequences`](crate::Sequences).
    #[error("user {user}, event {event}: {reason}")]
    BadHistory {
        /// User index.
        user: usize,
        /// Position in the user's history.
        event: usize,
        /// The broken rule.
        reason: String,
    },

    /// A field that breaks a rule of the data set it is added to, or of an encoder.
    #[error("field {field:?}: {reason}")]
    Field {
        /// Name of the field.
        field: String,
        /// The broken rule.
        reason: String,
    },

    /// An array whose length does not match what it describes.
    #[error("{what} has {found} entries, expected {expected}")]
    Length {
        /// The array.
        what: &'static str,
        /// Entries given.
        found: usize,
        /// Entries needed.
        expected: usize,
    },

    /// A user whose events are in two parts of a published split.
    #[error("user {user:?} is in the {first} part and in the {second} part")]
    TwoParts {
        /// Raw user id.
        user: String,
        /// Part of the earlier events.
        first: Part,
        /// Part of the event in question.
        second: Part,
    },

    /// More users, items or labels than 32-bit codes can number.
    #[error("{what}: more than 4,294,967,294 distinct values")]
    TooManyIds {
        /// What is being numbered.
        what: &'static str,
    },

    /// A split that leaves one part without users.
    #[error("the split leaves no users for {part} out of {users}")]
    EmptyPart {
        /// train, validation or test.
        part: &'static str,
        /// Users there are.
        users: usize,
    },

    /// A file of fixed negatives that were drawn for something else.
    #[error("{}: the negatives were drawn for other {what}: {found}, now {expected}", path.display())]
    OtherNegatives {
        /// The file.
        path: PathBuf,
        /// What differs: data or settings.
        what: &'static str,
        /// What they were drawn for.
        found: String,
        /// What is asked for.
        expected: String,
    },

    /// The sequences or the split don't fit the ComiRec authors' files.
    #[error("cannot be written in the ComiRec format: {reason}")]
    Export {
        /// First conflict found.
        reason: String,
    },

    /// A folder of prepared data that is incomplete, damaged or of another version.
    #[error("{}: not usable as prepared data: {reason}", path.display())]
    BadPrepared {
        /// The file or table.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// The folder to write exists and is not empty.
    #[error("{}: the folder exists and is not empty", path.display())]
    TargetNotEmpty {
        /// The folder.
        path: PathBuf,
    },
}

impl Error {
    /// Wraps an I/O error with the path it concerns; "not found" becomes [`Error::MissingFile`].
    pub(crate) fn io(path: &Path, source: std::io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            std::io::ErrorKind::NotFound => Self::MissingFile { path },
            _ => Self::Io { path, source },
        }
    }
}

fn others(more: u64) -> String {
    match more {
        0 => String::new(),
        1 => " (and 1 more bad row)".to_owned(),
        n => format!(" (and {n} more bad rows)"),
    }
}
