//! Columns of categories, lists and numbers: from field to file and back.

use std::collections::HashMap;

use super::columns::Columns;
use super::names::Names;
use super::table_file::{ColumnType, TableFile};
use crate::error::Result;
use crate::features::{Categories, CategoryLists, Field, FieldValues, Numbers};

/// What the column of a field is called.
const PREFIX: &str = "field_";

/// Name of the column of a field.
pub(super) fn column_of(field: &Field) -> String {
    format!("{PREFIX}{}", field.name())
}

/// Adds the column of a field, with the values of `rows`.
pub(super) fn add(columns: &mut Columns, field: &Field, rows: impl Iterator<Item = usize>) {
    let name = &column_of(field);
    match field.values() {
        FieldValues::Single(values) => {
            columns.texts(name, rows.map(|row| values.name(values.codes()[row])));
        }
        FieldValues::List(values) => {
            let own = |row: usize| &values.codes()[values.offsets()[row]..values.offsets()[row + 1]];
            let text = |&code: &u32| values.names()[code as usize - 1].as_str();
            columns.lists(name, rows.map(|row| own(row).iter().map(text)));
        }
        FieldValues::Number(values) => {
            let number = |row: usize| Some(values.values()[row]).filter(|value| !value.is_nan());
            columns.reals(name, rows.map(number));
        }
    }
}

/// The value of a row, for people; of a number also the bits, since two of them may look alike.
pub(super) fn text(field: &Field, row: usize) -> String {
    match field.values() {
        FieldValues::Single(values) => format!("{:?}", values.name(values.codes()[row])),
        FieldValues::List(values) => {
            let codes = &values.codes()[values.offsets()[row]..values.offsets()[row + 1]];
            let names: Vec<_> = codes.iter().map(|&code| values.name(code).unwrap_or_default()).collect();
            format!("{names:?}")
        }
        FieldValues::Number(values) => {
            let value = values.values()[row];
            format!("{value} (bits {:08x})", value.to_bits())
        }
    }
}

/// The fields of one table while its files are read.
pub(super) struct Fields<'a> {
    table: &'static str,
    names: &'a Names,
    rows: usize,
    columns: Option<Vec<(String, Column<'a>)>>,
}

impl<'a> Fields<'a> {
    /// For a table of `rows` rows.
    pub(super) fn new(table: &'static str, names: &'a Names, rows: usize) -> Self {
        Self { table, names, rows, columns: None }
    }

    /// Takes the values of a file; those of its row `i` belong to row `at[i]`.
    pub(super) fn put(&mut self, file: &TableFile, at: &[usize]) -> Result<()> {
        let columns = self.columns.get_or_insert_with(|| {
            let fields = file.columns().into_iter().filter(|(name, _)| name.starts_with(PREFIX));
            let column = |(name, kind): (String, _)| {
                let column = Column::new(kind, self.names.of(self.table, &name), self.rows);
                (name, column)
            };
            fields.map(column).collect()
        });
        columns.iter_mut().try_for_each(|(name, column)| column.put(file, name, at))
    }

    pub(super) fn finish(self) -> Result<Vec<Field>> {
        let columns = self.columns.unwrap_or_default().into_iter();
        columns.map(|(name, column)| Ok(Field::new(&name[PREFIX.len()..], column.finish()?))).collect()
    }
}

/// Names of a column and their codes.
struct Codes<'a> {
    names: &'a [String],
    codes: HashMap<&'a str, u32>,
}

impl<'a> Codes<'a> {
    fn new(names: &'a [String]) -> Self {
        Self { names, codes: names.iter().map(String::as_str).zip(1..).collect() }
    }

    fn of(&self, file: &TableFile, column: &str, value: &str) -> Result<u32> {
        let code = self.codes.get(value).copied();
        code.ok_or_else(|| file.bad(format!("column {column}: {value:?} is not in the table of names")))
    }
}

enum Column<'a> {
    Single(Codes<'a>, Vec<u32>),
    List(Codes<'a>, Vec<Vec<u32>>),
    Number(Vec<f32>),
}

impl<'a> Column<'a> {
    fn new(kind: ColumnType, names: &'a [String], rows: usize) -> Self {
        match kind {
            ColumnType::Text => Self::Single(Codes::new(names), vec![0; rows]),
            ColumnType::List => Self::List(Codes::new(names), vec![Vec::new(); rows]),
            ColumnType::Number => Self::Number(vec![f32::NAN; rows]),
        }
    }

    fn put(&mut self, file: &TableFile, name: &str, at: &[usize]) -> Result<()> {
        match self {
            Self::Single(codes, slots) => {
                for (&at, value) in at.iter().zip(file.texts(name)?) {
                    slots[at] = value.map_or(Ok(0), |value| codes.of(file, name, value))?;
                }
            }
            Self::List(codes, slots) => {
                let (starts, texts) = file.lists(name)?;
                for (&at, bounds) in at.iter().zip(starts.windows(2)) {
                    let own = texts[bounds[0]..bounds[1]].iter();
                    slots[at] = own.map(|value| codes.of(file, name, value)).collect::<Result<_>>()?;
                }
            }
            Self::Number(slots) => {
                for (&at, value) in at.iter().zip(file.reals(name)?) {
                    slots[at] = value.unwrap_or(f32::NAN);
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<FieldValues> {
        Ok(match self {
            Self::Single(codes, slots) => Categories::new(codes.names.to_vec(), slots)?.into(),
            Self::List(codes, slots) => {
                let mut offsets = vec![0];
                for row in &slots {
                    offsets.push(offsets[offsets.len() - 1] + row.len());
                }
                CategoryLists::new(codes.names.to_vec(), offsets, slots.concat())?.into()
            }
            Self::Number(slots) => Numbers::new(slots)?.into(),
        })
    }
}
