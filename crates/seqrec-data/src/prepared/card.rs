//! The card of a prepared folder.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::manifest::TimeUnit;
use crate::prepare::PrepareConfig;
use crate::read::SkippedRows;
use crate::sequences::RawCounts;

/// Name of the card's file.
pub(super) const FILE: &str = "card.json";

/// Version of the layout that this program writes, and the only one it reads.
pub(super) const FORMAT: u32 = 1;

/// What a prepared folder holds, and from what it was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreparedCard {
    /// Version of the layout.
    pub format: u32,
    /// Name of the data set.
    pub name: String,
    /// Users kept.
    pub users: usize,
    /// Items kept.
    pub items: usize,
    /// Events kept.
    pub events: usize,
    /// Before filtering.
    pub raw: RawCounts,
    /// Rows of the files that broke their format and were left out.
    #[serde(default)]
    pub skipped: SkippedRows,
    /// Unit of the times, if there are times.
    pub time_unit: Option<TimeUnit>,
    /// Settings of the preparation.
    pub prepare: PrepareConfig,
    /// Partitions of the events by user hash; 1 is no partition.
    pub partitions: u32,
    /// [`prepared_key`](super::prepared_key) of input files and settings. `None`: not made from files,
    /// or by another program.
    pub key: Option<String>,
    /// [`contents`](super::contents) of the sequences. `None`: written by another program.
    pub contents: Option<String>,
    /// Every other file of the folder. `None`: written by another program; nothing can be verified then.
    pub files: Option<Vec<FileRecord>>,
}

/// A file as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// Path below the folder, with `/` between names.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
}

impl PreparedCard {
    /// Reads the card of the folder `dir`.
    ///
    /// # Errors
    /// [`Error::MissingFile`], [`Error::Io`], [`Error::BadPrepared`] for a card of another version or
    /// with something wrong in it.
    pub fn read(dir: impl AsRef<Path>) -> Result<Self> {
        let path = dir.as_ref().join(FILE);
        let text = std::fs::read(&path).map_err(|error| Error::io(&path, error))?;
        let bad = |reason: String| Error::BadPrepared { path: path.clone(), reason };
        let value: serde_json::Value =
            serde_json::from_slice(&text).map_err(|error| bad(error.to_string()))?;
        // The version first: a card of another one may have other fields.
        match value.get("format").and_then(serde_json::Value::as_u64) {
            Some(format) if format == u64::from(FORMAT) => {}
            Some(format) => return Err(bad(format!("format {format}, but this program reads {FORMAT}"))),
            None => return Err(bad("no format version".to_owned())),
        }
        serde_json::from_value(value).map_err(|error| bad(error.to_string()))
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        let mut json = serde_json::to_vec_pretty(self).expect("a card has text keys only");
        json.push(b'\n');
        json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<PreparedCard> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(FILE), json).unwrap();
        PreparedCard::read(dir.path())
    }

    #[test]
    fn a_card_by_hand_may_leave_out_what_only_we_know() {
        let json = r#"{"format": 1, "name": "x", "users": 1, "items": 2, "events": 3,
            "raw": {"users": 4, "items": 5, "events": 6}, "time_unit": "seconds",
            "prepare": {"filter": {"kind": "one-pass", "item_min": 5, "user_min": 5}}, "partitions": 2}"#;
        let card = read(json).unwrap();
        assert_eq!((card.raw.items, card.time_unit, card.files), (5, Some(TimeUnit::Seconds), None));
        assert_eq!(read(&String::from_utf8(read(json).unwrap().to_json()).unwrap()).unwrap().raw, card.raw);
        let error = read(&json.replace("\"items\": 2", "\"itmes\": 2")).unwrap_err().to_string();
        assert!(error.contains("card.json") && error.contains("itmes"), "{error}");
    }

    #[test]
    fn another_version_says_so() {
        let error = read(r#"{"format": 2, "of": "the future"}"#).unwrap_err().to_string();
        assert!(error.contains("format 2"), "{error}");
        assert!(matches!(read("{}"), Err(Error::BadPrepared { .. })));
        assert!(matches!(read("{"), Err(Error::BadPrepared { .. })));
    }
}
