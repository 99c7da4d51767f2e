//! Delimited text through polars: every column as strings, the wanted ones cast strictly.

use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use polars::prelude::{
    CsvReadOptions, DataFrame, DataType, Field, PlSmallStr, PolarsResult, Schema, SerReader,
};

use super::bad_rows::{BadRows, Fault};
use super::blocks::Blocks;
use super::decode::{Decoded, decode, separator_byte};
use super::rows::{Row, fields, rows, without_empty_lines};
use super::table::{Batch, Request};
use crate::error::{Error, Result};
use crate::manifest::Format;

/// Number of columns in the file, from its first row.
pub(super) fn width(path: &Path, format: &Format) -> Result<usize> {
    for block in Blocks::open(path, format.quoted())? {
        let Decoded { text, .. } = decode(format, block?);
        if let Some((names, _)) = first_row(path, &text, format)? {
            return Ok(names.len());
        }
    }
    Err(Error::EmptyFile { path: path.to_owned() })
}

pub(super) fn read(
    path: &Path,
    format: &Format,
    requests: &[Request<'_>],
    bad: &mut BadRows,
    mut sink: impl FnMut(&Batch) -> Result<()>,
) -> Result<()> {
    let mut table: Option<Table<'_>> = None;
    let mut row_count = 0;
    for block in Blocks::open(path, format.quoted())? {
        let block = block?;
        let mut first_line = block.first_line;
        let Decoded { mut text, mut faults } = decode(format, block);
        if table.is_none()
            && let Some((names, row)) = first_row(path, &text, format)?
        {
            table = Some(Table::new(path, format, requests, &names)?);
            if format.header {
                let end = row.end;
                let header_lines = text[..end].matches('\n').count() as u64;
                text.drain(..end);
                first_line += header_lines;
                faults.retain(|&(line, _)| line >= header_lines);
                faults.iter_mut().for_each(|(line, _)| *line -= header_lines);
            }
        }
        let Some(table) = &table else {
            continue;
        };
        if rows(&text, false).next().is_none() {
            continue;
        }
        let parsed = match faults.is_empty() {
            true => table.parse(&text),
            false => Err("some line cannot be decoded".to_owned()),
        };
        let batch = match parsed {
            Ok(batch) => Some(batch),
            Err(refused) => {
                let good = table.without_bad_rows(&text, first_line, &faults, bad);
                if good.len() == text.len() {
                    return Err(Error::Table { path: path.to_owned(), reason: refused });
                }
                let refused = |reason| Error::Table { path: path.to_owned(), reason };
                match good.is_empty() || !bad.wants_the_rest() {
                    true => None,
                    false => Some(table.parse(&good).map_err(refused)?),
                }
            }
        };
        if let Some(batch) = batch {
            row_count += batch.len();
            if bad.wants_the_rest() {
                sink(&batch)?;
            }
        }
    }
    bad.finish_file(path, row_count)
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

/// A file whose columns are known.
struct Table<'a> {
    path: &'a Path,
    format: &'a Format,
    requests: &'a [Request<'a>],
    /// Number of columns in the file.
    width: usize,
    /// Column of each request.
    indices: Vec<usize>,
    /// Columns that are parsed, ascending.
    projection: Arc<Vec<usize>>,
    schema: Arc<Schema>,
}

