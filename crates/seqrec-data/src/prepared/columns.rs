//! Columns on their way into a Parquet file.

use polars::prelude::{
    Column, DataFrame, Float32Chunked, Int64Chunked, IntoColumn, ListBuilderTrait, ListStringChunkedBuilder,
    NewChunkedArray, ParquetWriter, PlSmallStr, PolarsResult, StringChunked,
};

/// Columns of equal length. Whole numbers are stored with 64 bits, others with 32.
#[derive(Debug, Default)]
pub(super) struct Columns {
    columns: Vec<Column>,
}

impl Columns {
    pub(super) fn integers(&mut self, name: &str, values: impl IntoIterator<Item = i64>) {
        self.columns.push(Int64Chunked::from_iter_values(name.into(), values.into_iter()).into_column());
    }

    pub(super) fn optional_integers(&mut self, name: &str, values: impl IntoIterator<Item = Option<i64>>) {
        let values = Int64Chunked::from_iter_options(PlSmallStr::from_str(name), values.into_iter());
        self.columns.push(values.into_column());
    }

    pub(super) fn reals(&mut self, name: &str, values: impl IntoIterator<Item = Option<f32>>) {
        let values = Float32Chunked::from_iter_options(PlSmallStr::from_str(name), values.into_iter());
        self.columns.push(values.into_column());
    }

    pub(super) fn texts<'a>(&mut self, name: &str, values: impl IntoIterator<Item = Option<&'a str>>) {
        let values = StringChunked::from_iter_options(PlSmallStr::from_str(name), values.into_iter());
        self.columns.push(values.into_column());
    }

    pub(super) fn lists<'a, L: IntoIterator<Item = &'a str>>(
        &mut self,
        name: &str,
        rows: impl IntoIterator<Item = L>,
    ) {
        let mut builder = ListStringChunkedBuilder::new(PlSmallStr::from_str(name), 0, 0);
        for row in rows {
            builder.append_values_iter(row.into_iter());
        }
        self.columns.push(builder.finish().into_column());
    }

    /// The content of a Parquet file.
    pub(super) fn into_parquet(self) -> PolarsResult<Vec<u8>> {
        let mut frame = DataFrame::new_infer_height(self.columns)?;
        let mut bytes = Vec::new();
        ParquetWriter::new(&mut bytes).finish(&mut frame)?;
        Ok(bytes)
    }
}
