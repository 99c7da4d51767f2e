//! Events files.

use std::path::Path;

use super::fields::FieldColumns;
use super::sequence_lines::read_sequence_lines;
use super::table::{Kind, Request, read_table};
use crate::error::{Error, Result};
use crate::events::EventLog;
use crate::manifest::{EventColumns, EventsKind, EventsLayout, Keep};

/// Reads the events file of a layout.
pub(crate) fn read_events(dir: &Path, layout: &EventsLayout) -> Result<EventLog> {
    let path = dir.join(&layout.file);
    match (&layout.columns, layout.kind) {
        (Some(columns), EventsKind::Table) => read_event_table(&path, layout, columns),
        _ => read_sequence_lines(&path, &layout.format),
    }
}

fn read_event_table(path: &Path, layout: &EventsLayout, columns: &EventColumns) -> Result<EventLog> {
    let request = |column, role, kind| Request { column, role, kind, required: true };
    let mut requests =
        vec![request(&columns.user, "user", Kind::Text), request(&columns.item, "item", Kind::Text)];
    let mut optional = |column, role, kind| {
        requests.push(request(column, role, kind));
        requests.len() - 1
    };
    let rating = columns.rating.as_ref().map(|c| optional(c, "rating", Kind::Real));
    let time = columns.time.as_ref().map(|c| optional(c, "time", Kind::Integer));
    let keep = layout.keep.as_ref().map(|k| (optional(&k.column, "kept column", Kind::Text), k));
    let mut fields = FieldColumns::request(&layout.fields, &mut requests);

    let mut log = EventLog::new(time.map(|_| layout.time_unit), rating.is_some());
    read_table(path, &layout.format, &requests, |batch| {
        let kept: Vec<bool> = match keep {
            Some((at, keep)) => {
                batch.required_text(at).map(|value| keep.values.iter().any(|v| v == value)).collect()
            }
            None => vec![true; batch.len()],
        };
        let mut times = time.map(|at| batch.integers(at));
        let mut ratings = rating.map(|at| batch.reals(at));
        for ((user, item), &kept) in batch.required_text(0).zip(batch.required_text(1)).zip(&kept) {
            let time = times.as_mut().and_then(Iterator::next);
            let rating = ratings.as_mut().and_then(Iterator::next);
            if kept {
                log.push_unchecked(user, item, time, rating)?;
            }
        }
        fields.append(batch, &kept)
    })?;
    match keep {
        Some((_, Keep { column, values })) if log.is_empty() => Err(Error::NothingKept {
            path: path.to_owned(),
            column: column.to_string(),
            values: values.clone(),
        }),
        _ => fields.finish()?.into_iter().try_fold(log, EventLog::with_field),
    }
}
