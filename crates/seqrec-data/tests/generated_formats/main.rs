//! Official formats on generated files: headers, separators and quirks to the letter.

mod alimama;
mod amazon_2014;
mod amazon_later;
mod movielens;
mod recbole;
mod sessions;
mod shops;
mod taobao;

use std::io::Write as _;

use seqrec_data::{Manifest, PrepareConfig, Result, Sequences, load};

/// Prepares the data set of a built-in manifest from files of these contents.
fn try_read(name: &str, files: &[(&str, &[u8])]) -> Result<Sequences> {
    let dir = tempfile::tempdir().unwrap();
    for (file, bytes) in files {
        std::fs::write(dir.path().join(file), bytes).unwrap();
    }
    load(&Manifest::builtin(name)?, dir.path())?.prepare(&PrepareConfig::default())
}

fn read(name: &str, files: &[(&str, &[u8])]) -> Sequences {
    try_read(name, files).unwrap()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// The item with a raw id.
fn item(sequences: &Sequences, raw: &str) -> u32 {
    sequences.item_ids().code(raw).unwrap_or_else(|| panic!("no item {raw}"))
}

/// Raw ids of the items of the user with a raw id, oldest first.
fn history<'a>(sequences: &'a Sequences, raw: &str) -> Vec<&'a str> {
    let user = sequences.user_ids().code(raw).unwrap_or_else(|| panic!("no user {raw}"));
    sequences.items(user).iter().map(|&item| sequences.item_ids().name(item).unwrap()).collect()
}

/// Times of the user with a raw id.
fn times<'a>(sequences: &'a Sequences, raw: &str) -> &'a [i64] {
    sequences.times(sequences.user_ids().code(raw).unwrap()).unwrap()
}

/// A category of an item, by the name of the field.
fn of_item<'a>(sequences: &'a Sequences, field: &str, raw: &str) -> Option<&'a str> {
    sequences.item_field(field).unwrap().single().unwrap().name_of(item(sequences, raw))
}

/// The categories of the events of a user, by the name of the field.
fn of_events<'a>(sequences: &'a Sequences, field: &str, raw: &str) -> Vec<Option<&'a str>> {
    let field = sequences.event_field(field).unwrap().single().unwrap();
    let user = sequences.user_ids().code(raw).unwrap();
    sequences.event_rows(user).map(|row| field.name_of(row as u32)).collect()
}

/// User `u` meets items `u`, `u + 1`, ... of `items`, latest first in the file.
fn rows(users: usize, items: usize, each: usize) -> Vec<(usize, usize, usize)> {
    let of_user = |user| (0..each).rev().map(move |step| (user, (user + step) % items, step));
    (0..users).flat_map(of_user).collect()
}

/// Checks histories that were made by [`rows`].
fn check(sequences: &Sequences, users: usize, items: usize, each: usize, raw: impl Fn(usize) -> String) {
    assert_eq!((sequences.num_users(), sequences.num_items()), (users, items));
    for user in 0..users {
        let found: Vec<_> = sequences
            .items(user as u32)
            .iter()
            .map(|&item| sequences.item_ids().name(item).unwrap())
            .collect();
        let expected: Vec<_> = (0..each).map(|step| raw((user + step) % items)).collect();
        assert_eq!(found, expected);
    }
}
