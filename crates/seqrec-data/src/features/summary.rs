//! What a data card says about a field.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Field, FieldKind, FieldValues};
use crate::card::grouped;

/// What the rows of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldOf {
    /// Events.
    Event,
    /// Items.
    Item,
    /// Users.
    User,
}

/// Name, kind and size of a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldSummary {
    /// What its rows are.
    pub of: FieldOf,
    /// Name.
    pub name: String,
    /// Kind of the values.
    pub kind: FieldKind,
    /// Distinct categories; `None` for numbers.
    pub categories: Option<usize>,
    /// Share of rows without a value, padding not counted.
    pub missing: f64,
}

impl FieldSummary {
    pub(crate) fn new(of: FieldOf, field: &Field) -> Self {
        let padding = usize::from(of == FieldOf::Item);
        let rows = field.rows() - padding;
        Self {
            of,
            name: field.name().to_owned(),
            kind: field.kind(),
            categories: match field.values() {
                FieldValues::Single(values) => Some(values.len()),
                FieldValues::List(values) => Some(values.len()),
                FieldValues::Number(_) => None,
            },
            missing: if rows == 0 { 0.0 } else { (field.missing() - padding) as f64 / rows as f64 },
        }
    }
}

/// One line of the data card's table.
impl fmt::Display for FieldSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = match self.of {
            FieldOf::Event => "event",
            FieldOf::Item => "item",
            FieldOf::User => "user",
        };
        let kind = match self.kind {
            FieldKind::Single => "single",
            FieldKind::List => "list",
            FieldKind::Number => "number",
        };
        let values = self.categories.map(grouped).unwrap_or_default();
        write!(f, "{:<14}{of:>12}{kind:>12}{values:>12}{:>11.2}%", self.name, 100.0 * self.missing)
    }
}
