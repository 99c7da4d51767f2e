//! Items files.

use std::path::Path;

use super::attributes::read_attributes;
use super::table::{Batch, Kind, Request, read_table, width};
use crate::error::{Error, Result};
use crate::manifest::{Column, Duplicates, GenreFlags, ItemColumns, ItemsKind, ItemsLayout};
use crate::vocabulary::Vocabulary;

/// What an items file says, row by row in file order.
#[derive(Debug, Clone, Default)]
pub(crate) struct ItemTable {
    /// Raw ids; the code is the row.
    pub(crate) ids: Vocabulary,
    pub(crate) titles: Option<Vec<String>>,
    pub(crate) category_names: Vocabulary,
    /// Category column, codes of `category_names`.
    pub(crate) categories: Option<Vec<Option<u32>>>,
    pub(crate) genre_names: Vocabulary,
    /// Genres, codes of `genre_names`.
    pub(crate) genres: Option<Vec<Vec<u32>>>,
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
pub(crate) fn read_items(dir: &Path, layout: &ItemsLayout) -> Result<ItemTable> {
    let path = dir.join(&layout.file);
    match (&layout.columns, layout.kind) {
        (Some(columns), ItemsKind::Table) => read_item_table(dir, &path, layout, columns),
        _ => read_attributes(&path, layout.duplicates),
    }
}

fn read_item_table(
    dir: &Path,
    path: &Path,
    layout: &ItemsLayout,
    columns: &ItemColumns,
) -> Result<ItemTable> {
    let flags = layout.genre_flags.as_ref().map(|flags| FlagColumns::find(dir, path, layout, flags));
    let flags = flags.transpose()?;
    let mut requests =
        vec![Request { column: &columns.item, role: "item", kind: Kind::Text, required: true }];
    let mut optional = |column, role| {
        requests.push(Request { column, role, kind: Kind::Text, required: false });
        requests.len() - 1
    };
    let positions = Positions {
        title: columns.title.as_ref().map(|column| optional(column, "title")),
        year: columns.year.as_ref().map(|column| optional(column, "year")),
        category: columns.category.as_ref().map(|column| optional(column, "category")),
        genres: layout.genres.as_ref().map(|genres| optional(&genres.column, "genres")),
        first_flag: requests.len(),
    };
    if let Some(flags) = &flags {
        requests.extend(flags.columns.iter().zip(&flags.names).map(|(column, name)| Request {
            column,
            role: name,
            kind: Kind::Integer,
            required: true,
        }));
    }

    let mut table = ItemTable {
        titles: positions.title.map(|_| Vec::new()),
        categories: positions.category.map(|_| Vec::new()),
        genres: (layout.genres.is_some() || flags.is_some()).then(Vec::new),
        ..ItemTable::default()
    };
    read_table(path, &layout.format, &requests, |batch| {
        let rows = Rows::of(batch, &positions, flags.as_ref(), path, layout);
        for (row, id) in batch.required_text(0).enumerate() {
            if table.add(id, layout.duplicates, path)? {
                rows.append(row, id, &mut table)?;
            }
        }
        Ok(())
    })?;
    Ok(table)
}

/// Where the requested columns are in a batch.
struct Positions {
    title: Option<usize>,
    year: Option<usize>,
    category: Option<usize>,
    genres: Option<usize>,
    first_flag: usize,
}

type TextColumn<'a> = Option<Vec<Option<&'a str>>>;

/// The rows of a batch, column by column.
struct Rows<'a> {
    path: &'a Path,
    layout: &'a ItemsLayout,
    titles: TextColumn<'a>,
    years: TextColumn<'a>,
    categories: TextColumn<'a>,
    genres: TextColumn<'a>,
    /// Genre name and its 0/1 column.
    flags: Vec<(&'a str, Vec<i64>)>,
}

impl<'a> Rows<'a> {
    fn of(
        batch: &'a Batch,
        positions: &Positions,
        flags: Option<&'a FlagColumns>,
        path: &'a Path,
        layout: &'a ItemsLayout,
    ) -> Self {
        let text = |at: Option<usize>| at.map(|at| batch.text(at).collect());
        let names = flags.map_or(&[][..], |flags| &flags.names);
        Self {
            path,
            layout,
            titles: text(positions.title),
            years: text(positions.year),
            categories: text(positions.category),
            genres: text(positions.genres),
            flags: (positions.first_flag..)
                .zip(names)
                .map(|(at, name)| (name.as_str(), batch.integers(at).collect()))
                .collect(),
        }
    }

    /// Adds row `row`, whose id `id` is already in the table.
    fn append(&self, row: usize, id: &str, table: &mut ItemTable) -> Result<()> {
        let text = |column: &TextColumn<'a>| column.as_ref().and_then(|values| values[row]);
        if let Some(titles) = &mut table.titles {
            let title = text(&self.titles).unwrap_or("").trim();
            titles.push(match text(&self.years) {
                Some(year) => format!("{title} ({year})"),
                None => title.to_owned(),
            });
        }
        if let Some(categories) = &mut table.categories {
            let code = text(&self.categories).map(|name| table.category_names.intern(name));
            categories.push(code.transpose()?);
        }
        let Some(genres) = &mut table.genres else {
            return Ok(());
        };
        let mut codes = Vec::new();
        if let (Some(packed), Some(layout)) = (text(&self.genres), &self.layout.genres)
            && layout.none.as_deref() != Some(packed)
        {
            for name in packed.split(&layout.separator).filter(|name| !name.is_empty()) {
                codes.push(table.genre_names.intern(name)?);
            }
        }
        for (name, values) in &self.flags {
            match values[row] {
                0 => {}
                1 => codes.push(table.genre_names.intern(name)?),
                value => {
                    return Err(Error::Table {
                        path: self.path.to_owned(),
                        reason: format!("item {id:?} has {value} in the 0/1 column of {name:?}"),
                    });
                }
            }
        }
        genres.push(codes);
        Ok(())
    }
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
}
