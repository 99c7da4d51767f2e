//! One Parquet file of prepared data, read and checked.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use polars::prelude::{DataFrame, DataType, ListChunked, ParquetReader, PolarsResult, SerReader, Series};
use sha2::{Digest, Sha256};

use super::card::FileRecord;
use crate::error::{Error, Result};
use crate::fingerprint::hex;
use crate::read::{check_parquet_sizes, guarded};

/// The rows of one file.
#[derive(Debug)]
pub(super) struct TableFile {
    path: PathBuf,
    frame: DataFrame,
}

/// What a column holds, as far as prepared data knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ColumnType {
    Number,
    Text,
    List,
}

impl TableFile {
    /// Reads a file; compares it with what was written or, where that is not known, checks that its sizes
    /// do not contradict each other.
    pub(super) fn read(path: &Path, written: Option<&FileRecord>) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|error| Error::io(path, error))?;
        let bad = |reason| Error::BadPrepared { path: path.to_owned(), reason };
        if let Some(written) = written {
            if bytes.len() as u64 != written.bytes {
                return Err(bad(format!("{} bytes, but {} were written", bytes.len(), written.bytes)));
            }
            if hex(&Sha256::digest(&bytes)) != written.sha256 {
                return Err(bad("its checksum is not that of what was written".to_owned()));
            }
        }
        let frame = guarded(|| {
            if written.is_none() {
                check_parquet_sizes(path)?;
            }
            ParquetReader::new(Cursor::new(bytes)).finish()
        });
        Ok(Self { path: path.to_owned(), frame: frame.map_err(bad)? })
    }

    /// The error that names this file.
    pub(super) fn bad(&self, reason: String) -> Error {
        Error::BadPrepared { path: self.path.clone(), reason }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.frame.column(name).is_ok()
    }

    /// Names and types of the columns, in order.
    pub(super) fn columns(&self) -> Vec<(String, ColumnType)> {
        let of = |data_type: &DataType| match data_type {
            DataType::String => ColumnType::Text,
            DataType::List(_) => ColumnType::List,
            _ => ColumnType::Number,
        };
        self.frame.columns().iter().map(|column| (column.name().to_string(), of(column.dtype()))).collect()
    }

    /// A column without missing values, of whole numbers.
    pub(super) fn integers(&self, name: &str) -> Result<Vec<i64>> {
        let values = self.optional_integers(name)?;
        values.into_iter().map(|value| value.ok_or_else(|| self.missing(name))).collect()
    }

    pub(super) fn optional_integers(&self, name: &str) -> Result<Vec<Option<i64>>> {
        let values = self.cast(name, &DataType::Int64)?;
        self.checked(name, values.i64().map(|values| values.iter().collect()))
    }

    pub(super) fn reals(&self, name: &str) -> Result<Vec<Option<f32>>> {
        let values = self.cast(name, &DataType::Float32)?;
        self.checked(name, values.f32().map(|values| values.iter().collect()))
    }

    pub(super) fn texts(&self, name: &str) -> Result<Vec<Option<&str>>> {
        self.checked(name, self.series(name)?.str().map(|values| values.iter().collect()))
    }

    /// A column of texts without missing values.
    pub(super) fn required_texts(&self, name: &str) -> Result<Vec<&str>> {
        let values = self.texts(name)?;
        values.into_iter().map(|value| value.ok_or_else(|| self.missing(name))).collect()
    }

    /// Texts of all rows, and where the row of each index starts among them.
    pub(super) fn lists(&self, name: &str) -> Result<(Vec<usize>, Vec<String>)> {
        let rows = self.checked(name, self.series(name)?.list())?;
        if rows.null_count() > 0 || rows.get_inner().null_count() > 0 {
            return Err(self.missing(name));
        }
        self.checked(name, flatten(rows))
    }

    fn series(&self, name: &str) -> Result<&Series> {
        let column = self.frame.column(name).map_err(|_| Error::MissingColumn {
            path: self.path.clone(),
            column: name.to_owned(),
            found: self.frame.get_column_names().iter().map(ToString::to_string).collect(),
        })?;
        Ok(column.as_materialized_series())
    }

    fn cast(&self, name: &str, to: &DataType) -> Result<Series> {
        self.checked(name, self.series(name)?.strict_cast(to))
    }

    fn checked<T>(&self, name: &str, values: PolarsResult<T>) -> Result<T> {
        values.map_err(|error| self.bad(format!("column {name}: {error}")))
    }

    fn missing(&self, name: &str) -> Error {
        self.bad(format!("column {name} has a row without a value"))
    }
}

fn flatten(rows: &ListChunked) -> PolarsResult<(Vec<usize>, Vec<String>)> {
    let inner = rows.get_inner();
    let texts: Vec<Option<&str>> = inner.str()?.iter().collect();
    let (mut starts, mut flat) = (Vec::with_capacity(rows.len() + 1), Vec::new());
    let mut before = 0;
    for chunk in rows.downcast_iter() {
        for bounds in chunk.offsets().windows(2) {
            starts.push(flat.len());
            let own = &texts[before + bounds[0] as usize..before + bounds[1] as usize];
            flat.extend(own.iter().flatten().map(|&text| text.to_owned()));
        }
        before += chunk.values().len();
    }
    starts.push(flat.len());
    Ok((starts, flat))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepared::columns::Columns;

    fn read(bytes: &[u8]) -> Result<TableFile> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.parquet");
        std::fs::write(&path, bytes).unwrap();
        TableFile::read(&path, None)
    }

    fn forty_rows() -> Vec<u8> {
        let mut columns = Columns::default();
        columns.integers("user", 0..40);
        columns.lists("genres", (0..40).map(|row| vec!["a", "b"].into_iter().take(row % 3)));
        columns.into_parquet().unwrap()
    }

    #[test]
    fn a_file_that_ends_too_early_is_an_error() {
        let whole = forty_rows();
        assert_eq!(read(&whole).unwrap().lists("genres").unwrap().1.len(), 39);
        for length in 0..whole.len() {
            let error = read(&whole[..length]).unwrap_err();
            assert!(matches!(error, Error::BadPrepared { .. }), "{length}: {error}");
        }
    }

    #[test]
    fn a_changed_byte_is_an_error_or_goes_unnoticed() {
        let whole = forty_rows();
        for (at, change) in (0..whole.len()).flat_map(|at| [(at, 0x80), (at, 0x01), (at, 0xFF)]) {
            let mut bytes = whole.clone();
            bytes[at] ^= change;
            if let Err(error) = read(&bytes) {
                assert!(matches!(error, Error::BadPrepared { .. }), "{at}: {error}");
            }
        }
    }
}
