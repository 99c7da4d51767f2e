//! Layout of items files.

use serde::Deserialize;

use super::fields::{FieldLayouts, check_fields, field_columns};
use super::format::{Column, Format};
use crate::sequences::{CATEGORY, GENRES};

/// Shape of an items file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemsKind {
    /// One item a row.
    #[default]
    Table,
    /// One JSON object: item id to a list of attributes, which are read as genres.
    JsonAttributes,
}

/// Layout of the items file.
///
/// An item's category is the category column if there is one, else one of its genres. Both are item
/// fields, `category` and `genres`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemsLayout {
    /// Path below the data set's folder. May be the events file.
    pub file: String,
    /// Shape of the file. Default: one item a row.
    #[serde(default)]
    pub kind: ItemsKind,
    /// Separator, header and encoding.
    #[serde(default)]
    pub format: Format,
    /// Columns; required for a table.
    pub columns: Option<ItemColumns>,
    /// Genres packed into one column.
    pub genres: Option<GenreColumn>,
    /// Genres as one 0/1 column each.
    pub genre_flags: Option<GenreFlags>,
    /// What else a table says about an item: its brand, its price. Default: nothing.
    #[serde(default)]
    pub fields: FieldLayouts,
    /// What a repeated item id means. Default: an error.
    #[serde(default)]
    pub duplicates: Duplicates,
}

/// Columns of an items table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemColumns {
    /// Raw item id.
    pub item: Column,
    /// Title.
    pub title: Option<Column>,
    /// Year, appended to the title in brackets.
    pub year: Option<Column>,
    /// Category.
    pub category: Option<Column>,
}

/// Genres packed into one column.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenreColumn {
    /// The column.
    pub column: Column,
    /// What stands between two genres.
    pub separator: String,
    /// Text that stands for "no genre".
    pub none: Option<String>,
    /// Which genre is the item's category, where no column is. Default: the first.
    #[serde(default)]
    pub category: CategoryFrom,
}

/// Which member of a list of genres is an item's category.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CategoryFrom {
    /// The first one.
    #[default]
    First,
    /// The last one: the finest, where the list is a path from the root.
    Last,
}

/// Genres as one 0/1 column each, with their names in a file of their own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenreFlags {
    /// Index of the first flag column.
    pub first: usize,
    /// File with one genre a line, in the order of the flag columns.
    pub names_file: String,
    /// Its separator; the name is the first field.
    pub names_separator: String,
}

/// What a repeated id in a table means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Duplicates {
    /// A mistake.
    #[default]
    Error,
    /// The first row counts, later ones are ignored.
    First,
}

impl ItemsLayout {
    /// Rules that the types cannot express.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.genres.is_some() && self.genre_flags.is_some() {
            return Err("`genres` and `genre_flags` exclude each other".to_owned());
        }
        match (&self.columns, self.kind) {
            (Some(c), ItemsKind::Table) => {
                if self.genres.as_ref().is_some_and(|genres| genres.separator.is_empty()) {
                    return Err("the genre separator is empty".to_owned());
                }
                let from = self.genres.as_ref().map(|genres| genres.category);
                if c.category.is_some() && from.is_some_and(|from| from != CategoryFrom::First) {
                    return Err("the category is a column already, and not one of the genres".to_owned());
                }
                let columns = [Some(&c.item), c.title.as_ref(), c.year.as_ref(), c.category.as_ref()];
                let genres = self.genres.as_ref().map(|genres| &genres.column);
                let fields = field_columns(&self.fields);
                self.format.check(columns.into_iter().flatten().chain(genres).chain(fields))?;
                if let Some(name) = [CATEGORY, GENRES].iter().find(|&&name| self.fields.contains_key(name)) {
                    return Err(format!("the field {name:?} is made of the columns for it"));
                }
                check_fields(&self.fields, c.title.is_some())
            }
            (None, ItemsKind::Table) => Err("a table needs `columns`".to_owned()),
            (columns, ItemsKind::JsonAttributes) => {
                let fields = !self.fields.is_empty();
                if columns.is_some() || self.genres.is_some() || self.genre_flags.is_some() || fields {
                    return Err("JSON attributes have no columns, genre settings or fields".to_owned());
                }
                Ok(())
            }
        }
    }
}
