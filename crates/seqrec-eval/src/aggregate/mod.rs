//! From the candidates of several interests to one list, with or without diversity.
//!
//! A multi-interest model retrieves one candidate list for each of its `K` interest vectors.
//! [`Candidates::merge`] gives every item its best score, `f(u,i) = max_k v_k·e_i`, and
//! [`Candidates::top`] takes the best by it. Cen et al., "Controllable Multi-Interest Framework for
//! Recommendation" (KDD 2020), section 3.4, trade some of that for variety by the value
//!
//! `Q(u,S) = Σ_{i∈S} f(u,i) + λ Σ_{i∈S} Σ_{j∈S} g(i,j)`
//!
//! which [`Candidates::diversify_by_category`] and [`Candidates::diversify`] raise greedily, and
//! [`value`] computes. `Q` sums over ordered pairs, that is every pair twice, while a greedy step
//! counts a pair once: `λ` in the steps acts as `λ/2` in `Q`.

mod by_category;
mod by_distance;
mod candidates;
mod value;

pub use candidates::Candidates;
pub use value::value;

use crate::{Error, Result};

/// The weight of diversity: at least 0, infinity included.
fn check_lambda(lambda: f32) -> Result<f64> {
    if lambda >= 0.0 { Ok(f64::from(lambda)) } else { Err(Error::Lambda(lambda)) }
}
