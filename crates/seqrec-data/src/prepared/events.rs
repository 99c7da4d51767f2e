//! The table of events.

use super::columns::Columns;
use super::folder::Folder;
use super::names::Names;
use super::output::Output;
use super::partition::files;
use super::values::{Fields, add};
use crate::error::Result;
use crate::features::Field;
use crate::sequences::{PAD, Sequences};

pub(super) const TABLE: &str = "events";

pub(super) fn write(sequences: &Sequences, partitions: u32, output: &mut Output<'_>) -> Result<()> {
    for (path, users) in files(sequences, partitions) {
        let rows = || users.iter().flat_map(|&user| sequences.event_rows(user));
        let per_event = || {
            users.iter().flat_map(|&user| (0..sequences.items(user).len()).map(move |place| (user, place)))
        };
        let mut columns = Columns::default();
        columns.integers("user", per_event().map(|(user, _)| i64::from(user)));
        columns.integers("position", per_event().map(|(_, place)| place as i64));
        columns.integers("item", rows().map(|row| i64::from(sequences.items[row])));
        if let Some(times) = &sequences.times {
            columns.integers("time", rows().map(|row| times[row]));
        }
        if let Some(ratings) = &sequences.ratings {
            columns.reals("rating", rows().map(|row| Some(ratings[row])));
        }
        for field in sequences.event_fields() {
            add(&mut columns, field, rows());
        }
        output.add(path, columns)?;
    }
    Ok(())
}

/// What the table says, in the order of users and positions.
pub(super) struct Events {
    pub(super) items: Vec<u32>,
    pub(super) times: Option<Vec<i64>>,
    pub(super) ratings: Option<Vec<f32>>,
    pub(super) fields: Vec<Field>,
}

pub(super) fn read(folder: &Folder, names: &Names, offsets: &[usize]) -> Result<Events> {
    let (users, count) = (offsets.len() - 1, offsets[offsets.len() - 1]);
    let mut items = vec![PAD; count];
    let mut times = folder.card.time_unit.map(|_| vec![0; count]);
    let mut ratings = None;
    let mut fields = Fields::new(TABLE, names, count);
    folder.for_each_file(TABLE, |file| {
        let numbers = file.integers("user")?.into_iter().zip(file.integers("position")?);
        let mut at = Vec::new();
        for (user, position) in numbers {
            let place = || {
                let user = usize::try_from(user).ok().filter(|&user| user < users)?;
                let row = offsets[user].checked_add(usize::try_from(position).ok()?)?;
                (row < offsets[user + 1]).then_some(row)
            };
            let bad = || file.bad(format!("no event of user {user} has position {position}"));
            at.push(place().ok_or_else(bad)?);
        }
        for (row, (&at, item)) in at.iter().zip(file.integers("item")?).enumerate() {
            if items[at] != PAD {
                return Err(file.bad(format!("row {row}: user and position occur twice")));
            }
            let item = u32::try_from(item).ok().filter(|&id| id != PAD && id as usize <= folder.card.items);
            items[at] = item.ok_or_else(|| file.bad(format!("row {row}: no such item")))?;
        }
        if let Some(times) = &mut times {
            at.iter().zip(file.integers("time")?).for_each(|(&at, time)| times[at] = time);
        }
        if file.has("rating") {
            let ratings = ratings.get_or_insert_with(|| vec![f32::NAN; count]);
            for (&at, rating) in at.iter().zip(file.reals("rating")?) {
                ratings[at] = rating.unwrap_or(f32::NAN);
            }
        }
        fields.put(file, &at)
    })?;
    let missing = |what: &str, row: usize| {
        let user = offsets.partition_point(|&start| start <= row) - 1;
        folder.bad(TABLE, format!("user {user} has no {what} at position {}", row - offsets[user]))
    };
    if let Some(row) = items.iter().position(|&item| item == PAD) {
        return Err(missing("event", row));
    }
    if let Some(row) = ratings.iter().flatten().position(|rating| !f32::is_finite(*rating)) {
        return Err(missing("rating", row));
    }
    Ok(Events { items, times, ratings, fields: fields.finish()? })
}
