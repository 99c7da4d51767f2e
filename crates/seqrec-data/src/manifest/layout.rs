//! How the files of a data set are laid out.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::events::EventsLayout;
use super::fields::{FieldLayouts, check_fields, field_columns};
use super::format::{Column, Format};
use super::items::ItemsLayout;

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
    /// Paths of all files that are read, below the data set's folder; each once, in order.
    #[must_use]
    pub fn files(&self) -> BTreeSet<&str> {
        // Prepared data is found again by what these files hold: one that is forgotten here could change
        // unnoticed.
        let Self { events, items, users } = self;
        let flags = items.iter().filter_map(|items| items.genre_flags.as_ref());
        let tables =
            events.files().map(|(file, _)| file).chain(items.iter().map(|items| items.file.as_str()));
        let more =
            flags.map(|flags| flags.names_file.as_str()).chain(users.iter().map(|users| users.file.as_str()));
        tables.chain(more).collect()
    }

    /// Rules that the types cannot express. The fault names the table it is in.
    pub(super) fn check(&self) -> Result<(), Fault> {
        self.events.check().map_err(|reason| ("events", reason))?;
        if let Some(items) = &self.items {
            items.check().map_err(|reason| ("items", reason))?;
        }
        if let Some(users) = &self.users {
            let columns = std::iter::once(&users.user).chain(field_columns(&users.fields));
            users
                .format
                .check(columns)
                .and_then(|()| check_fields(&users.fields, false))
                .map_err(|reason| ("users", reason))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(layout: &str) -> (&'static str, String) {
        toml::from_str::<Layout>(layout).unwrap().check().unwrap_err()
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
    fn lines_of_items_have_no_columns() {
        for kind in ["sequence-lines", "session-lines"] {
            fault(&format!("[events]\nfile = \"x\"\nkind = \"{kind}\"\ncolumns = {{ user = 0, item = 1 }}"));
        }
    }

    #[test]
    fn all_files_have_a_part_or_none_has() {
        let (section, reason) = fault(
            "[events]\nfile = \"x\"\nkind = \"session-lines\"\npart = \"train\"\n\
             more = [{ file = \"y\" }]",
        );
        assert_eq!(section, "events");
        assert!(reason.contains("`part`"), "{reason}");
    }

    #[test]
    fn an_offset_needs_a_time_to_be_added_to() {
        let columns = "columns = { user = 0, item = 1, time = 2, time_offset = 3 }";
        fault(&format!("[events]\nfile = \"x\"\n{columns}"));
    }
}
