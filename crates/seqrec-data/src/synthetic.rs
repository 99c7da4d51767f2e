//! Made-up users with several interests, for tests and demonstrations with a known truth.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::events::EventLog;
use crate::features::FieldBuilder;
use crate::manifest::TimeUnit;
use crate::prepare::PrepareConfig;
use crate::read::ItemTable;
use crate::sequences::{CATEGORY, Sequences};
use crate::vocabulary::Vocabulary;

const SECONDS_IN_SESSION: i64 = 60;
const SECONDS_BETWEEN_SESSIONS: i64 = 86_400;

/// Parameters of the generator.
///
/// Items are dealt evenly to clusters; a cluster is a category. Each user has a few clusters as
/// interests. A user's events come in sessions: every session stays with one interest, and the
/// next session picks another one. Within a cluster, the item of popularity rank `r` (from 0) is
/// drawn with weight `(r + 1)^-popularity_exponent`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SyntheticConfig {
    /// Users. Default 1,000.
    pub users: usize,
    /// Items before those that nobody met are dropped. Default 500.
    pub items: usize,
    /// Clusters, at most as many as items. Default 20.
    pub clusters: usize,
    /// Interests of a user, at most as many as clusters. Default 3.
    pub interests: usize,
    /// Fewest events of a user. Default 20.
    pub min_events: usize,
    /// Most events of a user. Default 60.
    pub max_events: usize,
    /// Probability that the session goes on after an event. Default 0.75.
    pub stay: f64,
    /// Probability that an event is a uniformly drawn item of any cluster. Default 0.05.
    pub noise: f64,
    /// Skew of the popularity within a cluster; 0 is uniform. Default 1.
    pub popularity_exponent: f64,
    /// Seed. Default 0.
    pub seed: u64,
}

impl Default for SyntheticConfig {
    fn default() -> Self {
        Self {
            users: 1_000,
            items: 500,
            clusters: 20,
            interests: 3,
            min_events: 20,
            max_events: 60,
            stay: 0.75,
            noise: 0.05,
            popularity_exponent: 1.0,
            seed: 0,
        }
    }
}

/// Generated sequences and the truth behind them.
#[derive(Debug, Clone, PartialEq)]
pub struct Synthetic {
    /// The data, with times, titles and categories.
    pub sequences: Sequences,
    /// Categories that each user is interested in, ascending, `[num_users][interests]`.
    /// 0 stands for a cluster none of whose items occurs in the data.
    pub interests: Vec<Vec<u32>>,
}

impl SyntheticConfig {
    /// Generates the data. Equal configurations give equal data on every machine.
    ///
    /// # Errors
    /// [`Error::Config`] for a value out of range.
    pub fn generate(&self) -> Result<Synthetic> {
        self.check()?;
        let mut random = Random::new(self.seed);
        let per_cluster = cumulative_weights(self);
        let mut log = EventLog::new(Some(TimeUnit::Seconds), false);
        let mut truth = Vec::with_capacity(self.users);
        for user in 0..self.users {
            let clusters = random.distinct(self.interests, self.clusters);
            self.generate_user(&mut random, &user.to_string(), &clusters, &per_cluster, &mut log)?;
            truth.push(clusters);
        }
        let sequences = Dataset::with_items(log, self.item_table()?).prepare(&PrepareConfig::default())?;
        let interests = truth
            .iter()
            .map(|clusters| {
                let mut own: Vec<u32> =
                    clusters.iter().map(|&cluster| category(&sequences, cluster)).collect();
                own.sort_unstable();
                own
            })
            .collect();
        Ok(Synthetic { sequences, interests })
    }

