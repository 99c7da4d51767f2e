use burn::{
    module::Module,
    nn::Linear,
    tensor::{Device, Tensor},
};
use seqrec_core::{
    Interests, Rng,
    batch::Histories,
    init::Init,
    items::ItemVectors,
    layers::{Gru, dense, normalize},
    ops::{Pointwise, Reset, Segments, gather, segment_mean},
};

use super::MultiRateConfig;

/// A user tower that reads the history at several rates.
///
/// ```text
/// a = mean(e_1 .. e_n)                                   what the user likes at all
/// f = GRU(the last `fast` events)                        the moment
/// s = GRU(means of blocks of `slow` events)              the longer trend
/// u = ([a ; f ; s] W + b) / |[a ; f ; s] W + b|          [B, output]
/// ```
///
/// In the paper the fast network steps by the day, the slow one by the week, and the static part
/// has features of the user. Histories carry neither times nor such features, so steps count
/// events here, and the static part is the mean of all of them. Blocks are counted from the newest event;
/// the oldest block may be shorter. After Song, Elkahky & He, SIGIR 2016.
#[derive(Module, Debug)]
pub struct MultiRateTower {
    fast: Gru,
    slow: Gru,
    output: Linear,
    #[module(skip)]
    config: MultiRateConfig,
}

impl MultiRateTower {
    pub(super) fn new(
        config: &MultiRateConfig,
        dim: usize,
        output: usize,
        rng: &mut Rng,
        device: &Device,
    ) -> Self {
        let glorot = Init::GlorotUniform;
        let mut gru = || Gru::new(dim, config.hidden, Reset::Before, glorot, rng, device).with_one_bias();
        let (fast, slow) = (gru(), gru());
        let output = glorot.linear(dim + 2 * config.hidden, output, true, rng, device);
        Self { fast, slow, output, config: config.clone() }
    }

    /// A user vector for each history.
    ///
    /// # Shapes
    ///
    /// - output: `[B, output]`
    pub fn forward(&self, histories: &Histories, items: &ItemVectors) -> Tensor<2> {
        let segments = &histories.segments;
        let joined = match segments.is_empty() {
            true => {
                let [width, _] = self.output.weight.dims();
                Tensor::zeros([segments.count(), width], &items.input.device())
            }
            false => self.joined(items.events(histories), segments),
        };
        normalize(dense(&self.output, joined, Pointwise::Identity))
    }

    /// `[T, dim]` -> `[B, dim + 2 hidden]`.
    fn joined(&self, events: Tensor<2>, segments: &Segments) -> Tensor<2> {
        let (recent, window) = recent(segments, self.config.fast);
        let (blocks, trend) = blocks(segments, self.config.slow);
        let last = |gru: &Gru, x: Tensor<2>, segments: &Segments| {
            let states = Interests::last_state(gru.forward(x, segments), segments).vectors;
            states.reshape([segments.count(), self.config.hidden])
        };
        let parts = vec![
            segment_mean(events.clone(), segments),
            last(&self.fast, gather(events.clone(), &recent, None), &window),
            last(&self.slow, segment_mean(events, &blocks), &trend),
        ];
        Tensor::cat(parts, 1)
    }
}

/// The rows of the last `most` events of each sequence, and where each begins among them.
fn recent(segments: &Segments, most: usize) -> (Vec<u32>, Segments) {
    let window = Segments::new(segments.lengths().map(|length| length.min(most)));
    let rows = (0..segments.count()).flat_map(|s| {
        let end = segments.start(s) + segments.len(s);
        (end - window.len(s)) as u32..end as u32
    });
    (rows.collect(), window)
}

/// The blocks of `size` events that each sequence is cut in from its end, and the sequences of blocks.
fn blocks(segments: &Segments, size: usize) -> (Segments, Segments) {
    let trend = Segments::new(segments.lengths().map(|length| length.div_ceil(size)));
    let lengths = segments.lengths().flat_map(|length| {
        let count = length.div_ceil(size);
        (0..count).map(move |block| if block == 0 { length - (count - 1) * size } else { size })
    });
    (Segments::new(lengths), trend)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_part_sees_the_newest_events_and_the_slow_one_all_in_blocks() {
        let segments = Segments::new([5, 0, 2]);
        let (rows, window) = recent(&segments, 3);
        assert_eq!((rows, window), (vec![2, 3, 4, 5, 6], Segments::new([3, 0, 2])));
        let (of_two, trend) = blocks(&segments, 2);
        assert_eq!((of_two, trend), (Segments::new([1, 2, 2, 2]), Segments::new([3, 0, 1])));
        let (whole, trend) = blocks(&segments, 9);
        assert_eq!((whole, trend), (Segments::new([5, 2]), Segments::new([1, 0, 1])));
    }
}
