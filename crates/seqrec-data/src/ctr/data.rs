//! From sequences to samples in three parts.

use serde::{Deserialize, Serialize};

use super::{Positives, Samples};
use crate::error::{Error, Result};
use crate::fingerprint::Arrays;
use crate::sequences::Sequences;
use crate::split::Cut;

/// How samples are made of events.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CtrConfig {
    /// First time of validation. Default: the 0.8 quantile of all event times.
    pub valid_from: Cut,
    /// First time of the test. Default: the 0.9 quantile.
    pub test_from: Cut,
    /// Smallest rating that counts as "took it"; for data with labels. Default 1, which suits
    /// labels of 0 and 1.
    pub positive_from: f32,
    /// Fewest earlier positives of a sample's user; samples with fewer are left out and counted.
    /// Default 1.
    pub min_history: u32,
}

impl Default for CtrConfig {
    fn default() -> Self {
        Self {
            valid_from: Cut::Quantile(0.8),
            test_from: Cut::Quantile(0.9),
            positive_from: 1.0,
            min_history: 1,
        }
    }
}

/// Samples of training, validation and test, by time, and the positives that their histories are
/// made of.
///
/// A history is what the user took strictly before the sample, held-out positives included. Samples
/// run by user, then by time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CtrData {
    positives: Positives,
    num_items: usize,
    parts: [Samples; 3],
    left_out: [usize; 3],
    valid_from: i64,
    fingerprint: String,
}

impl CtrData {
    /// Every event is a sample, labelled by its rating: impressions with their outcome.
    ///
    /// # Errors
    /// [`Error::NeedsColumn`] without ratings or times, [`Error::Config`] for times out of order,
    /// [`Error::EmptyPart`].
    pub fn from_labels(sequences: &Sequences, config: &CtrConfig) -> Result<Self> {
        let missing = Error::NeedsColumn { what: "a CTR data set with labels", column: "ratings" };
        let ratings = sequences.ratings.as_deref().ok_or(missing)?;
        Self::new(sequences, config, ratings.iter().map(|&rating| rating >= config.positive_from).collect())
    }

    /// Every event is a positive sample; negatives are drawn later.
    ///
    /// # Errors
    /// As for [`from_labels`](Self::from_labels), but ratings are not needed.
    pub fn from_positives(sequences: &Sequences, config: &CtrConfig) -> Result<Self> {
        Self::new(sequences, config, vec![true; sequences.num_events()])
    }

    fn new(sequences: &Sequences, config: &CtrConfig, labels: Vec<bool>) -> Result<Self> {
        let missing = Error::NeedsColumn { what: "a CTR data set", column: "times" };
        let times = sequences.times.as_deref().ok_or(missing)?;
        let cuts = Cut::two(config.valid_from, config.test_from, times)?;
        let positives = Positives::new(sequences, times, &labels);
        let mut parts: [Samples; 3] = Default::default();
        let mut left_out = [0; 3];
        for (user, bounds) in (0u32..).zip(sequences.offsets.windows(2)) {
            for at in bounds[0]..bounds[1] {
                let part = cuts.iter().filter(|&&cut| times[at] >= cut).count();
                match positives.before(user, times[at]) as u32 {
                    few if few < config.min_history => left_out[part] += 1,
                    history => parts[part].push(user, history, sequences.items[at], labels[at], times[at]),
                }
            }
        }
        for (part, samples) in ["train", "validation", "test"].into_iter().zip(&parts) {
            if samples.is_empty() {
                return Err(Error::EmptyPart { part, users: sequences.num_users() });
            }
        }
        let fingerprint = fingerprint(sequences, &positives, &parts);
        Ok(Self {
            positives,
            num_items: sequences.num_items(),
            parts,
            left_out,
            valid_from: cuts[0],
            fingerprint,
        })
    }

    /// The events that histories are made of.
    #[must_use]
    pub fn positives(&self) -> &Positives {
        &self.positives
    }

    /// The positives of a user that go with a sample of this time: those of training for a training
    /// sample, else all.
    pub(super) fn positives_around(&self, user: u32, time: i64) -> &[u32] {
        let all = self.positives.items(user);
        let end =
            if time < self.valid_from { self.positives.before(user, self.valid_from) } else { all.len() };
        &all[..end]
    }

    /// Number of items without padding.
    #[must_use]
    pub fn num_items(&self) -> usize {
        self.num_items
    }

    /// Samples before the first time.
    #[must_use]
    pub fn train(&self) -> &Samples {
        &self.parts[0]
    }

    /// Samples between the two times.
    #[must_use]
    pub fn valid(&self) -> &Samples {
        &self.parts[1]
    }

    /// Samples from the second time on.
    #[must_use]
    pub fn test(&self) -> &Samples {
        &self.parts[2]
    }

    /// Events of training, validation and test whose user had too few positives before.
    #[must_use]
    pub fn left_out(&self) -> [usize; 3] {
        self.left_out
    }

