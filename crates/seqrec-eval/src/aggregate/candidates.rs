//! The candidate list of one user.

use crate::{Error, Result, Scored};

const PLACE: &str = "the candidate list";

/// Distinct items with finite scores, best first; of equal scores the lower id first.
///
/// ```
/// use seqrec_eval::{Candidates, Categories, Scored};
///
/// let first = [Scored::new(1, 10.0), Scored::new(2, 9.9), Scored::new(3, 9.8)];
/// let second = [Scored::new(4, 9.0), Scored::new(2, 8.7), Scored::new(5, 8.5)];
/// let candidates = Candidates::merge([&first, &second])?;
/// let categories = Categories::single(&[0, 1, 1, 1, 2, 3]);
///
/// let items = |list: Vec<Scored>| list.iter().map(|s| s.item).collect::<Vec<_>>();
/// assert_eq!(items(candidates.top(3)), [1, 2, 3]);
/// let diverse = candidates.diversify_by_category(3, 2.0, |item| categories.main(item))?;
/// assert_eq!(items(diverse), [1, 4, 5]);
/// # Ok::<(), seqrec_eval::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Candidates(Vec<Scored>);

impl Candidates {
    /// Merges the lists of all interests: every item once, with its best score. Id 0, which an
    /// index may return for padding rows, is dropped.
    ///
    /// The scores of one user's interests are comparable as they are; nothing is rescaled.
    ///
    /// # Errors
    /// [`Error::Score`] if a score is not finite, with its position over all lists.
    pub fn merge<L: AsRef<[Scored]>>(lists: impl IntoIterator<Item = L>) -> Result<Self> {
        let mut all: Vec<Scored> = Vec::new();
        for list in lists {
            all.extend_from_slice(list.as_ref());
        }
        if let Some(position) = all.iter().position(|scored| !scored.score.is_finite()) {
            return Err(Error::Score { position, score: all[position].score });
        }
        all.retain(|scored| scored.item != 0);
        all.sort_unstable_by(|a, b| a.item.cmp(&b.item).then(a.ranking_order(b)));
        all.dedup_by_key(|scored| scored.item);
        all.sort_unstable_by(Scored::ranking_order);
        Ok(Self(all))
    }

    /// The candidates of a single list, in any order.
    ///
    /// # Errors
    /// [`Error::Score`] if a score is not finite; [`Error::Pad`] and [`Error::DuplicateItem`], as
    /// one list has no reason to hold either.
    pub fn new(list: &[Scored]) -> Result<Self> {
        let mut items: Vec<u32> = list.iter().map(|scored| scored.item).collect();
        items.sort_unstable();
        if items.first() == Some(&0) {
            return Err(Error::Pad { place: PLACE });
        }
        if let Some(pair) = items.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Error::DuplicateItem { place: PLACE, item: pair[0] });
        }
        Self::merge([list])
    }

    /// The same candidates with scores moved to `[0, 1]`: worst 0, best 1; all 0 if they are equal.
    ///
    /// The weight of diversity is in units of the scores. This makes it mean the same for every
    /// user and model, at the price of leaving the published definition.
    #[must_use]
    pub fn min_max_normalised(&self) -> Self {
        let (Some(best), Some(worst)) = (self.0.first(), self.0.last()) else {
            return self.clone();
        };
        let (low, range) = (f64::from(worst.score), f64::from(best.score) - f64::from(worst.score));
        let unit = |score: f32| match range > 0.0 {
            true => ((f64::from(score) - low) / range) as f32,
            false => 0.0,
        };
        let mut moved: Vec<Scored> =
            self.0.iter().map(|scored| Scored::new(scored.item, unit(scored.score))).collect();
        // Rounding may have made neighbours equal, and then their ids decide.
        moved.sort_by(Scored::ranking_order);
        Self(moved)
    }

    /// The `n` best by score; all if there are fewer.
    pub fn top(&self, n: usize) -> Vec<Scored> {
        self.0[..n.min(self.0.len())].to_vec()
    }

    /// All candidates, best first.
    pub fn as_slice(&self) -> &[Scored] {
        &self.0
    }

    /// Number of candidates.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no candidate.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(pairs: &[(u32, f32)]) -> Vec<Scored> {
        pairs.iter().map(|&(item, score)| Scored::new(item, score)).collect()
    }

    #[test]
    fn merging_keeps_the_best_score_and_drops_padding() {
        let merged = Candidates::merge([
            list(&[(7, 3.0), (0, 99.0), (2, 1.0)]),
            list(&[(2, 4.0), (9, 3.0)]),
            list(&[]),
        ]);
        assert_eq!(merged.unwrap().as_slice(), list(&[(2, 4.0), (7, 3.0), (9, 3.0)]));
    }

    #[test]
    fn a_single_list_has_to_be_clean() {
        let error = |pairs: &[(u32, f32)]| Candidates::new(&list(pairs)).unwrap_err();
        assert_eq!(error(&[(0, 1.0)]), Error::Pad { place: PLACE });
        assert_eq!(error(&[(3, 1.0), (3, 2.0)]), Error::DuplicateItem { place: PLACE, item: 3 });
        assert_eq!(
            error(&[(3, 1.0), (4, f32::INFINITY)]),
            Error::Score { position: 1, score: f32::INFINITY }
        );
    }

    #[test]
    fn normalised_scores_span_the_unit_interval() {
        let candidates = Candidates::new(&list(&[(1, 4.0), (2, -4.0), (3, 0.0)])).unwrap();
        let moved = candidates.min_max_normalised();
        assert_eq!(moved.as_slice(), list(&[(1, 1.0), (3, 0.5), (2, 0.0)]));
        let equal = Candidates::new(&list(&[(5, 2.0), (4, 2.0)])).unwrap();
        assert_eq!(equal.min_max_normalised().as_slice(), list(&[(4, 0.0), (5, 0.0)]));
        let wide = Candidates::new(&list(&[(1, f32::MAX), (2, f32::MIN)])).unwrap();
        assert_eq!(wide.min_max_normalised().as_slice(), list(&[(1, 1.0), (2, 0.0)]));
    }
}
