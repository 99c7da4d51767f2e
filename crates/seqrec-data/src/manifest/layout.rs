//! How the files of a data set are laid out.

use serde::Deserialize;

use super::fields::FieldLayouts;
use crate::sequences::{CATEGORY, GENRES};

/// Files of a data set and their columns.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// Who did what, when.
    pub events: EventsLayout,
    /// What the items are.
    pub items: Option<ItemsLayout>,
    /// Who the users are.
    pub users: Option<UsersLayout>,
}

/// How a text file is cut into rows and fields.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Format {
    /// One or more characters between fields. Default a comma.
    pub separator: String,
    /// Whether the first line names the columns. Default true.
    pub header: bool,
    /// Character encoding. Default UTF-8; a byte order mark is skipped.
    pub encoding: Encoding,
    /// Whether fields may stand in double quotes. Default: only if the separator is a comma.
    pub quoted: Option<bool>,
}

impl Default for Format {
    fn default() -> Self {
        Self { separator: ",".to_owned(), header: true, encoding: Encoding::Utf8, quoted: None }
    }
}

impl Format {
    /// Whether fields may stand in double quotes.
    #[must_use]
    pub fn quoted(&self) -> bool {
        self.quoted.unwrap_or(self.separator == ",")
    }
}

/// Character encoding of a text file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum Encoding {
    /// UTF-8.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// ISO 8859-1.
    #[serde(rename = "latin-1")]
    Latin1,
}

/// A column, by its position (from 0) or by its name in the header.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Column {
    /// Position, from 0.
    Index(usize),
    /// Name in the header line.
    Name(String),
}

impl std::fmt::Display for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Index(index) => write!(f, "{index}"),
            Self::Name(name) => write!(f, "{name:?}"),
        }
    }
}

/// Shape of an events file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventsKind {
    /// One event a row.
    #[default]
    Table,
    /// One user a row: the user, then the items, oldest first.
    SequenceLines,
}

/// Layout of the events file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventsLayout {
    /// Path below the data set's folder.
    pub file: String,
    /// Shape of the file. Default: one event a row.
    #[serde(default)]
    pub kind: EventsKind,
    /// Separator, header and encoding.
    #[serde(default)]
    pub format: Format,
    /// Columns; required for a table.
    pub columns: Option<EventColumns>,
    /// Unit of the time column.
    #[serde(default)]
    pub time_unit: TimeUnit,
    /// Which rows count as events. Default: all.
    pub keep: Option<Keep>,
    /// What else a table says about an event: its behaviour, its context. Default: nothing.
    #[serde(default)]
    pub fields: FieldLayouts,
}

/// Columns of an events table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventColumns {
    /// Raw user id, or session id.
    pub user: Column,
    /// Raw item id.
    pub item: Column,
    /// Rating, a finite number.
    pub rating: Option<Column>,
    /// Time, a whole number.
    pub time: Option<Column>,
}

/// Unit of event times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeUnit {
    /// Seconds since 1970.
    #[default]
    Seconds,
    /// Milliseconds since 1970.
    Milliseconds,
}

/// A condition that a row must meet to count as an event.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keep {
    /// Column looked at.
    pub column: Column,
    /// Accepted values.
    pub values: Vec<String>,
}

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
/// An item's category is the category column if there is one, else its first genre. Both are item
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

/// Layout of the users file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsersLayout {
    /// Path below the data set's folder.
    pub file: String,
    /// Separator, header and encoding.
    #[serde(default)]
    pub format: Format,
    /// Raw user id.
    pub user: Column,
    /// What the file says about a user.
    pub fields: FieldLayouts,
}

