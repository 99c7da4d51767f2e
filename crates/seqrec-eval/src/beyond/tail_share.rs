//! Share of the long tail.

use super::list_mean;
use crate::Popularity;

/// Share of a list outside the `head_size` most popular items; see
/// [`Popularity::head_size`] for the head that holds a share of the interactions.
pub fn tail_share(list: &[u32], popularity: &Popularity, head_size: usize) -> Option<f64> {
    list_mean(list, |item| f64::from(!popularity.is_among_top(item, head_size)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;

    #[test]
    fn the_head_holds_eighty_percent() {
        let catalogue = Catalogue::new(vec![0, 10, 50, 10, 30]).unwrap();
        let popularity = catalogue.popularity();
        let head = popularity.head_size(0.8).unwrap();
        assert_eq!(tail_share(&[2, 4, 1, 3], popularity, head), Some(0.5));
        assert_eq!(tail_share(&[2, 4], popularity, head), Some(0.0));
    }
}
