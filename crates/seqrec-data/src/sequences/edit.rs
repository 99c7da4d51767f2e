//! What protocols change about sequences: which events stay, and how items are numbered.

use super::Sequences;
use crate::error::Result;
use crate::features::Field;
use crate::vocabulary::Vocabulary;

impl Sequences {
    /// Keeps the marked events, users one after the other, and the users that have one left, in
    /// their order. Items keep their numbers.
    ///
    /// # Panics
    /// Unless there is one mark per event.
    pub(crate) fn retain_events(self, keep: &[bool]) -> Result<Self> {
        assert_eq!(keep.len(), self.num_events(), "one mark per event");
        if !keep.contains(&false) {
            return Ok(self);
        }
        let marked = |user: &usize| keep[self.offsets[*user]..self.offsets[user + 1]].contains(&true);
        let users: Vec<usize> = (0..self.num_users()).filter(marked).collect();
        let mut offsets = Vec::with_capacity(users.len() + 1);
        offsets.push(0);
        for &user in &users {
            let own = &keep[self.offsets[user]..self.offsets[user + 1]];
            let before = offsets[offsets.len() - 1];
            offsets.push(before + own.iter().filter(|&&kept| kept).count());
        }
        let names = users.iter().filter_map(|&user| self.user_ids.name(user as u32));
        let user_ids = Vocabulary::from_names(0, names)?;
        let events: Vec<usize> = (0..keep.len()).filter(|&event| keep[event]).collect();
        Ok(Self {
            items: marked_of(&self.items, keep),
            times: self.times.map(|times| marked_of(&times, keep)),
            ratings: self.ratings.map(|ratings| marked_of(&ratings, keep)),
            user_fields: rows_of(&self.user_fields, &users),
            event_fields: rows_of(&self.event_fields, &events),
            parts: self.parts.map(|parts| chosen(&parts, &users)),
            user_ids,
            offsets,
            time_unit: self.time_unit,
            item_ids: self.item_ids,
            catalogue: self.catalogue,
            titles: self.titles,
            item_fields: self.item_fields,
            raw: self.raw,
        })
    }

    /// Numbers items anew: `order[i]` is the present id of the item that becomes `i + 1`. Items that
    /// are not named are dropped.
    ///
    /// # Panics
    /// If an item that has an event is not named.
    pub(crate) fn renumber_items(self, order: &[u32]) -> Result<Self> {
        if order.len() == self.num_items() && (1..).zip(order).all(|(new, &old)| new == old) {
            return Ok(self);
        }
        let mut new_id = vec![0; self.num_items() + 1];
        for (new, &old) in (1..).zip(order) {
            new_id[old as usize] = new;
        }
        let items: Vec<u32> = self.items.iter().map(|&item| new_id[item as usize]).collect();
        assert!(!items.contains(&super::PAD), "an item with events was dropped");
        let slots: Vec<usize> = std::iter::once(0).chain(order.iter().map(|&old| old as usize)).collect();
        let names = order.iter().filter_map(|&old| self.item_ids.name(old));
        Ok(Self {
            items,
            item_ids: Vocabulary::from_names(1, names)?,
            catalogue: self.catalogue.iter().map(|&old| new_id[old as usize]).filter(|&id| id > 0).collect(),
            titles: self
                .titles
                .map(|titles| chosen(&titles, &slots[1..].iter().map(|at| at - 1).collect::<Vec<_>>())),
            item_fields: rows_of(&self.item_fields, &slots),
            offsets: self.offsets,
            times: self.times,
            time_unit: self.time_unit,
            ratings: self.ratings,
            user_ids: self.user_ids,
            user_fields: self.user_fields,
            event_fields: self.event_fields,
            parts: self.parts,
            raw: self.raw,
        })
    }
}

fn marked_of<T: Copy>(values: &[T], keep: &[bool]) -> Vec<T> {
    values.iter().zip(keep).filter(|(_, kept)| **kept).map(|(value, _)| *value).collect()
}

fn chosen<T: Clone>(values: &[T], at: &[usize]) -> Vec<T> {
    at.iter().map(|&at| values[at].clone()).collect()
}

/// The rows `at` of each field.
fn rows_of(fields: &[Field], at: &[usize]) -> Vec<Field> {
    fields.iter().map(|field| field.place(at.len(), at.iter().copied().zip(0..))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{Categories, CategoryLists, Numbers};
    use crate::part::Part;

    fn sequences() -> Sequences {
        let genres = [vec![], vec!["p"], vec!["p", "q"], vec![], vec!["q"]];
        let age = Categories::from_names([Some("1"), None, Some("1")]).unwrap();
        let dwell = Numbers::new(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        Sequences::from_histories(&[vec![1, 2], vec![3], vec![2, 3, 2]], 4)
            .and_then(|it| it.with_times(vec![1, 2, 3, 4, 5, 6]))
            .and_then(|it| it.with_titles(["a", "b", "c", "d"].map(str::to_owned).into()))
            .and_then(|it| {
                it.with_categories(Categories::new(vec!["x".into(), "y".into()], vec![0, 1, 2, 0, 2])?)
            })
            .and_then(|it| it.with_item_field(Field::new("genres", CategoryLists::from_names(genres)?)))
            .and_then(|it| it.with_user_field(Field::new("age", age)))
            .and_then(|it| it.with_event_field(Field::new("dwell", dwell)))
            .and_then(|it| it.with_parts(vec![Part::Train, Part::Valid, Part::Test]))
            .unwrap()
    }

    #[test]
    fn users_without_events_go_with_all_that_is_known_of_them() {
        let kept = sequences().retain_events(&[true, false, false, true, false, true]).unwrap();
        assert_eq!((kept.items(0), kept.items(1), kept.num_users()), (&[1][..], &[2, 2][..], 2));
        assert_eq!(kept.times(1), Some(&[4, 6][..]));
        assert_eq!(kept.user_ids().iter().collect::<Vec<_>>(), [("0", 0), ("2", 1)]);
        assert_eq!(kept.parts(), Some(&[Part::Train, Part::Test][..]));
        assert_eq!(kept.user_fields()[0].single().unwrap().codes(), [1, 1]);
        assert_eq!(kept.event_fields()[0].numbers().unwrap().values(), [1.0, 4.0, 6.0]);
        assert_eq!(kept.num_items(), 4);
    }

    #[test]
    fn items_take_their_names_and_features_along() {
        let renumbered = sequences().renumber_items(&[3, 2, 1]).unwrap();
        assert_eq!(renumbered.items(0), [3, 2]);
        assert_eq!(renumbered.items(2), [2, 1, 2]);
        assert_eq!(renumbered.item_ids().iter().collect::<Vec<_>>(), [("3", 1), ("2", 2), ("1", 3)]);
        assert_eq!(renumbered.catalogue(), [3, 2, 1]);
        assert_eq!((renumbered.title(1), renumbered.title(3)), (Some("c"), Some("a")));
        let categories = renumbered.categories().unwrap();
        let names = [1, 2, 3].map(|item| categories.name(categories.of(item)));
        assert_eq!(names, [None, Some("y"), Some("x")]);
        let genres = renumbered.genres().unwrap();
        let names = |item| genres.of(item).iter().filter_map(|&code| genres.name(code)).collect::<Vec<_>>();
        assert_eq!((names(1), names(2), names(3)), (vec![], vec!["p", "q"], vec!["p"]));
    }

    #[test]
    #[should_panic(expected = "an item with events was dropped")]
    fn items_with_events_cannot_go() {
        let _ = sequences().renumber_items(&[1, 2]);
    }
}
