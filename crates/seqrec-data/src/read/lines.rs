//! One object a line: JSON, or a Python dictionary as Amazon's metadata of 2014 has them.

use std::collections::HashSet;
use std::path::Path;

use polars::prelude::{Column as Series, DataFrame, IntoColumn, NamedFrom, PlSmallStr, Series as Values};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::bad_rows::{BadRows, Fault};
use super::blocks::Blocks;
use super::decode::decode;
use super::key::Key;
use super::python_literal::to_json;
use super::table::{Batch, Request};
use crate::error::{Error, Result};
use crate::manifest::{FileKind, Format};

/// Stands between the members of a list, flattened, that is read as one field.
pub(super) const LIST_SEPARATOR: char = '\u{1F}';

pub(super) fn read(
    path: &Path,
    format: &Format,
    requests: &[Request<'_>],
    bad: &mut BadRows,
    mut sink: impl FnMut(&Batch) -> Result<()>,
) -> Result<()> {
    let keys: Vec<Key<'_>> = requests.iter().map(|request| Key::new(request.column)).collect();
    let mut met = Met::default();
    let mut row_count = 0;
    for block in Blocks::open(path, false)? {
        let block = block?;
        let first_line = block.first_line;
        let decoded = decode(format, block);
        let mut undecoded = decoded.faults.into_iter().peekable();
        let mut columns: Vec<Vec<Option<String>>> = vec![Vec::new(); keys.len()];
        for (line, at) in decoded.text.lines().zip(0..) {
            let undecoded = undecoded.next_if(|&(bad, _)| bad == at).map(|(_, fault)| fault);
            if line.trim().is_empty() {
                continue;
            }
            let parsed = match undecoded {
                Some(fault) => Err(fault),
                None => object(line, format.kind, &keys, &mut met),
            };
            let fault = |values: &Vec<Option<String>>| {
                requests.iter().zip(values).find_map(|(request, value)| request.fault(value.as_deref()))
            };
            match parsed.and_then(|values| fault(&values).map_or(Ok(values), Err)) {
                Ok(values) => columns.iter_mut().zip(values).for_each(|(column, value)| column.push(value)),
                Err(fault) => bad.add(path, first_line + at, fault),
            }
        }
        let height = columns[0].len();
        if height > 0 && bad.wants_the_rest() {
            let refused = |reason| Error::Table { path: path.to_owned(), reason };
            let columns = columns.into_iter().enumerate().map(series).collect();
            let frame = DataFrame::new(height, columns).map_err(|error| refused(error.to_string()))?;
            let indices: Vec<usize> = (0..keys.len()).collect();
            sink(&Batch::cast(frame, &indices, requests).map_err(refused)?)?;
        }
        row_count += height;
    }
    // Before bad rows: a key that is misspelt makes every row bad.
    met.require_all(path, &keys)?;
    bad.finish_file(path, row_count)
}

fn series((at, values): (usize, Vec<Option<String>>)) -> Series {
    Values::new(PlSmallStr::from_string(format!("c{at}")), values).into_column()
}

/// The values of `keys` in a line; `None` where a key is absent or null.
fn object(
    line: &str,
    kind: FileKind,
    keys: &[Key<'_>],
    met: &mut Met,
) -> std::result::Result<Vec<Option<String>>, Fault> {
    let json;
    let line = match kind {
        FileKind::PythonLines => {
            json = to_json(line);
            &json
        }
        _ => line,
    };
    let mut deserializer = serde_json::Deserializer::from_str(line);
    let values = Fields { keys, met }.deserialize(&mut deserializer);
    let values = values.and_then(|values| deserializer.end().map(|()| values));
    values.map_err(|error| {
        let noun = if kind == FileKind::PythonLines { "Python dictionary" } else { "JSON object" };
        Fault::new(format!("not a {noun}"), format!("not a {noun}: {error}"))
    })
}

/// Keys that occurred, so that a misspelt one can be told from one that is rarely there.
#[derive(Default)]
struct Met {
    wanted: HashSet<usize>,
    others: Vec<String>,
}

impl Met {
    /// Other keys that are remembered for the message.
    const SHOWN: usize = 30;

    fn other(&mut self, key: String) {
        if self.others.len() < Self::SHOWN && !self.others.contains(&key) {
            self.others.push(key);
        }
    }

    fn require_all(&self, path: &Path, keys: &[Key<'_>]) -> Result<()> {
        let missing = (0..keys.len()).find(|at| !self.wanted.contains(at));
        match missing {
            Some(at) if !self.others.is_empty() || !self.wanted.is_empty() => Err(Error::MissingColumn {
                path: path.to_owned(),
                column: format!("{:?}", keys[at].name),
                found: keys
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| self.wanted.contains(at))
                    .map(|(_, key)| key.name.to_owned())
                    .chain(self.others.iter().cloned())
                    .collect(),
            }),
            _ => Ok(()),
        }
    }
}

/// Picks some keys out of an object and passes over the others.
struct Fields<'a> {
    keys: &'a [Key<'a>],
    met: &'a mut Met,
}