impl<'a> Table<'a> {
    fn new(
        path: &'a Path,
        format: &'a Format,
        requests: &'a [Request<'a>],
        names: &[String],
    ) -> Result<Self> {
        let find = |request: &Request<'_>| request.find(path, format, names);
        let indices: Vec<usize> = requests.iter().map(find).collect::<Result<_>>()?;
        let mut projection = indices.clone();
        projection.sort_unstable();
        projection.dedup();
        let name = |index: usize| PlSmallStr::from_string(format!("c{index}"));
        let schema: Schema = (0..names.len()).map(|i| Field::new(name(i), DataType::String)).collect();
        Ok(Self {
            path,
            format,
            requests,
            width: names.len(),
            indices,
            projection: Arc::new(projection),
            schema: Arc::new(schema),
        })
    }

    fn parse(&self, text: &str) -> std::result::Result<Batch, String> {
        let frame = self.frame(text).map_err(|error| error.to_string())?;
        let projected: Vec<usize> = self
            .indices
            .iter()
            .map(|index| self.projection.binary_search(index).expect("every request is projected"))
            .collect();
        Batch::cast(frame, &projected, self.requests)
    }

    fn frame(&self, text: &str) -> PolarsResult<DataFrame> {
        let quote = self.format.quoted().then_some(b'"');
        CsvReadOptions::default()
            .with_has_header(false)
            .with_infer_schema_length(Some(0))
            .with_schema(Some(Arc::clone(&self.schema)))
            .with_projection(Some(Arc::clone(&self.projection)))
            .map_parse_options(|options| {
                options.with_separator(separator_byte(self.format)).with_quote_char(quote)
            })
            .into_reader_with_file_handle(Cursor::new(
                without_empty_lines(text, self.format.quoted()).as_bytes(),
            ))
            .finish()
    }

    /// The slow second look at a block that the fast path refused: reports the bad rows and returns
    /// the text without them.
    fn without_bad_rows(
        &self,
        text: &str,
        first_line: u64,
        undecoded: &[(u64, Fault)],
        bad: &mut BadRows,
    ) -> String {
        let mut good = String::with_capacity(text.len());
        let mut undecoded = undecoded.iter().peekable();
        let (mut from, mut all_good) = (0, true);
        for row in rows(text, self.format.quoted()) {
            let lines = row.lines_before..=row.lines_before + row.text.matches('\n').count() as u64;
            let mut fault = None;
            while let Some((_, found)) = undecoded.next_if(|(line, _)| line <= lines.end()) {
                fault.get_or_insert_with(|| found.clone());
            }
            match fault.or_else(|| self.fault(row.text)) {
                Some(fault) => {
                    bad.add(self.path, first_line + row.lines_before, fault);
                    all_good = false;
                }
                None => good.push_str(&text[from..row.end]),
            }
            from = row.end;
        }
        if all_good { text.to_owned() } else { good }
    }

    fn fault(&self, row: &str) -> Option<Fault> {
        let record = match fields(row, separator_byte(self.format), self.format.quoted()) {
            Ok(record) => record,
            Err(error) => return Some(Fault::new("not in the grammar of CSV", error.to_string())),
        };
        let width = self.width;
        if record.len() > width {
            return Some(Fault::new(
                format!("more than {width} fields"),
                format!("{} fields, expected {width}", record.len()),
            ));
        }
        self.requests.iter().zip(&self.indices).find_map(|(request, &index)| {
            let absent = request.required && record.get(index).is_none();
            if absent {
                return Some(Fault::new(
                    format!("fewer than {width} fields"),
                    format!("{} fields, expected {width}: no {}", record.len(), request.role),
                ));
            }
            request.fault(record.get(index))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Column, Encoding};
    use crate::read::bad_rows::{OnBadRows, SkippedRows};
    use crate::read::table::Kind;

    type Rows = Vec<(String, i64)>;

    fn with_policy(
        bytes: &[u8],
        format: &Format,
        columns: [Column; 2],
        policy: OnBadRows,
    ) -> Result<(Rows, SkippedRows)> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.csv");
        std::fs::write(&path, bytes).unwrap();
        let request = |column, kind| Request { column, role: "field", kind, required: true };
        let (mut rows, mut bad) = (Vec::new(), BadRows::new(policy));
        let requests = [request(&columns[0], Kind::Text), request(&columns[1], Kind::Integer)];
        read(&path, format, &requests, &mut bad, |batch| {
            rows.extend(batch.required_text(0).map(str::to_owned).zip(batch.integers(1)));
            Ok(())
        })?;
        Ok((rows, bad.into_skipped()))
    }

    fn parsed(bytes: &[u8], format: &Format, columns: [Column; 2]) -> Result<Rows> {
        with_policy(bytes, format, columns, OnBadRows::Fail).map(|(rows, _)| rows)
    }

    fn named(first: &str, second: &str) -> [Column; 2] {
        [Column::Name(first.to_owned()), Column::Name(second.to_owned())]
    }

    fn row(text: &str, number: i64) -> (String, i64) {
        (text.to_owned(), number)
    }

    #[test]
    fn header_quotes_windows_line_ends_and_byte_order_mark() {
        let bytes = b"\xEF\xBB\xBFa,\"b\"\r\n\"x, \"\"y\"\"\",1\r\nz,2";
        let rows = parsed(bytes, &Format::default(), named("a", "b")).unwrap();
        assert_eq!(rows, [row("x, \"y\"", 1), row("z", 2)]);
    }

    #[test]
    fn columns_may_be_asked_for_in_any_order() {
        let rows = parsed(b"a,b\n1,x\n2,y\n", &Format::default(), named("b", "a")).unwrap();
        assert_eq!(rows, [row("x", 1), row("y", 2)]);
    }

    #[test]
    fn long_separator_latin_1_no_header() {
        let format = Format {
            separator: "::".to_owned(),
            header: false,
            encoding: Encoding::Latin1,
            ..Format::default()
        };
        let columns = [Column::Index(1), Column::Index(0)];
        let rows = parsed(b"1::\"Caf\xE9: \n2::b\n", &format, columns).unwrap();
        assert_eq!(rows, [row("\"Caf\u{e9}: ", 1), row("b", 2)]);
    }

    #[test]
    fn blank_lines_are_skipped() {
        let rows = parsed(b"a,b\nx,1\n\ny,2\n\n\n", &Format::default(), named("a", "b")).unwrap();
        assert_eq!(rows, [row("x", 1), row("y", 2)]);
    }

    #[test]
    fn first_bad_row_is_named_and_the_others_counted() {
        let bytes = b"a,b\nx,1\n\nx,one\nx,2\nx\nx,3,4\n";
        let error = parsed(bytes, &Format::default(), named("a", "b")).unwrap_err();
        let text = error.to_string();
        assert!(
            text.ends_with("x.csv:4: the field \"one\" is not a whole number (and 2 more bad rows)"),
            "{text}"
        );
    }

    #[test]
    fn truncated_last_line_is_an_error() {
        let error = parsed(b"a,b\nx,1\ny", &Format::default(), named("a", "b")).unwrap_err();
        assert!(error.to_string().ends_with(":3: 1 fields, expected 2: no field"), "{error}");
    }

    #[test]
    fn too_many_fields_are_an_error() {
        let error = parsed(b"a,b\nx,1\ny,2,3\n", &Format::default(), named("a", "b")).unwrap_err();
        assert!(matches!(error, Error::MalformedRow { line: 3, more: 0, .. }), "{error}");
    }

    #[test]
    fn files_without_rows() {
        for bytes in [&b""[..], b"a,b\n", b"\xEF\xBB\xBF"] {
            let error = parsed(bytes, &Format::default(), named("a", "b")).unwrap_err();
            assert!(matches!(error, Error::EmptyFile { .. }), "{error}");
        }
    }

    #[test]
    fn missing_columns_list_what_is_there() {
        let error = parsed(b"a,b\nx,1\n", &Format::default(), named("a", "c")).unwrap_err();
        assert!(error.to_string().ends_with("no column \"c\"; the file has a, b"), "{error}");
        let columns = [Column::Index(0), Column::Index(7)];
        assert!(matches!(
            parsed(b"a,b\nx,1\n", &Format::default(), columns),
            Err(Error::MissingColumn { .. })
        ));
    }
    #[test]
    fn skipping_keeps_every_good_row() {
        let bytes = b"a,b\nx,1\nx,one\n\"long\nname\",2\n\xE9,3\nx\ny,4\ny,two\n";
        let (rows, skipped) =
            with_policy(bytes, &Format::default(), named("a", "b"), OnBadRows::Skip).unwrap();
        assert_eq!(rows, [row("x", 1), row("long\nname", 2), row("y", 4)]);
        let counts: Vec<u64> = skipped.reasons.iter().map(|&(_, count)| count).collect();
        assert_eq!(counts, [2, 1, 1], "{skipped:?}");
        let lines: Vec<u64> = skipped.examples.iter().map(|example| example.line).collect();
        assert_eq!(lines, [3, 6, 7, 9]);
    }

    #[test]
    fn typed_headers_are_found_by_their_bare_names() {
        let format = Format { separator: "\t".to_owned(), typed_header: true, ..Format::default() };
        let rows = parsed(b"a:token\tb:float\nx\t1\n", &format, named("a", "b")).unwrap();
        assert_eq!(rows, [row("x", 1)]);
    }
}
