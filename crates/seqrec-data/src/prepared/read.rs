//! Reads a prepared folder.

use std::path::Path;

use super::card::{FILE, PreparedCard};
use super::folder::Folder;
use super::names::Names;
use super::{events, items, users};
use crate::error::Result;
use crate::sequences::Sequences;

/// Whether `dir` is a prepared folder, going by its card.
#[must_use]
pub fn is_prepared(dir: impl AsRef<Path>) -> bool {
    dir.as_ref().join(FILE).is_file()
}

/// Reads the sequences in the folder `dir`, and its card.
///
/// Every file is compared with the size and checksum in the card, where the card has them. Users,
/// items and events must be there exactly once, whatever files their rows are in.
///
/// # Errors
/// [`Error::MissingFile`](crate::Error::MissingFile), [`Error::MissingColumn`](crate::Error::MissingColumn)
/// and [`Error::BadPrepared`](crate::Error::BadPrepared), with the file or table and what is wrong.
pub fn read_prepared(dir: impl AsRef<Path>) -> Result<(Sequences, PreparedCard)> {
    let folder = Folder::open(dir.as_ref())?;
    let names = Names::read(&folder)?;
    let users = users::read(&folder, &names)?;
    let items = items::read(&folder, &names)?;
    let events = events::read(&folder, &names, &users.offsets)?;
    let sequences = Sequences {
        offsets: users.offsets,
        items: events.items,
        times: events.times,
        time_unit: folder.card.time_unit,
        ratings: events.ratings,
        user_ids: users.ids,
        item_ids: items.ids,
        catalogue: items.catalogue,
        titles: items.titles,
        item_fields: items.fields,
        user_fields: users.fields,
        event_fields: events.fields,
        raw: folder.card.raw,
    };
    sequences.check_times().map_err(|error| folder.bad(events::TABLE, error.to_string()))?;
    Ok((sequences, folder.card))
}
