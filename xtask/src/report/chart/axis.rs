//! Axes: from values to positions, and where the ticks stand.

use crate::report::format::{abridged, count};

/// From here on, numbers take more room than there is beside an axis.
const WIDE: f64 = 100_000.0;

/// A range of values with its ticks.
#[derive(Debug, Clone)]
pub struct Axis {
    /// Quantity and unit.
    pub title: String,
    /// Values to mark, with their labels.
    pub ticks: Vec<(f64, String)>,
    low: f64,
    high: f64,
    log: bool,
}

impl Axis {
    /// A linear axis from `low` to `high`, with about `wanted` ticks at round values.
    pub fn linear(title: impl Into<String>, (low, high): (f64, f64), wanted: usize) -> Self {
        let (low, high) = widened(low, high);
        let step = round_step((high - low) / wanted.max(1) as f64);
        let first = (low / step - 1e-9).ceil() as i64;
        let last = (high / step + 1e-9).floor() as i64;
        let ticks =
            (first..=last).map(|i| (i as f64 * step, tick_label(i as f64 * step, step, high))).collect();
        Self { title: title.into(), ticks, low, high, log: false }
    }

    /// A logarithmic axis with ticks at exactly `positions`, which are above 0 and rise.
    pub fn log_at(title: impl Into<String>, positions: &[usize]) -> Self {
        let ends = (positions.first().copied().unwrap_or(1), positions.last().copied().unwrap_or(1));
        let (low, high) = (0.8 * ends.0 as f64, 1.25 * ends.1 as f64);
        let ticks = positions.iter().map(|&p| (p as f64, p.to_string())).collect();
        Self { title: title.into(), ticks, low, high, log: true }
    }

    /// A logarithmic axis from `low` to `high`, which are above 0, with ticks at powers of ten; where
    /// there are few of these, at 2 and 5 times them as well.
    pub fn log(title: impl Into<String>, (low, high): (f64, f64)) -> Self {
        let (low, high) = if high > low { (low, high) } else { (0.8 * low, 1.25 * high) };
        let steps: &[f64] = if high / low < 500.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let powers = low.log10().floor() as i32..=high.log10().ceil() as i32;
        let ticks = powers.flat_map(|power| steps.iter().map(move |step| (step * 10f64.powi(power), power)));
        let labelled = ticks.map(|(value, power)| (value, tick_label(value, 10f64.powi(power), high)));
        Self { title: title.into(), ticks: Vec::new(), low, high, log: true }.with_ticks(labelled)
    }

    /// The same axis with other ticks; those beyond its ends are left out.
    pub fn with_ticks(mut self, ticks: impl IntoIterator<Item = (f64, String)>) -> Self {
        let on_axis = |&(value, _): &(f64, String)| (-1e-9..=1.0 + 1e-9).contains(&self.unit(value));
        self.ticks = ticks.into_iter().filter(on_axis).collect();
        self
    }

    /// Where `value` stands: 0 at the low end, 1 at the high end.
    pub fn unit(&self, value: f64) -> f64 {
        let [low, high, value] = [self.low, self.high, value].map(|v| if self.log { v.ln() } else { v });
        (value - low) / (high - low)
    }
}

/// The range of `values` with `share` of its width added on both sides; `None` if there is none.
///
/// Values that are no finite numbers are left out.
pub fn padded(values: impl IntoIterator<Item = f64>, share: f64) -> Option<(f64, f64)> {
    let finite = values.into_iter().filter(|value| value.is_finite());
    let (low, high) = finite.map(|v| (v, v)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
    let (low, high) = widened(low, high);
    let pad = share * (high - low);
    Some((low - pad, high + pad))
}

/// Opens a range of a single value, which has no scale.
fn widened(low: f64, high: f64) -> (f64, f64) {
    if high > low {
        return (low, high);
    }
    let room = if low == 0.0 { 0.5 } else { 0.1 * low.abs() };
    (low - room, low + room)
}

/// The smallest of 1, 2, 5 times a power of ten that is at least `step`.
fn round_step(step: f64) -> f64 {
    let power = 10f64.powf(step.log10().floor());
    [1.0, 2.0, 5.0].map(|m| m * power).into_iter().find(|&s| s >= step * (1.0 - 1e-9)).unwrap_or(10.0 * power)
}

/// Label of a tick on an axis with ticks `step` apart up to about `high`.
fn tick_label(value: f64, step: f64, high: f64) -> String {
    if step >= 1.0 && value >= 0.0 {
        let value = value.round() as u64;
        return if high < WIDE { count(value) } else { abridged(value) };
    }
    let decimals = (-step.log10() - 1e-9).ceil().max(0.0) as usize;
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn ticks_are_round_and_inside() {
        let axis = Axis::linear("loss", (4.5, 6.8), 5);
        assert_eq!(labels(&axis), ["4.5", "5.0", "5.5", "6.0", "6.5"]);
        let axis = Axis::linear("step", (0.0, 29_000.0), 6);
        assert_eq!(labels(&axis), ["0", "5,000", "10,000", "15,000", "20,000", "25,000"]);
        assert_eq!(labels(&Axis::linear("n", (0.0, 150_000.0), 3)), ["0", "50k", "100k", "150k"]);
        assert!(axis.ticks.iter().all(|(v, _)| (0.0..=1.0).contains(&axis.unit(*v))));
    }

    #[test]
    fn a_single_value_still_has_a_scale() {
        for value in [0.0, 3.0, -2.0] {
            let axis = Axis::linear("x", (value, value), 4);
            assert!((axis.unit(value) - 0.5).abs() < 1e-9);
            assert!(!axis.ticks.is_empty());
        }
    }

    #[test]
    fn a_log_axis_spaces_ratios_evenly() {
        let axis = Axis::log_at("N", &[10, 100, 1000]);
        let [a, b, c] = [10.0, 100.0, 1000.0].map(|v| axis.unit(v));
        assert!(((b - a) - (c - b)).abs() < 1e-9 && a > 0.0 && c < 1.0);
    }

    #[test]
    fn a_log_axis_marks_powers_of_ten_and_more_where_they_are_few() {
        assert_eq!(labels(&Axis::log("n", (1.0, 2e6))), ["1", "10", "100", "1k", "10k", "100k", "1M"]);
        assert_eq!(labels(&Axis::log("n", (3.0, 60.0))), ["5", "10", "20", "50"]);
        assert_eq!(labels(&Axis::log("%", (0.004, 0.3))), ["0.005", "0.01", "0.02", "0.05", "0.1", "0.2"]);
        let single = Axis::log("n", (5.0, 5.0));
        assert!((single.unit(5.0) - 0.5).abs() < 1e-9);
        assert_eq!(labels(&single), ["5"]);
    }

    #[test]
    fn ranges_skip_what_is_no_number() {
        assert_eq!(padded([f64::NAN, f64::INFINITY], 0.1), None);
        assert_eq!(padded([1.0, f64::NAN, 3.0], 0.5), Some((0.0, 4.0)));
    }
}
