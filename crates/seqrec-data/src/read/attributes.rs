//! Item attributes as one JSON object: `{"item": [attribute, ...], ...}`.

use std::path::Path;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::input::Input;
use super::items::ItemTable;
use crate::error::{Error, Result};
use crate::features::FieldBuilder;
use crate::manifest::Duplicates;
use crate::sequences::GENRES;

/// Reads attributes as genres. Items keep the order of the file.
pub(super) fn read_attributes(path: &Path, duplicates: Duplicates) -> Result<ItemTable> {
    let mut bytes = Vec::new();
    Input::open(path)?.fill(&mut bytes, usize::MAX)?;
    let Entries(entries) = serde_json::from_slice(&bytes).map_err(|error| Error::MalformedRow {
        path: path.to_owned(),
        line: error.line().max(1) as u64,
        reason: error.to_string(),
        more: 0,
    })?;
    if entries.is_empty() {
        return Err(Error::EmptyFile { path: path.to_owned() });
    }
    let mut table = ItemTable::default();
    let mut genres = FieldBuilder::list(GENRES, String::new(), None);
    for (item, attributes) in entries {
        if table.add(&item, duplicates, path)? {
            let names: Vec<String> = attributes
                .into_iter()
                .map(|attribute| match attribute {
                    Attribute::Number(number) => number.to_string(),
                    Attribute::Text(text) => text,
                })
                .collect();
            genres.push_values(names.iter().map(String::as_str))?;
        }
    }
    table.fields.push(genres.finish()?);
    Ok(table)
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Attribute {
    Number(serde_json::Number),
    Text(String),
}

/// Members of the object in file order, which a map type would lose.
struct Entries(Vec<(String, Vec<Attribute>)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Entries;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object from item ids to lists of attributes")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ItemTable> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.json");
        std::fs::write(&path, text).unwrap();
        read_attributes(&path, Duplicates::Error)
    }

    #[test]
    fn file_order_is_kept() {
        let table = read(r#"{"9": [7, 5], "10": ["x"], "2": []}"#).unwrap();
        let ids: Vec<_> = table.ids.iter().map(|(id, _)| id).collect();
        assert_eq!(ids, ["9", "10", "2"]);
        let genres = table.fields[0].list().unwrap();
        assert_eq!(genres.names(), ["7", "5", "x"]);
        assert_eq!((genres.of(0), genres.of(1), genres.of(2)), (&[1, 2][..], &[3][..], &[][..]));
    }

    #[test]
    fn broken_json_names_its_line() {
        let error = read("{\"9\": [7],\n\"8\": 3}").unwrap_err();
        assert!(matches!(error, Error::MalformedRow { line: 2, .. }), "{error}");
        assert!(matches!(read(r#"{"9": [], "9": []}"#), Err(Error::DuplicateId { .. })));
        assert!(matches!(read("{}"), Err(Error::EmptyFile { .. })));
    }
}
