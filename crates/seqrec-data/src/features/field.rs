//! One named column.

use serde::{Deserialize, Serialize};

use super::{Categories, CategoryLists, Numbers};

/// One named column: a value, or none, for every event, item or user.
///
/// Rows of an event field are all users' events one after the other, as
/// [`Sequences::event_rows`](crate::Sequences::event_rows) numbers them. Rows of an item field are the
/// item ids; row 0 is padding and has no value. Rows of a user field are the user indices.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    name: String,
    values: FieldValues,
}

/// Values of a field, by kind.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldValues {
    /// At most one category a row.
    Single(Categories),
    /// Any number of categories a row.
    List(CategoryLists),
    /// At most one number a row.
    Number(Numbers),
}

/// Kind of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// At most one category a row.
    Single,
    /// Any number of categories a row.
    List,
    /// At most one number a row.
    Number,
}

impl Field {
    /// A field of this name.
    ///
    /// ```
    /// use seqrec_data::{Field, FieldKind, Numbers};
    ///
    /// let price = Field::new("price", Numbers::new(vec![9.5, f32::NAN])?);
    /// assert_eq!((price.kind(), price.rows(), price.missing()), (FieldKind::Number, 2, 1));
    /// # Ok::<(), seqrec_data::Error>(())
    /// ```
    #[must_use]
    pub fn new(name: impl Into<String>, values: impl Into<FieldValues>) -> Self {
        Self { name: name.into(), values: values.into() }
    }

    /// Name of the field.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Values of all rows.
    #[must_use]
    pub fn values(&self) -> &FieldValues {
        &self.values
    }

    /// Kind of the values.
    #[must_use]
    pub fn kind(&self) -> FieldKind {
        match self.values {
            FieldValues::Single(_) => FieldKind::Single,
            FieldValues::List(_) => FieldKind::List,
            FieldValues::Number(_) => FieldKind::Number,
        }
    }

    /// The values of a field with one category a row.
    #[must_use]
    pub fn single(&self) -> Option<&Categories> {
        if let FieldValues::Single(values) = &self.values { Some(values) } else { None }
    }

    /// The values of a field with lists of categories.
    #[must_use]
    pub fn list(&self) -> Option<&CategoryLists> {
        if let FieldValues::List(values) = &self.values { Some(values) } else { None }
    }

    /// The values of a field of numbers.
    #[must_use]
    pub fn numbers(&self) -> Option<&Numbers> {
        if let FieldValues::Number(values) = &self.values { Some(values) } else { None }
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        match &self.values {
            FieldValues::Single(values) => values.codes().len(),
            FieldValues::List(values) => values.offsets().len() - 1,
            FieldValues::Number(values) => values.values().len(),
        }
    }

    /// Number of rows without a value; for lists, of empty rows.
    #[must_use]
    pub fn missing(&self) -> usize {
        (0..self.rows()).filter(|&row| self.is_missing(row)).count()
    }

    pub(crate) fn is_missing(&self, row: usize) -> bool {
        match &self.values {
            FieldValues::Single(values) => values.codes()[row] == 0,
            FieldValues::List(values) => values.offsets()[row] == values.offsets()[row + 1],
            FieldValues::Number(values) => values.values()[row].is_nan(),
        }
    }

    /// `rows` rows, of which row `to` gets the value of row `from`, for each `(from, to)`.
    ///
    /// Only the categories in use remain, numbered by first appearance in `moves`.
    pub(crate) fn place(&self, rows: usize, moves: impl Iterator<Item = (usize, usize)> + Clone) -> Self {
        let values = match &self.values {
            FieldValues::Single(values) => values.place(rows, moves).into(),
            FieldValues::List(values) => values.place(rows, moves).into(),
            FieldValues::Number(values) => values.place(rows, moves).into(),
        };
        Self { name: self.name.clone(), values }
    }
}

impl From<Categories> for FieldValues {
    fn from(values: Categories) -> Self {
        Self::Single(values)
    }
}

impl From<CategoryLists> for FieldValues {
    fn from(values: CategoryLists) -> Self {
        Self::List(values)
    }
}

impl From<Numbers> for FieldValues {
    fn from(values: Numbers) -> Self {
        Self::Number(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_missing_values_of_each_kind() {
        let single = Categories::from_names([Some("a"), None, Some("b")]).unwrap();
        let list = CategoryLists::from_names([vec!["a"], vec![], vec!["a", "b"]]).unwrap();
        let numbers = Numbers::new(vec![1.0, f32::NAN, 2.0]).unwrap();
        for (field, kind) in [
            (Field::new("x", single), FieldKind::Single),
            (Field::new("x", list), FieldKind::List),
            (Field::new("x", numbers), FieldKind::Number),
        ] {
            assert_eq!((field.kind(), field.rows(), field.missing()), (kind, 3, 1));
            let placed = field.place(2, [(1, 1), (2, 0)].into_iter());
            assert_eq!((placed.rows(), placed.is_missing(0), placed.is_missing(1)), (2, false, true));
            assert_eq!(field.single().is_some(), kind == FieldKind::Single);
            assert_eq!(field.list().is_some(), kind == FieldKind::List);
            assert_eq!(field.numbers().is_some(), kind == FieldKind::Number);
        }
    }
}
