//! Logarithmic loss, beside the loss of a constant.

use serde::{Deserialize, Serialize};

use super::check_lengths;
use crate::{Error, Result};

/// Probabilities closer to 0 or 1 than this are moved to it, as a wrong certainty costs infinity.
const CLIP: f64 = 1e-7;

/// Logarithmic loss in nats, with the baseline that gives it a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LogLoss {
    /// Number of samples.
    pub samples: usize,
    /// Number of positives.
    pub positives: usize,
    /// `-mean[y ln p + (1 - y) ln(1 - p)]`.
    pub log_loss: f64,
    /// The loss of always predicting the share of positives, which is that share's entropy.
    pub baseline: f64,
    /// Relative information gain `1 - log_loss / baseline`; 0 is no better than the constant.
    /// `None` if the baseline is 0, which happens when a class is missing.
    pub relative_information_gain: Option<f64>,
}

/// Logarithmic loss of logits: `mean[max(x, 0) - x y + ln(1 + e^{-|x|})]`.
///
/// Exact for logits of any size, so prefer it to probabilities. If negatives were sampled, calibrate
/// the model before the loss is compared with anything.
///
/// # Errors
/// [`Error::NoSamples`], [`Error::LengthMismatch`], and [`Error::Score`] for a logit that is not
/// finite.
pub fn log_loss_from_logits(logits: &[f32], labels: &[bool]) -> Result<LogLoss> {
    check_lengths("the logits", logits.len(), "the labels", labels.len())?;
    if let Some(position) = logits.iter().position(|logit| !logit.is_finite()) {
        return Err(Error::Score { position, score: logits[position] });
    }
    summarise(labels, logits.iter().map(|&logit| f64::from(logit)), |logit, label| {
        let linear = if label { logit } else { 0.0 };
        logit.max(0.0) - linear + (-logit.abs()).exp().ln_1p()
    })
}

/// Logarithmic loss of probabilities, clipped to `[1e-7, 1 - 1e-7]`.
///
/// # Errors
/// [`Error::NoSamples`], [`Error::LengthMismatch`], and [`Error::Probability`] for a value outside
/// `[0, 1]`.
///
/// ```
/// use seqrec_eval::pointwise::log_loss_from_probabilities;
///
/// let loss = log_loss_from_probabilities(&[0.8, 0.3], &[true, false])?;
/// assert!((loss.log_loss - 0.289909).abs() < 1e-6);
/// assert!((loss.baseline - 2_f64.ln()).abs() < 1e-12);
/// # Ok::<(), seqrec_eval::Error>(())
/// ```
pub fn log_loss_from_probabilities(probabilities: &[f32], labels: &[bool]) -> Result<LogLoss> {
    check_lengths("the probabilities", probabilities.len(), "the labels", labels.len())?;
    if let Some(position) = probabilities.iter().position(|p| !(0.0..=1.0).contains(p)) {
        return Err(Error::Probability { position, value: probabilities[position] });
    }
    summarise(labels, probabilities.iter().map(|&p| f64::from(p)), |p, label| {
        let p = p.clamp(CLIP, 1.0 - CLIP);
        if label { -p.ln() } else { -(-p).ln_1p() }
    })
}

fn summarise(
    labels: &[bool],
    predictions: impl Iterator<Item = f64>,
    loss: impl Fn(f64, bool) -> f64,
) -> Result<LogLoss> {
    if labels.is_empty() {
        return Err(Error::NoSamples);
    }
    let samples = labels.len();
    let positives = labels.iter().filter(|&&label| label).count();
    let sum: f64 = predictions.zip(labels).map(|(prediction, &label)| loss(prediction, label)).sum();
    let log_loss = sum / samples as f64;
    let share = positives as f64 / samples as f64;
    let baseline = surprise(share) + surprise(1.0 - share);
    let relative_information_gain = (baseline > 0.0).then(|| 1.0 - log_loss / baseline);
    Ok(LogLoss { samples, positives, log_loss, baseline, relative_information_gain })
}

/// `-p ln p`, which is 0 at 0.
fn surprise(p: f64) -> f64 {
    if p > 0.0 { -p * p.ln() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logits_and_probabilities_agree() {
        let logits = [-3.0_f32, -0.5, 0.0, 2.0, 5.0];
        let labels = [false, true, true, false, true];
        let probabilities = logits.map(|x| 1.0 / (1.0 + (-x).exp()));
        let from_logits = log_loss_from_logits(&logits, &labels).unwrap();
        let from_probabilities = log_loss_from_probabilities(&probabilities, &labels).unwrap();
        assert!((from_logits.log_loss - from_probabilities.log_loss).abs() < 1e-6);
        assert_eq!(from_logits.baseline, from_probabilities.baseline);
    }

    #[test]
    fn predicting_the_rate_gains_nothing() {
        let labels = [true, false, false, false];
        let found = log_loss_from_probabilities(&[0.25; 4], &labels).unwrap();
        assert!((found.log_loss - found.baseline).abs() < 1e-12);
        assert!(found.relative_information_gain.unwrap().abs() < 1e-12);
    }

    #[test]
    fn certainty_is_clipped_and_large_logits_are_exact() {
        let clipped = log_loss_from_probabilities(&[0.0], &[true]).unwrap();
        assert!((clipped.log_loss + 1e-7_f64.ln()).abs() < 1e-12);
        assert_eq!((clipped.baseline, clipped.relative_information_gain), (0.0, None));
        assert_eq!(log_loss_from_logits(&[-1000.0], &[true]).unwrap().log_loss, 1000.0);
    }

    #[test]
    fn faulty_input_is_refused() {
        assert_eq!(log_loss_from_logits(&[], &[]), Err(Error::NoSamples));
        assert!(matches!(
            log_loss_from_logits(&[f32::INFINITY], &[true]),
            Err(Error::Score { position: 0, .. })
        ));
        for value in [-0.1, 1.1, f32::NAN] {
            let found = log_loss_from_probabilities(&[0.5, value], &[true, true]);
            assert!(matches!(found, Err(Error::Probability { position: 1, .. })));
        }
    }
}
