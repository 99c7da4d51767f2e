//! Novelty: the self-information of the recommended items.

use super::list_mean;
use crate::{Popularity, UserCounts};

/// `mean_i -log2(φ_i / Σφ)` in bits, with the train interactions `φ_i` of item `i`.
///
/// An item without a train interaction counts as if it had one; the evaluator's report says how
/// many such items were recommended.
pub fn novelty(list: &[u32], popularity: &Popularity) -> Option<f64> {
    list_mean(list, |item| bits(popularity.count(item), popularity.total()))
}

/// `mean_i -log2(users_i / |U|)` in bits, with the share of the train users that have item `i`.
///
/// An item without a train user counts as if it had one.
pub fn user_novelty(list: &[u32], users: &UserCounts) -> Option<f64> {
    list_mean(list, |item| bits(users.count(item), users.total()))
}

/// Written as a quotient above 1, so that certainty gives 0 and not -0.
fn bits(count: u64, total: u64) -> f64 {
    (total as f64 / count.max(1) as f64).log2()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;

    #[test]
    fn a_half_and_an_eighth_give_two_bits() {
        let catalogue = Catalogue::new(vec![0, 4, 1, 3, 0]).unwrap();
        assert_eq!(novelty(&[1, 2], catalogue.popularity()), Some(2.0));
        let users = UserCounts::new(vec![0, 8, 2, 1, 0], 16).unwrap();
        assert_eq!(user_novelty(&[1, 2], &users), Some(2.0));
    }

    #[test]
    fn an_item_never_seen_counts_as_seen_once() {
        let catalogue = Catalogue::new(vec![0, 7, 1, 0]).unwrap();
        assert_eq!(novelty(&[3], catalogue.popularity()), novelty(&[2], catalogue.popularity()));
        assert_eq!(novelty(&[], catalogue.popularity()), None);
    }
}
