//! Events files.

use std::path::Path;

use super::bad_rows::BadRows;
use super::fields::FieldColumns;
use super::input::locate;
use super::sequence_lines::{Lines, read_sequence_lines};
use super::table::{Batch, Kind, Request, read_table};
use crate::error::{Error, Result};
use crate::events::EventLog;
use crate::manifest::{EventColumns, EventsKind, EventsLayout, Keep};

/// Reads the events files of a layout, one after the other.
pub(crate) fn read_events(dir: &Path, layout: &EventsLayout, bad: &mut BadRows) -> Result<EventLog> {
    match (&layout.columns, layout.kind) {
        (Some(columns), EventsKind::Table) => read_event_tables(dir, layout, columns, bad),
        _ => {
            let mut log = EventLog::new(None, false);
            for (file, part) in layout.files() {
                part.map_or(Ok(()), |part| log.begin_part(part))?;
                let lines = match layout.kind {
                    EventsKind::SessionLines => Lines::Sessions(part),
                    _ => Lines::Users,
                };
                read_sequence_lines(&locate(dir, file), &layout.format, lines, &mut log, bad)?;
            }
            Ok(log)
        }
    }
}

fn read_event_tables(
    dir: &Path,
    layout: &EventsLayout,
    columns: &EventColumns,
    bad: &mut BadRows,
) -> Result<EventLog> {
    let mut requests = Vec::new();
    let positions = Positions::request(layout, columns, &mut requests);
    let mut fields = FieldColumns::request(&layout.fields, &mut requests);
    let unit = positions.time.map(|_| layout.time_format.unit());
    let mut log = EventLog::new(unit, positions.rating.is_some());
    for (file, part) in layout.files() {
        part.map_or(Ok(()), |part| log.begin_part(part))?;
        read_table(&locate(dir, file), &layout.format, &requests, bad, |batch| {
            let kept = positions.append(batch, &mut log)?;
            fields.append(batch, &kept)
        })?;
    }
    match &layout.keep {
        Some(Keep { column, values }) if log.is_empty() => Err(Error::NothingKept {
            path: locate(dir, &layout.file),
            column: column.to_string(),
            values: values.clone(),
        }),
        _ => fields.finish()?.into_iter().try_fold(log, EventLog::with_field),
    }
}

/// Where the requested columns with a fixed meaning are in a batch; user and item come first.
struct Positions<'a> {
    rating: Option<usize>,
    time: Option<usize>,
    offset: Option<usize>,
    keep: Option<(usize, &'a Keep)>,
}

impl<'a> Positions<'a> {
    fn request(layout: &'a EventsLayout, columns: &'a EventColumns, requests: &mut Vec<Request<'a>>) -> Self {
        let mut request = |column, role, kind| {
            requests.push(Request { column, role, kind, required: true });
            requests.len() - 1
        };
        request(&columns.user, "user", Kind::Text);
        request(&columns.item, "item", Kind::Text);
        Self {
            rating: columns.rating.as_ref().map(|column| request(column, "rating", Kind::Real)),
            time: columns.time.as_ref().map(|column| request(column, "time", Kind::Time(layout.time_format))),
            offset: columns.time_offset.as_ref().map(|column| request(column, "time offset", Kind::Integer)),
            keep: layout.keep.as_ref().map(|keep| (request(&keep.column, "kept column", Kind::Text), keep)),
        }
    }

    /// Appends the rows of a batch that count as events, and tells which those are.
    fn append(&self, batch: &Batch, log: &mut EventLog) -> Result<Vec<bool>> {
        let kept: Vec<bool> = match self.keep {
            Some((at, keep)) => {
                batch.required_text(at).map(|value| keep.values.iter().any(|v| v == value)).collect()
            }
            None => vec![true; batch.len()],
        };
        let mut times = self.time.map(|at| batch.integers(at));
        let mut offsets = self.offset.map(|at| batch.integers(at));
        let mut ratings = self.rating.map(|at| batch.reals(at));
        for ((user, item), &kept) in batch.required_text(0).zip(batch.required_text(1)).zip(&kept) {
            let offset = offsets.as_mut().and_then(Iterator::next).unwrap_or(0);
            let time = times.as_mut().and_then(Iterator::next).map(|time| time.saturating_add(offset));
            let rating = ratings.as_mut().and_then(Iterator::next);
            if kept {
                log.push_unchecked(user, item, time, rating)?;
            }
        }
        Ok(kept)
    }
}
