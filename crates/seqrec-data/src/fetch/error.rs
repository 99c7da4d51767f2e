//! What can go wrong while a set is located or fetched.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::checksum::Checksum;

/// A place that was tried, and why it did not serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Folder, address or package.
    pub place: String,
    /// What was missing or went wrong there.
    pub reason: String,
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

/// Why a set could not be located or fetched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The request itself makes no sense or is not safe to carry out.
    #[error("data set `{name}` cannot be fetched: {reason}")]
    InvalidRequest {
        /// Name of the set.
        name: String,
        /// The rule it breaks.
        reason: String,
    },

    /// A checksum is not written as `sha256:` and 64 hexadecimal digits, or `md5:` and 32.
    #[error("`{text}` is not a checksum: write `sha256:` and 64 hexadecimal digits, or `md5:` and 32")]
    MalformedChecksum {
        /// What was written.
        text: String,
    },

    /// Neither `XDG_CACHE_HOME` nor a home folder is known.
    #[error("no cache folder: set XDG_CACHE_HOME or HOME, or name a cache folder")]
    NoCacheDir,

    /// The file system refused an operation: disk full, no permission, and the like.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was to be done, as a verb.
        action: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// A data folder has some of the set's files but not all.
    #[error("{} lacks {}: add what is missing, or remove the folder to have the set fetched",
        dir.display(), list(missing))]
    Incomplete {
        /// The folder.
        dir: PathBuf,
        /// The files it lacks.
        missing: Vec<PathBuf>,
    },

    /// A file's content is not the published one.
    #[error("{file} has the wrong checksum: expected {expected}, found {found}; {advice}")]
    WrongChecksum {
        /// Path or address.
        file: String,
        /// The published checksum.
        expected: Checksum,
        /// The file's checksum.
        found: Checksum,
        /// What the user can do.
        advice: &'static str,
    },

    /// A file's size is not the published one.
    #[error("{file} has the wrong size: expected {expected} bytes, found {found}; {advice}")]
    WrongSize {
        /// Path or address.
        file: String,
        /// The published size in bytes.
        expected: u64,
        /// The file's size in bytes.
        found: u64,
        /// What the user can do.
        advice: &'static str,
    },

    /// The file with trusted certificates cannot be used.
    #[error("{} holds no usable certificates: {reason}", path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// An archive has an entry that would be written outside its folder. Nothing was written.
    #[error("{archive} is not safe to unpack: {reason} in entry `{entry}`")]
    UnsafeEntry {
        /// Address or package.
        archive: String,
        /// The entry's name.
        entry: String,
        /// What is unsafe about it.
        reason: &'static str,
    },

    /// A source does not deliver. Another one still may, so a caller of `locate` meets this only
    /// as one of the attempts of [`FetchError::NotFound`].
    #[error("{place}: {failure}")]
    Source {
        /// Address or package.
        place: String,
        /// Why it does not deliver.
        failure: SourceFailure,
    },

    /// The set is neither on this machine nor could any source deliver it.
    #[error("data set `{name}` was not found.\nTried:\n{}\n{by_hand}", lines(tried))]
    NotFound {
        /// Name of the set.
        name: String,
        /// Every place that was tried, in order.
        tried: Vec<Attempt>,
        /// How to put the files in place without a download.
        by_hand: String,
    },
}

impl FetchError {
    /// For `map_err`: names the operation and the path that an I/O error came from.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}

/// Why a source does not deliver.
///
/// Wrong content is not among the reasons: a checksum that does not match may mean tampering, and
/// the user has to hear of it even if another source is fine. Nor is a full disk.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceFailure {
    /// No connection came about.
    #[error("cannot be reached: {reason}")]
    Unreachable {
        /// Refused, timed out, no such host, and so on.
        reason: String,
    },

    /// The server answered with a status that is not worth a retry.
    #[error("answered with HTTP status {status}")]
    Status {
        /// The status code.
        status: u16,
    },

    /// The download broke off again and again. What arrived is kept for the next run.
    #[error("the download broke off {attempts} times in a row, the last time at {received} \
        bytes{}: {reason}",
        expected.map(|bytes| format!(" of {bytes}")).unwrap_or_default())]
    Interrupted {
        /// Bytes on disk.
        received: u64,
        /// Bytes in all, where the server said so.
        expected: Option<u64>,
        /// Failed attempts since the last one that brought new bytes.
        attempts: u32,
        /// The last failure.
        reason: String,
    },

    /// The archive is damaged, not a zip file, or lacks what it should hold.
    #[error("not the archive it should be: {reason}")]
    BadArchive {
        /// What is wrong with it.
        reason: String,
    },

    /// `pip` is not there or could not download the package.
    #[error("{reason}")]
    Pip {
        /// What `pip` said.
        reason: String,
    },

    /// `pip` did not come to an end.
    #[error("pip did not finish within {} s", limit.as_secs_f32())]
    PipTimeout {
        /// The time it was given.
        limit: Duration,
    },
}

impl SourceFailure {
    /// The error that names the source.
    pub(super) fn at(self, place: &str) -> FetchError {
        FetchError::Source { place: place.into(), failure: self }
    }
}

fn list(paths: &[PathBuf]) -> String {
    let names: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
    names.join(", ")
}

fn lines(tried: &[Attempt]) -> String {
    let lines: Vec<_> = tried.iter().map(|attempt| format!("  - {attempt}")).collect();
    lines.join("\n")
}
