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
        parts: users.parts,
        raw: folder.card.raw,
    };
    sequences.check_times().map_err(|error| folder.bad(events::TABLE, error.to_string()))?;
    Ok((sequences, folder.card))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::error::Error;
    use crate::features::{Categories, Field};
    use crate::prepare::PrepareConfig;
    use crate::prepared::columns::Columns;
    use crate::prepared::write::{Description, write_prepared};
    use crate::read::SkippedRows;

    fn example() -> Sequences {
        let size = Categories::from_names([None, Some("s"), Some("l")]).unwrap();
        Sequences::from_histories(&[vec![1, 2, 1], vec![2]], 2)
            .unwrap()
            .with_times(vec![1, 5, 5, 3])
            .unwrap()
            .with_item_field(Field::new("size", size))
            .unwrap()
    }

    /// Rows of (user, position, item, time) that mean [`example`].
    const EVENTS: [[i64; 4]; 4] = [[1, 0, 2, 3], [0, 2, 1, 5], [0, 0, 1, 1], [0, 1, 2, 5]];

    fn columns(names: &[&str], rows: &[[i64; 4]]) -> Vec<u8> {
        let mut columns = Columns::default();
        for (at, name) in names.iter().enumerate() {
            columns.integers(name, rows.iter().map(|row| row[at]));
        }
        columns.into_parquet().unwrap()
    }

    /// A folder as another program writes it: without checksums, with `events` in two files.
    fn foreign(events: &[[i64; 4]], names: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let prepare = PrepareConfig::default();
        let skipped = SkippedRows::default();
        let description =
            Description { name: "x", prepare: &prepare, skipped: &skipped, key: None, partitions: 1 };
        let card = write_prepared(&example(), &description, dir.path().join("out")).unwrap();
        let folder = dir.path().join("out");
        fs::write(folder.join(FILE), PreparedCard { files: None, ..card }.to_json()).unwrap();
        fs::remove_dir_all(folder.join("events")).unwrap();
        fs::create_dir_all(folder.join("events/user_hash=1")).unwrap();
        let (first, second) = events.split_at(2);
        fs::write(folder.join("events/b.parquet"), columns(names, first)).unwrap();
        fs::write(folder.join("events/user_hash=1/a.parquet"), columns(names, second)).unwrap();
        fs::write(folder.join("events/_SUCCESS"), "").unwrap();
        fs::write(folder.join("events/.b.parquet.crc"), "").unwrap();
        dir
    }

    const NAMES: [&str; 4] = ["user", "position", "item", "time"];

    #[test]
    fn rows_may_lie_anywhere() {
        let dir = foreign(&EVENTS, &NAMES);
        assert_eq!(read_prepared(dir.path().join("out")).unwrap().0, example());
        let mut mirrored = EVENTS;
        mirrored.reverse();
        let dir = foreign(&mirrored, &NAMES);
        assert_eq!(read_prepared(dir.path().join("out")).unwrap().0, example());
    }

    #[test]
    fn rows_that_are_twice_or_nowhere_or_impossible_are_named() {
        let with = |at: usize, row| {
            let mut events = EVENTS;
            events[at] = row;
            events
        };
        for (events, message) in [
            (with(0, [0, 0, 1, 1]), "occur twice"),
            (with(0, [0, 3, 1, 1]), "no event of user 0 has position 3"),
            (with(0, [2, 0, 1, 1]), "no event of user 2"),
            (with(0, [1, 0, 3, 1]), "row 0: no such item"),
            (with(0, [1, 0, 0, 1]), "row 0: no such item"),
            (with(1, [0, 2, 1, 4]), "time 4 after 5"),
        ] {
            let dir = foreign(&events, &NAMES);
            let error = read_prepared(dir.path().join("out")).unwrap_err();
            assert!(matches!(error, Error::BadPrepared { .. }), "{error}");
            assert!(error.to_string().contains(message), "{error}");
        }
        let dir = foreign(&EVENTS, &NAMES);
        fs::remove_file(dir.path().join("out/events/b.parquet")).unwrap();
        let error = read_prepared(dir.path().join("out")).unwrap_err().to_string();
        assert!(error.contains("user 0 has no event at position 2"), "{error}");
    }

    #[test]
    fn tables_must_fit_together() {
        let dir = foreign(&EVENTS, &["user", "position", "item", "when"]);
        assert!(matches!(read_prepared(dir.path().join("out")), Err(Error::MissingColumn { .. })));
        let dir = foreign(&EVENTS, &NAMES);
        let second = dir.path().join("out/events/user_hash=1/a.parquet");
        fs::write(second, columns(&NAMES[..3], &EVENTS[2..])).unwrap();
        let error = read_prepared(dir.path().join("out")).unwrap_err().to_string();
        assert!(error.contains("not those of the table's other files"), "{error}");
        let dir = foreign(&EVENTS, &NAMES);
        let out = dir.path().join("out");
        fs::write(out.join("names/part-00000.parquet"), columns(&["code"], &[])).unwrap();
        assert!(matches!(read_prepared(&out), Err(Error::MissingColumn { .. })));
        fs::remove_file(out.join("names/part-00000.parquet")).unwrap();
        let error = read_prepared(&out).unwrap_err().to_string();
        assert!(error.contains("\"s\" is not in the table of names"), "{error}");
        let card = PreparedCard::read(&out).unwrap();
        for (wrong, message) in [
            (PreparedCard { events: 5, ..card.clone() }, "4 events, but the card says 5"),
            (PreparedCard { users: 3, ..card.clone() }, "user 2 is missing"),
            (PreparedCard { users: 1, ..card }, "1 is not from 0 to 0"),
        ] {
            fs::write(out.join(FILE), wrong.to_json()).unwrap();
            let error = read_prepared(&out).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }
}
