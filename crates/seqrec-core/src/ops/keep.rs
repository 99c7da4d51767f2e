//! Dropout masks as a function of a key and a position: nothing is stored between the passes.

use rand::Rng as _;

use crate::StepContext;

/// Which entries a dropout keeps, and how much they grow.
///
/// Entry `i` is dropped where a hash of the key and `i`, as a share of all hashes, lies below `p`. Forward and backward pass
/// compute it afresh, on any thread, and so does the definition in primitive operations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Keep {
    key: u32,
    threshold: u32,
    scale: f32,
}

impl Keep {
    /// The mask of one dropout of this step; `None` outside training or for `p = 0`.
    ///
    /// # Panics
    ///
    /// If `p` is not in `[0, 1)`.
    pub fn draw(p: f64, context: &mut StepContext) -> Option<Self> {
        assert!((0.0..1.0).contains(&p), "a dropout of {p} is not in [0, 1)");
        (context.training && p > 0.0).then(|| Self {
            key: context.rng.next_u32(),
            threshold: (p * 4_294_967_296.0) as u32,
            scale: (1.0 / (1.0 - p)) as f32,
        })
    }

    /// What entry `index` is multiplied by: 0 or `1 / (1 - p)`.
    #[inline(always)]
    pub fn factor(&self, index: usize) -> f32 {
        let mut hash = (index as u32 ^ self.key).wrapping_mul(0x9E37_79B1);
        hash = (hash ^ (hash >> 15) ^ self.key.rotate_left(16)).wrapping_mul(0x85EB_CA77);
        hash = (hash ^ (hash >> 13)).wrapping_mul(0xC2B2_AE3D);
        hash ^= hash >> 16;
        if hash >= self.threshold { self.scale } else { 0.0 }
    }

    /// `target[i] = source[i] * factor(first + i)`.
    #[inline(always)]
    pub fn apply(&self, target: &mut [f32], source: &[f32], first: usize) {
        for (offset, (target, source)) in target.iter_mut().zip(source).enumerate() {
            *target = source * self.factor(first.wrapping_add(offset));
        }
    }

    /// The factors of entries `0..len`.
    pub fn factors(&self, len: usize) -> Vec<f32> {
        (0..len).map(|index| self.factor(index)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seed;

    fn keep(p: f64, step: u64) -> Keep {
        Keep::draw(p, &mut StepContext::training(Seed(3), step)).unwrap()
    }

    #[test]
    fn keeps_its_share_and_neighbours_are_independent() {
        for p in [0.1, 0.5, 0.8] {
            let kept: Vec<bool> = keep(p, 1).factors(200_000).iter().map(|&f| f > 0.0).collect();
            let alone = kept.iter().filter(|&&kept| kept).count() as f64 / kept.len() as f64;
            assert!((alone - (1.0 - p)).abs() < 0.005, "{p}: {alone}");
            for lag in [1, 2, 16, 64, 3200] {
                let pairs = kept.iter().zip(&kept[lag..]);
                let both = pairs.filter(|(a, b)| **a && **b).count() as f64 / (kept.len() - lag) as f64;
                assert!((both - (1.0 - p) * (1.0 - p)).abs() < 0.005, "{p} lag {lag}: {both}");
            }
        }
    }

    #[test]
    fn another_step_has_another_mask() {
        let (one, two) = (keep(0.5, 1).factors(1000), keep(0.5, 2).factors(1000));
        let equal = one.iter().zip(&two).filter(|(a, b)| a == b).count();
        assert!((400..600).contains(&equal), "{equal}");
        assert_eq!(one, keep(0.5, 1).factors(1000));
    }

    #[test]
    fn nothing_is_dropped_at_inference() {
        assert_eq!(Keep::draw(0.5, &mut StepContext::inference()), None);
        assert_eq!(Keep::draw(0.0, &mut StepContext::training(Seed(1), 1)), None);
    }
}
