//! A prepared folder that is being read.

use std::path::{Path, PathBuf};

use super::card::{FileRecord, PreparedCard};
use super::table_file::TableFile;
use crate::error::{Error, Result};

/// Folder and card.
#[derive(Debug)]
pub(super) struct Folder {
    dir: PathBuf,
    pub(super) card: PreparedCard,
}

impl Folder {
    pub(super) fn open(dir: &Path) -> Result<Self> {
        Ok(Self { dir: dir.to_owned(), card: PreparedCard::read(dir)? })
    }

    /// The error that names a table.
    pub(super) fn bad(&self, table: &str, reason: String) -> Error {
        Error::BadPrepared { path: self.dir.join(table), reason }
    }

    /// Reads the files of a table, which must have the same columns, in an order that does not depend
    /// on the machine.
    pub(super) fn for_each_file(
        &self,
        table: &str,
        mut take: impl FnMut(&TableFile) -> Result<()>,
    ) -> Result<()> {
        let mut columns = None;
        for (path, written) in self.files(table)? {
            let file = TableFile::read(&path, written)?;
            let own = file.columns();
            if *columns.get_or_insert_with(|| own.clone()) != own {
                return Err(file.bad("its columns are not those of the table's other files".to_owned()));
            }
            take(&file)?;
        }
        Ok(())
    }

    fn files(&self, table: &str) -> Result<Vec<(PathBuf, Option<&FileRecord>)>> {
        if let Some(files) = &self.card.files {
            let own = files.iter().filter(|file| file.path.split('/').next() == Some(table));
            return Ok(own.map(|file| (self.dir.join(&file.path), Some(file))).collect());
        }
        let mut found = Vec::new();
        walk(&self.dir.join(table), &mut found)?;
        found.sort();
        Ok(found.into_iter().map(|path| (path, None)).collect())
    }
}

/// Collects the Parquet files below a folder. Engines leave marks and checksums of their own beside
/// them, under other names.
fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).map_err(|error| Error::io(folder, error))? {
        let entry = entry.map_err(|error| Error::io(folder, error))?;
        let (path, name) = (entry.path(), entry.file_name());
        if name.to_string_lossy().starts_with(['.', '_']) {
            continue;
        }
        if path.is_dir() {
            walk(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "parquet") {
            found.push(path);
        }
    }
    Ok(())
}
