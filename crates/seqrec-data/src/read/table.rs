//! What readers of all formats share: the columns that are asked for, and batches of them.

use std::path::Path;

use polars::prelude::{
    Column as Series, DataFrame, DataType, IntoColumn, IntoLazy, NamedFrom, PlSmallStr, PolarsResult, col,
};

use super::bad_rows::{BadRows, Fault};
use super::time::parse_time;
use super::{columnar, delimited, lines};
use crate::error::{Error, Result};
use crate::manifest::{Column, FileKind, Format, TimeFormat};

/// What a column's values must read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Real,
    Time(TimeFormat),
}

impl Kind {
    fn describe(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer | Self::Time(TimeFormat::Seconds | TimeFormat::Milliseconds) => "a whole number",
            Self::Real => "a finite number",
            Self::Time(TimeFormat::FractionalSeconds) => "a number of seconds",
            Self::Time(TimeFormat::Iso) => "a date, or a date and time, in ISO 8601",
        }
    }

    /// What text is cast to; times that are no whole numbers stay text.
    fn data_type(self) -> DataType {
        match self {
            Self::Text | Self::Time(TimeFormat::FractionalSeconds | TimeFormat::Iso) => DataType::String,
            Self::Integer | Self::Time(TimeFormat::Seconds | TimeFormat::Milliseconds) => DataType::Int64,
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

impl Request<'_> {
    /// What is wrong with a value, `None` standing for an empty or absent one.
    pub(super) fn fault(&self, value: Option<&str>) -> Option<Fault> {
        let Some(value) = value.filter(|value| !value.is_empty()) else {
            return self.required.then(|| Fault::plain(format!("the {} is empty", self.role)));
        };
        let good = match self.kind {
            Kind::Text => true,
            Kind::Integer => value.parse::<i64>().is_ok(),
            Kind::Real => value.parse::<f32>().is_ok_and(f32::is_finite),
            Kind::Time(format) => parse_time(value, format).is_some(),
        };
        let (role, kind) = (self.role, self.kind.describe());
        (!good).then(|| {
            Fault::new(format!("the {role} is not {kind}"), format!("the {role} {value:?} is not {kind}"))
        })
    }

    /// Position of the column among `names`.
    pub(super) fn find(&self, path: &Path, format: &Format, names: &[String]) -> Result<usize> {
        let bare = |found: &str| found.split(':').next().unwrap_or_default().to_owned();
        // Some official headers end in a blank.
        let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
        let index = match self.column {
            Column::Index(index) => (*index < names.len()).then_some(*index),
            Column::Name(name) if format.typed_header => names.iter().position(|found| bare(found) == *name),
            Column::Name(name) => names.iter().position(|found| found == name),
        };
        let width = names.len();
        index.ok_or_else(|| Error::MissingColumn {
            path: path.to_owned(),
            column: self.column.to_string(),
            found: if format.header { names } else { vec![format!("{width} columns")] },
        })
    }
}

/// Some consecutive rows: the requested columns, in the order of the requests.
pub(super) struct Batch {
    columns: Vec<Series>,
    rows: usize,
}

impl Batch {
    /// Casts columns, in one lazy query. `indices` tells where each request is in `frame`.
    ///
    /// `Err` holds the engine's message when some value is not what its request says.
    pub(super) fn cast(
        frame: DataFrame,
        indices: &[usize],
        requests: &[Request<'_>],
    ) -> std::result::Result<Self, String> {
        let rows = frame.height();
        let columns = select(frame, indices, requests).map_err(|error| error.to_string())?;
        for (request, found) in requests.iter().zip(&columns) {
            if request.required && found.null_count() > 0 {
                return Err(format!("the {} is empty in some row", request.role));
            }
            if request.kind == Kind::Real {
                let values = found.f32().map_err(|error| error.to_string())?;
                if values.iter().flatten().any(|value| !value.is_finite()) {
                    return Err(format!("the {} is not finite in some row", request.role));
                }
            }
        }
        Ok(Self { columns, rows })
    }

    pub(super) fn len(&self) -> usize {
        self.rows
    }

    /// Text of a requested column; `None` where the field is empty.
    pub(super) fn text(&self, at: usize) -> impl Iterator<Item = Option<&str>> {
        self.columns[at].str().expect("requested as text").iter()
    }

    /// Text of a requested column that is marked as required.
    pub(super) fn required_text(&self, at: usize) -> impl Iterator<Item = &str> {
        self.text(at).map(|value| value.expect("checked for empty fields"))
    }

    /// Whole numbers or times of a requested column that is marked as required.
    pub(super) fn integers(&self, at: usize) -> impl Iterator<Item = i64> {
        let values = self.columns[at].i64().expect("requested as integers").iter();
        values.map(|value| value.expect("checked for empty fields"))
    }

    /// Numbers of a requested column; `None` where the field is empty.
    pub(super) fn optional_reals(&self, at: usize) -> impl Iterator<Item = Option<f32>> {
        self.columns[at].f32().expect("requested as real numbers").iter()
    }

    /// Numbers of a requested column that is marked as required.
    pub(super) fn reals(&self, at: usize) -> impl Iterator<Item = f32> {
        self.optional_reals(at).map(|value| value.expect("checked for empty fields"))
    }
}

fn select(frame: DataFrame, indices: &[usize], requests: &[Request<'_>]) -> PolarsResult<Vec<Series>> {
    let names: Vec<PlSmallStr> = frame.columns().iter().map(|column| column.name().clone()).collect();
    // A column may be asked for twice, so that the output is named by position.
    let casts: Vec<_> = requests
        .iter()
        .zip(indices)
        .enumerate()
        .map(|(at, (request, &index))| {
            col(names[index].clone())
                .strict_cast(request.kind.data_type())
                .alias(PlSmallStr::from_string(format!("w{at}")))
        })
        .collect();
    let columns = frame.lazy().select(casts).collect()?.into_columns();
    columns
        .into_iter()
        .zip(requests)
        .map(|(column, request)| match (request.kind, column.dtype()) {
            (Kind::Time(format), DataType::String) => times(&column, format),
            _ => Ok(column),
        })
        .collect()
}

/// Times from text.
fn times(column: &Series, format: TimeFormat) -> PolarsResult<Series> {
    let mut times = Vec::with_capacity(column.len());
    for text in column.str()?.iter() {
        let time = text.map(|text| {
            parse_time(text, format)
                .ok_or_else(|| polars::prelude::polars_err!(ComputeError: "{text:?} is no time"))
        });
        times.push(time.transpose()?);
    }
    Ok(polars::prelude::Series::new(column.name().clone(), times).into_column())
}

/// Reads the requested columns of a file, batch by batch in file order.
///
/// With [`OnBadRows::Fail`](super::OnBadRows::Fail) a malformed row is reported with its line and
/// the number of further bad rows, which takes reading the whole file; `sink` sees no batch after
/// the first bad row.
pub(super) fn read_table(
    path: &Path,
    format: &Format,
    requests: &[Request<'_>],
    bad: &mut BadRows,
    sink: impl FnMut(&Batch) -> Result<()>,
) -> Result<()> {
    match format.kind {
        FileKind::Delimited => delimited::read(path, format, requests, bad, sink),
        FileKind::JsonLines | FileKind::PythonLines => lines::read(path, format, requests, bad, sink),
        FileKind::Parquet | FileKind::Arrow => columnar::read(path, format, requests, bad, sink),
    }
}
