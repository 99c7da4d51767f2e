//! Average recommendation popularity (ARP).

use super::list_mean;
use crate::Popularity;

/// `mean_i φ_i`: the train interactions of the items of a list, on average.
pub fn average_popularity(list: &[u32], popularity: &Popularity) -> Option<f64> {
    list_mean(list, |item| popularity.count(item) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;

    #[test]
    fn items_never_seen_count_as_zero() {
        let catalogue = Catalogue::new(vec![0, 6, 3, 0]).unwrap();
        assert_eq!(average_popularity(&[1, 2, 3], catalogue.popularity()), Some(3.0));
        assert_eq!(average_popularity(&[], catalogue.popularity()), None);
    }
}