    fn generate_user(
        &self,
        random: &mut Random,
        user: &str,
        clusters: &[usize],
        per_cluster: &[Vec<f64>],
        log: &mut EventLog,
    ) -> Result<()> {
        let events = self.min_events + random.below(self.max_events - self.min_events + 1);
        let mut interest = random.below(clusters.len());
        let mut time = 0;
        for _ in 0..events {
            let item = if random.unit() < self.noise {
                random.below(self.items)
            } else {
                let cluster = clusters[interest];
                let rank = random.weighted(&per_cluster[cluster]);
                cluster + rank * self.clusters
            };
            log.push(user, &item.to_string(), Some(time), None)?;
            if random.unit() < self.stay {
                time += SECONDS_IN_SESSION;
            } else {
                time += SECONDS_BETWEEN_SESSIONS;
                if clusters.len() > 1 {
                    let step = 1 + random.below(clusters.len() - 1);
                    interest = (interest + step) % clusters.len();
                }
            }
        }
        Ok(())
    }

    /// Item `i` is in cluster `i % clusters` and has popularity rank `i / clusters` there.
    fn item_table(&self) -> Result<ItemTable> {
        let mut table = ItemTable {
            ids: Vocabulary::starting_at(0),
            titles: Some((0..self.items).map(|item| self.title(item)).collect()),
            ..ItemTable::default()
        };
        let mut categories = FieldBuilder::single(CATEGORY, None);
        for item in 0..self.items {
            table.ids.intern(&item.to_string())?;
            categories.push_text(Some(&cluster_name(item % self.clusters)))?;
        }
        table.fields.push(categories.finish()?);
        Ok(table)
    }

    fn title(&self, item: usize) -> String {
        format!("{}, item {}", cluster_name(item % self.clusters), item / self.clusters)
    }

    fn check(&self) -> Result<()> {
        let rule = |holds: bool, field, value: String, rule| {
            if holds { Ok(()) } else { Err(Error::Config { field, value, rule }) }
        };
        let share = |value: f64| (0.0..=1.0).contains(&value);
        rule(self.users > 0, "users", self.users.to_string(), "at least 1")?;
        rule(
            (1..=self.items).contains(&self.clusters),
            "clusters",
            self.clusters.to_string(),
            "from 1 to the number of items",
        )?;
        rule(
            (1..=self.clusters).contains(&self.interests),
            "interests",
            self.interests.to_string(),
            "from 1 to the number of clusters",
        )?;
        rule(
            (1..=self.max_events).contains(&self.min_events),
            "min_events",
            self.min_events.to_string(),
            "from 1 to max_events",
        )?;
        rule(share(self.stay), "stay", self.stay.to_string(), "a probability")?;
        rule(share(self.noise), "noise", self.noise.to_string(), "a probability")?;
        rule(
            self.popularity_exponent >= 0.0 && self.popularity_exponent.is_finite(),
            "popularity_exponent",
            self.popularity_exponent.to_string(),
            "finite and not negative",
        )
    }
}

fn cluster_name(cluster: usize) -> String {
    format!("cluster {cluster}")
}

/// Category code of a cluster in the prepared data.
fn category(sequences: &Sequences, cluster: usize) -> u32 {
    let name = cluster_name(cluster);
    let categories = sequences.categories();
    let codes = 1..=categories.map_or(0, |c| c.len() as u32);
    codes.into_iter().find(|&code| categories.and_then(|c| c.name(code)) == Some(&name)).unwrap_or(0)
}

/// Running sums of the popularity weights of each cluster's items.
fn cumulative_weights(config: &SyntheticConfig) -> Vec<Vec<f64>> {
    (0..config.clusters)
        .map(|cluster| {
            let size = (config.items - cluster).div_ceil(config.clusters);
            let weights = (1..=size).map(|rank| (rank as f64).powf(-config.popularity_exponent));
            weights
                .scan(0.0, |sum, weight| {
                    *sum += weight;
                    Some(*sum)
                })
                .collect()
        })
        .collect()
}

struct Random(ChaCha8Rng);

impl Random {
    fn new(seed: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// Uniform in `[0, 1)`, 53 bits.
    fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, n: usize) -> usize {
        ((self.unit() * n as f64) as usize).min(n - 1)
    }

