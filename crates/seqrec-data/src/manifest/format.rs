//! How a file is cut into rows and fields.

use serde::Deserialize;

/// How a file is cut into rows and fields. Files packed with gzip or zstd are unpacked while they are
/// read, whatever their name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Format {
    /// What the file is. The other settings are for delimited text. Default: delimited text.
    pub kind: FileKind,
    /// One or more characters between fields. Default a comma.
    pub separator: String,
    /// Whether the first line names the columns. Default true.
    pub header: bool,
    /// Character encoding. Default UTF-8; a byte order mark is skipped.
    pub encoding: Encoding,
    /// Whether fields may stand in double quotes. Default: only if the separator is a comma.
    pub quoted: Option<bool>,
    /// Whether names in the header end in a colon and a type, as in RecBole's atomic files
    /// (`item_id:token`); columns are then named without it. Default false.
    pub typed_header: bool,
}

impl Default for Format {
    fn default() -> Self {
        Self {
            kind: FileKind::Delimited,
            separator: ",".to_owned(),
            header: true,
            encoding: Encoding::Utf8,
            quoted: None,
            typed_header: false,
        }
    }
}

/// What a file is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// Text with a separator between fields.
    #[default]
    Delimited,
    /// A JSON object a line; a column is a key. A list is read as its members, those of nested lists
    /// too, with U+001F between them; `key[0]` is its first member alone.
    JsonLines,
    /// A Python dictionary a line, as in Amazon's metadata of 2014. Read like JSON.
    PythonLines,
    /// Apache Parquet.
    Parquet,
    /// An Arrow file (IPC, Feather version 2).
    Arrow,
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

impl Format {
    /// Rules that the types cannot express, about this and the columns that are asked for.
    pub(super) fn check<'a>(&self, columns: impl IntoIterator<Item = &'a Column>) -> Result<(), String> {
        if self.separator.is_empty() || self.separator.contains(['\n', '\r', '"']) {
            return Err(format!("{:?} cannot separate fields", self.separator));
        }
        let keyed = matches!(self.kind, FileKind::JsonLines | FileKind::PythonLines);
        for column in columns {
            match column {
                Column::Index(index) if keyed => {
                    return Err(format!("column {index} needs a key, as objects have no positions"));
                }
                Column::Name(name) if self.kind == FileKind::Delimited && !self.header => {
                    return Err(format!("column {name:?} needs a header, and `header` is false"));
                }
                _ => {}
            }
        }
        if self.kind != FileKind::Delimited && *self != (Self { kind: self.kind, ..Self::default() }) {
            return Err("`separator`, `header` and the like are for delimited text".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(format: &str, column: Column) -> Result<(), String> {
        toml::from_str::<Format>(format).unwrap().check([&column])
    }

    #[test]
    fn quotes_default_to_comma_files() {
        assert!(Format::default().quoted());
        let pipe = Format { separator: "|".to_owned(), ..Format::default() };
        assert!(!pipe.quoted());
    }

    #[test]
    fn columns_must_be_named_as_the_kind_of_file_names_them() {
        let named = || Column::Name("u".to_owned());
        assert!(check("header = false", named()).unwrap_err().contains("\"u\""));
        assert!(check("kind = 'json-lines'", Column::Index(3)).unwrap_err().contains("column 3"));
        assert!(check("kind = 'parquet'\nseparator = ';'", named()).is_err());
        for good in ["", "kind = 'python-lines'", "kind = 'arrow'"] {
            check(good, named()).unwrap();
        }
    }
}
