use burn::tensor::Device;
use seqrec_core::{CoreError, Rng, Supervision, items::ContentEncoderConfig};
use serde::{Deserialize, Serialize};

use super::{GruTower, MultiRateTower, Ssr, UserTower};
use crate::sizes::positive;

/// Configuration of SSR: of its item tower, which is the encoder of the items, and of [`Ssr`], its user
/// tower.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SsrConfig {
    /// The item tower. Its sizes are those of what the user tower reads and makes.
    pub items: ContentEncoderConfig,
    /// The user tower. Default: a GRU.
    pub user: UserTowerConfig,
}

/// Which user tower.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum UserTowerConfig {
    /// The reference's: a GRU over the history.
    Gru(GruTowerConfig),
    /// A mean and two GRUs, each at its own rate.
    MultiRate(MultiRateConfig),
}

impl Default for UserTowerConfig {
    fn default() -> Self {
        Self::Gru(GruTowerConfig::default())
    }
}

/// How the states of a history become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatePooling {
    /// The largest of each component (the reference).
    #[default]
    Max,
    /// The last state.
    Last,
}

/// Configuration of [`GruTower`]; the size is the reference's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GruTowerConfig {
    /// Size of the state. Default: 128.
    pub hidden: usize,
    /// How states become one. Default: the largest of each component.
    pub pooling: StatePooling,
    /// Which states train. Default: every event; the reference has one target a history, its last event.
    pub supervision: Supervision,
}

impl Default for GruTowerConfig {
    fn default() -> Self {
        Self { hidden: 128, pooling: StatePooling::Max, supervision: Supervision::EveryEvent }
    }
}

/// Configuration of [`MultiRateTower`]. The paper's rates are days and weeks; these defaults are ours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MultiRateConfig {
    /// Size of each GRU's state. Default: 128, as the other tower's.
    pub hidden: usize,
    /// Most recent events that the fast GRU reads. Default: 10.
    pub fast: usize,
    /// Events in one step of the slow GRU. Default: 5.
    pub slow: usize,
}

impl Default for MultiRateConfig {
    fn default() -> Self {
        Self { hidden: 128, fast: 10, slow: 5 }
    }
}

impl SsrConfig {
    /// Checks the configuration and makes the user tower: weights Glorot uniform, biases zero. The item
    /// tower is made by [`items`](Self::items).
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] for a size of 0.
    pub fn init(&self, rng: &mut Rng, device: &Device) -> Result<Ssr, CoreError> {
        let (dim, output) = (self.items.dim, self.items.output);
        positive(&[("dim", dim), ("output", output)])?;
        let user = match &self.user {
            UserTowerConfig::Gru(config) => {
                positive(&[("hidden", config.hidden)])?;
                UserTower::Gru(GruTower::new(config, dim, output, rng, device))
            }
            UserTowerConfig::MultiRate(config) => {
                positive(&[("hidden", config.hidden), ("fast", config.fast), ("slow", config.slow)])?;
                UserTower::MultiRate(MultiRateTower::new(config, dim, output, rng, device))
            }
        };
        Ok(Ssr { user })
    }
}
