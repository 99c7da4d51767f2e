//! Parquet and Arrow files: typed columns, brought to the text and numbers that were asked for.
//!
//! The engine ends the process when it cannot have the memory that a damaged file claims to need, so
//! claims are checked first.

mod arrow_sizes;
mod parquet_sizes;

pub(crate) use parquet_sizes::check as check_parquet_sizes;

use std::path::Path;

use polars::error::PolarsError;
use polars::prelude::{
    BooleanChunked, DataFrame, DataType, Expr, Int64Chunked, IntoSeries, IpcScanOptions, LazyFrame,
    PlRefPath, PlSmallStr, PolarsResult, ScanArgsParquet, Schema, TimeUnit as Unit, UnifiedScanArgs, col,
};

use super::bad_rows::BadRows;
use super::guard::guarded;
use super::input::watched;
use super::table::{Batch, Kind, Request};
use crate::error::{Error, Result};
use crate::manifest::{FileKind, Format, TimeUnit};

/// Rows that are read at a time.
const ROWS: u32 = 1 << 21;

/// Rows of a Parquet or Arrow file stand for lines in messages.
pub(super) fn read(
    path: &Path,
    format: &Format,
    requests: &[Request<'_>],
    bad: &mut BadRows,
    mut sink: impl FnMut(&Batch) -> Result<()>,
) -> Result<()> {
    watched(path, || {
        let refused = |reason: String| Error::Table { path: path.to_owned(), reason };
        std::fs::File::open(path).map_err(|error| Error::io(path, error))?;
        let (scan, schema) = guarded(|| {
            let mut scan = scan(path, format.kind)?;
            let schema = scan.collect_schema()?;
            Ok((scan, schema))
        })
        .map_err(refused)?;
        let names: Vec<String> = schema.iter_names().map(ToString::to_string).collect();
        let found: Vec<usize> =
            requests.iter().map(|request| request.find(path, format, &names)).collect::<Result<_>>()?;
        let expressions: Vec<Expr> = found
            .iter()
            .zip(requests)
            .enumerate()
            .map(|(at, (&index, request))| {
                plain(&schema, index, request.kind).alias(PlSmallStr::from_string(format!("c{at}")))
            })
            .collect();
        let query = scan.select(expressions);
        let in_seconds = stamps_in_seconds(&schema, &found, requests);
        let indices: Vec<usize> = (0..requests.len()).collect();
        let mut first = 0;
        let mut row_count = 0;
        loop {
            let part = query.clone().slice(first, ROWS);
            let frame = guarded(|| to_seconds(part.collect()?, &in_seconds)).map_err(refused)?;
            let read = frame.height();
            if read == 0 {
                break;
            }
            let batch = match Batch::cast(frame.clone(), &indices, requests) {
                Ok(batch) => batch,
                Err(reason) => {
                    let good = good_rows(&frame, requests, |row, fault| {
                        bad.add(path, first as u64 + row + 1, fault);
                    });
                    let good = good.map_err(|error| refused(error.to_string()))?;
                    if good.height() == read {
                        return Err(refused(reason));
                    }
                    Batch::cast(good, &indices, requests).map_err(refused)?
                }
            };
            row_count += batch.len();
            if bad.wants_the_rest() {
                sink(&batch)?;
            }
            first += read as i64;
        }
        bad.finish_file(path, row_count)
    })
}

fn scan(path: &Path, kind: FileKind) -> PolarsResult<LazyFrame> {
    let file = PlRefPath::try_from_path(path)?;
    match kind {
        FileKind::Arrow => {
            arrow_sizes::check(path)?;
            let arguments = UnifiedScanArgs { glob: false, ..UnifiedScanArgs::default() };
            LazyFrame::scan_ipc(file, IpcScanOptions::default(), arguments)
        }
        _ => {
            check_parquet_sizes(path)?;
            LazyFrame::scan_parquet(file, ScanArgsParquet { glob: false, ..ScanArgsParquet::default() })
        }
    }
}

fn damaged(what: &str) -> PolarsError {
    PolarsError::ComputeError(format!("the file is damaged: {what}").into())
}

/// A column as whole numbers or as text, where its type is neither; strict casts come later.
fn plain(schema: &Schema, index: usize, kind: Kind) -> Expr {
    let (name, data_type) = schema.get_at_index(index).expect("found among the names");
    let column = col(name.clone());
    match (kind, data_type) {
        (Kind::Time(_), DataType::Date | DataType::Datetime(..)) => {
            column.cast(DataType::Datetime(Unit::Milliseconds, None)).cast(DataType::Int64)
        }
        // A cast would cut off the fraction; text is refused if it has one.
        (Kind::Integer | Kind::Time(_), DataType::Float32 | DataType::Float64) => {
            column.cast(DataType::String)
        }
        _ => column,
    }
}

/// Requests whose column holds points in time, which are read in milliseconds but wanted in seconds.
fn stamps_in_seconds(schema: &Schema, found: &[usize], requests: &[Request<'_>]) -> Vec<usize> {
    let stamps = |index: usize| schema.get_at_index(index).is_some_and(|(_, found)| found.is_temporal());
    let seconds = |kind| matches!(kind, Kind::Time(format) if format.unit() == TimeUnit::Seconds);
    (0..requests.len()).filter(|&at| stamps(found[at]) && seconds(requests[at].kind)).collect()
}

fn to_seconds(mut frame: DataFrame, columns: &[usize]) -> PolarsResult<DataFrame> {
    for &at in columns {
        let column = &frame.columns()[at];
        let seconds: Int64Chunked =
            column.i64()?.iter().map(|time| time.map(|milliseconds| milliseconds.div_euclid(1000))).collect();
        frame.replace_column(at, seconds.with_name(column.name().clone()).into_series().into())?;
    }
    Ok(frame)
}

/// The rows in which every value is what its request says.
fn good_rows(
    frame: &DataFrame,
    requests: &[Request<'_>],
    mut report: impl FnMut(u64, super::bad_rows::Fault),
) -> PolarsResult<DataFrame> {
    let columns: Vec<_> =
        frame.columns().iter().map(|column| column.cast(&DataType::String)).collect::<PolarsResult<_>>()?;
    let texts: Vec<Vec<Option<&str>>> =
        columns.iter().map(|column| Ok(column.str()?.iter().collect())).collect::<PolarsResult<_>>()?;
    let good: BooleanChunked = (0..frame.height())
        .map(|row| {
            let fault = requests.iter().zip(&texts).find_map(|(request, texts)| request.fault(texts[row]));
            let good = fault.is_none();
            if let Some(fault) = fault {
                report(row as u64, fault);
            }
            good
        })
        .collect();
    frame.filter(&good)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Column, TimeFormat};
    use crate::read::bad_rows::OnBadRows;
    use polars::prelude::{IntoColumn, IpcWriter, NamedFrom, ParquetWriter, SerWriter, Series};

    fn frame() -> DataFrame {
        let time = Series::new("time".into(), [Some(1_500i64), Some(-1), None, Some(4_000)])
            .cast(&DataType::Datetime(Unit::Milliseconds, None))
            .unwrap();
        let columns = vec![
            Series::new("user".into(), [5_000_000_000i64, 2, 3, 4]).into_column(),
            Series::new("item".into(), ["a", "b", "c", "d"]).into_column(),
            Series::new("rating".into(), [1.0, 2.0, 3.0, f64::NAN]).into_column(),
            time.into_column(),
        ];
        DataFrame::new(4, columns).unwrap()
    }

    fn rows(
        path: &Path,
        kind: FileKind,
        columns: [&str; 3],
        policy: OnBadRows,
    ) -> Result<Vec<(String, f32, i64)>> {
        let columns = columns.map(|name| Column::Name(name.to_owned()));
        let kinds = [Kind::Text, Kind::Real, Kind::Time(TimeFormat::Seconds)];
        let requests: Vec<_> = columns
            .iter()
            .zip(kinds)
            .map(|(column, kind)| Request { column, role: "field", kind, required: true })
            .collect();
        let format = Format { kind, ..Format::default() };
        let (mut rows, mut bad) = (Vec::new(), BadRows::new(policy));
        read(path, &format, &requests, &mut bad, |batch| {
            for ((id, rating), time) in batch.required_text(0).zip(batch.reals(1)).zip(batch.integers(2)) {
                rows.push((id.to_owned(), rating, time));
            }
            Ok(())
        })?;
        Ok(rows)
    }

    #[test]
    fn typed_columns_read_as_what_is_asked_for() {
        let dir = tempfile::tempdir().unwrap();
        let (parquet, arrow) = (dir.path().join("x.parquet"), dir.path().join("x.arrow"));
        ParquetWriter::new(std::fs::File::create(&parquet).unwrap()).finish(&mut frame()).unwrap();
        IpcWriter::new(std::fs::File::create(&arrow).unwrap()).finish(&mut frame()).unwrap();
        for (path, kind) in [(&parquet, FileKind::Parquet), (&arrow, FileKind::Arrow)] {
            let rows = |policy| rows(path, kind, ["user", "rating", "time"], policy);
            let kept = rows(OnBadRows::Skip).unwrap();
            assert_eq!(kept, [("5000000000".to_owned(), 1.0, 1), ("2".to_owned(), 2.0, -1)]);
            let error = rows(OnBadRows::Fail).unwrap_err();
            assert!(matches!(error, Error::MalformedRow { line: 3, more: 1, .. }), "{error}");
        }
    }

    #[test]
    fn fractions_are_no_whole_numbers() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.parquet");
        let columns = vec![
            Series::new("user".into(), ["a", "b"]).into_column(),
            Series::new("time".into(), [1.5, 2.0]).into_column(),
        ];
        let mut frame = DataFrame::new(2, columns).unwrap();
        ParquetWriter::new(std::fs::File::create(&path).unwrap()).finish(&mut frame).unwrap();
        let error = rows(&path, FileKind::Parquet, ["user", "time", "time"], OnBadRows::Fail).unwrap_err();
        assert!(error.to_string().contains(":1: the field \"1.5\" is not a whole number"), "{error}");
    }

    #[test]
    fn what_is_no_such_file_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.parquet");
        let read = || rows(&path, FileKind::Parquet, ["a", "b", "c"], OnBadRows::Fail);
        assert!(matches!(read(), Err(Error::MissingFile { .. })));
        for (bytes, reason) in [
            (&b""[..], "at least 12 bytes"),
            (b"PAR1", "at least 12 bytes"),
            (b"PAR1 and more that is no footer PAR1", "the footer is longer than the file"),
            (b"user,item\nu,x\nv,x\nu,y\n", "must end with PAR1"),
        ] {
            std::fs::write(&path, bytes).unwrap();
            let error = read().unwrap_err();
            assert!(matches!(error, Error::Table { .. }) && error.to_string().contains(reason), "{error}");
        }
    }
}
