//! The first difference between two prepared folders.

use std::fmt::Debug;
use std::path::Path;

use super::read::read_prepared;
use super::values::text;
use crate::error::Result;
use crate::features::Field;
use crate::sequences::Sequences;
use crate::vocabulary::Vocabulary;

/// Compares two prepared folders to the last row, exactly; `None` if they hold the same sequences.
///
/// How rows are spread over files and in which order they stand does not matter, nor do settings, key
/// and who wrote the folder. The answer names table, row and both values.
///
/// # Errors
/// Those of [`read_prepared`].
pub fn compare_prepared(left: impl AsRef<Path>, right: impl AsRef<Path>) -> Result<Option<String>> {
    let (left, _) = read_prepared(left)?;
    let (right, _) = read_prepared(right)?;
    Ok(difference(&left, &right).err())
}

type Same = std::result::Result<(), String>;

fn difference(left: &Sequences, right: &Sequences) -> Same {
    let Sequences {
        offsets,
        items,
        times,
        time_unit,
        ratings,
        user_ids,
        item_ids,
        catalogue,
        titles,
        item_fields,
        user_fields,
        event_fields,
        parts,
        raw,
    } = left;
    same("counts before filtering", raw, &right.raw)?;
    same("time unit", time_unit, &right.time_unit)?;
    vocabularies("user", user_ids, &right.user_ids)?;
    vocabularies("item", item_ids, &right.item_ids)?;
    let lengths = |sequences: &Sequences| -> Vec<usize> {
        sequences.offsets.windows(2).map(|bounds| bounds[1] - bounds[0]).collect()
    };
    rows(&lengths(left), &lengths(right), |user| format!("number of events of user {}", of(user_ids, user)))?;
    let event = |what: &str, row: usize| {
        let user = offsets.partition_point(|&start| start <= row) - 1;
        format!("{what} of user {} at position {}", of(user_ids, user), row - offsets[user])
    };
    let item = |what: &str, row: usize| format!("{what} of item {}", of(item_ids, row - 1));
    let user = |what: &str, row: usize| format!("{what} of user {}", of(user_ids, row));
    optional_rows("parts", parts.as_deref(), right.parts.as_deref(), |row| user("part", row))?;
    rows(items, &right.items, |row| event("item", row))?;
    optional_rows("times", times.as_deref(), right.times.as_deref(), |row| event("time", row))?;
    let bits = |ratings: &[f32]| -> Vec<u32> { ratings.iter().map(|rating| rating.to_bits()).collect() };
    let (own, others) = (ratings.as_deref().map(bits), right.ratings.as_deref().map(bits));
    optional_rows("ratings", own.as_deref(), others.as_deref(), |row| {
        let value = |ratings: &Option<Vec<f32>>| ratings.as_ref().map_or(f32::NAN, |ratings| ratings[row]);
        format!("{} ({} and {})", event("bits of the rating", row), value(ratings), value(&right.ratings))
    })?;
    rows(catalogue, &right.catalogue, |row| format!("item that the item file lists at place {row}"))?;
    optional_rows("titles", titles.as_deref(), right.titles.as_deref(), |row| item("title", row + 1))?;
    fields("event", event_fields, &right.event_fields, event)?;
    fields("item", item_fields, &right.item_fields, item)?;
    fields("user", user_fields, &right.user_fields, user)
}

fn of(ids: &Vocabulary, row: usize) -> String {
    format!("{row} (id {:?})", ids.name(ids.first() + row as u32).unwrap_or_default())
}

fn same<T: PartialEq + Debug>(what: &str, left: &T, right: &T) -> Same {
    if left == right { Ok(()) } else { Err(format!("{what}: {left:?} and {right:?}")) }
}

fn vocabularies(what: &str, left: &Vocabulary, right: &Vocabulary) -> Same {
    for ((left, code), (right, _)) in left.iter().zip(right.iter()) {
        same(&format!("id of {what} {code}"), &left, &right)?;
    }
    same(&format!("number of {what}s"), &left.len(), &right.len())
}

fn rows<T: PartialEq + Debug>(left: &[T], right: &[T], name: impl Fn(usize) -> String) -> Same {
    match left.iter().zip(right).position(|(left, right)| left != right) {
        Some(row) => Err(format!("{}: {:?} and {:?}", name(row), left[row], right[row])),
        None => same("number of rows", &left.len(), &right.len()),
    }
}

fn optional_rows<T: PartialEq + Debug>(
    what: &str,
    left: Option<&[T]>,
    right: Option<&[T]>,
    name: impl Fn(usize) -> String,
) -> Same {
    same(&format!("presence of {what}"), &left.is_some(), &right.is_some())?;
    rows(left.unwrap_or_default(), right.unwrap_or_default(), name)
}

fn fields(what: &str, left: &[Field], right: &[Field], row_name: impl Fn(&str, usize) -> String) -> Same {
    let summary = |fields: &[Field]| -> Vec<String> {
        fields.iter().map(|field| format!("{} ({:?})", field.name(), field.kind())).collect()
    };
    same(&format!("{what} fields"), &summary(left), &summary(right))?;
    for (left, right) in left.iter().zip(right) {
        if left == right {
            continue;
        }
        let values =
            |field: &Field| -> Vec<String> { (0..field.rows()).map(|row| text(field, row)).collect() };
        rows(&values(left), &values(right), |row| row_name(left.name(), row))?;
        // The same values in every row, so that only their numbers can differ.
        let numbered = |field: &Field| match (field.single(), field.list()) {
            (Some(values), _) => values.names().to_vec(),
            (_, Some(values)) => values.names().to_vec(),
            _ => Vec::new(),
        };
        let (own, others) = (numbered(left), numbered(right));
        rows(&own, &others, |code| format!("{what} field {}, name of code {}", left.name(), code + 1))?;
    }
    Ok(())
}
