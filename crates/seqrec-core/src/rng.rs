//! The one source of randomness.
//!
//! burn's generator is global to the process, so parallel tests and worker threads disturb each
//! other. Everything random in seqrec is drawn on the host from a generator that is derived from
//! *what it is for*: seed, stream and index. There is no hidden state to save: a run resumed at
//! step 7,000 draws what the uninterrupted run drew at step 7,000.

use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use serde::{Deserialize, Serialize};

/// The generator behind every draw: fast, portable, the same bits on every platform.
pub type Rng = ChaCha8Rng;

/// What random numbers are for; each purpose has its own independent stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Stream {
    /// Initial weights; index = ordinal of the module.
    Init = 1,
    /// Order of training examples; index = epoch.
    Shuffle = 2,
    /// Which users and cuts a batch holds; index = step.
    Batch = 3,
    /// Negatives; index = step.
    Negatives = 4,
    /// Dropout masks; index = step.
    Dropout = 5,
    /// Synthetic data and splits.
    Data = 6,
    /// Bootstrap resamples.
    Bootstrap = 7,
}

/// The seed of a run, from which every [`Rng`] is derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seed(pub u64);

impl Seed {
    /// The generator of one purpose at one index (step, epoch, ...).
    ///
    /// ```
    /// use rand::Rng as _;
    /// use seqrec_core::{Seed, Stream};
    ///
    /// let draw = |step| Seed(19).rng(Stream::Negatives, step).next_u64();
    /// assert_eq!(draw(3), draw(3));
    /// assert_ne!(draw(3), draw(4));
    /// ```
    pub fn rng(self, stream: Stream, index: u64) -> Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(self.0);
        rng.set_stream(((stream as u64) << 48) | (index & 0xFFFF_FFFF_FFFF));
        rng
    }
}

/// What a forward pass may need to know besides its tensors.
#[derive(Debug)]
#[non_exhaustive]
pub struct StepContext {
    /// Whether this pass is part of training (dropout, batch statistics).
    pub training: bool,
    /// Generator of this step's dropout masks.
    pub rng: Rng,
}

impl StepContext {
    /// The context of training step `step`.
    pub fn training(seed: Seed, step: u64) -> Self {
        Self { training: true, rng: seed.rng(Stream::Dropout, step) }
    }

    /// The context of evaluation and serving: nothing random is drawn.
    pub fn inference() -> Self {
        Self { training: false, rng: Seed(0).rng(Stream::Dropout, 0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng as _;

    #[test]
    fn streams_are_independent() {
        let seed = Seed(7);
        let first = |stream, index| seed.rng(stream, index).next_u64();
        assert_ne!(first(Stream::Init, 0), first(Stream::Batch, 0));
        assert_ne!(first(Stream::Init, 0), Seed(8).rng(Stream::Init, 0).next_u64());
    }
}
