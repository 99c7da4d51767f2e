use rand::RngExt as _;
use serde::{Deserialize, Serialize};

use crate::{CoreError, Result, Rng};

/// The distribution that negatives are drawn from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum SamplerConfig {
    /// `q(c) = (ln(c+2) - ln(c+1)) / ln(n+1)` over classes `c = id - 1`: approximately Zipf, so
    /// ids must be sorted by descending frequency.
    #[default]
    LogUniform,
    /// Every item alike.
    Uniform,
    /// Proportional to `count^alpha` of the training events; items without events are never drawn.
    Popularity {
        /// 0 is uniform over the items that occur, 1 is popularity itself.
        alpha: f64,
    },
}

/// A [`SamplerConfig`] bound to a catalogue.
#[derive(Clone, Debug)]
pub enum NegativeDistribution {
    /// See [`SamplerConfig::LogUniform`].
    LogUniform {
        /// `ln(n + 1)`.
        log_range: f64,
        /// `n`.
        items: usize,
    },
    /// See [`SamplerConfig::Uniform`].
    Uniform {
        /// `n`.
        items: usize,
    },
    /// See [`SamplerConfig::Popularity`].
    Popularity {
        /// `cumulative[i]` is the probability of ids `1..=i+1`.
        cumulative: Vec<f64>,
        /// Number of items with a positive probability.
        support: usize,
    },
}

impl NegativeDistribution {
    pub(super) fn new(config: SamplerConfig, items: usize, counts: &[u64]) -> Result<Self> {
        if items == 0 {
            return Err(invalid("items", "must be positive", items));
        }
        match config {
            SamplerConfig::LogUniform => Ok(Self::LogUniform { log_range: ((items + 1) as f64).ln(), items }),
            SamplerConfig::Uniform => Ok(Self::Uniform { items }),
            SamplerConfig::Popularity { alpha } => Self::popularity(alpha, items, counts),
        }
    }

    fn popularity(alpha: f64, items: usize, counts: &[u64]) -> Result<Self> {
        if !alpha.is_finite() || alpha < 0.0 {
            return Err(invalid("alpha", "must be a number of at least 0", alpha));
        }
        if counts.len() != items + 1 {
            return Err(invalid("counts", "must have one entry per item and one for padding", counts.len()));
        }
        let weight = |count: u64| if count == 0 { 0.0 } else { (count as f64).powf(alpha) };
        let total: f64 = counts[1..].iter().map(|&count| weight(count)).sum();
        if total == 0.0 {
            return Err(invalid("counts", "must not all be zero", 0));
        }
        let mut sum = 0.0;
        let cumulative: Vec<f64> = counts[1..]
            .iter()
            .map(|&count| {
                sum += weight(count);
                sum / total
            })
            .collect();
        // A probability may vanish in the sum: such an item cannot be drawn.
        let support =
            std::iter::once(&0.0).chain(&cumulative).zip(&cumulative).filter(|(a, b)| a < b).count();
        Ok(Self::Popularity { cumulative, support })
    }

    /// Number of items that can be drawn.
    pub(super) fn support(&self) -> usize {
        match self {
            Self::LogUniform { items, .. } | Self::Uniform { items } => *items,
            Self::Popularity { support, .. } => *support,
        }
    }

    /// Draws one id.
    pub(super) fn draw(&self, rng: &mut Rng) -> u32 {
        let u: f64 = rng.random();
        match self {
            // The inverse of the cumulative probability ln(c+2)/ln(n+1).
            Self::LogUniform { log_range, items } => ((u * log_range).exp() as u32).clamp(1, *items as u32),
            Self::Uniform { items } => 1 + (u * *items as f64) as u32,
            Self::Popularity { cumulative, .. } => {
                1 + cumulative.partition_point(|&c| c <= u).min(cumulative.len() - 1) as u32
            }
        }
    }

    /// The chance that one draw gives `id`.
    pub(super) fn probability(&self, id: u32) -> f64 {
        match self {
            Self::LogUniform { log_range, .. } => (1.0 / f64::from(id)).ln_1p() / log_range,
            Self::Uniform { items } => 1.0 / *items as f64,
            Self::Popularity { cumulative, .. } => {
                let index = id as usize - 1;
                cumulative[index] - if index == 0 { 0.0 } else { cumulative[index - 1] }
            }
        }
    }
}

fn invalid(field: &'static str, rule: &'static str, value: impl ToString) -> CoreError {
    CoreError::InvalidConfig { field, rule, value: value.to_string() }
}
