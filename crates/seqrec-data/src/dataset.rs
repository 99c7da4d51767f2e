//! A data set as read from its files, before preparation.

use std::path::Path;

use crate::error::{Error, Result};
use crate::events::EventLog;
use crate::manifest::{Layout, Manifest};
use crate::read::{
    BadRows, ItemTable, OnBadRows, SkippedRows, UserTable, find, read_events, read_items, read_users,
};

/// Events with what the item and user files say. [`prepare`](Self::prepare) turns it into
/// [`Sequences`](crate::Sequences).
#[derive(Debug, Clone)]
pub struct Dataset {
    log: EventLog,
    pub(crate) items: Option<ItemTable>,
    pub(crate) users: Option<UserTable>,
}

/// Reads the data set that `manifest` describes from the files in `dir`.
///
/// The first layout whose events file exists is read: the official one, then those of other
/// sources. Its other files must then be there too. A file may be packed with gzip or zstd.
///
/// # Errors
/// [`Error::NoLayout`] when no events file is there, [`Error::MissingFile`],
/// [`Error::EmptyFile`], [`Error::MissingColumn`], [`Error::MalformedRow`], [`Error::Changed`] and
/// the like, each with the file and, for rows, the line.
pub fn load(manifest: &Manifest, dir: impl AsRef<Path>) -> Result<Dataset> {
    load_with(manifest, dir, OnBadRows::Fail).map(|(dataset, _)| dataset)
}

/// [`load`] that may leave out rows that break the format, and tells which.
///
/// # Errors
/// Those of [`load`]. A file without a single good row is an error even if bad rows are skipped.
pub fn load_with(
    manifest: &Manifest,
    dir: impl AsRef<Path>,
    on_bad_rows: OnBadRows,
) -> Result<(Dataset, SkippedRows)> {
    let dir = dir.as_ref();
    let layout = find_layout(manifest, dir)?;
    let mut bad = BadRows::new(on_bad_rows);
    let dataset = read_layout(layout, dir, &mut bad)?;
    let skipped = bad.into_skipped();
    tracing::info!(
        name = manifest.name,
        file = layout.events.file,
        users = dataset.log.users().len(),
        items = dataset.log.items().len(),
        events = dataset.log.len(),
        skipped = skipped.total(),
        "data set read"
    );
    Ok((dataset, skipped))
}

/// The layout that fits the files in `dir`.
pub(crate) fn find_layout<'a>(manifest: &'a Manifest, dir: &Path) -> Result<&'a Layout> {
    manifest.layouts().find(|layout| find(dir, &layout.events.file).is_some()).ok_or_else(|| {
        Error::NoLayout {
            dir: dir.to_owned(),
            looked_for: manifest.layouts().map(|layout| layout.events.file.clone()).collect(),
        }
    })
}

fn read_layout(layout: &Layout, dir: &Path, bad: &mut BadRows) -> Result<Dataset> {
    Ok(Dataset {
        log: read_events(dir, &layout.events, bad)?,
        items: layout.items.as_ref().map(|items| read_items(dir, items, bad)).transpose()?,
        users: layout.users.as_ref().map(|users| read_users(dir, users, bad)).transpose()?,
    })
}

impl Dataset {
    /// The events in file order.
    #[must_use]
    pub fn log(&self) -> &EventLog {
        &self.log
    }

    pub(crate) fn with_items(log: EventLog, items: ItemTable) -> Self {
        Self { log, items: Some(items), users: None }
    }
}

impl From<EventLog> for Dataset {
    fn from(log: EventLog) -> Self {
        Self { log, items: None, users: None }
    }
}
