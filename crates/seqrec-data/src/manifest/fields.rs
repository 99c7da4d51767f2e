//! Columns that are read as fields.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::format::Column;

/// Fields by name.
pub type FieldLayouts = BTreeMap<String, FieldLayout>;

/// How a column becomes a field. Short form: the column alone, one category a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldLayout {
    /// The column. A field of items may do without: then it is read from the title, which has the
    /// year appended where the layout says so.
    pub column: Option<Column>,
    /// What its text means. Default: one category.
    pub kind: FieldFormat,
    /// What stands between two values of a list.
    pub separator: Option<String>,
    /// Text that stands for "no value". An empty text always does.
    pub none: Option<String>,
}

/// What the text of a field means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldFormat {
    /// One category.
    #[default]
    Single,
    /// Categories with a separator between them.
    List,
    /// The words of a text, as [`tokens`](crate::tokens) cuts them.
    Tokens,
    /// A finite number.
    Number,
    /// A text with a year: the last four digits that stand alone in round brackets, as a number. A
    /// text without is missing.
    Year,
}

/// Columns of fields that have one.
pub(super) fn field_columns(fields: &FieldLayouts) -> impl Iterator<Item = &Column> {
    fields.values().filter_map(|field| field.column.as_ref())
}

/// Rules of all fields.
pub(super) fn check_fields(fields: &FieldLayouts, titled: bool) -> Result<(), String> {
    fields.iter().try_for_each(|(name, field)| field.check(name, titled))
}

impl FieldLayout {
    /// Rules that the types cannot express.
    pub(super) fn check(&self, name: &str, titled: bool) -> Result<(), String> {
        if self.column.is_none() && !titled {
            return Err(format!("field {name:?} needs a `column`, as there is no title to read"));
        }
        match (self.kind, self.separator.as_deref()) {
            (FieldFormat::List, None | Some("")) => {
                return Err(format!("field {name:?} is a list and needs a `separator`"));
            }
            (FieldFormat::List, Some(_)) | (_, None) => {}
            (_, Some(_)) => return Err(format!("field {name:?} has a `separator`, but is no list")),
        }
        if self.none.is_some() && !matches!(self.kind, FieldFormat::Single | FieldFormat::List) {
            return Err(format!("field {name:?} has a `none`, which is for categories and lists"));
        }
        if self.kind == FieldFormat::Number && self.column.is_none() {
            return Err(format!("field {name:?} is a number and needs a `column`"));
        }
        Ok(())
    }
}

impl From<Column> for FieldLayout {
    fn from(column: Column) -> Self {
        Self { column: Some(column), kind: FieldFormat::Single, separator: None, none: None }
    }
}

impl<'de> Deserialize<'de> for FieldLayout {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ShortOrLong;
        impl<'de> Visitor<'de> for ShortOrLong {
            type Value = FieldLayout;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a column, or a table with `column` and `kind`")
            }

            fn visit_i64<E: serde::de::Error>(self, index: i64) -> Result<FieldLayout, E> {
                let index = usize::try_from(index).map_err(|_| E::custom("a column counts from 0"))?;
                Ok(Column::Index(index).into())
            }

            fn visit_str<E>(self, name: &str) -> Result<FieldLayout, E> {
                Ok(Column::Name(name.to_owned()).into())
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FieldLayout, A::Error> {
                let Long { column, kind, separator, none } =
                    Long::deserialize(MapAccessDeserializer::new(map))?;
                Ok(FieldLayout { column, kind, separator, none })
            }
        }
        deserializer.deserialize_any(ShortOrLong)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Long {
    column: Option<Column>,
    #[serde(default)]
    kind: FieldFormat,
    separator: Option<String>,
    none: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> FieldLayouts {
        toml::from_str(text).unwrap()
    }

    fn fault(text: &str, titled: bool) -> String {
        fields(text)["x"].check("x", titled).unwrap_err()
    }

    #[test]
    fn short_and_long_form() {
        let fields = fields("a = 3\nb = \"brand\"\nc = { column = 1, kind = \"list\", separator = \"|\" }");
        assert_eq!(fields["a"], Column::Index(3).into());
        assert_eq!(fields["b"], Column::Name("brand".to_owned()).into());
        assert_eq!((fields["c"].kind, fields["c"].separator.as_deref()), (FieldFormat::List, Some("|")));
        assert!(fields.iter().all(|(name, field)| field.check(name, false).is_ok()));
    }

    #[test]
    fn contradictions_are_named() {
        assert!(fault("x = { kind = \"tokens\" }", false).contains("`column`"));
        assert!(fault("x = { kind = \"number\" }", true).contains("`column`"));
        assert!(fault("x = { column = 1, kind = \"list\" }", false).contains("needs a `separator`"));
        assert!(fault("x = { column = 1, separator = \"|\" }", false).contains("is no list"));
        assert!(fault("x = { column = 1, kind = \"number\", none = \"-\" }", false).contains("`none`"));
        assert!(toml::from_str::<FieldLayouts>("x = -1").is_err());
        assert!(toml::from_str::<FieldLayouts>("x = { column = 1, knid = \"list\" }").is_err());
    }
}
