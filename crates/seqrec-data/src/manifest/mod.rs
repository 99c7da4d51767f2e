//! Manifests: where a data set comes from, what it consists of and how its files are laid out.

mod about;
mod builtin;
mod events;
mod fields;
mod format;
mod items;
mod layout;
mod source;

use std::path::Path;

use serde::Deserialize;

pub use about::{Protocol, Size};
pub use events::{EventColumns, EventsFile, EventsKind, EventsLayout, Keep, TimeFormat, TimeUnit};
pub use fields::{FieldFormat, FieldLayout, FieldLayouts};
pub use format::{Column, Encoding, FileKind, Format};
pub use items::{CategoryFrom, Duplicates, GenreColumn, GenreFlags, ItemColumns, ItemsKind, ItemsLayout};
pub use layout::{Layout, UsersLayout};
pub use source::{FileEntry, PipSource, Source, ZipSource};

use crate::error::{Error, Result};

/// Everything this crate knows about a data set before it has read a row.
///
/// Only `name` and `layout.events` are required, so that a manifest for a file of one's own
/// stays short:
///
/// ```
/// let manifest = seqrec_data::Manifest::parse(
///     r#"
/// name = "my-clicks"
///
/// [layout.events]
/// file = "clicks.csv"
/// columns = { user = "visitor", item = "sku", time = "at" }
/// "#,
///     "my-clicks.toml",
/// )?;
/// assert_eq!(manifest.layout.events.file, "clicks.csv");
/// # Ok::<(), seqrec_data::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Short name, as used in recipes.
    pub name: String,
    /// Folder below the data directory. Default: the name.
    pub folder: Option<String>,
    /// Full title.
    #[serde(default)]
    pub title: String,
    /// What the events are, and how many.
    #[serde(default)]
    pub description: String,
    /// Terms of use.
    #[serde(default)]
    pub licence: String,
    /// Publication to cite.
    #[serde(default)]
    pub citation: String,
    /// Official page.
    #[serde(default)]
    pub homepage: String,
    /// How to get the files without this program.
    #[serde(default)]
    pub by_hand: String,
    /// Number of events, users and items, where it is known.
    pub size: Option<Size>,
    /// What is easily got wrong: about the files, and about figures that others print.
    #[serde(default)]
    pub caveats: Vec<String>,
    /// How the data set is prepared for figures that are published.
    #[serde(default, rename = "protocol")]
    pub protocols: Vec<Protocol>,
    /// Places to fetch from, in the order to try.
    #[serde(default, rename = "source")]
    pub sources: Vec<Source>,
    /// Files of [`layout`](Self::layout), relative to the data set's folder.
    #[serde(default, rename = "file")]
    pub files: Vec<FileEntry>,
    /// How the official files are laid out.
    pub layout: Layout,
}

