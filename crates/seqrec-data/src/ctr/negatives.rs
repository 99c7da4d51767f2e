//! Items that a user did not take, drawn at random.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

use super::{CtrData, Samples};
use crate::error::{Error, Result};
use crate::split::below;

/// How negatives are drawn: uniformly from all items but padding and those excluded, with
/// replacement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NegativeConfig {
    /// Negatives of each sample. Default 1.
    pub per_positive: u32,
    /// What is never drawn. Default: anything that the user took.
    pub exclude: Exclude,
    /// Seed. Default 0.
    pub seed: u64,
}

/// What is never drawn as a negative, besides padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Exclude {
    /// The positive itself.
    Positive,
    /// Every positive of the user, later ones included; for training samples, those of training.
    User,
    /// Every positive of the user before the sample, and the positive itself.
    History,
}

impl Default for NegativeConfig {
    fn default() -> Self {
        Self { per_positive: 1, exclude: Exclude::User, seed: 0 }
    }
}

/// Streams of one seed: 0 and 1 are validation and test, training has one for each epoch.
const VALID: u64 = 0;
const TEST: u64 = 1;
const TRAIN: u64 = 2;

impl NegativeConfig {
    /// Negatives of the training samples in `epoch`, `[train.len() * per_positive]`. They may differ
    /// from epoch to epoch, since nothing is compared by them.
    ///
    /// # Errors
    /// [`Error::Config`] when a sample has no item left to draw.
    pub fn train(&self, data: &CtrData, epoch: u64) -> Result<Vec<u32>> {
        self.draw(data, data.train(), TRAIN + epoch)
    }

    pub(super) fn valid(&self, data: &CtrData) -> Result<Vec<u32>> {
        self.draw(data, data.valid(), VALID)
    }

    pub(super) fn test(&self, data: &CtrData) -> Result<Vec<u32>> {
        self.draw(data, data.test(), TEST)
    }

    fn draw(&self, data: &CtrData, samples: &Samples, stream: u64) -> Result<Vec<u32>> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(stream);
        let items = data.num_items();
        let mut negatives = Vec::with_capacity(samples.len() * self.per_positive as usize);
        for at in 0..samples.len() {
            let excluded = self.excluded(data, samples, at);
            if excluded.len() >= items {
                let rule = "a sample excludes every item, so that no negative exists";
                return Err(Error::Config { field: "exclude", value: format!("{:?}", self.exclude), rule });
            }
            for _ in 0..self.per_positive {
                negatives.push(loop {
                    let item = 1 + below(items as u64, &mut || rng.next_u32()) as u32;
                    if excluded.binary_search(&item).is_err() {
                        break item;
                    }
                });
            }
        }
        Ok(negatives)
    }

    /// Distinct items that sample `at` must not draw, ascending.
    pub(super) fn excluded(&self, data: &CtrData, samples: &Samples, at: usize) -> Vec<u32> {
        let taken = data.positives_around(samples.users()[at], samples.times()[at]);
        let known = match self.exclude {
            Exclude::Positive => 0,
            Exclude::User => taken.len(),
            Exclude::History => samples.histories()[at] as usize,
        };
        let mut excluded = taken[..known].to_vec();
        excluded.push(samples.items()[at]);
        excluded.sort_unstable();
        excluded.dedup();
        excluded
    }
}

#[cfg(test)]
mod tests {
    use super::super::CtrConfig;
    use super::*;
    use crate::Sequences;
    use crate::split::Cut;
    use proptest::prelude::*;

    fn data(histories: &[Vec<u32>], items: usize) -> Option<CtrData> {
        let times = histories.iter().flat_map(|events| 0..events.len() as i64).collect();
        let sequences =
            Sequences::from_histories(histories, items).and_then(|it| it.with_times(times)).unwrap();
        let (valid_from, test_from) = (Cut::Time(2), Cut::Time(3));
        CtrData::from_positives(&sequences, &CtrConfig { valid_from, test_from, ..CtrConfig::default() }).ok()
    }

    #[test]
    fn epochs_differ_and_repeat() {
        let data = data(&vec![vec![1, 2, 3, 4]; 50], 1_000).unwrap();
        let config = NegativeConfig { per_positive: 3, ..NegativeConfig::default() };
        let epoch = |epoch| config.train(&data, epoch).unwrap();
        assert_eq!((epoch(0).len(), epoch(4)), (150, epoch(4)));
        assert_ne!(epoch(0), epoch(1));
        assert_ne!(config.valid(&data).unwrap(), config.test(&data).unwrap());
        assert_ne!(epoch(0), NegativeConfig { seed: 1, ..config }.train(&data, 0).unwrap());
    }

    #[test]
    fn a_user_who_took_everything_is_refused() {
        let data = data(&[vec![1, 2, 1, 2]], 2).unwrap();
        let draw = |exclude| NegativeConfig { exclude, ..NegativeConfig::default() }.test(&data);
        assert!(matches!(draw(Exclude::User), Err(Error::Config { field: "exclude", .. })));
        assert_eq!(draw(Exclude::Positive).unwrap(), [1], "the positive is 2");
    }

    #[test]
    fn training_negatives_do_not_depend_on_held_out_events() {
        let other_future = |last: u32| data(&vec![vec![1, 2, 3, last]; 50], 9).unwrap();
        let config = NegativeConfig { per_positive: 5, ..NegativeConfig::default() };
        let train = |last| config.train(&other_future(last), 0).unwrap();
        assert_eq!(train(4), train(9));
        assert!(train(4).contains(&4) && !train(4).contains(&1));
        assert!(!config.valid(&other_future(4)).unwrap().contains(&4));
    }

    proptest! {
        #[test]
        fn excluded_items_are_never_drawn(
            histories in prop::collection::vec(prop::collection::vec(1u32..=8, 4..7), 1..8),
            seed: u64,
        ) {
            let data = data(&histories, 9).unwrap();
            for exclude in [Exclude::Positive, Exclude::User, Exclude::History] {
                let config = NegativeConfig { per_positive: 4, exclude, seed };
                let test = data.test().with_negatives(&config.test(&data).unwrap());
                for (row, &item) in test.items().iter().enumerate().filter(|(row, _)| !test.labels()[*row]) {
                    prop_assert!((1..=9).contains(&item));
                    prop_assert_ne!(item, test.items()[row / 5 * 5]);
                    let taken = data.positives().items(test.users()[row]);
                    let known = match exclude {
                        Exclude::Positive => 0,
                        Exclude::User => taken.len(),
                        Exclude::History => test.histories()[row] as usize,
                    };
                    prop_assert!(!taken[..known].contains(&item));
                }
            }
        }
    }
}
