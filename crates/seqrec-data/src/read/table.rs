//! Delimited text through polars: every column as strings, the wanted ones cast strictly.

use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use polars::prelude::{
    CsvReadOptions, DataFrame, DataType, Field, IntoLazy, PlSmallStr, PolarsResult, Schema, SerReader, col,
};

use super::blocks::Blocks;
use super::decode::{decode, separator_byte};
use super::diagnose::Diagnosis;
use super::rows::{Row, fields, rows, without_empty_lines};
use crate::error::{Error, Result};
use crate::manifest::{Column, Format};

/// What a column's text must read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Real,
}

impl Kind {
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "a whole number",
            Self::Real => "a finite number",
        }
    }

    fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::String,
            Self::Integer => DataType::Int64,
            Self::Real => DataType::Float32,
        }
    }
}

/// A column to be read, as the manifest names it.
#[derive(Debug, Clone)]
pub(super) struct Request<'a> {
    pub(super) column: &'a Column,
    /// What the column holds, for messages.
    pub(super) role: &'a str,
    pub(super) kind: Kind,
    /// Whether an empty field is an error.
    pub(super) required: bool,
}

/// A column to be read, found in the file.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    pub(super) index: usize,
    pub(super) role: &'a str,
    pub(super) kind: Kind,
    pub(super) required: bool,
}

/// Some consecutive rows: the requested columns, in the order of the requests.
pub(super) struct Batch {
    frame: DataFrame,
}

impl Batch {
    pub(super) fn len(&self) -> usize {
        self.frame.height()
    }

    /// Text of a requested column; `None` where the field is empty.
    pub(super) fn text(&self, at: usize) -> impl Iterator<Item = Option<&str>> {
        let chunks = self.frame.columns()[at].as_materialized_series();
        chunks.str().expect("requested as text").iter()
    }

    /// Text of a requested column that is marked as required.
    pub(super) fn required_text(&self, at: usize) -> impl Iterator<Item = &str> {
        self.text(at).map(|value| value.expect("checked for empty fields"))
    }

    pub(super) fn integers(&self, at: usize) -> impl Iterator<Item = i64> {
        let chunks = self.frame.columns()[at].as_materialized_series();
        let values = chunks.i64().expect("requested as integers").iter();
        values.map(|value| value.expect("checked for empty fields"))
    }

    /// Numbers of a requested column; `None` where the field is empty.
    pub(super) fn optional_reals(&self, at: usize) -> impl Iterator<Item = Option<f32>> {
        let chunks = self.frame.columns()[at].as_materialized_series();
        chunks.f32().expect("requested as real numbers").iter()
    }

    pub(super) fn reals(&self, at: usize) -> impl Iterator<Item = f32> {
        self.optional_reals(at).map(|value| value.expect("checked for empty fields"))
    }
}

/// Number of columns in the file, from its first row.
pub(super) fn width(path: &Path, format: &Format) -> Result<usize> {
    for block in Blocks::open(path, format.quoted())? {
        let text = decode(path, format, block?)?;
        if let Some((names, _)) = first_row(path, &text, format)? {
            return Ok(names.len());
        }
    }
    Err(Error::EmptyFile { path: path.to_owned() })
}

