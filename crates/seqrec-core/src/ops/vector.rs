//! Loops over slices, compiled for the vector units that the machine has.

use pulp::Arch;

/// Runs `f` compiled for the widest vector instructions at hand.
///
/// Everything that should profit must be inlined into `f`, and `f` itself must be a closure marked
/// `#[inline(always)]`.
pub fn dispatch<R>(f: impl FnOnce() -> R) -> R {
    Arch::new().dispatch(f)
}

/// Evaluates an expression with the widest vector instructions at hand.
///
/// The loops that should profit must be inlined into it: mark what it calls `#[inline(always)]`. The
/// expression itself becomes a closure that is always inlined, without which it would be compiled for
/// the oldest machine.
macro_rules! vectorized {
    ($body:expr) => {
        $crate::ops::vector::dispatch(
            #[inline(always)]
            || $body,
        )
    };
}
pub(crate) use vectorized;

/// Numbers summed side by side; a fixed width keeps sums the same on every machine.
const LANES: usize = 16;

/// `e^x`, within 2 units in the last place; NaN stays NaN, and the result is finite and positive
/// elsewhere (`x` is clamped to `[-87, 88]`).
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let x = if x < -87.0 { -87.0 } else { x };
    let x = if x > 88.0 { 88.0 } else { x };
    // x = n ln 2 + r with |r| <= ln 2 / 2; ln 2 in two parts keeps r exact.
    // Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.
    let rounding = 1.5 * (1 << 23) as f32;
    let shifted = x * std::f32::consts::LOG2_E + rounding;
    let n = shifted - rounding;
    let r = (x - n * 0.693_145_75) - n * 1.428_606_8e-6;
    // Taylor coefficients; the remainder at |r| = 0.347 is below 2^-24 of the result.
    let mut p = 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    // 2^n: n moves to the exponent. Wrapping, because checks would keep loops scalar.
    p * f32::from_bits((shifted.to_bits() << 23).wrapping_add(127 << 23))
}

/// `1 / (1 + e^-x)`.
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// `tanh x` as `2 sigmoid(2 x) - 1`: within rounding of 1, not of tiny results.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    2.0 * sigmoid(2.0 * x) - 1.0
}

/// Sum of `f` of the pairs of `a` and `b`.
#[inline(always)]
fn sum_pairs(a: &[f32], b: &[f32], f: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [0.0; LANES];
    let (chunks_a, rest_a) = a.as_chunks::<LANES>();
    let (chunks_b, rest_b) = b.as_chunks::<LANES>();
    for (a, b) in chunks_a.iter().zip(chunks_b) {
        for lane in 0..LANES {
            lanes[lane] += f(a[lane], b[lane]);
        }
    }
    let rest: f32 = rest_a.iter().zip(rest_b).map(|(&a, &b)| f(a, b)).sum();
    lanes.iter().sum::<f32>() + rest
}

/// Inner product.
#[inline(always)]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    sum_pairs(a, b, |a, b| a * b)
}

/// Sum.
#[inline(always)]
pub fn sum(a: &[f32]) -> f32 {
    sum_pairs(a, a, |a, _| a)
}

/// Sum of the squared distances to `mean`.
#[inline(always)]
pub fn squares_around(a: &[f32], mean: f32) -> f32 {
    sum_pairs(a, a, |a, _| (a - mean) * (a - mean))
}

/// Largest value; NaN where one is NaN.
#[inline(always)]
pub fn max(a: &[f32]) -> f32 {
    let larger = |a: f32, b: f32| if a > b || a.is_nan() { a } else { b };
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let (chunks, rest) = a.as_chunks::<LANES>();
    for chunk in chunks {
        for lane in 0..LANES {
            lanes[lane] = larger(chunk[lane], lanes[lane]);
        }
    }
    lanes.iter().chain(rest).fold(f32::NEG_INFINITY, |best, &value| larger(value, best))
}

/// Replaces `row` by `e^(row - shift)` and returns the sum.
#[inline(always)]
pub fn exp_sum(row: &mut [f32], shift: f32) -> f32 {
    let mut lanes = [0.0; LANES];
    let (chunks, rest) = row.as_chunks_mut::<LANES>();
    for chunk in chunks {
        for lane in 0..LANES {
            chunk[lane] = exp(chunk[lane] - shift);
            lanes[lane] += chunk[lane];
        }
    }
    let mut total = lanes.iter().sum::<f32>();
    for value in rest {
        *value = exp(*value - shift);
        total += *value;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn exp_is_within_rounding_of_the_library_and_defined_everywhere() {
        for step in -87_000..88_000 {
            let x = step as f32 / 1000.0;
            let (ours, exact) = (f64::from(exp(x)), f64::from(x).exp());
            assert!((ours / exact - 1.0).abs() < 2.5e-7, "e^{x} = {exact}, not {ours}");
        }
        assert!(exp(f32::NAN).is_nan() && exp(f32::INFINITY).is_finite() && exp(f32::NEG_INFINITY) >= 0.0);
        assert_eq!(exp(0.0), 1.0);
    }

    #[test]
    fn sums_and_maxima_equal_plain_loops_for_every_length() {
        for len in [0, 1, 15, 16, 17, 100] {
            let (a, b) = (testing::values(len), testing::values(len + 3));
            let close = |ours: f32, plain: f32| assert!((ours - plain).abs() < 1e-5, "{len}: {ours} {plain}");
            close(sum(&a), a.iter().sum());
            close(dot(&a, &b[3..]), a.iter().zip(&b[3..]).map(|(a, b)| a * b).sum());
            close(squares_around(&a, 0.3), a.iter().map(|a| (a - 0.3f32).powi(2)).sum());
            assert_eq!(max(&a), a.iter().copied().fold(f32::NEG_INFINITY, f32::max));
            let mut row = a.clone();
            close(exp_sum(&mut row, 0.5), a.iter().map(|a| (a - 0.5).exp()).sum());
        }
    }

    #[test]
    fn a_nan_is_not_lost() {
        for at in [0, 20] {
            let mut row = testing::values(21);
            row[at] = f32::NAN;
            assert!(max(&row).is_nan() && vectorized!(max(&row)).is_nan());
        }
    }
}
