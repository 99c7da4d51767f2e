//! Layout of events files.

use serde::{Deserialize, Serialize};

use super::fields::{FieldLayouts, check_fields, field_columns};
use super::format::{Column, FileKind, Format};
use crate::part::Part;

/// Shape of an events file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventsKind {
    /// One event a row.
    #[default]
    Table,
    /// One user a row: the user, then the items, oldest first.
    SequenceLines,
    /// One session a row: the items, oldest first. Its id is the file's part, if it has one, and the
    /// line: `train:17`.
    SessionLines,
}

/// Layout of the events file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventsLayout {
    /// Path below the data set's folder.
    pub file: String,
    /// Part of a published split that the file is. Default: the files say nothing of a split.
    pub part: Option<Part>,
    /// Further files of the same layout, read after the first.
    #[serde(default)]
    pub more: Vec<EventsFile>,
    /// Shape of the files. Default: one event a row.
    #[serde(default)]
    pub kind: EventsKind,
    /// Separator, header and encoding.
    #[serde(default)]
    pub format: Format,
    /// Columns; required for a table.
    pub columns: Option<EventColumns>,
    /// How the time column is written. Default: whole seconds.
    #[serde(default)]
    pub time_format: TimeFormat,
    /// Which rows count as events. Default: all.
    pub keep: Option<Keep>,
    /// What else a table says about an event: its behaviour, its context. Default: nothing.
    #[serde(default)]
    pub fields: FieldLayouts,
}

impl EventsLayout {
    /// Rules that the types cannot express.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.more.iter().any(|more| more.part.is_some() != self.part.is_some()) {
            return Err("either all files have a `part`, or none has".to_owned());
        }
        match (&self.columns, self.kind) {
            (Some(c), EventsKind::Table) => {
                if c.time_offset.is_some()
                    && (c.time.is_none() || self.time_format.unit() != TimeUnit::Milliseconds)
                {
                    return Err("`time_offset` needs a `time` in milliseconds or ISO 8601".to_owned());
                }
                let columns = [&c.rating, &c.time, &c.time_offset].into_iter().filter_map(Option::as_ref);
                let keep = self.keep.as_ref().map(|keep| &keep.column);
                let fields = field_columns(&self.fields);
                self.format.check([&c.user, &c.item].into_iter().chain(columns).chain(keep).chain(fields))?;
                check_fields(&self.fields, false)
            }
            (None, EventsKind::Table) => Err("a table needs `columns`".to_owned()),
            (Some(_), _) => Err("lines of items have no `columns`".to_owned()),
            (None, _) if self.keep.is_some() || !self.fields.is_empty() => {
                Err("lines of items have no `keep` and no `fields`".to_owned())
            }
            (None, _) if self.format.kind != FileKind::Delimited => {
                Err("lines of items are delimited text".to_owned())
            }
            (None, _) => self.format.check([]),
        }
    }

    /// All files and their parts, in the order in which they are read.
    pub fn files(&self) -> impl Iterator<Item = (&str, Option<Part>)> {
        let more = self.more.iter().map(|more| (more.file.as_str(), more.part));
        std::iter::once((self.file.as_str(), self.part)).chain(more)
    }
}

/// One more events file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventsFile {
    /// Path below the data set's folder.
    pub file: String,
    /// Part of a published split that the file is.
    pub part: Option<Part>,
}

/// Columns of an events table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventColumns {
    /// Raw user id, or session id.
    pub user: Column,
    /// Raw item id.
    pub item: Column,
    /// Rating, a finite number.
    pub rating: Option<Column>,
    /// Time, as [`EventsLayout::time_format`] says.
    pub time: Option<Column>,
    /// Milliseconds to be added to the time, where the time is only a date.
    pub time_offset: Option<Column>,
}

/// How times are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeFormat {
    /// Whole seconds since 1970.
    #[default]
    Seconds,
    /// Whole milliseconds since 1970.
    Milliseconds,
    /// Seconds since 1970 with a fraction, of which milliseconds are kept.
    FractionalSeconds,
    /// A date, or a date and time, in ISO 8601; UTC unless it has an offset.
    Iso,
}

impl TimeFormat {
    /// Unit in which the times are kept.
    #[must_use]
    pub fn unit(self) -> TimeUnit {
        match self {
            Self::Seconds => TimeUnit::Seconds,
            Self::Milliseconds | Self::FractionalSeconds | Self::Iso => TimeUnit::Milliseconds,
        }
    }
}

/// Unit of event times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeUnit {
    /// Seconds since 1970.
    #[default]
    Seconds,
    /// Milliseconds since 1970.
    Milliseconds,
}

/// A condition that a row must meet to count as an event.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keep {
    /// Column looked at.
    pub column: Column,
    /// Accepted values.
    pub values: Vec<String>,
}
