//! The value that controllable diversity raises.

use crate::{Error, Result, Scored};

/// `Q(u,S) = Σ_{i∈S} f(u,i) + λ Σ_{i∈S} Σ_{j∈S, j≠i} g(i,j)`, over *ordered* pairs.
///
/// `λ` here weighs every unordered pair twice. To value what a greedy step with weight `λ` sees,
/// pass `λ/2`.
///
/// # Errors
/// [`Error::Lambda`] unless `λ` is finite and at least 0.
pub fn value(list: &[Scored], lambda: f32, distance: impl Fn(u32, u32) -> f64) -> Result<f64> {
    if !(lambda.is_finite() && lambda >= 0.0) {
        return Err(Error::Lambda(lambda));
    }
    let relevance: f64 = list.iter().map(|scored| f64::from(scored.score)).sum();
    let mut apart = 0.0;
    for (i, a) in list.iter().enumerate() {
        for (j, b) in list.iter().enumerate() {
            if i != j {
                apart += distance(a.item, b.item);
            }
        }
    }
    Ok(relevance + f64::from(lambda) * apart)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_counts_twice() {
        let list = [Scored::new(1, 2.0), Scored::new(2, 1.0), Scored::new(3, 0.5)];
        let differs = |a: u32, b: u32| f64::from(a.abs_diff(b) > 1);
        assert_eq!(value(&list, 0.25, differs), Ok(3.5 + 0.25 * 2.0));
        assert_eq!(value(&list, f32::INFINITY, differs), Err(Error::Lambda(f32::INFINITY)));
    }
}
