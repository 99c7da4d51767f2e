//! Popularity lift.

/// `(ARP(R) - ARP(profile)) / ARP(profile)`: by how much the recommendations are more popular than
/// what the same users chose themselves. Above 0, popularity is amplified.
///
/// Both arguments are means over users of
/// [`average_popularity`](super::average_popularity), of the lists and of the histories. `None` if
/// the profiles have no popularity at all.
pub fn popularity_lift(recommended: f64, profile: f64) -> Option<f64> {
    (profile > 0.0).then(|| (recommended - profile) / profile)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amplification_is_positive() {
        assert_eq!(popularity_lift(15.0, 10.0), Some(0.5));
        assert_eq!(popularity_lift(5.0, 10.0), Some(-0.5));
        assert_eq!(popularity_lift(5.0, 0.0), None);
    }
}