    /// SHA-256 in lower-case hex over ids, positives and samples.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

fn fingerprint(sequences: &Sequences, positives: &Positives, parts: &[Samples]) -> String {
    let mut hash = Arrays::default();
    hash.vocabulary("users", sequences.user_ids());
    hash.vocabulary("items", sequences.item_ids());
    hash.numbers("offsets", positives.offsets.iter().map(|&n| (n as u64).to_le_bytes()));
    hash.numbers("positives", positives.items.iter().map(|n| n.to_le_bytes()));
    hash.numbers("times", positives.times.iter().map(|n| n.to_le_bytes()));
    for samples in parts {
        hash.numbers("users", samples.users().iter().map(|n| n.to_le_bytes()));
        hash.numbers("histories", samples.histories().iter().map(|n| n.to_le_bytes()));
        hash.numbers("items", samples.items().iter().map(|n| n.to_le_bytes()));
        hash.numbers("labels", samples.labels().iter().map(|&label| [u8::from(label)]));
        hash.numbers("times", samples.times().iter().map(|n| n.to_le_bytes()));
    }
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::PrepareConfig;
    use crate::{Dataset, EventLog, TimeUnit};
    use proptest::prelude::*;

    fn impressions(rows: &[(u32, u32, i64, bool)]) -> Sequences {
        let mut log = EventLog::new(Some(TimeUnit::Seconds), true);
        for &(user, item, time, label) in rows {
            let rating = Some(f32::from(u8::from(label)));
            log.push(&user.to_string(), &item.to_string(), Some(time), rating).unwrap();
        }
        Dataset::from(log).prepare(&PrepareConfig::default()).unwrap()
    }

    fn at(valid: i64, test: i64) -> CtrConfig {
        CtrConfig { valid_from: Cut::Time(valid), test_from: Cut::Time(test), ..CtrConfig::default() }
    }

    #[test]
    fn histories_hold_what_was_taken_before_and_nothing_else() {
        let rows = [
            (1, 10, 1, true),
            (1, 11, 2, false),
            (1, 12, 3, true),
            (1, 13, 3, false),
            (1, 14, 5, false),
            (2, 10, 4, false),
            (2, 11, 6, true),
        ];
        let sequences = impressions(&rows);
        let data = CtrData::from_labels(&sequences, &at(3, 5)).unwrap();
        let name = |item: u32| sequences.item_ids().name(item).unwrap();
        assert_eq!(
            data.positives().items(0).iter().map(|&item| name(item)).collect::<Vec<_>>(),
            ["10", "12"]
        );
        assert_eq!(data.train().labels(), [false]);
        assert_eq!((data.valid().labels(), data.valid().histories()), (&[true, false][..], &[1, 1][..]));
        assert_eq!((data.test().histories(), data.test().times()), (&[2][..], &[5][..]));
        assert_eq!(data.left_out(), [1, 1, 1], "the first positive, and all of user 2");
        let all = CtrData::from_labels(&sequences, &CtrConfig { min_history: 0, ..at(3, 5) }).unwrap();
        assert_eq!((all.left_out(), all.test().histories()), ([0; 3], &[2, 0][..]));
        assert_ne!(all.fingerprint(), data.fingerprint());
    }

    #[test]
    fn what_is_missing_is_named() {
        let bare = Sequences::from_histories(&[vec![1, 2]], 2).unwrap();
        let of = |result: Result<CtrData>| result.unwrap_err().to_string();
        assert!(of(CtrData::from_labels(&bare, &at(1, 2))).contains("ratings"));
        assert!(of(CtrData::from_positives(&bare, &at(1, 2))).contains("times"));
        let timed = bare.with_times(vec![1, 2]).unwrap();
        assert!(of(CtrData::from_positives(&timed, &at(1, 2))).contains("train"));
    }

    proptest! {
        #[test]
        fn no_sample_knows_its_own_time_and_no_training_sample_the_cut(
            rows in prop::collection::vec((0u32..5, 0u32..9, 0i64..12, any::<bool>()), 1..80),
        ) {
            let sequences = impressions(&rows);
            let config = at(5, 8);
            let data = match CtrData::from_labels(&sequences, &config) {
                Err(Error::EmptyPart { .. }) => return Ok(()),
                data => data.unwrap(),
            };
            for (samples, within) in [(data.train(), 0..5), (data.valid(), 5..8), (data.test(), 8..12)] {
                for at in 0..samples.len() {
                    let (user, time) = (samples.users()[at], samples.times()[at]);
                    prop_assert!(within.contains(&time));
                    let (past, rest) = data.positives().times(user).split_at(samples.histories()[at] as usize);
                    prop_assert!(past.iter().all(|&earlier| earlier < time));
                    prop_assert!(rest.iter().all(|&later| later >= time));
                }
            }
            let samples = data.train().len() + data.valid().len() + data.test().len();
            prop_assert_eq!(samples + data.left_out().iter().sum::<usize>(), rows.len());
        }
    }
}
