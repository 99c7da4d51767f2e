//! The unfinished file of a download, and the note that tells whether it can be continued.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::fetch::error::FetchError;

/// Which version of which file the partial data belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    pub(super) url: String,
    /// A strong entity tag or a modification date, for `If-Range`.
    pub(super) validator: Option<String>,
    /// Size of the whole file in bytes.
    pub(super) total: Option<u64>,
}

impl Note {
    /// Whether a continuation can be told from the continuation of another version.
    pub(super) fn can_resume(&self) -> bool {
        self.validator.is_some() || self.total.is_some()
    }
}

/// The files `<target>.part` and `<target>.part.json`.
#[derive(Debug)]
pub(super) struct Partial {
    data: PathBuf,
    note: PathBuf,
}

impl Partial {
    pub(super) fn beside(target: &Path) -> Self {
        let with = |suffix: &str| {
            let mut path = OsString::from(target);
            path.push(suffix);
            PathBuf::from(path)
        };
        Self { data: with(".part"), note: with(".part.json") }
    }

    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    /// Bytes on disk; zero if there is no file.
    pub(super) fn bytes(&self) -> u64 {
        self.data.metadata().map_or(0, |metadata| metadata.len())
    }

    /// The note of this address. Without one, or with one that cannot be read, nothing is known
    /// and the download starts from zero.
    pub(super) fn note(&self, url: &str) -> Note {
        fs::read(&self.note)
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok())
            .filter(|note: &Note| note.url == url)
            .unwrap_or_default()
    }

    pub(super) fn remember(&self, note: &Note) -> Result<(), FetchError> {
        let text = serde_json::to_vec(note).map_err(io::Error::from);
        text.and_then(|text| fs::write(&self.note, text)).map_err(FetchError::io("write", &self.note))
    }

    /// Removes both files, the note first: data without a note is never continued.
    pub(super) fn clear(&self) -> Result<(), FetchError> {
        for path in [&self.note, &self.data] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(FetchError::io("remove", path)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn note_is_kept_for_its_own_address_only() {
        let dir = tempfile::tempdir().unwrap();
        let partial = Partial::beside(&dir.path().join("a.zip"));
        let note = Note {
            url: "https://example.org/a.zip".into(),
            validator: Some("\"v1\"".into()),
            total: Some(10),
        };
        assert!(!partial.note(&note.url).can_resume());
        partial.remember(&note).unwrap();
        fs::write(partial.data(), "12345").unwrap();
        assert_eq!(partial.note(&note.url), note);
        assert!(!partial.note("https://example.org/b.zip").can_resume());
        assert_eq!(partial.bytes(), 5);

        fs::write(dir.path().join("a.zip.part.json"), "{\"url\":").unwrap();
        assert!(!partial.note(&note.url).can_resume());

        partial.clear().unwrap();
        partial.clear().unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
