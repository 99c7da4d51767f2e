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
    /// Calibrated binary cross-entropy, as gSASRec trains.
    Gbce(GbceConfig),
}

impl Default for LossConfig {
    fn default() -> Self {
        Self::SampledSoftmax { negatives_per_example: 10, sampler: SamplerConfig::LogUniform }
    }
}

/// What may not be drawn as a negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Avoid {
    /// Any item of the user's training events (the authors of SASRec).
    #[default]
    Known,
    /// The target alone (gSASRec, which draws from the whole catalogue).
    Target,
}

/// Negatives of each query's own, drawn uniformly and with replacement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OwnNegativesConfig {
    /// Negatives of each query. Default: 1.
    pub negatives: usize,
    /// What is never drawn. Default: the user's training items.
    pub avoid: Avoid,
}

impl Default for OwnNegativesConfig {
    fn default() -> Self {
        Self { negatives: 1, avoid: Avoid::Known }
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
            Self::SampledSoftmax { .. } | Self::FullSoftmax => None,
            Self::OwnSoftmax(config) => Some((NegativeSampling::Softmax, config)),
            Self::Bce(config) => Some((NegativeSampling::Bce, config)),
            Self::Bpr(config) => Some((NegativeSampling::Bpr, config)),
            Self::Gbce(GbceConfig { negatives, avoid, calibration }) => {
                let loss = NegativeSampling::gbce(calibration, negatives, items)?;
                Some((loss, OwnNegativesConfig { negatives, avoid }))
            }
        })
    }

    /// Refuses a number of negatives of 0.
    pub(super) fn check(self) -> Result<()> {
        let (field, count) = match self {
            Self::SampledSoftmax { negatives_per_example, .. } => {
                ("negatives_per_example", negatives_per_example)
            }
            Self::OwnSoftmax(own) | Self::Bce(own) | Self::Bpr(own) => ("negatives", own.negatives),
            Self::Gbce(own) => ("negatives", own.negatives),
            Self::FullSoftmax => return Ok(()),
        };
        match count {
            0 => Err(TrainError::InvalidConfig { field, rule: "must be positive", value: "0".into() }),
            _ => Ok(()),
        }
    }
}
