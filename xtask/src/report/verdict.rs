//! When a figure counts as reproduced.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::format::decimal;
use super::model::{Ours, Quoted, Reference};

/// Outcome of holding a figure against its target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Within the tolerance.
    Reproduced,
    /// Below the target by more than the tolerance.
    Short {
        /// Target less ours.
        by: f64,
    },
    /// Above the target by more than the tolerance.
    Above {
        /// Ours less target.
        by: f64,
    },
    /// There is no figure to compare with, or no tolerance for it.
    NotJudged,
}

/// The value a figure is held against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// Mean of the original code on the same data.
    Reference(f64),
    /// Published value under the same protocol.
    Published(f64),
}

/// Absorbs the rounding of a difference of decimals: 0.23 - 0.22 is above 0.01 in binary.
const ROUNDING: f64 = 1e-9;

/// Picks what to compare with: the reference, else the published value if its protocol is ours.
pub fn target(published: Option<&Quoted>, reference: Option<&Reference>) -> Option<Target> {
    match (reference, published) {
        (Some(reference), _) => Some(Target::Reference(reference.mean)),
        (None, Some(quoted)) if quoted.protocol_differs.is_none() => Some(Target::Published(quoted.value)),
        _ => None,
    }
}

/// Holds `ours` against the [`target`]: a difference of at most `tolerance` counts as reproduced.
pub fn judge(
    ours: &Ours,
    published: Option<&Quoted>,
    reference: Option<&Reference>,
    tolerance: f64,
) -> Verdict {
    let Some(target) = target(published, reference) else { return Verdict::NotJudged };
    let difference = ours.mean - target.value();
    if difference.abs() <= tolerance + ROUNDING {
        Verdict::Reproduced
    } else if difference > 0.0 {
        Verdict::Above { by: difference }
    } else {
        Verdict::Short { by: -difference }
    }
}

impl Target {
    /// The value itself.
    pub fn value(self) -> f64 {
        match self {
            Self::Reference(value) | Self::Published(value) => value,
        }
    }

    /// What kind of value it is.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Reference(_) => "reference",
            Self::Published(_) => "published",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reproduced => f.write_str("reproduced"),
            Self::Short { by } => write!(f, "short by {}", decimal(*by)),
            Self::Above { by } => write!(f, "above by {}", decimal(*by)),
            Self::NotJudged => f.write_str("not judged"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(mean: f64) -> Ours {
        Ours { mean, spread: None, interval: (mean - 0.02, mean + 0.02), level: 0.95 }
    }

    fn published(value: f64) -> Quoted {
        Quoted { value, source: "a paper".into(), protocol_differs: None }
    }

    fn reference(mean: f64) -> Reference {
        Reference { mean, spread: None, seeds: 1, source: "its code".into() }
    }

    #[test]
    fn the_tolerance_counts_as_reproduced_on_both_sides() {
        for mean in [0.22, 0.21, 0.23] {
            assert_eq!(judge(&ours(mean), None, Some(&reference(0.22)), 0.01), Verdict::Reproduced);
        }
    }

    #[test]
    fn beyond_the_tolerance_the_sign_decides() {
        let low = judge(&ours(0.2), None, Some(&reference(0.25)), 0.01);
        let high = judge(&ours(0.25), None, Some(&reference(0.2)), 0.01);
        assert!(matches!(low, Verdict::Short { by } if (by - 0.05).abs() < 1e-12));
        assert!(matches!(high, Verdict::Above { by } if (by - 0.05).abs() < 1e-12));
        assert_eq!(low.to_string(), "short by 0.0500");
        assert_eq!(high.to_string(), "above by 0.0500");
    }

    #[test]
    fn the_reference_goes_before_the_published_value() {
        let verdict = judge(&ours(0.3), Some(&published(0.1)), Some(&reference(0.3)), 0.01);
        assert_eq!(verdict, Verdict::Reproduced);
    }

    #[test]
    fn a_published_value_counts_only_under_the_same_protocol() {
        let other = Quoted { protocol_differs: Some("sampled candidates".into()), ..published(0.3) };
        assert_eq!(judge(&ours(0.3), Some(&published(0.3)), None, 0.01), Verdict::Reproduced);
        assert_eq!(judge(&ours(0.3), Some(&other), None, 0.01), Verdict::NotJudged);
        assert_eq!(judge(&ours(0.3), None, None, 0.01), Verdict::NotJudged);
    }

    #[test]
    fn a_figure_that_is_no_number_is_never_reproduced() {
        let verdict = judge(&ours(f64::NAN), None, Some(&reference(0.2)), 0.01);
        assert!(matches!(verdict, Verdict::Short { .. }));
    }
}
