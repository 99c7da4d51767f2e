//! An item with its score, and the order of ranked lists.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// An item and the score a model gave it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// Item id, from 1 on.
    pub item: u32,
    /// The model's score; higher is better.
    pub score: f32,
}

impl Scored {
    /// An item with its score.
    pub fn new(item: u32, score: f32) -> Self {
        Self { item, score }
    }

    /// The order of a ranked list: higher score first, and of equal scores the lower id.
    ///
    /// `-0.0` equals `0.0`. A NaN has no place in a list; it sorts last, so that the order stays
    /// total.
    pub fn ranking_order(&self, other: &Self) -> Ordering {
        let by_score = match (self.score.is_nan(), other.score.is_nan()) {
            (false, false) => other.score.partial_cmp(&self.score).unwrap_or(Ordering::Equal),
            (left, right) => left.cmp(&right),
        };
        by_score.then(self.item.cmp(&other.item))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn higher_scores_then_lower_ids_come_first() {
        let mut list =
            [(4, 0.0), (3, f32::NAN), (2, -0.0), (9, 1.0), (1, f32::NAN)].map(|(i, s)| Scored::new(i, s));
        list.sort_by(Scored::ranking_order);
        assert_eq!(list.map(|s| s.item), [9, 2, 4, 1, 3]);
    }
}
