//! AUC within users, averaged over users.

use serde::{Deserialize, Serialize};

use super::auc::auc_of;
use super::{check_lengths, check_ordered};
use crate::Result;

/// How much a user counts in [`gauc`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GaucWeight {
    /// By the number of samples. Zhou et al., "Deep Interest Network" (KDD 2018).
    #[default]
    Impressions,
    /// By the number of positives, as RecBole does.
    Positives,
    /// All users alike; the `recommenders` project calls this `group_auc`.
    Equal,
}

/// Grouped AUC, with what had to be left out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Gauc {
    /// The weighted mean of the users' AUC; `None` if no user has both classes.
    pub value: Option<f64>,
    /// Users with both classes, over which the mean runs.
    pub users: usize,
    /// Users without a positive or without a negative, who are left out.
    pub users_skipped: usize,
    /// Samples of the users who are left out.
    pub samples_skipped: usize,
}

/// `GAUC = Σ_u w_u AUC_u / Σ_u w_u` over the users who have both classes.
///
/// Unlike AUC it does not reward knowing which users click often. `users[i]` is the user of sample
/// `i`; the samples need not be sorted by user.
///
/// # Errors
/// [`Error::LengthMismatch`](crate::Error::LengthMismatch) for unequal lengths,
/// [`Error::Score`](crate::Error::Score) for a NaN.
pub fn gauc(users: &[u32], scores: &[f32], labels: &[bool], weight: GaucWeight) -> Result<Gauc> {
    check_lengths("the users", users.len(), "the scores", scores.len())?;
    check_lengths("the scores", scores.len(), "the labels", labels.len())?;
    check_ordered(scores)?;

    let mut order: Vec<usize> = (0..users.len()).collect();
    order.sort_unstable_by_key(|&sample| users[sample]);
    let mut found = Gauc { value: None, users: 0, users_skipped: 0, samples_skipped: 0 };
    let (mut sum, mut weights) = (0.0, 0.0);
    let mut samples = Vec::new();
    for own in order.chunk_by(|&a, &b| users[a] == users[b]) {
        samples.clear();
        samples.extend(own.iter().map(|&sample| (scores[sample], labels[sample])));
        let Some(auc) = auc_of(&mut samples) else {
            found.users_skipped += 1;
            found.samples_skipped += own.len();
            continue;
        };
        let weight = match weight {
            GaucWeight::Impressions => samples.len() as f64,
            GaucWeight::Positives => samples.iter().filter(|sample| sample.1).count() as f64,
            GaucWeight::Equal => 1.0,
        };
        found.users += 1;
        sum += weight * auc;
        weights += weight;
    }
    found.value = (found.users > 0).then(|| sum / weights);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// User 5 has AUC 0.5 with 3 positives of 4, user 2 has AUC 1 with 1 of 2.
    const USERS: [u32; 6] = [5, 2, 5, 5, 2, 5];
    const SCORES: [f32; 6] = [0.2, 0.9, 0.2, 0.2, 0.1, 0.2];
    const LABELS: [bool; 6] = [true, true, true, false, false, true];

    #[test]
    fn the_weight_decides() {
        for (weight, expected) in
            [(GaucWeight::Impressions, 2.0 / 3.0), (GaucWeight::Positives, 0.625), (GaucWeight::Equal, 0.75)]
        {
            let found = gauc(&USERS, &SCORES, &LABELS, weight).unwrap();
            assert!((found.value.unwrap() - expected).abs() < 1e-15, "{weight:?}");
            assert_eq!((found.users, found.users_skipped), (2, 0));
        }
    }

    #[test]
    fn users_of_one_class_are_skipped_and_counted() {
        let users = [1, 1, 1, 2, 3, 3];
        let labels = [true, true, true, false, true, false];
        let scores = [0.1, 0.2, 0.3, 0.4, 0.6, 0.5];
        let found = gauc(&users, &scores, &labels, GaucWeight::default()).unwrap();
        let expected = Gauc { value: Some(1.0), users: 1, users_skipped: 2, samples_skipped: 4 };
        assert_eq!(found, expected);
    }

    #[test]
    fn without_any_usable_user_it_is_undefined() {
        let found = gauc(&[1, 2], &[0.1, 0.2], &[true, false], GaucWeight::Equal).unwrap();
        assert_eq!((found.value, found.users, found.samples_skipped), (None, 0, 2));
        assert!(gauc(&[1], &[0.1, 0.2], &[true, false], GaucWeight::Equal).is_err());
    }
}
