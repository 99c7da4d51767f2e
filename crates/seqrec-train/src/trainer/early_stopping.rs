use serde::{Deserialize, Serialize};

/// Remembers the best validation and counts those since.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EarlyStopping {
    /// Best figure so far and its step.
    pub best: Option<(f64, u64)>,
    /// Validations since the best one.
    pub without_better: u64,
}

impl EarlyStopping {
    /// Takes the figure of `step` and says whether it is the best so far. Higher is better; NaN
    /// never is.
    pub fn observe(&mut self, figure: f64, step: u64) -> bool {
        let better = !figure.is_nan() && self.best.is_none_or(|(best, _)| figure > best);
        if better {
            self.best = Some((figure, step));
            self.without_better = 0;
        } else {
            self.without_better += 1;
        }
        better
    }

    /// Whether `patience` validations brought nothing better; a patience of 0 never ends.
    pub fn is_exhausted(&self, patience: u64) -> bool {
        patience > 0 && self.without_better >= patience
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops_after_patience_validations_without_better() {
        let mut stopping = EarlyStopping::default();
        assert!(stopping.observe(0.2, 10));
        assert!(!stopping.observe(0.2, 20), "equal is not better");
        assert!(!stopping.observe(f64::NAN, 30));
        assert!(stopping.is_exhausted(2) && !stopping.is_exhausted(3) && !stopping.is_exhausted(0));
        assert!(stopping.observe(0.3, 40));
        assert_eq!((stopping.best, stopping.without_better), (Some((0.3, 40)), 0));
    }
}
