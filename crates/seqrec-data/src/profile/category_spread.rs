//! How many categories a user's items come from.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::{LogHistogram, Quantiles, share, users};
use crate::features::Categories;
use crate::sequences::Sequences;

/// Categories that are named.
const NAMED: usize = 12;

/// Categories of a user's events. Every item has one category at most; events whose item has none
/// count in [`without`](Self::without) only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CategorySpread {
    /// Categories with an event.
    pub categories: u64,
    /// Share of events whose item has no category.
    pub without: Option<f64>,
    /// Distinct categories of a user: quantiles over users.
    pub per_user: Option<Quantiles>,
    /// Users by number of distinct categories.
    pub histogram: LogHistogram,
    /// Shannon entropy of the categories of a user's events, in bits: quantiles over users.
    pub user_entropy: Option<Quantiles>,
    /// The same of all events taken together, in bits.
    pub entropy: Option<f64>,
    /// The categories with most events.
    pub top: Vec<CategoryShare>,
}

/// A category.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CategoryShare {
    /// Its name in the files.
    pub name: String,
    /// Items with an event.
    pub items: u64,
    /// Events on them.
    pub events: u64,
    /// Share of the events that have a category.
    pub of_events: f64,
}

impl CategorySpread {
    /// `counts` are the events of each item, `[num_items + 1]`. `None` without categories.
    pub(super) fn new(sequences: &Sequences, counts: &[u64]) -> Option<Self> {
        let categories = sequences.categories()?;
        let (mut events, mut items) = (vec![0; categories.len() + 1], vec![0; categories.len() + 1]);
        for (&category, &count) in categories.codes().iter().zip(counts) {
            events[category as usize] += count;
            items[category as usize] += u64::from(count > 0);
        }
        let without = std::mem::take(&mut events[0]);
        let total: u64 = events.iter().sum();
        let users = per_user(sequences, categories);
        Some(Self {
            categories: events.iter().filter(|&&count| count > 0).count() as u64,
            without: share(without, without + total),
            per_user: Quantiles::of(users.iter().map(|user| user.distinct as f64)),
            histogram: LogHistogram::of(users.iter().map(|user| user.distinct)),
            user_entropy: Quantiles::of(users.iter().map(|user| user.entropy)),
            entropy: (total > 0).then(|| entropy(events.iter().copied())),
            top: top(categories, &events, &items, total),
        })
    }
}

/// What one user's events say.
struct UserSpread {
    distinct: u64,
    entropy: f64,
}

/// Users with an event that has a category.
fn per_user(sequences: &Sequences, categories: &Categories) -> Vec<UserSpread> {
    let mut counts = vec![0_u64; categories.len() + 1];
    let mut met: Vec<u32> = Vec::new();
    let mut spreads = Vec::with_capacity(sequences.num_users());
    for user in users(sequences) {
        for category in sequences.items(user).iter().map(|&item| categories.of(item)).filter(|&c| c > 0) {
            if counts[category as usize] == 0 {
                met.push(category);
            }
            counts[category as usize] += 1;
        }
        if !met.is_empty() {
            let entropy = entropy(met.iter().map(|&category| counts[category as usize]));
            spreads.push(UserSpread { distinct: met.len() as u64, entropy });
        }
        met.drain(..).for_each(|category| counts[category as usize] = 0);
    }
    spreads
}

/// Shannon entropy in bits of counts that are not all 0: `Σ c/n log2(n/c)`.
fn entropy(counts: impl Iterator<Item = u64> + Clone) -> f64 {
    let total = counts.clone().sum::<u64>() as f64;
    let counts = counts.filter(|&count| count > 0).map(|count| count as f64);
    counts.map(|count| count / total * (total / count).log2()).sum()
}

fn top(categories: &Categories, events: &[u64], items: &[u64], total: u64) -> Vec<CategoryShare> {
    let mut ranked: Vec<u32> = (1..events.len() as u32).filter(|&code| events[code as usize] > 0).collect();
    ranked.sort_by_key(|&code| Reverse(events[code as usize]));
    let named = ranked.iter().take(NAMED).filter_map(|&code| {
        let (events, items) = (events[code as usize], items[code as usize]);
        let name = categories.name(code)?.to_owned();
        Some(CategoryShare { name, items, events, of_events: share(events, total)? })
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::item_counts;

    fn spread(histories: &[Vec<u32>], codes: &[u32]) -> CategorySpread {
        let names = ["a", "b", "c"].map(str::to_owned).into();
        let sequences = Sequences::from_histories(histories, codes.len() - 1)
            .and_then(|sequences| sequences.with_categories(Categories::new(names, codes.to_vec())?))
            .unwrap();
        CategorySpread::new(&sequences, &item_counts(&sequences)).unwrap()
    }

    #[test]
    fn of_three_users() {
        // Items 1 to 4 are of category a, a, b and none. The third user has no category at all.
        let found = spread(&[vec![1, 2, 3, 3], vec![1, 1, 4, 1], vec![4, 4]], &[0, 1, 1, 2, 0]);
        assert_eq!((found.categories, found.without), (2, Some(0.3)));
        let per_user = found.per_user.unwrap();
        assert_eq!((per_user.min, per_user.max), (1.0, 2.0));
        let bits = found.user_entropy.unwrap();
        assert_eq!((bits.min, bits.median, bits.max), (0.0, 0.5, 1.0));
        let expected = -(5.0 / 7.0 * (5.0_f64 / 7.0).log2() + 2.0 / 7.0 * (2.0_f64 / 7.0).log2());
        assert!((found.entropy.unwrap() - expected).abs() < 1e-12);
        let top: Vec<_> = found.top.iter().map(|c| (c.name.as_str(), c.items, c.events)).collect();
        assert_eq!(top, [("a", 2, 5), ("b", 1, 2)]);
        assert_eq!(found.top[0].of_events, 5.0 / 7.0);
    }

    #[test]
    fn one_category_has_no_entropy() {
        for events in 1..200 {
            assert_eq!(entropy([events].into_iter()), 0.0);
        }
        assert_eq!(entropy([5, 5, 0, 5, 5].into_iter()), 2.0);
    }

    #[test]
    fn items_without_any_category_leave_nothing_to_say() {
        let found = spread(&[vec![1]], &[0, 0]);
        assert_eq!((found.without, found.per_user, found.entropy), (Some(1.0), None, None));
        assert!(found.top.is_empty());
    }
}
