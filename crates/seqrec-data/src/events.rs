//! The raw log: who did what, when, in file order.

use crate::error::{Error, Result};
use crate::features::Field;
use crate::manifest::TimeUnit;
use crate::part::Part;
use crate::vocabulary::Vocabulary;

/// Events in file order, one array per column.
///
/// User and item codes count from 0 in order of first appearance.
#[derive(Debug, Clone, PartialEq)]
pub struct EventLog {
    users: Vocabulary,
    items: Vocabulary,
    user: Vec<u32>,
    item: Vec<u32>,
    time: Option<Vec<i64>>,
    rating: Option<Vec<f32>>,
    time_unit: Option<TimeUnit>,
    fields: Vec<Field>,
    parts: Option<Parts>,
}

/// Parts of the users so far, and of those who come next.
#[derive(Debug, Clone, PartialEq)]
struct Parts {
    of_users: Vec<Part>,
    current: Part,
}

impl EventLog {
    /// An empty log. With a time unit every event has a time; with `rated`, a rating.
    #[must_use]
    pub fn new(time_unit: Option<TimeUnit>, rated: bool) -> Self {
        Self {
            users: Vocabulary::starting_at(0),
            items: Vocabulary::starting_at(0),
            user: Vec::new(),
            item: Vec::new(),
            time: time_unit.map(|_| Vec::new()),
            rating: rated.then(Vec::new),
            time_unit,
            fields: Vec::new(),
            parts: None,
        }
    }

    /// Says that the events from here on belong to `part` of a published split. A user belongs to
    /// one part.
    ///
    /// # Errors
    /// [`Error::Config`] when the log has events that belong to no part.
    ///
    /// ```
    /// use seqrec_data::{EventLog, Part};
    ///
    /// let mut log = EventLog::new(None, false);
    /// log.begin_part(Part::Train)?;
    /// log.push("session 1", "tea", None, None)?;
    /// log.begin_part(Part::Test)?;
    /// log.push("session 2", "tea", None, None)?;
    /// assert_eq!(log.parts(), Some(&[Part::Train, Part::Test][..]));
    /// assert!(log.push("session 1", "milk", None, None).is_err());
    /// # Ok::<(), seqrec_data::Error>(())
    /// ```
    pub fn begin_part(&mut self, part: Part) -> Result<()> {
        if self.parts.is_none() && !self.is_empty() {
            let rule = "all events belong to a part, or none does";
            return Err(Error::Config { field: "part", value: part.to_string(), rule });
        }
        self.parts.get_or_insert(Parts { of_users: Vec::new(), current: part }).current = part;
        Ok(())
    }

    /// Appends an event.
    ///
    /// # Errors
    /// [`Error::Field`] once the log has fields, which would lack the new event; [`Error::Config`] when
    /// a time or rating is present that the log lacks, or the reverse, or when the rating is not
    /// finite; [`Error::TwoParts`]; [`Error::TooManyIds`].
    ///
    /// ```
    /// use seqrec_data::{EventLog, TimeUnit};
    ///
    /// let mut log = EventLog::new(Some(TimeUnit::Seconds), false);
    /// log.push("alice", "tea", Some(100), None)?;
    /// assert!(log.push("alice", "milk", None, None).is_err());
    /// # Ok::<(), seqrec_data::Error>(())
    /// ```
    pub fn push(&mut self, user: &str, item: &str, time: Option<i64>, rating: Option<f32>) -> Result<()> {
        let wrong = |field, value: String, rule| Err(Error::Config { field, value, rule });
        if let Some(field) = self.fields.first() {
            let reason = "events are pushed before fields are added".to_owned();
            return Err(Error::Field { field: field.name().to_owned(), reason });
        }
        if time.is_some() != self.time.is_some() {
            return wrong("time", format!("{time:?}"), "all events have a time, or none has");
        }
        if rating.is_some() != self.rating.is_some() {
            return wrong("rating", format!("{rating:?}"), "all events have a rating, or none has");
        }
        if rating.is_some_and(|rating| !rating.is_finite()) {
            return wrong("rating", format!("{rating:?}"), "a rating is a finite number");
        }
        self.push_unchecked(user, item, time, rating)
    }

    pub(crate) fn push_unchecked(
        &mut self,
        user: &str,
        item: &str,
        time: Option<i64>,
        rating: Option<f32>,
    ) -> Result<()> {
        if let Some(parts) = &mut self.parts {
            let known = self.users.code(user).map(|code| parts.of_users[code as usize]);
            match known {
                None => parts.of_users.push(parts.current),
                Some(part) if part == parts.current => {}
                Some(first) => {
                    return Err(Error::TwoParts { user: user.to_owned(), first, second: parts.current });
                }
            }
        }
        self.user.push(self.users.intern(user)?);
        self.item.push(self.items.intern(item)?);
        if let (Some(times), Some(time)) = (&mut self.time, time) {
            times.push(time);
        }
        if let (Some(ratings), Some(rating)) = (&mut self.rating, rating) {
            ratings.push(rating);
        }
        Ok(())
    }

