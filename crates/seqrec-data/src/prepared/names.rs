//! The table that numbers the values of columns of categories.

use std::collections::BTreeMap;

use super::columns::Columns;
use super::folder::Folder;
use super::output::Output;
use super::slots::Slots;
use super::values::column_of;
use super::{events, items, users};
use crate::error::Result;
use crate::features::FieldValues;
use crate::sequences::Sequences;

const TABLE: &str = "names";

/// Names by table and column; the name of code `c >= 1` is at `c - 1`.
#[derive(Debug)]
pub(super) struct Names(BTreeMap<(String, String), Vec<String>>);

impl Names {
    /// The names of all fields of categories.
    pub(super) fn of_all(sequences: &Sequences) -> Self {
        let tables = [
            (events::TABLE, sequences.event_fields()),
            (items::TABLE, sequences.item_fields()),
            (users::TABLE, sequences.user_fields()),
        ];
        let mut names = BTreeMap::new();
        for (table, field) in tables.iter().flat_map(|(table, fields)| fields.iter().map(move |f| (table, f)))
        {
            let own = match field.values() {
                FieldValues::Single(values) => values.names(),
                FieldValues::List(values) => values.names(),
                FieldValues::Number(_) => continue,
            };
            names.insert(((*table).to_owned(), column_of(field)), own.to_vec());
        }
        Self(names)
    }

    /// Names of a column. A column without any value has none.
    pub(super) fn of(&self, table: &str, column: &str) -> &[String] {
        self.0.get(&(table.to_owned(), column.to_owned())).map_or(&[], Vec::as_slice)
    }

    pub(super) fn write(&self, output: &mut Output<'_>) -> Result<()> {
        let rows = || self.0.iter().flat_map(|(of, names)| names.iter().zip(1..).map(move |row| (of, row)));
        let mut columns = Columns::default();
        columns.texts("table", rows().map(|((table, _), _)| Some(table.as_str())));
        columns.texts("column", rows().map(|((_, column), _)| Some(column.as_str())));
        columns.integers("code", rows().map(|(_, (_, code))| code));
        columns.texts("name", rows().map(|(_, (name, _))| Some(name.as_str())));
        output.add(format!("{TABLE}/part-00000.parquet"), columns)
    }

    pub(super) fn read(folder: &Folder) -> Result<Self> {
        let mut rows: BTreeMap<(String, String), Vec<(i64, String)>> = BTreeMap::new();
        folder.for_each_file(TABLE, |file| {
            let (tables, columns) = (file.required_texts("table")?, file.required_texts("column")?);
            let (codes, names) = (file.integers("code")?, file.required_texts("name")?);
            for (((table, column), code), name) in tables.into_iter().zip(columns).zip(codes).zip(names) {
                let own = rows.entry((table.to_owned(), column.to_owned())).or_default();
                own.push((code, name.to_owned()));
            }
            Ok(())
        })?;
        let ordered = rows.into_iter().map(|(of, own)| {
            let names =
                in_order(own).map_err(|why| folder.bad(TABLE, format!("{}, {}: {why}", of.0, of.1)))?;
            Ok((of, names))
        });
        Ok(Self(ordered.collect::<Result<_>>()?))
    }
}

/// Names by code, each code from 1 on exactly once.
fn in_order(rows: Vec<(i64, String)>) -> std::result::Result<Vec<String>, String> {
    let mut slots = Slots::new(1, rows.len());
    let mut names = vec![String::new(); rows.len()];
    for (code, name) in rows {
        names[slots.take(code).map_err(|why| format!("code {why}"))?] = name;
    }
    Ok(names)
}
