//! The table of items.

use super::columns::Columns;
use super::folder::Folder;
use super::names::Names;
use super::output::Output;
use super::slots::Slots;
use super::values::{Fields, add};
use crate::error::Result;
use crate::features::Field;
use crate::sequences::Sequences;
use crate::vocabulary::Vocabulary;

pub(super) const TABLE: &str = "items";

pub(super) fn write(sequences: &Sequences, output: &mut Output<'_>) -> Result<()> {
    let items = || 1..=sequences.num_items();
    let mut listed = vec![None; sequences.num_items() + 1];
    for (place, &item) in (0..).zip(&sequences.catalogue) {
        listed[item as usize] = Some(place);
    }
    let mut columns = Columns::default();
    columns.integers("item", items().map(|item| item as i64));
    columns.texts("item_id", sequences.item_ids().iter().map(|(id, _)| Some(id)));
    columns.optional_integers("listed", items().map(|item| listed[item]));
    if let Some(titles) = &sequences.titles {
        columns.texts("title", titles.iter().map(|title| Some(title.as_str()).filter(|t| !t.is_empty())));
    }
    for field in sequences.item_fields() {
        add(&mut columns, field, items());
    }
    output.add(format!("{TABLE}/part-00000.parquet"), columns)
}

/// What the table says.
pub(super) struct Items {
    pub(super) ids: Vocabulary,
    pub(super) catalogue: Vec<u32>,
    pub(super) titles: Option<Vec<String>>,
    pub(super) fields: Vec<Field>,
}

pub(super) fn read(folder: &Folder, names: &Names) -> Result<Items> {
    let count = folder.card.items;
    let mut slots = Slots::new(1, count);
    let mut ids = vec![String::new(); count];
    let mut titles = None;
    let mut listed = Vec::new();
    let mut fields = Fields::new(TABLE, names, count + 1);
    folder.for_each_file(TABLE, |file| {
        let mut at = slots.take_all(file, "item")?;
        for (&at, id) in at.iter().zip(file.required_texts("item_id")?) {
            id.clone_into(&mut ids[at]);
        }
        if file.has("title") {
            let titles: &mut Vec<String> = titles.get_or_insert_with(|| vec![String::new(); count]);
            for (&at, title) in at.iter().zip(file.texts("title")?) {
                title.unwrap_or_default().clone_into(&mut titles[at]);
            }
        }
        // Rows of item fields are item ids.
        at.iter_mut().for_each(|at| *at += 1);
        let places = file.optional_integers("listed")?;
        listed.extend(at.iter().zip(places).filter_map(|(&item, place)| Some((place?, item as u32))));
        fields.put(file, &at)
    })?;
    slots.complete(folder, TABLE, "item")?;
    let ids = Vocabulary::from_names(1, ids.iter().map(String::as_str))?;
    if ids.len() != count {
        return Err(folder.bad(TABLE, "two items have the same id".to_owned()));
    }
    let mut places = Slots::new(0, listed.len());
    let mut catalogue = vec![0; listed.len()];
    for (place, item) in listed {
        let at = places.take(place).map_err(|why| folder.bad(TABLE, format!("column listed: {why}")))?;
        catalogue[at] = item;
    }
    Ok(Items { ids, catalogue, titles, fields: fields.finish()? })
}