    fn weighted(&mut self, cumulative: &[f64]) -> usize {
        let total = cumulative.last().copied().unwrap_or(0.0);
        let point = self.unit() * total;
        cumulative.partition_point(|&sum| sum <= point).min(cumulative.len() - 1)
    }

    /// `count` distinct values below `n`, in random order.
    fn distinct(&mut self, count: usize, n: usize) -> Vec<usize> {
        let mut values: Vec<usize> = (0..n).collect();
        for at in 0..count {
            let other = at + self.below(n - at);
            values.swap(at, other);
        }
        values.truncate(count);
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_seed_same_data() {
        let config = SyntheticConfig { users: 50, ..SyntheticConfig::default() };
        let first = config.generate().unwrap();
        assert_eq!(first, config.generate().unwrap());
        let other = SyntheticConfig { seed: 1, ..config };
        assert_ne!(first.sequences, other.generate().unwrap().sequences);
    }

    #[test]
    fn events_stay_with_the_interests_but_for_noise() {
        let config = SyntheticConfig::default();
        let made = config.generate().unwrap();
        let categories = made.sequences.categories().unwrap();
        let mut outside = 0;
        for (user, interests) in made.interests.iter().enumerate() {
            assert_eq!(interests.len(), config.interests);
            let items = made.sequences.items(user as u32);
            assert!((config.min_events..=config.max_events).contains(&items.len()));
            outside += items.iter().filter(|&&i| !interests.contains(&categories.of(i))).count();
        }
        // Noise leaves the interests with probability noise * (1 - 3/20) = 0.0425.
        let share = outside as f64 / made.sequences.num_events() as f64;
        assert!((0.035..0.05).contains(&share), "{share}");
        let quiet = SyntheticConfig { noise: 0.0, ..config }.generate().unwrap();
        let categories = quiet.sequences.categories().unwrap();
        for (user, interests) in quiet.interests.iter().enumerate() {
            let items = quiet.sequences.items(user as u32);
            assert!(items.iter().all(|&item| interests.contains(&categories.of(item))));
        }
    }

    #[test]
    fn popularity_is_skewed_within_a_cluster() {
        let config = SyntheticConfig {
            clusters: 1,
            interests: 1,
            items: 100,
            noise: 0.0,
            ..SyntheticConfig::default()
        };
        let made = config.generate().unwrap();
        let mut counts = vec![0usize; made.sequences.num_items() + 1];
        for user in 0..made.sequences.num_users() as u32 {
            for &item in made.sequences.items(user) {
                counts[item as usize] += 1;
            }
        }
        // Weight 1 against 1/2: the harmonic number cancels.
        let ratio = counts[1] as f64 / counts[2] as f64;
        assert!((1.8..2.2).contains(&ratio), "{ratio}");
        assert_eq!(made.sequences.item_ids().name(1), Some("0"));
        assert_eq!(made.sequences.title(1), Some("cluster 0, item 0"));
    }

    #[test]
    fn sessions_switch_interest() {
        let config = SyntheticConfig { noise: 0.0, ..SyntheticConfig::default() };
        let made = config.generate().unwrap();
        let categories = made.sequences.categories().unwrap();
        for user in 0..20 {
            let items = made.sequences.items(user);
            let times = made.sequences.times(user).unwrap();
            for at in 1..items.len() {
                let same = categories.of(items[at]) == categories.of(items[at - 1]);
                assert_eq!(same, times[at] - times[at - 1] == SECONDS_IN_SESSION);
            }
        }
    }

    #[test]
    fn impossible_settings_are_refused() {
        let base = SyntheticConfig::default();
        for config in [
            SyntheticConfig { users: 0, ..base },
            SyntheticConfig { clusters: 501, ..base },
            SyntheticConfig { interests: 21, ..base },
            SyntheticConfig { min_events: 61, ..base },
            SyntheticConfig { stay: 1.5, ..base },
            SyntheticConfig { popularity_exponent: f64::NAN, ..base },
        ] {
            assert!(matches!(config.generate(), Err(Error::Config { .. })));
        }
    }
}
