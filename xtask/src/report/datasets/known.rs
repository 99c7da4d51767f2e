//! What is known of events, items and users once the files are read.

use seqrec_data::{
    Manifest,
    manifest::{FieldFormat, FieldLayouts, ItemsKind, ItemsLayout},
};

use super::overview::times;

/// One sentence each about events, items and users.
pub(super) fn sentences(manifest: &Manifest) -> Vec<String> {
    let layout = &manifest.layout;
    let mut sentences = vec![format!("An event has {}.", listed(&of_event(manifest)))];
    if let Some(keep) = &layout.events.keep {
        let values: Vec<String> = keep.values.iter().map(|value| format!("`{value}`")).collect();
        sentences.push(format!("Rows with {} in column {} are events.", values.join(" or "), keep.column));
    }
    if let Some(items) = &layout.items {
        sentences.push(format!("An item has {}.", listed(&of_item(items))));
    }
    if let Some(users) = &layout.users {
        sentences.push(format!("A user has {}.", listed(&named(&users.fields))));
    }
    sentences
}

fn of_event(manifest: &Manifest) -> Vec<String> {
    let events = &manifest.layout.events;
    let mut found = vec!["user".to_owned(), "item".to_owned()];
    if let Some(columns) = &events.columns {
        found.extend(columns.rating.is_some().then(|| "rating".to_owned()));
        found.extend(columns.time.is_some().then(|| format!("time ({})", times(manifest))));
    }
    found.extend(named(&events.fields));
    found
}

fn of_item(items: &ItemsLayout) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(columns) = &items.columns {
        found.extend(columns.title.is_some().then(|| "title".to_owned()));
        found.extend(columns.category.is_some().then(|| "category".to_owned()));
    }
    let genres =
        items.genres.is_some() || items.genre_flags.is_some() || items.kind == ItemsKind::JsonAttributes;
    if genres {
        found.push("`genres` (list), one of which is its category".to_owned());
    }
    found.extend(named(&items.fields));
    found
}

fn named(fields: &FieldLayouts) -> Vec<String> {
    let kind = |kind| match kind {
        FieldFormat::Single => "",
        FieldFormat::List => " (list)",
        FieldFormat::Tokens => " (words)",
        FieldFormat::Number | FieldFormat::Year => " (number)",
    };
    fields.iter().map(|(name, field)| format!("`{name}`{}", kind(field.kind))).collect()
}

fn listed(names: &[String]) -> String {
    match names {
        [] => "nothing but its id".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
