use seqrec_core::{losses::NegativeSampling, samplers::SamplerConfig};
use serde::{Deserialize, Serialize};

use crate::{Result, TrainError};

/// The loss that a retriever trains on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum LossConfig {
    /// Softmax over the target and negatives shared by the batch, log-Q corrected.
    SampledSoftmax {
        /// Distinct negatives of a batch, as a multiple of the batch size.
        negatives_per_example: usize,
        /// Where they come from.
        sampler: SamplerConfig,
    },
    /// Softmax over the whole catalogue.
    FullSoftmax,
    /// Softmax over the target and negatives of each query's own.
    OwnSoftmax(OwnNegativesConfig),
    /// Binary cross-entropy, as the authors of SASRec train (with one negative).
    Bce(OwnNegativesConfig),
    /// Bayesian personalised ranking.
    Bpr(OwnNegativesConfig),
    /// The target must be ahead of each negative by a margin, as SSR trains.
    Hinge(HingeConfig),
    /// Calibrated binary cross-entropy, as gSASRec trains.
    Gbce(GbceConfig),
    /// Softmax over the target and the other targets of the batch, log-Q corrected.
    InBatch(InBatchConfig),
}

impl Default for LossConfig {
    fn default() -> Self {
        Self::SampledSoftmax { negatives_per_example: 10, sampler: SamplerConfig::LogUniform }
    }
}

/// What may not be a negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Avoid {
    /// Any item of the user's training events (the authors of SASRec).
    #[default]
    Known,
    /// The target alone (gSASRec, which draws from the whole catalogue).
    Target,
}

/// The items that uniform negatives are drawn from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pool {
    /// All of them.
    #[default]
    Catalogue,
    /// Those that training has. An item that comes later is then no negative before it is known.
    Training,
}

/// Negatives of each query's own, drawn with replacement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OwnNegativesConfig {
    /// Uniform negatives of each query. Default: 1.
    pub negatives: usize,
    /// Further negatives of each query, drawn from the targets of its batch, so by popularity. Where it
    /// must avoid all of those, a uniform one takes the place. Default: none.
    pub in_batch: usize,
    /// What is never drawn. Default: the user's training items.
    pub avoid: Avoid,
    /// What uniform ones are drawn from. Default: the whole catalogue.
    pub pool: Pool,
}

impl Default for OwnNegativesConfig {
    fn default() -> Self {
        Self { negatives: 1, in_batch: 0, avoid: Avoid::Known, pool: Pool::Catalogue }
    }
}

/// Margin and negatives of the hinge loss.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HingeConfig {
    /// How far the target's score must be ahead. Default: 0.8 (PaddleRec's SSR).
    pub margin: f32,
    /// The negatives of each query.
    pub own: OwnNegativesConfig,
}

impl Default for HingeConfig {
    fn default() -> Self {
        Self { margin: 0.8, own: OwnNegativesConfig::default() }
    }
}

/// Negatives of the softmax over the targets of a batch.
///
/// They are the distinct targets of the batch and `uniform` items more, the same for all queries, each of
/// which leaves out what it must avoid. `Q` is the chance that an item is among them, where targets come
/// by their share of the training events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InBatchConfig {
    /// Distinct uniform items of a batch. Default: none.
    pub uniform: usize,
    /// What a query leaves out. Default: the user's training items, so its target, its history and what
    /// follows.
    pub avoid: Avoid,
    /// What uniform ones are drawn from. Default: the items of training.
    pub pool: Pool,
}

impl Default for InBatchConfig {
    fn default() -> Self {
        Self { uniform: 0, avoid: Avoid::Known, pool: Pool::Training }
    }
}

/// Negatives and calibration of gBCE.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GbceConfig {
    /// Negatives of each query. Default: 256 (Petrov & Macdonald 2023).
    pub negatives: usize,
    /// What is never drawn. Default: the target.
    pub avoid: Avoid,
    /// `t`: 0 is binary cross-entropy, 1 undoes the effect of sampling. Default: 0.75.
    pub calibration: f64,
}

impl Default for GbceConfig {
    fn default() -> Self {
        Self { negatives: 256, avoid: Avoid::Target, calibration: 0.75 }
    }
}

impl LossConfig {
    /// Loss and negatives, where each query has negatives of its own on a catalogue of `items`.
    ///
    /// # Errors
    ///
    /// Those of [`NegativeSampling::gbce`].
    pub(super) fn own(self, items: usize) -> Result<Option<(NegativeSampling, OwnNegativesConfig)>> {
        Ok(match self {
            Self::SampledSoftmax { .. } | Self::FullSoftmax | Self::InBatch(_) => None,
            Self::OwnSoftmax(config) => Some((NegativeSampling::Softmax, config)),
            Self::Bce(config) => Some((NegativeSampling::Bce, config)),
            Self::Bpr(config) => Some((NegativeSampling::Bpr, config)),
            Self::Hinge(HingeConfig { margin, own }) => Some((NegativeSampling::Hinge { margin }, own)),
            Self::Gbce(GbceConfig { negatives, avoid, calibration }) => {
                let loss = NegativeSampling::gbce(calibration, negatives, items)?;
                Some((loss, OwnNegativesConfig { negatives, avoid, ..OwnNegativesConfig::default() }))
            }
        })
    }

    /// Refuses a number of negatives of 0, and a margin that is not positive.
    pub(super) fn check(self) -> Result<()> {
        if let Self::Hinge(HingeConfig { margin, .. }) = self
            && !(margin > 0.0 && margin.is_finite())
        {
            let (field, value) = ("margin", margin.to_string());
            return Err(TrainError::InvalidConfig { field, rule: "must be positive", value });
        }
        let (field, count) = match self {
            Self::SampledSoftmax { negatives_per_example, .. } => {
                ("negatives_per_example", negatives_per_example)
            }
            Self::OwnSoftmax(own)
            | Self::Bce(own)
            | Self::Bpr(own)
            | Self::Hinge(HingeConfig { own, .. }) => ("negatives", own.negatives + own.in_batch),
            Self::Gbce(own) => ("negatives", own.negatives),
            Self::FullSoftmax | Self::InBatch(_) => return Ok(()),
        };
        match count {
            0 => Err(TrainError::InvalidConfig { field, rule: "must be positive", value: "0".into() }),
            _ => Ok(()),
        }
    }
}
