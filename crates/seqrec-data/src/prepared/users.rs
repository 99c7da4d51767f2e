//! The table of users.

use super::columns::Columns;
use super::folder::Folder;
use super::names::Names;
use super::output::Output;
use super::slots::Slots;
use super::values::{Fields, add};
use crate::error::Result;
use crate::features::Field;
use crate::part::Part;
use crate::sequences::Sequences;
use crate::vocabulary::Vocabulary;

pub(super) const TABLE: &str = "users";

const PARTS: [Part; 3] = [Part::Train, Part::Valid, Part::Test];

fn name_of(part: Part) -> &'static str {
    match part {
        Part::Train => "train",
        Part::Valid => "valid",
        Part::Test => "test",
    }
}

pub(super) fn write(sequences: &Sequences, output: &mut Output<'_>) -> Result<()> {
    let users = || 0..sequences.num_users();
    let mut columns = Columns::default();
    columns.integers("user", users().map(|user| user as i64));
    columns.texts("user_id", sequences.user_ids().iter().map(|(id, _)| Some(id)));
    columns.integers("events", users().map(|user| sequences.items(user as u32).len() as i64));
    if let Some(parts) = sequences.parts() {
        columns.texts("part", parts.iter().map(|&part| Some(name_of(part))));
    }
    for field in sequences.user_fields() {
        add(&mut columns, field, users());
    }
    output.add(format!("{TABLE}/part-00000.parquet"), columns)
}

/// What the table says.
pub(super) struct Users {
    pub(super) ids: Vocabulary,
    /// Where each user's events start, and last the number of events.
    pub(super) offsets: Vec<usize>,
    pub(super) parts: Option<Vec<Part>>,
    pub(super) fields: Vec<Field>,
}

pub(super) fn read(folder: &Folder, names: &Names) -> Result<Users> {
    let count = folder.card.users;
    let mut slots = Slots::new(0, count);
    let (mut ids, mut lengths) = (vec![String::new(); count], vec![0; count]);
    let mut parts = None;
    let mut fields = Fields::new(TABLE, names, count);
    folder.for_each_file(TABLE, |file| {
        let at = slots.take_all(file, "user")?;
        for (&at, id) in at.iter().zip(file.required_texts("user_id")?) {
            id.clone_into(&mut ids[at]);
        }
        for (&at, length) in at.iter().zip(file.integers("events")?) {
            let length = usize::try_from(length).ok().filter(|&length| length > 0);
            lengths[at] = length.ok_or_else(|| file.bad(format!("user {at} has no event")))?;
        }
        if file.has("part") {
            let parts = parts.get_or_insert_with(|| vec![Part::Train; count]);
            for (&at, name) in at.iter().zip(file.required_texts("part")?) {
                let part = PARTS.into_iter().find(|&part| name_of(part) == name);
                parts[at] = part.ok_or_else(|| file.bad(format!("user {at}: no part is called {name:?}")))?;
            }
        }
        fields.put(file, &at)
    })?;
    slots.complete(folder, TABLE, "user")?;
    let mut offsets = vec![0];
    for length in lengths {
        offsets.push(offsets[offsets.len() - 1] + length);
    }
    if offsets[count] != folder.card.events {
        let reason = format!("{} events, but the card says {}", offsets[count], folder.card.events);
        return Err(folder.bad(TABLE, reason));
    }
    let ids = Vocabulary::from_names(0, ids.iter().map(String::as_str))?;
    if ids.len() != count {
        return Err(folder.bad(TABLE, "two users have the same id".to_owned()));
    }
    Ok(Users { ids, offsets, parts, fields: fields.finish()? })
}