/// Reads the requested columns of a file, batch by batch in file order.
///
/// A malformed row is reported with its line and the number of further bad rows, which takes
/// reading the whole file; `sink` sees no batch after the first bad row.
pub(super) fn read_table(
    path: &Path,
    format: &Format,
    requests: &[Request<'_>],
    mut sink: impl FnMut(&Batch) -> Result<()>,
) -> Result<()> {
    let mut columns: Option<(usize, Vec<Wanted<'_>>)> = None;
    let mut diagnosis = Diagnosis::default();
    let mut row_count = 0;
    for block in Blocks::open(path, format.quoted())? {
        let block = block?;
        let mut first_line = block.first_line;
        let mut text = decode(path, format, block)?;
        if columns.is_none()
            && let Some((names, row)) = first_row(path, &text, format)?
        {
            columns = Some((names.len(), find_columns(path, format, &names, requests)?));
            if format.header {
                let end = row.end;
                first_line += text[..end].matches('\n').count() as u64;
                text.drain(..end);
            }
        }
        let Some((width, wanted)) = &columns else {
            continue;
        };
        if rows(&text, false).next().is_none() {
            continue;
        }
        match parse(&text, format, *width, wanted) {
            Ok(batch) => {
                row_count += batch.len();
                if diagnosis.first.is_none() {
                    sink(&batch)?;
                }
            }
            Err(refused) => {
                let before = diagnosis.more;
                let clean = diagnosis.first.is_none();
                let dialect = (separator_byte(format), format.quoted());
                diagnosis.scan(&text, first_line, dialect, *width, wanted);
                if diagnosis.more == before && clean == diagnosis.first.is_none() {
                    return Err(Error::Table { path: path.to_owned(), reason: refused });
                }
            }
        }
    }
    if let Some((line, reason)) = diagnosis.first {
        return Err(Error::MalformedRow { path: path.to_owned(), line, reason, more: diagnosis.more });
    }
    if row_count == 0 {
        return Err(Error::EmptyFile { path: path.to_owned() });
    }
    Ok(())
}

/// Fields of the first row, and the row.
fn first_row<'a>(path: &Path, text: &'a str, format: &Format) -> Result<Option<(Vec<String>, Row<'a>)>> {
    let Some(row) = rows(text, format.quoted()).next() else {
        return Ok(None);
    };
    let record = fields(row.text, separator_byte(format), format.quoted())
        .map_err(|error| Error::Table { path: path.to_owned(), reason: format!("first row: {error}") })?;
    Ok(Some((record.iter().map(str::to_owned).collect(), row)))
}

fn find_columns<'a>(
    path: &Path,
    format: &Format,
    names: &[String],
    requests: &[Request<'a>],
) -> Result<Vec<Wanted<'a>>> {
    requests
        .iter()
        .map(|request| {
            let index = match request.column {
                Column::Index(index) => (*index < names.len()).then_some(*index),
                Column::Name(name) => names.iter().position(|found| found == name),
            };
            let index = index.ok_or_else(|| Error::MissingColumn {
                path: path.to_owned(),
                column: request.column.to_string(),
                found: if format.header { names.to_vec() } else { vec![format!("{} columns", names.len())] },
            })?;
            Ok(Wanted { index, role: request.role, kind: request.kind, required: request.required })
        })
        .collect()
}