type Fault = (&'static str, String);

impl Layout {
    /// Rules that the types cannot express. The fault names the table it is in.
    pub(super) fn check(&self) -> Result<(), Fault> {
        self.check_events().map_err(|reason| ("events", reason))?;
        if let Some(items) = &self.items {
            items.check().map_err(|reason| ("items", reason))?;
        }
        if let Some(users) = &self.users {
            let columns = std::iter::once(&users.user).chain(field_columns(&users.fields));
            check_format(&users.format, columns)
                .and_then(|()| check_fields(&users.fields, false))
                .map_err(|reason| ("users", reason))?;
        }
        Ok(())
    }

    fn check_events(&self) -> Result<(), String> {
        let events = &self.events;
        match (&events.columns, events.kind) {
            (Some(c), EventsKind::Table) => {
                let columns = [Some(&c.user), Some(&c.item), c.rating.as_ref(), c.time.as_ref()];
                let keep = events.keep.as_ref().map(|keep| &keep.column);
                let fields = field_columns(&events.fields);
                check_format(&events.format, columns.into_iter().flatten().chain(keep).chain(fields))?;
                check_fields(&events.fields, false)
            }
            (None, EventsKind::Table) => Err("a table needs `columns`".to_owned()),
            (Some(_), EventsKind::SequenceLines) => Err("sequence lines have no `columns`".to_owned()),
            (None, EventsKind::SequenceLines) if events.keep.is_some() || !events.fields.is_empty() => {
                Err("sequence lines have no `keep` and no `fields`".to_owned())
            }
            (None, EventsKind::SequenceLines) => check_format(&events.format, []),
        }
    }
}

impl ItemsLayout {
    fn check(&self) -> Result<(), String> {
        if self.genres.is_some() && self.genre_flags.is_some() {
            return Err("`genres` and `genre_flags` exclude each other".to_owned());
        }
        match (&self.columns, self.kind) {
            (Some(c), ItemsKind::Table) => {
                if self.genres.as_ref().is_some_and(|genres| genres.separator.is_empty()) {
                    return Err("the genre separator is empty".to_owned());
                }
                let columns = [Some(&c.item), c.title.as_ref(), c.year.as_ref(), c.category.as_ref()];
                let genres = self.genres.as_ref().map(|genres| &genres.column);
                let fields = field_columns(&self.fields);
                check_format(&self.format, columns.into_iter().flatten().chain(genres).chain(fields))?;
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

fn field_columns(fields: &FieldLayouts) -> impl Iterator<Item = &Column> {
    fields.values().filter_map(|field| field.column.as_ref())
}

fn check_fields(fields: &FieldLayouts, titled: bool) -> Result<(), String> {
    fields.iter().try_for_each(|(name, field)| field.check(name, titled))
}

fn check_format<'a>(format: &Format, columns: impl IntoIterator<Item = &'a Column>) -> Result<(), String> {
    if format.separator.is_empty() || format.separator.contains(['\n', '\r', '"']) {
        return Err(format!("{:?} cannot separate fields", format.separator));
    }
    for column in columns {
        if let (Column::Name(name), false) = (column, format.header) {
            return Err(format!("column {name:?} needs a header, and `header` is false"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(layout: &str) -> (&'static str, String) {
        toml::from_str::<Layout>(layout).unwrap().check().unwrap_err()
    }

    #[test]
    fn quotes_default_to_comma_files() {
        assert!(Format::default().quoted());
        let pipe = Format { separator: "|".to_owned(), ..Format::default() };
        assert!(!pipe.quoted());
    }

    #[test]
    fn names_need_a_header() {
        let (section, reason) = fault(
            "[events]\nfile = \"x\"\nformat = { header = false }\ncolumns = { user = \"u\", item = 1 }",
        );
        assert_eq!(section, "events");
        assert!(reason.contains("\"u\""), "{reason}");
    }

    #[test]
    fn genre_settings_exclude_each_other() {
        let (section, _) = fault(
            "[events]\nfile = \"x\"\ncolumns = { user = 0, item = 1 }\n\
             [items]\nfile = \"y\"\ncolumns = { item = 0 }\n\
             genres = { column = 1, separator = \"|\" }\n\
             genre_flags = { first = 2, names_file = \"z\", names_separator = \"|\" }",
        );
        assert_eq!(section, "items");
    }

    #[test]
    fn fields_need_a_header_and_a_free_name() {
        let events =
            "[events]\nfile = \"x\"\nformat = { header = false }\ncolumns = { user = 0, item = 1 }\n";
        let (section, reason) = fault(&format!("{events}fields = {{ kind = \"behaviour\" }}"));
        assert_eq!(section, "events");
        assert!(reason.contains("\"behaviour\""), "{reason}");
        let items = "[items]\nfile = \"y\"\ncolumns = { item = 0 }\n";
        let (section, reason) = fault(&format!("{events}{items}fields = {{ genres = 2 }}"));
        assert_eq!(section, "items");
        assert!(reason.contains("\"genres\""), "{reason}");
        let (_, reason) = fault(&format!("{events}{items}fields = {{ words = {{ kind = \"tokens\" }} }}"));
        assert!(reason.contains("no title"), "{reason}");
    }

    #[test]
    fn sequence_lines_have_no_columns() {
        fault("[events]\nfile = \"x\"\nkind = \"sequence-lines\"\ncolumns = { user = 0, item = 1 }");
    }
}
