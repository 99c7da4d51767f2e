//! One user's ranked list, matched against the ground truth.

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// How repeated items in the ground truth are counted.
///
/// The rule matters to [`recall`](super::recall) and to the ground-truth positions of
/// [`NdcgKind::ComirecPaper`](super::NdcgKind::ComirecPaper). Every other metric is defined on the
/// set of relevant items. Without repetitions the three rules agree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TruthRule {
    /// The ground truth is a set: repetitions are dropped, the first one keeps its position.
    #[default]
    Set,
    /// Hits are distinct items, but recall divides by the length of the list with its
    /// repetitions, so that recall 1 cannot be reached (ComiRec code, branch `master`).
    List,
    /// Every entry of the list whose item was recommended is a hit, and recall divides by the
    /// length of the list (ComiRec code, branch `paper`, which gave the published figures).
    Positions,
}

/// Which places of a ranked list hit, and which entries of the ground truth were hit.
///
/// ```
/// use seqrec_eval::accuracy::{Hits, TruthRule, recall};
///
/// let hits = Hits::new(&[11, 12, 13, 14, 15], &[91, 11, 13, 92], TruthRule::Set)?;
/// assert_eq!(hits.ranks(5), [1, 3]);
/// assert_eq!(recall(&hits, 5), 0.5);
/// assert_eq!(recall(&hits, 2), 0.25);
/// # Ok::<(), seqrec_eval::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hits {
    /// Places that hit, from 1 on, ascending.
    ranks: Vec<usize>,
    /// For each entry of the ground truth that was hit: the place of its item, and its own
    /// position from 0 on. Ascending.
    entries: Vec<(usize, usize)>,
    relevant: usize,
    listed: usize,
    rule: TruthRule,
}

impl Hits {
    /// Matches a ranked list (best first, distinct items) against the ground truth, which is in
    /// order of time where [`NdcgKind::ComirecPaper`](super::NdcgKind::ComirecPaper) is used.
    ///
    /// # Errors
    /// [`Error::EmptyTruth`]; [`Error::Pad`] if id 0 occurs in either list;
    /// [`Error::DuplicateItem`] if `ranked` repeats an item.
    pub fn new(ranked: &[u32], truth: &[u32], rule: TruthRule) -> Result<Self> {
        if truth.is_empty() {
            return Err(Error::EmptyTruth);
        }
        if truth.contains(&0) {
            return Err(Error::Pad { place: "the ground truth" });
        }
        let places = Places::new(ranked)?;

        let distinct = without_repetitions(truth);
        let positions = if rule == TruthRule::Set { &distinct[..] } else { truth };
        let mut entries: Vec<(usize, usize)> = positions
            .iter()
            .enumerate()
            .filter_map(|(position, &item)| places.of(item).map(|place| (place, position)))
            .collect();
        entries.sort_unstable();
        let mut ranks: Vec<usize> = entries.iter().map(|&(place, _)| place).collect();
        ranks.dedup();

        Ok(Self { ranks, entries, relevant: distinct.len(), listed: truth.len(), rule })
    }

    /// The places up to `n` that hold a relevant item, from 1 on, ascending.
    pub fn ranks(&self, n: usize) -> &[usize] {
        &self.ranks[..self.ranks.partition_point(|&rank| rank <= n)]
    }

    /// How many of the first `n` places hit.
    pub fn count(&self, n: usize) -> usize {
        self.ranks(n).len()
    }

    /// Number of distinct relevant items, `|T|`.
    pub fn relevant(&self) -> usize {
        self.relevant
    }

    /// Positions, from 0 on, of the ground-truth entries whose item stands among the first `n`.
    pub fn truth_positions(&self, n: usize) -> impl ExactSizeIterator<Item = usize> {
        let end = self.entries.partition_point(|&(place, _)| place <= n);
        self.entries[..end].iter().map(|&(_, position)| position)
    }

    /// Numerator and denominator of recall under the rule of the ground truth.
    pub(super) fn found_of(&self, n: usize) -> (usize, usize) {
        match self.rule {
            TruthRule::Set => (self.count(n), self.relevant),
            TruthRule::List => (self.count(n), self.listed),
            TruthRule::Positions => (self.truth_positions(n).len(), self.listed),
        }
    }
}

/// Looks up the place of an item in a ranked list.
struct Places(Vec<(u32, usize)>);

impl Places {
    fn new(ranked: &[u32]) -> Result<Self> {
        const PLACE: &str = "the ranked list";
        let mut sorted: Vec<(u32, usize)> = ranked.iter().copied().zip(1..).collect();
        sorted.sort_unstable();
        if sorted.first().is_some_and(|&(item, _)| item == 0) {
            return Err(Error::Pad { place: PLACE });
        }
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(Error::DuplicateItem { place: PLACE, item: pair[0].0 });
        }
        Ok(Self(sorted))
    }

    fn of(&self, item: u32) -> Option<usize> {
        let found = self.0.binary_search_by_key(&item, |&(item, _)| item);
        found.ok().map(|index| self.0[index].1)
    }
}

/// The items of a list in order of first occurrence.
fn without_repetitions(items: &[u32]) -> Vec<u32> {
    let mut firsts: Vec<(u32, usize)> = items.iter().copied().zip(0..).collect();
    firsts.sort_unstable();
    firsts.dedup_by_key(|&mut (item, _)| item);
    firsts.sort_unstable_by_key(|&(_, position)| position);
    firsts.into_iter().map(|(item, _)| item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accuracy::recall;

    #[test]
    fn repetitions_follow_the_rule() {
        // Item 7 is held out three times and recommended second; item 9 is missed.
        let truth = [7, 9, 7, 7];
        let at = |rule| Hits::new(&[5, 7], &truth, rule).unwrap();
        assert_eq!(recall(&at(TruthRule::Set), 2), 1.0 / 2.0);
        assert_eq!(recall(&at(TruthRule::List), 2), 1.0 / 4.0);
        assert_eq!(recall(&at(TruthRule::Positions), 2), 3.0 / 4.0);
        for rule in [TruthRule::Set, TruthRule::List, TruthRule::Positions] {
            assert_eq!(at(rule).ranks(2), [2]);
            assert_eq!(at(rule).relevant(), 2);
        }
    }

    #[test]
    fn positions_are_those_of_the_deduplicated_truth_under_the_set_rule() {
        let positions = |rule| {
            let hits = Hits::new(&[8], &[7, 7, 8], rule).unwrap();
            hits.truth_positions(1).collect::<Vec<_>>()
        };
        assert_eq!(positions(TruthRule::Set), [1]);
        assert_eq!(positions(TruthRule::List), [2]);
    }

    #[test]
    fn nothing_beyond_the_cut_off_counts() {
        let hits = Hits::new(&[1, 2, 3], &[3, 1], TruthRule::Set).unwrap();
        assert_eq!(hits.count(0), 0);
        assert_eq!(hits.count(2), 1);
        assert_eq!(hits.truth_positions(2).collect::<Vec<_>>(), [1]);
        assert_eq!(hits.count(100), 2);
    }

    #[test]
    fn faulty_lists_are_refused() {
        let error = |ranked: &[u32], truth: &[u32]| Hits::new(ranked, truth, TruthRule::Set).unwrap_err();
        assert_eq!(error(&[1], &[]), Error::EmptyTruth);
        assert_eq!(error(&[1, 0], &[1]), Error::Pad { place: "the ranked list" });
        assert_eq!(error(&[1], &[2, 0]), Error::Pad { place: "the ground truth" });
        assert_eq!(error(&[4, 1, 4], &[1]), Error::DuplicateItem { place: "the ranked list", item: 4 });
    }
}
