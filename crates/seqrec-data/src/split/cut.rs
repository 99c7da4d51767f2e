//! A point in time, given as such or by the share of events before it.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A point in time that divides events.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cut {
    /// The time of the event before which this share of all events lies, above 0 and below 1.
    /// Simultaneous events all fall after it.
    Quantile(f64),
    /// A time in the unit of the data.
    Time(i64),
}

impl Cut {
    /// Two times, the second later than the first, where `times` are those of all events.
    pub(crate) fn two(valid_from: Self, test_from: Self, times: &[i64]) -> Result<[i64; 2]> {
        let cuts = [valid_from.resolve("valid_from", times)?, test_from.resolve("test_from", times)?];
        if cuts[0] >= cuts[1] {
            let rule = "must be later than valid_from";
            return Err(Error::Config { field: "test_from", value: cuts[1].to_string(), rule });
        }
        Ok(cuts)
    }

    /// The time, where `times` are those of all events in any order; `field` is for the error.
    fn resolve(self, field: &'static str, times: &[i64]) -> Result<i64> {
        match self {
            Self::Time(time) => Ok(time),
            Self::Quantile(share) if share > 0.0 && share < 1.0 && !times.is_empty() => {
                let mut times = times.to_vec();
                let rank = (share * times.len() as f64) as usize;
                Ok(*times.select_nth_unstable(rank).1)
            }
            Self::Quantile(share) => {
                let rule = "a quantile of the events is above 0 and below 1";
                Err(Error::Config { field, value: share.to_string(), rule })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_has_that_share_before_it() {
        let times: Vec<i64> = (0..10).rev().collect();
        for (share, time) in [(0.8, 8), (0.85, 8), (0.05, 0), (0.999, 9)] {
            assert_eq!(Cut::Quantile(share).resolve("t", &times).unwrap(), time);
        }
        assert_eq!(Cut::Quantile(0.8).resolve("t", &[3, 7, 7, 7, 7]).unwrap(), 7);
        assert_eq!(Cut::Time(4).resolve("t", &times).unwrap(), 4);
        for share in [0.0, 1.0, f64::NAN] {
            assert!(matches!(
                Cut::Quantile(share).resolve("t", &times),
                Err(Error::Config { field: "t", .. })
            ));
        }
    }
}
