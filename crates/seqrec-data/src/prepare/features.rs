//! Joins item and user tables to the users and items that were kept.

use crate::error::Result;
use crate::features::{Categories, Genres, UserField};
use crate::read::{ItemTable, UserTable};
use crate::sequences::Sequences;
use crate::vocabulary::Vocabulary;

/// Adds catalogue order, titles, categories and genres.
///
/// Names are numbered from 1 by first appearance among the kept items, in the order of the
/// item file.
pub(super) fn add_items(sequences: &mut Sequences, table: &ItemTable) -> Result<()> {
    let slots = sequences.num_items() + 1;
    let listed: Vec<(usize, u32)> = table
        .ids
        .iter()
        .enumerate()
        .filter_map(|(row, (raw, _))| Some((row, sequences.item_ids.code(raw)?)))
        .collect();
    sequences.catalogue = listed.iter().map(|&(_, item)| item).collect();

    if let Some(titles) = &table.titles {
        let mut by_item = vec![String::new(); slots - 1];
        for &(row, item) in &listed {
            by_item[item as usize - 1].clone_from(&titles[row]);
        }
        sequences.titles = Some(by_item);
    }

    if table.categories.is_some() || table.genres.is_some() {
        let mut names = Vocabulary::starting_at(1);
        let mut codes = vec![0; slots];
        for &(row, item) in &listed {
            if let Some(name) = category(table, row) {
                codes[item as usize] = names.intern(name)?;
            }
        }
        sequences.categories = Some(Categories::new(owned(&names), codes)?);
    }

    if let Some(genres) = &table.genres {
        let mut names = Vocabulary::starting_at(1);
        let mut by_item: Vec<Vec<u32>> = vec![Vec::new(); slots];
        for &(row, item) in &listed {
            let own = genres[row].iter().filter_map(|&code| table.genre_names.name(code));
            by_item[item as usize] = own.map(|name| names.intern(name)).collect::<Result<_>>()?;
        }
        let mut offsets = vec![0; slots + 1];
        for (item, own) in by_item.iter().enumerate() {
            offsets[item + 1] = offsets[item] + own.len();
        }
        sequences.genres = Some(Genres { names: owned(&names), offsets, codes: by_item.concat() });
    }
    Ok(())
}

/// The category column where the table has one, else the first genre.
fn category(table: &ItemTable, row: usize) -> Option<&str> {
    match (&table.categories, &table.genres) {
        (Some(categories), _) => table.category_names.name(categories[row]?),
        (None, Some(genres)) => table.genre_names.name(*genres[row].first()?),
        (None, None) => None,
    }
}

/// Adds user fields. Values are numbered from 1 by first appearance among the kept users.
pub(super) fn add_users(sequences: &mut Sequences, table: &UserTable) -> Result<()> {
    let rows: Vec<Option<u32>> = sequences.user_ids.iter().map(|(raw, _)| table.ids.code(raw)).collect();
    for field in &table.fields {
        let mut names = Vocabulary::starting_at(1);
        let mut codes = Vec::with_capacity(rows.len());
        for row in &rows {
            let value = row.and_then(|row| field.values[row as usize].as_deref());
            codes.push(value.map_or(Ok(0), |value| names.intern(value))?);
        }
        sequences.user_fields.push(UserField { name: field.name.clone(), values: owned(&names), codes });
    }
    Ok(())
}

fn owned(names: &Vocabulary) -> Vec<String> {
    names.iter().map(|(name, _)| name.to_owned()).collect()
}