    /// Adds a fact about every event, in the order in which the events were pushed.
    ///
    /// # Errors
    /// [`Error::Length`] unless it has a row per event, [`Error::Field`] when a field of this name is
    /// there.
    ///
    /// ```
    /// use seqrec_data::{Categories, Dataset, EventLog, Field, PrepareConfig, TimeUnit};
    ///
    /// let mut log = EventLog::new(Some(TimeUnit::Seconds), false);
    /// log.push("ada", "tea", Some(20), None)?;
    /// log.push("ada", "milk", Some(10), None)?;
    /// let behaviour = Categories::from_names([Some("buy"), Some("view")])?;
    /// let log = log.with_field(Field::new("behaviour", behaviour))?;
    ///
    /// let sequences = Dataset::from(log).prepare(&PrepareConfig::default())?;
    /// let behaviour = sequences.event_field("behaviour").and_then(Field::single).unwrap();
    /// assert_eq!(behaviour.name_of(0), Some("view")); // milk came first
    /// # Ok::<(), seqrec_data::Error>(())
    /// ```
    pub fn with_field(mut self, field: Field) -> Result<Self> {
        if field.rows() != self.len() {
            return Err(Error::Length { what: "event field", found: field.rows(), expected: self.len() });
        }
        if self.fields.iter().any(|other| other.name() == field.name()) {
            let reason = "there is a field of this name".to_owned();
            return Err(Error::Field { field: field.name().to_owned(), reason });
        }
        self.fields.push(field);
        Ok(self)
    }

    /// The same events with other users: `users`, a code per event, and which of the present users
    /// each stands for.
    pub(crate) fn with_users(&self, users: Vocabulary, user: Vec<u32>, owners: &[u32]) -> Self {
        let parts = self.parts.as_ref().map(|parts| Parts {
            of_users: owners.iter().map(|&owner| parts.of_users[owner as usize]).collect(),
            current: parts.current,
        });
        Self { users, user, parts, ..self.clone() }
    }

    /// What is known about events besides time and rating, one row an event.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Number of events.
    #[must_use]
    pub fn len(&self) -> usize {
        self.user.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.user.is_empty()
    }

    /// Raw user ids.
    #[must_use]
    pub fn users(&self) -> &Vocabulary {
        &self.users
    }

    /// Raw item ids.
    #[must_use]
    pub fn items(&self) -> &Vocabulary {
        &self.items
    }

    /// User code per event.
    #[must_use]
    pub fn user_codes(&self) -> &[u32] {
        &self.user
    }

    /// Item code per event.
    #[must_use]
    pub fn item_codes(&self) -> &[u32] {
        &self.item
    }

    /// Time per event, in [`time_unit`](Self::time_unit), if there are times.
    #[must_use]
    pub fn times(&self) -> Option<&[i64]> {
        self.time.as_deref()
    }

    /// Unit of the times, if there are times.
    #[must_use]
    pub fn time_unit(&self) -> Option<TimeUnit> {
        self.time_unit
    }

    /// Rating per event, if there are ratings.
    #[must_use]
    pub fn ratings(&self) -> Option<&[f32]> {
        self.rating.as_deref()
    }

    /// Part of each user in a published split, by user code, if the files say so.
    #[must_use]
    pub fn parts(&self) -> Option<&[Part]> {
        self.parts.as_ref().map(|parts| parts.of_users.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Numbers;

    #[test]
    fn codes_follow_first_appearance() {
        let mut log = EventLog::new(None, true);
        for (user, item) in [("b", "x"), ("a", "y"), ("b", "y")] {
            log.push(user, item, None, Some(1.0)).unwrap();
        }
        assert_eq!(log.user_codes(), [0, 1, 0]);
        assert_eq!(log.item_codes(), [0, 1, 1]);
        assert_eq!(log.ratings(), Some(&[1.0; 3][..]));
    }

    #[test]
    fn fields_cover_all_events() {
        let mut log = EventLog::new(None, false);
        log.push("a", "x", None, None).unwrap();
        let field = |rows| Field::new("f", Numbers::new(vec![1.0; rows]).unwrap());
        assert!(matches!(log.clone().with_field(field(2)), Err(Error::Length { .. })));
        let mut log = log.with_field(field(1)).unwrap();
        assert!(matches!(log.clone().with_field(field(1)), Err(Error::Field { .. })));
        assert!(matches!(log.push("a", "y", None, None), Err(Error::Field { .. })));
    }

    #[test]
    fn columns_cannot_get_out_of_step() {
        let mut log = EventLog::new(None, true);
        assert!(log.push("a", "x", None, None).is_err());
        assert!(log.push("a", "x", Some(1), Some(1.0)).is_err());
        assert!(log.push("a", "x", None, Some(f32::NAN)).is_err());
        assert!(log.is_empty());
        log.push("a", "x", None, Some(1.0)).unwrap();
        assert!(matches!(log.begin_part(Part::Train), Err(Error::Config { field: "part", .. })));
    }
}
