//! Checks of a set's files against what the request says of them.

use std::path::{Path, PathBuf};

use super::checksum::Checksum;
use super::error::FetchError;
use super::progress::Progress;
use super::request::{ExpectedFile, Layout};

/// The files of a layout that a folder lacks, in the order of the layout.
pub(super) fn missing(dir: &Path, layout: &Layout) -> Vec<PathBuf> {
    layout.files.iter().map(|file| &file.path).filter(|path| !dir.join(path).is_file()).cloned().collect()
}

/// Checks every file of a layout that is present in `dir`.
///
/// # Errors
///
/// [`FetchError::WrongSize`] or [`FetchError::WrongChecksum`] for the first file that differs.
pub(super) fn layout(
    dir: &Path,
    layout: &Layout,
    advice: &'static str,
    progress: &mut dyn Progress,
) -> Result<(), FetchError> {
    layout.files.iter().try_for_each(|ExpectedFile { path, checksum, bytes }| {
        let path = dir.join(path);
        let name = path.display().to_string();
        file(&path, name, *bytes, *checksum, advice, progress)
    })
}

/// Checks one file. `name` is what an error calls it.
///
/// # Errors
///
/// As [`layout`].
pub(super) fn file(
    path: &Path,
    name: String,
    bytes: Option<u64>,
    checksum: Option<Checksum>,
    advice: &'static str,
    progress: &mut dyn Progress,
) -> Result<(), FetchError> {
    if let Some(expected) = bytes {
        let found = path.metadata().map_err(FetchError::io("read", path))?.len();
        if found != expected {
            return Err(FetchError::WrongSize { file: name, expected, found, advice });
        }
    }
    if let Some(expected) = checksum {
        let found = expected.of_file(path, progress)?;
        if found != expected {
            return Err(FetchError::WrongChecksum { file: name, expected, found, advice });
        }
    }
    Ok(())
}