impl Manifest {
    /// Reads a manifest from TOML. `origin` names the text in error messages.
    ///
    /// # Errors
    /// [`Error::Manifest`] with the line of the first problem.
    pub fn parse(text: &str, origin: &str) -> Result<Self> {
        let fault = |offset: usize, reason: String| Error::Manifest {
            origin: origin.to_owned(),
            line: 1 + text[..offset.min(text.len())].matches('\n').count(),
            reason,
        };
        let manifest: Self = toml::from_str(text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            fault(offset, error.message().trim_end().replace('\n', ", "))
        })?;
        for (protocol, (start, _)) in manifest.protocols.iter().zip(text.match_indices("[[protocol]]")) {
            protocol.check().map_err(|reason| fault(start, reason))?;
        }
        for (layout, table) in manifest.layouts_with_tables() {
            layout.check().map_err(|(section, reason)| {
                let heading = format!("[{table}.{section}");
                fault(text.find(&heading).unwrap_or(0), reason)
            })?;
        }
        Ok(manifest)
    }

    /// Reads a manifest file.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::MissingFile`], or [`Error::Manifest`] with file and line.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, error))?;
        Self::parse(&text, &path.display().to_string())
    }

    /// A manifest that ships with this crate.
    ///
    /// # Errors
    /// [`Error::UnknownDataset`], which lists the names.
    pub fn builtin(name: &str) -> Result<Self> {
        builtin::parse(name)
    }

    /// Names of the manifests that ship with this crate.
    pub fn builtin_names() -> impl Iterator<Item = &'static str> {
        builtin::names()
    }

    /// Folder of this data set below a data directory.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.folder.as_deref().unwrap_or(&self.name)
    }

    /// All layouts, the official one first, then those of sources that pack the data differently.
    pub fn layouts(&self) -> impl Iterator<Item = &Layout> {
        self.layouts_with_tables().map(|(layout, _)| layout)
    }

    /// Counts rows with these values as events, in place of those that the manifest accepts: other
    /// behaviours than page views, say.
    ///
    /// # Errors
    /// [`Error::NeedsColumn`] when a layout states no column to decide by.
    ///
    /// ```
    /// use seqrec_data::Manifest;
    ///
    /// let manifest = Manifest::builtin("taobao")?.keeping(["pv", "buy"])?;
    /// assert_eq!(manifest.layout.events.keep.unwrap().values, ["pv", "buy"]);
    /// assert!(Manifest::builtin("ml-1m")?.keeping(["5"]).is_err());
    /// # Ok::<(), seqrec_data::Error>(())
    /// ```
    pub fn keeping<V: Into<String>>(mut self, values: impl IntoIterator<Item = V>) -> Result<Self> {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        let own = self.sources.iter_mut().filter_map(Source::layout_mut);
        for layout in std::iter::once(&mut self.layout).chain(own) {
            let keep = layout.events.keep.as_mut();
            let keep = keep.ok_or(Error::NeedsColumn { what: "a choice of events", column: "`keep`" })?;
            keep.values.clone_from(&values);
        }
        Ok(self)
    }

    fn layouts_with_tables(&self) -> impl Iterator<Item = (&Layout, &'static str)> {
        let own = self.sources.iter().filter_map(Source::layout);
        std::iter::once((&self.layout, "layout")).chain(own.map(|l| (l, "source.layout")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMAL: &str =
        "name = \"x\"\n\n[layout.events]\nfile = \"x.csv\"\ncolumns = { user = 0, item = 1 }\n";

    fn fault(text: &str) -> (usize, String) {
        match Manifest::parse(text, "x.toml").unwrap_err() {
            Error::Manifest { line, reason, .. } => (line, reason),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn folder_defaults_to_name() {
        let manifest = Manifest::parse(MINIMAL, "x.toml").unwrap();
        assert_eq!(manifest.folder(), "x");
        assert_eq!(manifest.layouts().count(), 1);
    }

    #[test]
    fn unknown_keys_are_named_with_their_line() {
        let (line, reason) = fault(&format!("{MINIMAL}colour = \"blue\"\n"));
        assert_eq!(line, 6);
        assert!(reason.contains("colour"), "{reason}");
        let (line, reason) = fault(&format!("colour = 1\n{MINIMAL}"));
        assert_eq!(line, 1, "{reason}");
        let (line, reason) = fault(&MINIMAL.replace("item = 1", "item = 1, itme = 2"));
        assert_eq!(line, 5, "{reason}");
        assert!(reason.contains("itme"), "{reason}");
    }

    #[test]
    fn missing_columns_are_reported_at_their_table() {
        let text = "name = \"x\"\n\n\n[layout.events]\nfile = \"x.csv\"\n";
        let (line, reason) = fault(text);
        assert_eq!(line, 4);
        assert!(reason.contains("columns"), "{reason}");
    }

    #[test]
    fn display_is_file_line_reason() {
        let error = Manifest::parse("name = 3", "x.toml").unwrap_err();
        assert!(error.to_string().starts_with("x.toml:1: "), "{error}");
    }
}
