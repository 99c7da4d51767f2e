//! How unevenly events fall on items.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::histogram::first_of;
use super::{LogHistogram, share};
use crate::sequences::Sequences;

/// Shares of the catalogue whose events are summed, most popular items first.
const HEADS: [f64; 3] = [0.01, 0.05, 0.2];
/// Items that are named.
const NAMED: usize = 10;

/// Distribution of the number of events of an item, over **all** events: those that a split holds
/// out count as well.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Popularity {
    /// Items with exactly one event.
    pub once: u64,
    /// Items of the catalogue with no event.
    pub never: u64,
    /// Gini index of the counts, items without an event included: 0 if all items have the same
    /// number, `1 - 1/n` if one of `n` items has all.
    pub gini: Option<f64>,
    /// What the most popular items have, for growing shares of the catalogue.
    pub heads: Vec<HeadShare>,
    /// Items by number of events.
    pub histogram: LogHistogram,
    /// Number of events at ranks that are spaced by a factor of about √2, and at the last rank with
    /// an event.
    pub by_rank: Vec<RankCount>,
    /// The most popular items.
    pub top: Vec<TopItem>,
}

/// Events of the most popular items.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HeadShare {
    /// Share of the catalogue.
    pub of_items: f64,
    /// How many items that is, rounded up.
    pub items: u64,
    /// Share of all events that fall on them.
    pub of_events: f64,
}

/// Number of events at a rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RankCount {
    /// Rank by number of events, from 1.
    pub rank: u64,
    /// Events of that item.
    pub events: u64,
}

/// A popular item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopItem {
    /// Id in the files.
    pub id: String,
    /// Title, if it has one.
    pub title: Option<String>,
    /// Its events.
    pub events: u64,
}

impl Popularity {
    /// `counts` are the events of each item, `[num_items + 1]`.
    pub(super) fn new(sequences: &Sequences, counts: &[u64]) -> Self {
        let mut ranked: Vec<u32> = (1..counts.len() as u32).collect();
        ranked.sort_by_key(|&item| Reverse(counts[item as usize]));
        let falling: Vec<u64> = ranked.iter().map(|&item| counts[item as usize]).collect();
        let total = falling.iter().sum();
        let named = ranked.iter().take(NAMED).filter(|&&item| counts[item as usize] > 0);
        Self {
            once: falling.iter().filter(|&&count| count == 1).count() as u64,
            never: falling.iter().filter(|&&count| count == 0).count() as u64,
            gini: gini(&falling),
            heads: HEADS.iter().filter_map(|&of_items| head(&falling, total, of_items)).collect(),
            histogram: LogHistogram::of(falling.iter().copied()),
            by_rank: by_rank(&falling),
            top: named
                .map(|&item| TopItem {
                    id: sequences.item_ids().name(item).unwrap_or_default().to_owned(),
                    title: sequences.title(item).map(str::to_owned),
                    events: counts[item as usize],
                })
                .collect(),
        }
    }
}

fn head(falling: &[u64], total: u64, of_items: f64) -> Option<HeadShare> {
    let items = (of_items * falling.len() as f64).ceil() as usize;
    let of_events = share(falling[..items].iter().sum(), total)?;
    Some(HeadShare { of_items, items: items as u64, of_events })
}

/// Gini index of counts that fall. Whole numbers keep the sum exact for any catalogue.
fn gini(falling: &[u64]) -> Option<f64> {
    let total: u64 = falling.iter().sum();
    let n = falling.len() as i128;
    let weights = (0_i128..).map(|above| n - 1 - 2 * above);
    let sum: i128 = falling.iter().zip(weights).map(|(&count, weight)| weight * i128::from(count)).sum();
    (total > 0).then(|| sum as f64 / (n as f64 * total as f64))
}

fn by_rank(falling: &[u64]) -> Vec<RankCount> {
    let last = falling.iter().take_while(|&&count| count > 0).count() as u128;
    let mut ranks: Vec<u128> = (0..).map(first_of).take_while(|&rank| rank < last).chain([last]).collect();
    ranks.dedup();
    let ranks = ranks.into_iter().filter(|&rank| rank > 0);
    ranks.map(|rank| RankCount { rank: rank as u64, events: falling[rank as usize - 1] }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::item_counts;

    fn popularity(histories: &[Vec<u32>], items: usize) -> Popularity {
        let sequences = Sequences::from_histories(histories, items).unwrap();
        Popularity::new(&sequences, &item_counts(&sequences))
    }

    #[test]
    fn of_five_items() {
        // Items 1 to 5 have 2, 5, 1, 0 and 2 events.
        let found = popularity(&[vec![2, 2, 2, 2, 2, 1], vec![1, 3, 5, 5]], 5);
        assert_eq!((found.once, found.never), (1, 1));
        // Falling 5 2 2 1 0 with weights 4 2 0 -2 -4: (20 + 4 - 2) / (5 * 10).
        assert_eq!(found.gini, Some(0.44));
        // 1 %, 5 % and 20 % of five items are one item each.
        let heads: Vec<_> = found.heads.iter().map(|head| (head.items, head.of_events)).collect();
        assert_eq!(heads, [(1, 0.5); 3]);
        let ranks: Vec<_> = found.by_rank.iter().map(|at| (at.rank, at.events)).collect();
        assert_eq!(ranks, [(1, 5), (2, 2), (3, 2), (4, 1)]);
        let top: Vec<_> = found.top.iter().map(|item| (item.id.as_str(), item.events)).collect();
        assert_eq!(top, [("2", 5), ("1", 2), ("5", 2), ("3", 1)], "ties by item number");
    }

    #[test]
    fn equal_and_winner_takes_all() {
        assert_eq!(gini(&[3, 3, 3]), Some(0.0));
        assert_eq!(gini(&[4, 0, 0, 0]), Some(0.75));
        assert_eq!(gini(&[0, 0]), None);
    }

    #[test]
    fn the_last_rank_is_there_once() {
        let ranks = |n: usize| by_rank(&vec![1; n]).iter().map(|at| at.rank).collect::<Vec<_>>();
        assert_eq!(ranks(1), [1]);
        assert_eq!(ranks(8), [1, 2, 3, 4, 6, 8]);
        assert_eq!(ranks(9), [1, 2, 3, 4, 6, 8, 9]);
        assert!(ranks(0).is_empty());
    }
}