fn parse(
    text: &str,
    format: &Format,
    width: usize,
    wanted: &[Wanted<'_>],
) -> std::result::Result<Batch, String> {
    let frame = parse_frame(text, format, width, wanted).map_err(|error| error.to_string())?;
    for (column, found) in wanted.iter().zip(frame.columns()) {
        if column.required && found.null_count() > 0 {
            return Err(format!("the {} is empty in some row", column.role));
        }
        if column.kind == Kind::Real {
            let values = found.f32().map_err(|error| error.to_string())?;
            if values.iter().flatten().any(|value| !value.is_finite()) {
                return Err(format!("the {} is not finite in some row", column.role));
            }
        }
    }
    Ok(Batch { frame })
}

fn parse_frame(text: &str, format: &Format, width: usize, wanted: &[Wanted<'_>]) -> PolarsResult<DataFrame> {
    let name = |index: usize| PlSmallStr::from_string(format!("c{index}"));
    let schema: Schema = (0..width).map(|i| Field::new(name(i), DataType::String)).collect();
    let mut projection: Vec<usize> = wanted.iter().map(|column| column.index).collect();
    projection.sort_unstable();
    projection.dedup();
    let strings = CsvReadOptions::default()
        .with_has_header(false)
        .with_infer_schema_length(Some(0))
        .with_schema(Some(Arc::new(schema)))
        .with_projection(Some(Arc::new(projection)))
        .map_parse_options(|options| {
            options.with_separator(separator_byte(format)).with_quote_char(format.quoted().then_some(b'"'))
        })
        .into_reader_with_file_handle(Cursor::new(without_empty_lines(text, format.quoted()).as_bytes()))
        .finish()?;
    // A column may be asked for twice, so that the output is named by position.
    let casts: Vec<_> = wanted
        .iter()
        .enumerate()
        .map(|(at, column)| {
            col(name(column.index))
                .strict_cast(column.kind.data_type())
                .alias(PlSmallStr::from_string(format!("w{at}")))
        })
        .collect();
    strings.lazy().select(casts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Encoding;

    type Rows = Vec<(String, Option<i64>)>;

    fn read(bytes: &[u8], format: &Format, columns: [Column; 2]) -> Result<Rows> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.csv");
        std::fs::write(&path, bytes).unwrap();
        let request = |column, kind| Request { column, role: "field", kind, required: true };
        let mut rows = Vec::new();
        read_table(
            &path,
            format,
            &[request(&columns[0], Kind::Text), request(&columns[1], Kind::Integer)],
            |batch| {
                rows.extend(batch.required_text(0).map(str::to_owned).zip(batch.integers(1).map(Some)));
                Ok(())
            },
        )?;
        Ok(rows)
    }

    fn named(first: &str, second: &str) -> [Column; 2] {
        [Column::Name(first.to_owned()), Column::Name(second.to_owned())]
    }

    fn row(text: &str, number: i64) -> (String, Option<i64>) {
        (text.to_owned(), Some(number))
    }

    #[test]
    fn header_quotes_windows_line_ends_and_byte_order_mark() {
        let bytes = b"\xEF\xBB\xBFa,\"b\"\r\n\"x, \"\"y\"\"\",1\r\nz,2";
        let rows = read(bytes, &Format::default(), named("a", "b")).unwrap();
        assert_eq!(rows, [row("x, \"y\"", 1), row("z", 2)]);
    }

    #[test]
    fn columns_may_be_asked_for_in_any_order() {
        let rows = read(b"a,b\n1,x\n2,y\n", &Format::default(), named("b", "a")).unwrap();
        assert_eq!(rows, [row("x", 1), row("y", 2)]);
    }

    #[test]
    fn long_separator_latin_1_no_header() {
        let format =
            Format { separator: "::".to_owned(), header: false, encoding: Encoding::Latin1, quoted: None };
        let columns = [Column::Index(1), Column::Index(0)];
        let rows = read(b"1::\"Caf\xE9: \n2::b\n", &format, columns).unwrap();
        assert_eq!(rows, [row("\"Caf\u{e9}: ", 1), row("b", 2)]);
    }

    #[test]
    fn blank_lines_are_skipped() {
        let rows = read(b"a,b\nx,1\n\ny,2\n\n\n", &Format::default(), named("a", "b")).unwrap();
        assert_eq!(rows, [row("x", 1), row("y", 2)]);
    }

    #[test]
    fn first_bad_row_is_named_and_the_others_counted() {
        let bytes = b"a,b\nx,1\n\nx,one\nx,2\nx\nx,3,4\n";
        let error = read(bytes, &Format::default(), named("a", "b")).unwrap_err();
        let text = error.to_string();
        assert!(
            text.ends_with("x.csv:4: the field \"one\" is not a whole number (and 2 more bad rows)"),
            "{text}"
        );
    }

    #[test]
    fn truncated_last_line_is_an_error() {
        let error = read(b"a,b\nx,1\ny", &Format::default(), named("a", "b")).unwrap_err();
        assert!(error.to_string().ends_with(":3: 1 fields, expected 2: no field"), "{error}");
    }

    #[test]
    fn too_many_fields_are_an_error() {
        let error = read(b"a,b\nx,1\ny,2,3\n", &Format::default(), named("a", "b")).unwrap_err();
        assert!(matches!(error, Error::MalformedRow { line: 3, more: 0, .. }), "{error}");
    }

    #[test]
    fn files_without_rows() {
        for bytes in [&b""[..], b"a,b\n", b"\xEF\xBB\xBF"] {
            let error = read(bytes, &Format::default(), named("a", "b")).unwrap_err();
            assert!(matches!(error, Error::EmptyFile { .. }), "{error}");
        }
    }

    #[test]
    fn missing_columns_list_what_is_there() {
        let error = read(b"a,b\nx,1\n", &Format::default(), named("a", "c")).unwrap_err();
        assert!(error.to_string().ends_with("no column \"c\"; the file has a, b"), "{error}");
        let columns = [Column::Index(0), Column::Index(7)];
        assert!(matches!(read(b"a,b\nx,1\n", &Format::default(), columns), Err(Error::MissingColumn { .. })));
    }
}
