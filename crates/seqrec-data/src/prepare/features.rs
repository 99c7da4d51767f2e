//! Joins item and user tables to the users and items that were kept.

use crate::features::Field;
use crate::manifest::CategoryFrom;
use crate::read::{ItemTable, UserTable};
use crate::sequences::{CATEGORY, GENRES, Sequences};

/// Adds catalogue order, titles and item fields.
///
/// Categories are numbered from 1 by first appearance among the kept items, in the order of the
/// item file. Without a category column an item's category is one of its genres.
pub(super) fn add_items(sequences: &mut Sequences, table: &ItemTable) {
    let listed: Vec<(usize, usize)> = table
        .ids
        .iter()
        .enumerate()
        .filter_map(|(row, (raw, _))| Some((row, sequences.item_ids.code(raw)? as usize)))
        .collect();
    sequences.catalogue = listed.iter().map(|&(_, item)| item as u32).collect();

    if let Some(titles) = &table.titles {
        let mut by_item = vec![String::new(); sequences.num_items()];
        for &(row, item) in &listed {
            by_item[item - 1].clone_from(&titles[row]);
        }
        sequences.titles = Some(by_item);
    }

    let rows = sequences.num_items() + 1;
    let genres = table.fields.iter().find(|field| field.name() == GENRES).and_then(Field::list);
    if !table.fields.iter().any(|field| field.name() == CATEGORY)
        && let Some(genres) = genres
    {
        let category = match table.category_from {
            CategoryFrom::First => genres.first(),
            CategoryFrom::Last => genres.last(),
        };
        sequences.item_fields.push(Field::new(CATEGORY, category).place(rows, listed.iter().copied()));
    }
    let placed = table.fields.iter().map(|field| field.place(rows, listed.iter().copied()));
    sequences.item_fields.extend(placed);
}

/// Adds user fields. Categories are numbered from 1 by first appearance among the kept users.
/// `owner` tells whose session an id stands for.
pub(super) fn add_users(sequences: &mut Sequences, table: &UserTable, owner: fn(&str) -> &str) {
    let users = sequences.user_ids.iter().zip(0..);
    let known: Vec<(usize, usize)> =
        users.filter_map(|((raw, _), user)| Some((table.ids.code(owner(raw))? as usize, user))).collect();
    let rows = sequences.num_users();
    sequences.user_fields =
        table.fields.iter().map(|field| field.place(rows, known.iter().copied())).collect();
}