impl<'de> DeserializeSeed<'de> for Fields<'_> {
    type Value = Vec<Option<String>>;

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = Vec<Option<String>>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Self::Value, A::Error> {
        let mut values = vec![None; self.keys.len()];
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            if !self.keys.iter().any(|wanted| wanted.name == key) {
                self.met.other(key.into_owned());
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let found: Value = map.next_value()?;
            for (at, value) in values.iter_mut().enumerate().filter(|(at, _)| self.keys[*at].name == key) {
                self.met.wanted.insert(at);
                *value = self.keys[at].pick(&found).and_then(text);
            }
        }
        Ok(values)
    }
}

/// A value as the text of a field: a list as its leaves with a separator between them.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(values) => {
            let leaves: Vec<String> = values.iter().filter_map(text).collect();
            Some(leaves.join(&LIST_SEPARATOR.to_string()))
        }
        other => Some(other.to_string()),
    }
    .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Column;
    use crate::read::bad_rows::OnBadRows;
    use crate::read::table::Kind;

    type Rows = Vec<(String, i64, Option<String>)>;

    fn rows(text: &str, kind: FileKind, policy: OnBadRows) -> Result<Rows> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.json");
        std::fs::write(&path, text).unwrap();
        let columns = ["asin", "time", "tags"].map(|name| Column::Name(name.to_owned()));
        let request =
            |at: usize, kind, required| Request { column: &columns[at], role: "field", kind, required };
        let requests =
            [request(0, Kind::Text, true), request(1, Kind::Integer, true), request(2, Kind::Text, false)];
        let format = Format { kind, ..Format::default() };
        let (mut rows, mut bad) = (Vec::new(), BadRows::new(policy));
        read(&path, &format, &requests, &mut bad, |batch| {
            for ((id, time), tags) in batch.required_text(0).zip(batch.integers(1)).zip(batch.text(2)) {
                rows.push((id.to_owned(), time, tags.map(str::to_owned)));
            }
            Ok(())
        })?;
        Ok(rows)
    }

    #[test]
    fn fields_are_picked_out_of_objects() {
        let text = "{\"asin\": \"B1\", \"other\": {\"a\": [1]}, \"time\": 5, \"tags\": [[\"x, y\"], \"z\", null]}\n\n\
                    {\"time\": 6, \"asin\": 7, \"tags\": []}\n";
        let rows = rows(text, FileKind::JsonLines, OnBadRows::Fail).unwrap();
        assert_eq!(rows, [("B1".to_owned(), 5, Some("x, y\u{1F}z".to_owned())), ("7".to_owned(), 6, None)]);
    }

    #[test]
    fn python_dictionaries_read_alike() {
        let text = "{'asin': 'B1', 'title': u\"Tom's \\'best\\' \\x26 more\", 'time': 5, 'tags': [['a \"b\"']], 'ok': True}\n";
        let rows = rows(text, FileKind::PythonLines, OnBadRows::Fail).unwrap();
        assert_eq!(rows, [("B1".to_owned(), 5, Some("a \"b\"".to_owned()))]);
    }

    #[test]
    fn bad_lines_are_named_and_counted_or_skipped() {
        let text = "{\"asin\": \"a\", \"time\": 1, \"tags\": 1}\n{\"asin\": \"b\", \"time\": \"soon\"}\n{\"asin\": \"c\"\n[]\n{\"time\": 3}\n";
        let error = rows(text, FileKind::JsonLines, OnBadRows::Fail).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("x.json:2: the field \"soon\" is not a whole number (and 3 more bad rows)"),
            "{error}"
        );
        assert_eq!(rows(text, FileKind::JsonLines, OnBadRows::Skip).unwrap().len(), 1);
    }

    #[test]
    fn a_key_that_never_occurs_is_a_missing_column() {
        let error =
            rows("{\"asin\": \"a\", \"time\": 1, \"tag\": 2}\n", FileKind::JsonLines, OnBadRows::Fail);
        let text = error.unwrap_err().to_string();
        assert!(text.ends_with("no column \"tags\"; the file has asin, time, tag"), "{text}");
    }
}
