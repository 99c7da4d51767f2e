//! Prepared data: one time-ordered item sequence per user.

mod edit;
mod fields;

use crate::error::{Error, Result};
use crate::features::Field;
use crate::manifest::TimeUnit;
use crate::part::Part;
use crate::vocabulary::Vocabulary;

pub(crate) use fields::{CATEGORY, GENRES};

/// Item id that stands for "no item".
pub const PAD: u32 = 0;

/// Size of a log before anything was filtered out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RawCounts {
    /// Distinct users.
    pub users: usize,
    /// Distinct items.
    pub items: usize,
    /// Rows.
    pub events: usize,
}

/// Histories of all users in compressed rows, with what is known about events, items and users.
///
/// Users are `0..num_users`. Items are `1..=num_items`; id 0 is [`PAD`] and occurs nowhere.
/// Events of a user run from oldest to latest.
#[derive(Debug, Clone, PartialEq)]
pub struct Sequences {
    pub(crate) offsets: Vec<usize>,
    pub(crate) items: Vec<u32>,
    pub(crate) times: Option<Vec<i64>>,
    pub(crate) time_unit: Option<TimeUnit>,
    pub(crate) ratings: Option<Vec<f32>>,
    pub(crate) user_ids: Vocabulary,
    pub(crate) item_ids: Vocabulary,
    pub(crate) catalogue: Vec<u32>,
    pub(crate) titles: Option<Vec<String>>,
    pub(crate) item_fields: Vec<Field>,
    pub(crate) user_fields: Vec<Field>,
    pub(crate) event_fields: Vec<Field>,
    pub(crate) parts: Option<Vec<Part>>,
    pub(crate) raw: RawCounts,
}

impl Sequences {
    /// Builds sequences from item ids in memory, oldest first.
    ///
    /// Raw ids are the decimal ids themselves. `num_items` may exceed the largest id in use.
    ///
    /// # Errors
    /// [`Error::BadHistory`] for an empty history, a [`PAD`] or an id above `num_items`.
    ///
    /// ```
    /// use seqrec_data::Sequences;
    ///
    /// let sequences = Sequences::from_histories(&[vec![1, 3], vec![2]], 3)?;
    /// assert_eq!(sequences.items(0), [1, 3]);
    /// assert!(Sequences::from_histories(&[vec![0]], 3).is_err());
    /// # Ok::<(), seqrec_data::Error>(())
    /// ```
    pub fn from_histories<H: AsRef<[u32]>>(histories: &[H], num_items: usize) -> Result<Self> {
        let mut offsets = Vec::with_capacity(histories.len() + 1);
        offsets.push(0);
        let mut items = Vec::new();
        for (user, history) in histories.iter().enumerate() {
            let history = history.as_ref();
            let bad = |event, reason| Error::BadHistory { user, event, reason };
            if history.is_empty() {
                return Err(bad(0, "the history is empty".to_owned()));
            }
            for (event, &item) in history.iter().enumerate() {
                if item == PAD {
                    return Err(bad(event, "item id 0 is reserved for padding".to_owned()));
                }
                if item as usize > num_items {
                    return Err(bad(event, format!("item id {item} exceeds num_items {num_items}")));
                }
            }
            items.extend_from_slice(history);
            offsets.push(items.len());
        }
        let raw = RawCounts { users: histories.len(), items: num_items, events: items.len() };
        Ok(Self {
            offsets,
            items,
            times: None,
            time_unit: None,
            ratings: None,
            user_ids: decimal(0, histories.len())?,
            item_ids: decimal(1, num_items)?,
            catalogue: (1..=num_items as u32).collect(),
            titles: None,
            item_fields: Vec::new(),
            user_fields: Vec::new(),
            event_fields: Vec::new(),
            parts: None,
            raw,
        })
    }

    /// Adds a time in seconds to every event, users one after the other.
    ///
    /// # Errors
    /// [`Error::Length`] for a wrong number, [`Error::BadHistory`] where a user's times decrease.
    pub fn with_times(mut self, times: Vec<i64>) -> Result<Self> {
        check_length("times", times.len(), self.items.len())?;
        self.times = Some(times);
        self.time_unit = Some(TimeUnit::Seconds);
        self.check_times()?;
        Ok(self)
    }

    /// Refuses times that decrease within a history.
    pub(crate) fn check_times(&self) -> Result<()> {
        for user in 0..self.num_users() {
            let own = self.times(user as u32).unwrap_or_default();
            if let Some(at) = own.windows(2).position(|pair| pair[0] > pair[1]) {
                let reason = format!("time {} after {}", own[at + 1], own[at]);
                return Err(Error::BadHistory { user, event: at + 1, reason });
            }
        }
        Ok(())
    }

    /// Adds item titles: entry `i` belongs to item `i + 1`.
    ///
    /// # Errors
    /// [`Error::Length`] unless there is one title per item.
    pub fn with_titles(mut self, titles: Vec<String>) -> Result<Self> {
        check_length("titles", titles.len(), self.num_items())?;
        self.titles = Some(titles);
        Ok(self)
    }

