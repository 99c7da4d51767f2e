//! Why the tree could not be checked at all.

use std::io;
use std::path::PathBuf;

/// Why a tree could not be read as a workspace.
#[derive(Debug, thiserror::Error)]
pub enum TidyError {
    /// A file or folder could not be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder, relative to the root.
        path: PathBuf,
        /// The underlying error.
        source: io::Error,
    },
    /// A file that every workspace has is missing, or is not UTF-8 text.
    #[error("{}: not found, or not UTF-8 text", path.display())]
    MissingFile {
        /// The file, relative to the root.
        path: PathBuf,
    },
    /// A manifest or the lock file is not valid TOML, or not of Cargo's form.
    #[error("{}: {source}", path.display())]
    Toml {
        /// The file, relative to the root.
        path: PathBuf,
        /// The underlying error.
        source: Box<toml::de::Error>,
    },
    /// A manifest lacks a key that it must have.
    #[error("{}: the key `{key}` is missing or of the wrong type", path.display())]
    MissingKey {
        /// The manifest, relative to the root.
        path: PathBuf,
        /// The dotted key.
        key: &'static str,
    },
    /// Members are listed by path or by `folder/*`; other globs are not understood.
    #[error("Cargo.toml: cannot expand the workspace member `{pattern}`")]
    MemberPattern {
        /// The entry of `workspace.members`.
        pattern: String,
    },
}
