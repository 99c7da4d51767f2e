//! Items files.

use std::path::Path;

use super::attributes::read_attributes;
use super::bad_rows::BadRows;
use super::delimited::width;
use super::fields::FieldColumns;
use super::input::locate;
use super::table::{Batch, Kind, Request, read_table};
use crate::error::{Error, Result};
use crate::features::{Field, FieldBuilder};
use crate::manifest::{CategoryFrom, Column, Duplicates, GenreFlags, ItemColumns, ItemsKind, ItemsLayout};
use crate::sequences::{CATEGORY, GENRES};
use crate::vocabulary::Vocabulary;

/// What an items file says, row by row in file order.
#[derive(Debug, Clone, Default)]
pub(crate) struct ItemTable {
    /// Raw ids; the code is the row.
    pub(crate) ids: Vocabulary,
    pub(crate) titles: Option<Vec<String>>,
    /// Category and genres, under their names, and the fields of the layout.
    pub(crate) fields: Vec<Field>,
    /// Which genre is the category, where there is no category.
    pub(crate) category_from: CategoryFrom,
}

impl ItemTable {
    /// Adds a row. `false` if the id is known and `duplicates` allows to skip it.
    pub(super) fn add(&mut self, id: &str, duplicates: Duplicates, path: &Path) -> Result<bool> {
        let rows = self.ids.len();
        self.ids.intern(id)?;
        match (self.ids.len() > rows, duplicates) {
            (true, _) => Ok(true),
            (false, Duplicates::First) => Ok(false),
            (false, Duplicates::Error) => {
                Err(Error::DuplicateId { path: path.to_owned(), id: id.to_owned() })
            }
        }
    }
}

/// Reads the items file of a layout.
pub(crate) fn read_items(dir: &Path, layout: &ItemsLayout, bad: &mut BadRows) -> Result<ItemTable> {
    let path = locate(dir, &layout.file);
    match (&layout.columns, layout.kind) {
        (Some(columns), ItemsKind::Table) => read_item_table(dir, &path, layout, columns, bad),
        _ => read_attributes(&path, layout.duplicates),
    }
}

fn read_item_table(
    dir: &Path,
    path: &Path,
    layout: &ItemsLayout,
    columns: &ItemColumns,
    bad: &mut BadRows,
) -> Result<ItemTable> {
    let flags = layout.genre_flags.as_ref().map(|flags| FlagColumns::find(dir, path, layout, flags));
    let flags = flags.transpose()?;
    let mut requests =
        vec![Request { column: &columns.item, role: "item", kind: Kind::Text, required: true }];
    let mut optional = |column, role| {
        requests.push(Request { column, role, kind: Kind::Text, required: false });
        requests.len() - 1
    };
    let title = columns.title.as_ref().map(|column| optional(column, "title"));
    let year = columns.year.as_ref().map(|column| optional(column, "year"));
    let category = columns.category.as_ref().map(|column| optional(column, "category"));
    let packed = layout.genres.as_ref().map(|genres| optional(&genres.column, "genres"));
    let mut fields = FieldColumns::request(&layout.fields, &mut requests);
    let first_flag = requests.len();
    if let Some(flags) = &flags {
        requests.extend(flags.requests());
    }

    let mut table = ItemTable {
        titles: title.map(|_| Vec::new()),
        category_from: layout.genres.as_ref().map(|genres| genres.category).unwrap_or_default(),
        ..ItemTable::default()
    };
    let mut categories = category.map(|at| (at, FieldBuilder::single(CATEGORY, None)));
    let mut genres = match (packed, &layout.genres) {
        (Some(at), Some(l)) => Some((at, FieldBuilder::list(GENRES, l.separator.clone(), l.none.clone()))),
        _ => flags.as_ref().map(|_| (first_flag, FieldBuilder::list(GENRES, String::new(), None))),
    };
    read_table(path, &layout.format, &requests, bad, |batch| {
        let added = batch.required_text(0).map(|id| table.add(id, layout.duplicates, path));
        let added: Vec<bool> = added.collect::<Result<_>>()?;
        if let (Some(titles), Some(at)) = (&mut table.titles, title) {
            let years: Vec<Option<&str>> =
                year.map_or_else(|| vec![None; batch.len()], |at| batch.text(at).collect());
            let rows = batch.text(at).zip(years).zip(&added).filter(|(_, added)| **added);
            titles.extend(rows.map(|((title, year), _)| full_title(title, year)));
        }
        if let Some((at, categories)) = &mut categories {
            append_text(categories, batch, *at, &added)?;
        }
        match (&flags, &mut genres) {
            (Some(flags), Some((at, genres))) => flags.append(genres, batch, *at, &added, path)?,
            (None, Some((at, genres))) => append_text(genres, batch, *at, &added)?,
            (_, None) => {}
        }
        fields.append(batch, &added)
    })?;
    for (_, field) in categories.into_iter().chain(genres) {
        table.fields.push(field.finish()?);
    }
    table.fields.extend(fields.finish()?);
    add_title_fields(&mut table, layout)?;
    Ok(table)
}