    /// Says which part of a published split each user belongs to.
    ///
    /// # Errors
    /// [`Error::Length`] unless there is one part per user.
    pub fn with_parts(mut self, parts: Vec<Part>) -> Result<Self> {
        check_length("parts", parts.len(), self.num_users())?;
        self.parts = Some(parts);
        Ok(self)
    }

    /// Number of users.
    #[must_use]
    pub fn num_users(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Number of items without padding. Item tables need one row more.
    #[must_use]
    pub fn num_items(&self) -> usize {
        self.item_ids.len()
    }

    /// Number of events of all users.
    #[must_use]
    pub fn num_events(&self) -> usize {
        self.items.len()
    }

    /// A user's items, oldest first.
    ///
    /// # Panics
    /// If `user >= num_users`.
    #[must_use]
    pub fn items(&self, user: u32) -> &[u32] {
        &self.items[self.event_rows(user)]
    }

    /// A user's event times in [`time_unit`](Self::time_unit), ascending, if the data set has times.
    ///
    /// # Panics
    /// If `user >= num_users`.
    #[must_use]
    pub fn times(&self, user: u32) -> Option<&[i64]> {
        let range = self.event_rows(user);
        self.times.as_ref().map(|times| &times[range])
    }

    /// Unit of the times, if the data set has times.
    #[must_use]
    pub fn time_unit(&self) -> Option<TimeUnit> {
        self.time_unit
    }

    /// A user's ratings, if the data set has ratings.
    ///
    /// # Panics
    /// If `user >= num_users`.
    #[must_use]
    pub fn ratings(&self, user: u32) -> Option<&[f32]> {
        let range = self.event_rows(user);
        self.ratings.as_ref().map(|ratings| &ratings[range])
    }

    /// Raw user ids and their indices, which start at 0.
    #[must_use]
    pub fn user_ids(&self) -> &Vocabulary {
        &self.user_ids
    }

    /// Raw item ids and their dense ids, which start at 1.
    #[must_use]
    pub fn item_ids(&self) -> &Vocabulary {
        &self.item_ids
    }

    /// Items in the order in which the item file lists them; items it lacks are absent.
    #[must_use]
    pub fn catalogue(&self) -> &[u32] {
        &self.catalogue
    }

    /// Title of an item. `None` for padding, or when the item has no title.
    #[must_use]
    pub fn title(&self, item: u32) -> Option<&str> {
        let at = (item as usize).checked_sub(1)?;
        let title = self.titles.as_ref()?.get(at)?;
        (!title.is_empty()).then_some(title)
    }

    /// Part of each user in a published split, `[num_users]`, if the files say so.
    #[must_use]
    pub fn parts(&self) -> Option<&[Part]> {
        self.parts.as_deref()
    }

    /// Size of the log before filtering.
    #[must_use]
    pub fn raw_counts(&self) -> RawCounts {
        self.raw
    }
}

fn decimal(first: u32, count: usize) -> Result<Vocabulary> {
    let mut vocabulary = Vocabulary::starting_at(first);
    for id in 0..count {
        vocabulary.intern(&(id + first as usize).to_string())?;
    }
    Ok(vocabulary)
}

fn check_length(what: &'static str, found: usize, expected: usize) -> Result<()> {
    if found == expected { Ok(()) } else { Err(Error::Length { what, found, expected }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_histories_name_user_and_event() {
        let bad = |histories: &[Vec<u32>]| Sequences::from_histories(histories, 3).unwrap_err();
        for (histories, user, event) in
            [(vec![vec![1], vec![2, 0]], 1, 1), (vec![vec![1, 2, 4]], 0, 2), (vec![vec![1], vec![]], 1, 0)]
        {
            let error = bad(&histories);
            assert!(
                matches!(error, Error::BadHistory { user: u, event: e, .. } if (u, e) == (user, event)),
                "{error}"
            );
        }
    }

    #[test]
    fn times_must_match_and_ascend() {
        let sequences = Sequences::from_histories(&[vec![1, 2], vec![3]], 3).unwrap();
        assert!(matches!(
            sequences.clone().with_times(vec![1, 2]),
            Err(Error::Length { expected: 3, found: 2, .. })
        ));
        assert!(matches!(
            sequences.clone().with_times(vec![2, 1, 0]),
            Err(Error::BadHistory { user: 0, event: 1, .. })
        ));
        let sequences = sequences.with_times(vec![2, 2, 0]).unwrap();
        assert_eq!(sequences.times(1), Some(&[0][..]));
        assert_eq!(sequences.ratings(1), None);
    }

    #[test]
    fn padding_has_no_title_and_no_raw_id() {
        let titles = vec!["a".to_owned(), String::new()];
        let sequences = Sequences::from_histories(&[vec![1, 2]], 2).unwrap().with_titles(titles).unwrap();
        assert_eq!(sequences.title(PAD), None);
        assert_eq!(sequences.title(1), Some("a"));
        assert_eq!(sequences.title(2), None);
        assert_eq!(sequences.item_ids().name(PAD), None);
        assert_eq!(sequences.item_ids().code("2"), Some(2));
    }
}
