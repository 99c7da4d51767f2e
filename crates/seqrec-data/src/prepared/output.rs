//! The files of a prepared folder while it is written.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::card::FileRecord;
use super::columns::Columns;
use crate::error::{Error, Result};
use crate::fingerprint::hex;
use crate::staging;

/// Writes files and remembers what they were.
pub(super) struct Output<'a> {
    dir: &'a Path,
    files: Vec<FileRecord>,
}

impl<'a> Output<'a> {
    pub(super) fn new(dir: &'a Path) -> Self {
        Self { dir, files: Vec::new() }
    }

    /// Writes `columns` to the file `path` below the folder.
    pub(super) fn add(&mut self, path: String, columns: Columns) -> Result<()> {
        let target = self.dir.join(&path);
        let table = |error: polars::error::PolarsError| Error::Table {
            path: target.clone(),
            reason: error.to_string(),
        };
        let bytes = columns.into_parquet().map_err(table)?;
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder).map_err(|error| Error::io(folder, error))?;
        }
        staging::write(&target, &bytes)?;
        let sha256 = hex(&Sha256::digest(&bytes));
        self.files.push(FileRecord { path, bytes: bytes.len() as u64, sha256 });
        Ok(())
    }

    pub(super) fn into_files(self) -> Vec<FileRecord> {
        self.files
    }
}
