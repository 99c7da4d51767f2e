//! What looks at all lists together.

use super::Metric;
use super::observation::Observation;
use super::per_user::Rows;
use crate::beyond;

/// Sums over users. Whole numbers, apart from the popularity of lists and profiles, which is kept
/// by user and added up in one order at the end.
#[derive(Debug, Clone)]
pub(super) struct Totals {
    /// For each cut-off.
    pub at_cutoff: Vec<CutoffTotals>,
    /// Popularity of the list at each cut-off and, last, of the profile; users with a history.
    pub profiles: Rows,
    pub truth_items: u64,
    pub unseen_truth_items: u64,
    pub short_lists: usize,
}

#[derive(Debug, Clone)]
pub(super) struct CutoffTotals {
    /// How many lists contain each item, by `id - 1`.
    pub recommended: Vec<u64>,
    pub hits: u64,
    pub unexpected_hits: u64,
}

impl Totals {
    pub fn new(num_items: usize, cutoffs: usize) -> Self {
        let empty = CutoffTotals { recommended: vec![0; num_items], hits: 0, unexpected_hits: 0 };
        Self {
            at_cutoff: vec![empty; cutoffs],
            profiles: Rows::new(cutoffs + 1),
            truth_items: 0,
            unseen_truth_items: 0,
            short_lists: 0,
        }
    }

    pub fn add(
        &mut self,
        user: u32,
        view: &Observation<'_>,
        truth: &[u32],
        history: &[u32],
        cutoffs: &[usize],
    ) {
        let popularity = view.catalogue.popularity();
        for (totals, &n) in self.at_cutoff.iter_mut().zip(cutoffs) {
            for &item in view.list(n) {
                totals.recommended[item as usize - 1] += 1;
            }
            totals.hits += view.hits.count(n) as u64;
            totals.unexpected_hits += beyond::unexpected_hits(view.ranked, view.hits, n, popularity) as u64;
        }
        if let Some(profile) = beyond::average_popularity(history, popularity) {
            let lists = cutoffs.iter().map(|&n| view.figure(Metric::AveragePopularity, n));
            self.profiles.push(user, lists.chain([profile]));
        }
        self.truth_items += truth.len() as u64;
        self.unseen_truth_items += truth.iter().filter(|&&item| popularity.count(item) == 0).count() as u64;
        self.short_lists += usize::from(cutoffs.iter().any(|&n| n > view.ranked.len()));
    }

    pub fn merge(&mut self, other: Self) {
        for (own, new) in self.at_cutoff.iter_mut().zip(other.at_cutoff) {
            for (count, more) in own.recommended.iter_mut().zip(new.recommended) {
                *count += more;
            }
            own.hits += new.hits;
            own.unexpected_hits += new.unexpected_hits;
        }
        self.profiles.append(other.profiles);
        self.truth_items += other.truth_items;
        self.unseen_truth_items += other.unseen_truth_items;
        self.short_lists += other.short_lists;
    }

    /// Items without a train interaction that some list contains.
    pub fn cold_items(&self, train_count: impl Fn(u32) -> u64) -> usize {
        let recommended = |item: u32| self.at_cutoff.iter().any(|at| at.recommended[item as usize - 1] > 0);
        let items = 1..=self.at_cutoff.first().map_or(0, |at| at.recommended.len()) as u32;
        items.filter(|&item| train_count(item) == 0 && recommended(item)).count()
    }
}

/// Popularity lift at each cut-off, from what [`Totals::profiles`] gathered.
pub(super) fn popularity_lifts(profiles: Rows) -> Vec<Option<f64>> {
    let (users, columns) = profiles.into_columns();
    let mean = |column: &Vec<f64>| column.iter().sum::<f64>() / users.len() as f64;
    let mut means: Vec<f64> = columns.iter().map(mean).collect();
    let profile = means.pop();
    means.into_iter().map(|list| beyond::popularity_lift(list, profile?)).collect()
}
