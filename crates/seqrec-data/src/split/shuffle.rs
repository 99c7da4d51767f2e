//! Seeded shuffles that give the same order on every machine and in every release.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rand_mt::Mt;
use serde::{Deserialize, Serialize};

/// How the users are put in order before they are cut into parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "generator", rename_all = "lowercase", deny_unknown_fields)]
pub enum Shuffle {
    /// What Python's `random.seed(seed); random.shuffle(list)` does: MT19937 seeded by array,
    /// indices by rejection on the top bits. Replays splits that were made in Python.
    Python {
        /// Seed, as an integer in Python.
        seed: u64,
    },
    /// ChaCha with 8 rounds, the seed in the first eight bytes of the key.
    ChaCha {
        /// Seed.
        seed: u64,
    },
}

impl Shuffle {
    /// Permutes `values` in place.
    pub fn apply<T>(&self, values: &mut [T]) {
        match *self {
            Self::Python { seed } => {
                let (low, high) = (seed as u32, (seed >> 32) as u32);
                let mut mt = if high == 0 { Mt::new_with_key([low]) } else { Mt::new_with_key([low, high]) };
                fisher_yates(values, || mt.next_u32());
            }
            Self::ChaCha { seed } => {
                let mut key = [0; 32];
                key[..8].copy_from_slice(&seed.to_le_bytes());
                let mut rng = ChaCha8Rng::from_seed(key);
                fisher_yates(values, || rng.next_u32());
            }
        }
    }
}

/// Fisher-Yates from the end, as Python's `random.shuffle`.
fn fisher_yates<T>(values: &mut [T], mut word: impl FnMut() -> u32) {
    for i in (1..values.len()).rev() {
        let j = below(i as u64 + 1, &mut word);
        values.swap(i, j as usize);
    }
}

/// Uniform in `0..n`: as many top bits as `n` has, redrawn until they are below `n`.
pub(crate) fn below(n: u64, word: &mut impl FnMut() -> u32) -> u64 {
    let bits = u64::BITS - n.leading_zeros();
    loop {
        let drawn = if bits <= 32 {
            u64::from(word() >> (32 - bits))
        } else {
            let low = u64::from(word());
            low | u64::from(word() >> (64 - bits)) << 32
        };
        if drawn < n {
            return drawn;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Reference values: CPython 3.11, `random.seed(s); random.shuffle(list(range(n)))`.
    #[test]
    fn equals_python() {
        let cases: [(u64, &[u32]); 3] = [
            (1230, &[9, 0, 6, 3, 2, 4, 5, 1, 7, 8]),
            (0, &[7, 8, 1, 5, 3, 4, 2, 0, 9, 6]),
            (1099511627781, &[3, 5, 2, 9, 6, 7, 1, 10, 0, 4, 11, 8]),
        ];
        for (seed, expected) in cases {
            let mut order: Vec<u32> = (0..expected.len() as u32).collect();
            Shuffle::Python { seed }.apply(&mut order);
            assert_eq!(order, expected, "seed {seed}");
        }
    }

    #[test]
    fn generators_differ_and_keep_every_value() {
        let mut python: Vec<u32> = (0..100).collect();
        let mut chacha = python.clone();
        Shuffle::Python { seed: 7 }.apply(&mut python);
        Shuffle::ChaCha { seed: 7 }.apply(&mut chacha);
        assert_ne!(python, chacha);
        for mut order in [python, chacha] {
            order.sort_unstable();
            assert_eq!(order, (0..100).collect::<Vec<_>>());
        }
    }

    #[test]
    fn chacha_order_is_pinned() {
        let mut order: Vec<u32> = (0..8).collect();
        Shuffle::ChaCha { seed: 1 }.apply(&mut order);
        assert_eq!(order, [7, 0, 5, 4, 1, 3, 2, 6]);
    }

    #[test]
    fn short_slices_stay() {
        for n in 0..2 {
            let mut order: Vec<u32> = (0..n).collect();
            Shuffle::Python { seed: 0 }.apply(&mut order);
            assert_eq!(order, (0..n).collect::<Vec<_>>());
        }
    }
}
