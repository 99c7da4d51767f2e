//! Samplers of negatives, with the probabilities that the log-Q correction needs.
//!
//! A sampled softmax over `S` shared negatives estimates the full one if each logit is lowered by
//! `ln Q(c)`, `Q(c)` being the expected number of times that class `c` is among the sample
//! (Jean et al. 2015; Bengio & Senecal 2008). Ids come from `1..=n`: padding is never a
//! negative. The correction is for *distinct* ones.

mod distribution;

pub use distribution::{NegativeDistribution, SamplerConfig};

use std::collections::HashSet;

use crate::{CoreError, Result, Rng};

/// Distinct negatives and the number of draws that it took to collect them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Negatives {
    /// Distinct item ids, in the order in which they were drawn.
    pub ids: Vec<u32>,
    /// Draws with replacement until they were complete, repeats included.
    pub tries: u64,
}

/// Draws negatives from one distribution over the catalogue.
#[derive(Clone, Debug)]
pub struct NegativeSampler {
    distribution: NegativeDistribution,
    items: usize,
}

impl NegativeSampler {
    /// A sampler over items `1..=items`.
    ///
    /// `counts` holds the training events of each item (index = id, entry 0 for padding); only
    /// the popularity sampler looks at it.
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] for an empty catalogue or an unusable exponent.
    pub fn new(config: SamplerConfig, items: usize, counts: &[u64]) -> Result<Self> {
        Ok(Self { distribution: NegativeDistribution::new(config, items, counts)?, items })
    }

    /// Draws until `count` distinct ids are collected.
    ///
    /// # Errors
    ///
    /// [`CoreError::TooManyNegatives`] if the catalogue has fewer items.
    pub fn draw_distinct(&self, count: usize, rng: &mut Rng) -> Result<Negatives> {
        if count > self.distribution.support() {
            return Err(CoreError::TooManyNegatives { asked: count, items: self.distribution.support() });
        }
        let mut seen = HashSet::with_capacity(count);
        let mut ids = Vec::with_capacity(count);
        let mut tries = 0;
        while ids.len() < count {
            tries += 1;
            let id = self.distribution.draw(rng);
            if seen.insert(id) {
                ids.push(id);
            }
        }
        Ok(Negatives { ids, tries })
    }

    /// Draws `count` ids with replacement.
    pub fn draw(&self, count: usize, rng: &mut Rng) -> Vec<u32> {
        (0..count).map(|_| self.distribution.draw(rng)).collect()
    }

    /// `ln Q(id)` with `Q = 1 - (1 - q(id))^tries`, the chance that `id` is among the distinct
    /// negatives of `tries` draws.
    pub fn log_inclusion(&self, id: u32, tries: u64) -> f32 {
        let q = self.distribution.probability(id);
        (-(tries as f64 * (-q).ln_1p()).exp_m1()).ln() as f32
    }

    /// `q(id)`, the chance of one draw.
    pub fn probability(&self, id: u32) -> f64 {
        self.distribution.probability(id)
    }

    /// Number of real items.
    pub fn items(&self) -> usize {
        self.items
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Seed, Stream};

    fn sampler(config: SamplerConfig, items: usize) -> NegativeSampler {
        let counts: Vec<u64> = (0..=items as u64).map(|id| 2 * (items as u64 + 1 - id)).collect();
        NegativeSampler::new(config, items, &counts).unwrap()
    }

    const ALL: [SamplerConfig; 3] =
        [SamplerConfig::LogUniform, SamplerConfig::Uniform, SamplerConfig::Popularity { alpha: 0.75 }];

    #[test]
    fn probabilities_sum_to_one() {
        for config in ALL {
            let sampler = sampler(config, 57);
            let sum: f64 = (1..=57).map(|id| sampler.probability(id)).sum();
            assert!((sum - 1.0).abs() < 1e-12, "{config:?}: {sum}");
        }
    }

    #[test]
    fn log_uniform_has_the_worked_probabilities() {
        let sampler = sampler(SamplerConfig::LogUniform, 10);
        for (id, q) in [(1, 0.289065), (2, 0.169092), (10, 0.039747)] {
            assert!((sampler.probability(id) - q).abs() < 1e-6);
        }
    }

    #[test]
    fn popularity_has_the_worked_probabilities() {
        let config = SamplerConfig::Popularity { alpha: 0.5 };
        let sampler = NegativeSampler::new(config, 3, &[0, 16, 4, 1]).unwrap();
        for (id, sevenths) in [(1, 4.0), (2, 2.0), (3, 1.0)] {
            assert!((sampler.probability(id) - sevenths / 7.0).abs() < 1e-12);
        }
        let drawn = sampler.draw(100, &mut Seed(3).rng(Stream::Negatives, 0));
        assert_eq!(drawn.len(), 100, "with replacement");
    }

    #[test]
    fn draws_follow_the_probabilities() {
        for config in ALL {
            let sampler = sampler(config, 8);
            let mut rng = Seed(3).rng(Stream::Negatives, 0);
            let mut counts = [0u32; 9];
            let draws = 200_000;
            (0..draws).for_each(|_| counts[sampler.distribution.draw(&mut rng) as usize] += 1);
            assert_eq!(counts[0], 0, "padding is never drawn");
            for id in 1..=8 {
                let share = f64::from(counts[id as usize]) / f64::from(draws);
                assert!((share - sampler.probability(id)).abs() < 0.005, "{config:?} {id} {share}");
            }
        }
    }

    #[test]
    fn inclusion_matches_its_frequency() {
        let sampler = sampler(SamplerConfig::LogUniform, 30);
        let (mut hits, mut expected, runs) = (0.0, 0.0, 4_000);
        for run in 0..runs {
            let negatives = sampler.draw_distinct(10, &mut Seed(5).rng(Stream::Negatives, run)).unwrap();
            assert_eq!(negatives.ids.iter().collect::<HashSet<_>>().len(), 10);
            hits += f64::from(negatives.ids.contains(&4));
            expected += f64::from(sampler.log_inclusion(4, negatives.tries)).exp();
        }
        assert!(((hits - expected) / runs as f64).abs() < 0.02, "{hits} {expected}");
    }

    #[test]
    fn the_whole_catalogue_can_be_drawn_but_no_more() {
        let sampler = sampler(SamplerConfig::Uniform, 5);
        let mut rng = Seed(1).rng(Stream::Negatives, 0);
        assert_eq!(sampler.draw_distinct(5, &mut rng).unwrap().ids.len(), 5);
        let error = sampler.draw_distinct(6, &mut rng).unwrap_err();
        assert!(error.to_string().contains("6 distinct negatives"), "{error}");
    }
}
