//! What to evaluate, and under which rules.

use serde::{Deserialize, Serialize};

use super::Metric;
use crate::accuracy::TruthRule;
use crate::{Error, Result};

/// The rules of an evaluation. Fields left out of a serialised form take their defaults; unknown
/// ones are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EvaluatorConfig {
    /// Lengths of the list at which every metric is computed. Default: 20 and 50.
    pub cutoffs: Vec<usize>,
    /// The metrics. Default: [`Metric::DEFAULT`], which needs nothing but a catalogue.
    pub metrics: Vec<Metric>,
    /// How repeated held-out items count. Default: as a set.
    pub truth: TruthRule,
    /// The most popular items that hold this share of the train interactions are the head, the
    /// others the tail. Default: 0.8.
    pub head_share: f64,
}

impl Default for EvaluatorConfig {
    fn default() -> Self {
        Self {
            cutoffs: vec![20, 50],
            metrics: Metric::DEFAULT.to_vec(),
            truth: TruthRule::Set,
            head_share: 0.8,
        }
    }
}

impl EvaluatorConfig {
    /// Checks the rules against each other; [`Evaluator::new`](super::Evaluator::new) does this.
    ///
    /// # Errors
    /// [`Error::NoCutoffs`], [`Error::ZeroCutoff`], [`Error::DuplicateCutoff`],
    /// [`Error::NoMetrics`], [`Error::DuplicateMetric`], [`Error::HeadShare`].
    pub fn check(&self) -> Result<()> {
        if self.cutoffs.is_empty() {
            return Err(Error::NoCutoffs);
        }
        if self.cutoffs.contains(&0) {
            return Err(Error::ZeroCutoff);
        }
        if let Some(&repeated) = first_repeated(&self.cutoffs) {
            return Err(Error::DuplicateCutoff(repeated));
        }
        if self.metrics.is_empty() {
            return Err(Error::NoMetrics);
        }
        if let Some(repeated) = first_repeated(&self.metrics) {
            return Err(Error::DuplicateMetric(repeated.name()));
        }
        if !(self.head_share > 0.0 && self.head_share < 1.0) {
            return Err(Error::HeadShare(self.head_share));
        }
        Ok(())
    }

    /// The length that ranked lists need to have; longer ones are not looked at further.
    pub fn depth(&self) -> usize {
        self.cutoffs.iter().copied().max().unwrap_or(0)
    }

    pub(super) fn per_user_metrics(&self) -> impl Iterator<Item = Metric> {
        self.metrics.iter().copied().filter(|metric| metric.is_per_user())
    }
}

fn first_repeated<T: PartialEq>(values: &[T]) -> Option<&T> {
    values.iter().enumerate().find(|&(index, value)| values[..index].contains(value)).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(change: impl FnOnce(&mut EvaluatorConfig)) -> Error {
        let mut config = EvaluatorConfig::default();
        change(&mut config);
        config.check().unwrap_err()
    }

    #[test]
    fn every_rule_is_checked() {
        assert_eq!(EvaluatorConfig::default().check(), Ok(()));
        assert_eq!(error(|c| c.cutoffs.clear()), Error::NoCutoffs);
        assert_eq!(error(|c| c.cutoffs.push(0)), Error::ZeroCutoff);
        assert_eq!(error(|c| c.cutoffs.push(20)), Error::DuplicateCutoff(20));
        assert_eq!(error(|c| c.metrics.clear()), Error::NoMetrics);
        assert_eq!(error(|c| c.metrics.push(Metric::Recall)), Error::DuplicateMetric("recall"));
        assert_eq!(error(|c| c.head_share = 1.0), Error::HeadShare(1.0));
    }

    #[test]
    fn fields_left_out_take_their_defaults_and_unknown_ones_are_refused() {
        let config: EvaluatorConfig =
            serde_json::from_str(r#"{"cutoffs": [10], "truth": "positions"}"#).unwrap();
        let expected =
            EvaluatorConfig { cutoffs: vec![10], truth: TruthRule::Positions, ..EvaluatorConfig::default() };
        assert_eq!(config, expected);
        assert_eq!(config.depth(), 10);
        assert!(serde_json::from_str::<EvaluatorConfig>(r#"{"cutoff": [10]}"#).is_err());
    }
}
