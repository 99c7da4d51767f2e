//! Fields of prepared data.

use std::ops::Range;

use super::{PAD, Sequences, check_length};
use crate::error::{Error, Result};
use crate::features::{Categories, CategoryLists, Field};

/// Item field that [`Sequences::categories`] shows.
pub(crate) const CATEGORY: &str = "category";
/// Item field that [`Sequences::genres`] shows.
pub(crate) const GENRES: &str = "genres";

impl Sequences {
    /// Adds a fact about every item: row `i` belongs to item `i`, row 0 to padding.
    ///
    /// # Errors
    /// [`Error::Length`] unless it has `num_items + 1` rows; [`Error::Field`] when padding has a value
    /// or an item field of this name is there.
    ///
    /// ```
    /// use seqrec_data::{Field, Numbers, Sequences};
    ///
    /// let price = Numbers::new(vec![f32::NAN, 1.5, 20.0])?;
    /// let sequences = Sequences::from_histories(&[vec![1, 2]], 2)?
    ///     .with_item_field(Field::new("price", price))?;
    /// let price = sequences.item_field("price").and_then(Field::numbers).unwrap();
    /// assert_eq!(price.of(2), Some(20.0));
    /// # Ok::<(), seqrec_data::Error>(())
    /// ```
    pub fn with_item_field(mut self, field: Field) -> Result<Self> {
        check_length("item field", field.rows(), self.num_items() + 1)?;
        if !field.is_missing(PAD as usize) {
            return Err(Error::Field {
                field: field.name().to_owned(),
                reason: "row 0 is padding and has no value".to_owned(),
            });
        }
        add(&mut self.item_fields, field)?;
        Ok(self)
    }

    /// Adds one category per item, as the item field `category`.
    ///
    /// # Errors
    /// Those of [`with_item_field`](Self::with_item_field).
    pub fn with_categories(self, categories: Categories) -> Result<Self> {
        self.with_item_field(Field::new(CATEGORY, categories))
    }

    /// Adds a fact about every user, in the order of the users.
    ///
    /// # Errors
    /// [`Error::Length`] unless it has a row per user, [`Error::Field`] when a user field of this name
    /// is there.
    pub fn with_user_field(mut self, field: Field) -> Result<Self> {
        check_length("user field", field.rows(), self.num_users())?;
        add(&mut self.user_fields, field)?;
        Ok(self)
    }

    /// Adds a fact about every event, users one after the other.
    ///
    /// # Errors
    /// [`Error::Length`] unless it has a row per event, [`Error::Field`] when an event field of this
    /// name is there.
    pub fn with_event_field(mut self, field: Field) -> Result<Self> {
        check_length("event field", field.rows(), self.num_events())?;
        add(&mut self.event_fields, field)?;
        Ok(self)
    }

    /// What is known about items. Rows are item ids, `[num_items + 1]`; row 0 (padding) has no value.
    #[must_use]
    pub fn item_fields(&self) -> &[Field] {
        &self.item_fields
    }

    /// What is known about users, `[num_users]`.
    #[must_use]
    pub fn user_fields(&self) -> &[Field] {
        &self.user_fields
    }

    /// What is known about events, `[num_events]`, users one after the other: see
    /// [`event_rows`](Self::event_rows).
    #[must_use]
    pub fn event_fields(&self) -> &[Field] {
        &self.event_fields
    }

    /// The item field of this name.
    #[must_use]
    pub fn item_field(&self, name: &str) -> Option<&Field> {
        find(&self.item_fields, name)
    }

    /// The user field of this name.
    #[must_use]
    pub fn user_field(&self, name: &str) -> Option<&Field> {
        find(&self.user_fields, name)
    }

    /// The event field of this name.
    #[must_use]
    pub fn event_field(&self, name: &str) -> Option<&Field> {
        find(&self.event_fields, name)
    }

    /// Rows of a user's events in the event fields, oldest first.
    ///
    /// # Panics
    /// If `user >= num_users`.
    #[must_use]
    pub fn event_rows(&self, user: u32) -> Range<usize> {
        let user = user as usize;
        self.offsets[user]..self.offsets[user + 1]
    }

    /// One category per item, if the data set has categories: the item field `category`.
    #[must_use]
    pub fn categories(&self) -> Option<&Categories> {
        self.item_field(CATEGORY)?.single()
    }

    /// All genres of each item, if the data set has genres: the item field `genres`.
    #[must_use]
    pub fn genres(&self) -> Option<&CategoryLists> {
        self.item_field(GENRES)?.list()
    }
}

fn find<'a>(fields: &'a [Field], name: &str) -> Option<&'a Field> {
    fields.iter().find(|field| field.name() == name)
}

fn add(fields: &mut Vec<Field>, field: Field) -> Result<()> {
    if find(fields, field.name()).is_some() {
        let reason = "there is a field of this name".to_owned();
        return Err(Error::Field { field: field.name().to_owned(), reason });
    }
    fields.push(field);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Numbers;

    fn numbers(values: &[f32]) -> Field {
        Field::new("x", Numbers::new(values.to_vec()).unwrap())
    }

    #[test]
    fn fields_cover_their_rows_and_have_their_own_names() {
        let sequences = Sequences::from_histories(&[vec![1, 2], vec![1]], 3).unwrap();
        let missing = f32::NAN;
        let with = |rows: &[f32]| sequences.clone().with_item_field(numbers(rows));
        assert!(matches!(with(&[missing; 3]), Err(Error::Length { expected: 4, .. })));
        assert!(matches!(with(&[1.0; 4]), Err(Error::Field { .. })));
        let twice = with(&[missing; 4]).unwrap().with_item_field(numbers(&[missing; 4]));
        assert!(matches!(twice, Err(Error::Field { .. })));
        let user = |rows: &[f32]| sequences.clone().with_user_field(numbers(rows));
        assert!(user(&[1.0; 3]).is_err());
        assert!(user(&[1.0; 2]).unwrap().user_field("x").is_some());
        let event = |rows: &[f32]| sequences.clone().with_event_field(numbers(rows));
        assert!(event(&[1.0; 2]).is_err());
        let field = event(&[1.0, 2.0, 3.0]).unwrap().event_field("x").cloned();
        let rows = sequences.event_rows(1);
        assert_eq!(field.unwrap().numbers().unwrap().values()[rows], [3.0]);
    }
}