fn full_title(title: Option<&str>, year: Option<&str>) -> String {
    let title = title.unwrap_or("").trim();
    year.map_or_else(|| title.to_owned(), |year| format!("{title} ({year})"))
}

fn append_text(field: &mut FieldBuilder, batch: &Batch, at: usize, added: &[bool]) -> Result<()> {
    let mut rows = batch.text(at).zip(added).filter(|(_, added)| **added);
    rows.try_for_each(|(text, _)| field.push_text(text))
}

/// Adds the fields without a column, which are read from the titles.
fn add_title_fields(table: &mut ItemTable, layout: &ItemsLayout) -> Result<()> {
    let titles = table.titles.as_deref().unwrap_or_default();
    for (name, layout) in layout.fields.iter().filter(|(_, layout)| layout.column.is_none()) {
        let mut field = FieldBuilder::new(name, layout);
        titles.iter().try_for_each(|title| field.push_text(Some(title)))?;
        table.fields.push(field.finish()?);
    }
    Ok(())
}

/// The 0/1 columns of an items table and the genres they stand for.
struct FlagColumns {
    columns: Vec<Column>,
    names: Vec<String>,
}

impl FlagColumns {
    fn find(dir: &Path, path: &Path, layout: &ItemsLayout, flags: &GenreFlags) -> Result<Self> {
        let names_path = dir.join(&flags.names_file);
        let text = std::fs::read_to_string(&names_path).map_err(|error| Error::io(&names_path, error))?;
        let names: Vec<String> = text
            .lines()
            .filter_map(|line| line.split(&flags.names_separator).next())
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect();
        let found = width(path, &layout.format)?.saturating_sub(flags.first);
        if names.len() != found {
            return Err(Error::Table {
                path: path.to_owned(),
                reason: format!(
                    "{found} columns from column {}, but {} names in {}",
                    flags.first,
                    names.len(),
                    flags.names_file
                ),
            });
        }
        let columns = (flags.first..).take(names.len()).map(Column::Index).collect();
        Ok(Self { columns, names })
    }

    fn requests(&self) -> impl Iterator<Item = Request<'_>> {
        self.columns.iter().zip(&self.names).map(|(column, name)| Request {
            column,
            role: name,
            kind: Kind::Integer,
            required: true,
        })
    }

    /// Appends the genres of the rows that `added` marks; the first flag is column `first`.
    fn append(
        &self,
        genres: &mut FieldBuilder,
        batch: &Batch,
        first: usize,
        added: &[bool],
        path: &Path,
    ) -> Result<()> {
        let flags: Vec<Vec<i64>> =
            (first..).take(self.names.len()).map(|at| batch.integers(at).collect()).collect();
        let rows = batch.required_text(0).zip(added).enumerate();
        for (row, (id, _)) in rows.filter(|(_, (_, added))| **added) {
            let mut own = Vec::new();
            for (name, values) in self.names.iter().zip(&flags) {
                match values[row] {
                    0 => {}
                    1 => own.push(name.as_str()),
                    value => {
                        return Err(Error::Table {
                            path: path.to_owned(),
                            reason: format!("item {id:?} has {value} in the 0/1 column of {name:?}"),
                        });
                    }
                }
            }
            genres.push_values(own)?;
        }
        Ok(())
    }
}
