//! The best N items of a stream of scores.

use crate::Scored;

/// Scores looked at together before any of them is looked at alone.
pub(crate) const LANES: usize = 32;

/// Room beyond twice the length of a list, so that short lists are not cut down at every push.
const SLACK: usize = 64;

/// Collects the `n` best (item, score) pairs of a stream.
///
/// The result depends only on the pairs, not on their order or on how they were cut into blocks:
/// higher scores win, and of equal scores the lower id. Each item is pushed at most once.
///
/// * Id 0 is padding and is ignored.
/// * A NaN never enters the list; it is counted in [`nan_count`](Self::nan_count).
/// * `-inf` is the mask value: such an item never enters, even into a list that is not full.
///
/// Most scores of a catalogue cost one comparison, so a pass over it runs at about the speed of
/// reading the scores. The others are gathered until they are twice too many, and then cut down by
/// selection: a score never costs more than `O(1)` on average, in whatever order they come. Memory
/// is `O(n)`.
///
/// ```
/// use seqrec_eval::TopN;
///
/// let mut top = TopN::new(2);
/// top.push_block(1, &[0.1, 0.9, f32::NAN, 0.9]); // items 1, 2, 3, 4
/// assert_eq!(top.nan_count(), 1);
/// let items: Vec<u32> = top.into_sorted().iter().map(|s| s.item).collect();
/// assert_eq!(items, [2, 4]);
/// ```
#[derive(Debug, Clone)]
pub struct TopN {
    n: usize,
    gathered: Vec<Key>,
    /// The worst of `n` items known to be better than everything that was cut off.
    worst: Option<Key>,
    /// Scores below this cannot enter.
    threshold: f32,
    nan_count: u64,
}

impl TopN {
    /// An empty list of at most `n` items. With `n = 0` it stays empty.
    pub fn new(n: usize) -> Self {
        Self { n, gathered: Vec::new(), worst: None, threshold: f32::NEG_INFINITY, nan_count: 0 }
    }

    /// Offers one item.
    #[inline]
    pub fn push(&mut self, item: u32, score: f32) {
        // A NaN is not below anything: it passes on to `consider`, which counts it.
        if !below(score, self.threshold) {
            self.consider(item, score);
        }
    }

    /// Offers the items `first_item, first_item + 1, ...` with the given scores.
    ///
    /// It is inlined, so that a caller that is compiled for wider vectors takes it along.
    ///
    /// # Panics
    /// If the last id does not fit into `u32`.
    #[inline(always)]
    pub fn push_block(&mut self, first_item: u32, scores: &[f32]) {
        let end = u64::from(first_item) + scores.len() as u64;
        assert!(end <= u64::from(u32::MAX) + 1, "item ids of the block exceed u32");
        let (blocks, rest) = scores.as_chunks::<LANES>();
        let mut item = first_item;
        for lanes in blocks {
            let mut entering = entering(lanes, &[self.threshold; LANES]);
            while entering != 0 {
                let lane = entering.trailing_zeros();
                self.consider(item + lane, lanes[lane as usize]);
                entering &= entering - 1;
            }
            item = item.wrapping_add(LANES as u32);
        }
        for (&score, lane) in rest.iter().zip(0..) {
            self.push(item + lane, score);
        }
    }

    /// Takes over what another list collected, for instance from another block of the catalogue.
    pub fn merge(&mut self, other: Self) {
        self.nan_count += other.nan_count;
        for key in other.gathered {
            let scored = key.scored();
            self.push(scored.item, scored.score);
        }
    }

    /// No score below this can enter.
    pub(crate) fn threshold(&self) -> f32 {
        self.threshold
    }

    /// How many scores of real items were NaN. Anything but 0 means that the model is broken.
    pub fn nan_count(&self) -> u64 {
        self.nan_count
    }

    /// How many items the list holds now, at most `n`.
    pub fn len(&self) -> usize {
        self.gathered.len().min(self.n)
    }

    /// Whether nothing has entered the list.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The list, best first.
    pub fn into_sorted(mut self) -> Vec<Scored> {
        self.cut_down();
        self.gathered.sort_unstable_by(|a, b| b.cmp(a));
        self.gathered.into_iter().map(Key::scored).collect()
    }

    fn consider(&mut self, item: u32, score: f32) {
        if item == 0 {
            return;
        }
        if score.is_nan() {
            self.nan_count += 1;
            return;
        }
        let key = Key::new(item, score);
        if score == f32::NEG_INFINITY || self.worst.is_some_and(|worst| key < worst) {
            return;
        }
        self.gathered.push(key);
        if self.gathered.len() >= 2 * self.n + SLACK {
            self.cut_down();
        }
    }

    /// Keeps the `n` best of what was gathered.
    fn cut_down(&mut self) {
        if self.gathered.len() <= self.n {
            return;
        }
        if let Some(last) = self.n.checked_sub(1) {
            let (_, &mut worst, _) = self.gathered.select_nth_unstable_by(last, |a, b| b.cmp(a));
            self.worst = Some(worst);
            self.threshold = worst.scored().score;
        }
        self.gathered.truncate(self.n);
    }
}

/// A bit for each score that is not below its threshold.
#[inline(always)]
pub(crate) fn entering(scores: &[f32; LANES], thresholds: &[f32; LANES]) -> u32 {
    // Flags as wide as the scores and without an early exit: this compiles to vector instructions.
    let flags: [u32; LANES] = std::array::from_fn(|lane| u32::from(!below(scores[lane], thresholds[lane])));
    match flags.iter().fold(0, |any, flag| any | flag) {
        0 => 0,
        _ => flags.iter().zip(0..).fold(0, |mask, (flag, lane)| mask | flag << lane),
    }
}

/// `score < threshold`; false for a NaN.
#[inline]
fn below(score: f32, threshold: f32) -> bool {
    score < threshold
}

/// A score and an item in one number whose order is that of the list: the best is the largest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u64);

impl Key {
    const SIGN: u32 = 1 << 31;

    /// `score` is no NaN.
    fn new(item: u32, score: f32) -> Self {
        // The sum turns -0.0 into 0.0, which is equal as a score but not in its bits.
        let bits = (score + 0.0).to_bits();
        // The bits of floats are ordered like their values, in reverse for negative ones.
        let ordered = if bits & Self::SIGN == 0 { bits | Self::SIGN } else { !bits };
        Self(u64::from(ordered) << 32 | u64::from(!item))
    }

    fn scored(self) -> Scored {
        let ordered = (self.0 >> 32) as u32;
        let bits = if ordered & Self::SIGN == 0 { !ordered } else { ordered & !Self::SIGN };
        Scored { item: !(self.0 as u32), score: f32::from_bits(bits) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(top: TopN) -> Vec<u32> {
        top.into_sorted().iter().map(|s| s.item).collect()
    }

    #[test]
    fn keeps_the_best_in_ranking_order() {
        let mut top = TopN::new(3);
        for (item, score) in [(7, 0.5), (2, 0.5), (5, 0.9), (9, 0.1), (1, 0.5)] {
            top.push(item, score);
        }
        assert_eq!(items(top), [5, 1, 2]);
    }

    #[test]
    fn padding_is_skipped_in_single_pushes_and_in_blocks() {
        let mut top = TopN::new(2);
        top.push(0, 9.0);
        top.push_block(0, &[9.0, 1.0, 2.0]);
        assert_eq!(items(top), [2, 1]);
    }

    #[test]
    fn nan_is_counted_and_never_enters() {
        let mut top = TopN::new(3);
        let mut scores = vec![f32::NAN; 100];
        scores[40] = 1.0;
        top.push_block(1, &scores);
        top.push(0, f32::NAN);
        assert_eq!(top.nan_count(), 99);
        assert_eq!(items(top), [41]);
    }

    #[test]
    fn nan_is_still_counted_when_the_list_is_full() {
        let mut top = TopN::new(1);
        let mut scores = vec![0.0; 200];
        scores[0] = 5.0;
        scores[150] = f32::NAN;
        top.push_block(1, &scores);
        assert_eq!(top.nan_count(), 1);
        assert_eq!(items(top), [1]);
    }

    #[test]
    fn masked_items_do_not_fill_a_short_list() {
        let mut top = TopN::new(5);
        top.push_block(1, &[f32::NEG_INFINITY, -3.0, f32::NEG_INFINITY]);
        assert_eq!(items(top), [2]);
    }

    #[test]
    fn a_list_of_nothing_stays_empty() {
        let mut top = TopN::new(0);
        top.push(1, 1.0);
        top.push(2, f32::INFINITY);
        top.push(3, f32::NAN);
        assert!(top.is_empty());
        assert_eq!((top.len(), top.nan_count()), (0, 1));
    }

    #[test]
    fn keys_are_ordered_like_a_ranked_list_and_can_be_read_back() {
        let scores = [f32::INFINITY, f32::MAX, 1.5, 1e-40, 0.0, -1e-40, -1.5, f32::MIN, f32::NEG_INFINITY];
        let list: Vec<Scored> =
            scores.iter().flat_map(|&score| [1, 2, u32::MAX].map(|item| Scored { item, score })).collect();
        assert!(list.is_sorted_by(|a, b| Key::new(a.item, a.score) > Key::new(b.item, b.score)));
        for scored in list {
            assert_eq!(Key::new(scored.item, scored.score).scored(), scored);
        }
        assert_eq!(Key::new(3, -0.0), Key::new(3, 0.0));
    }

    #[test]
    fn rising_scores_are_cut_down_again_and_again() {
        let mut top = TopN::new(3);
        let scores: Vec<f32> = (0..10_000_u16).map(f32::from).collect();
        top.push_block(1, &scores);
        assert!(top.gathered.capacity() < 200);
        assert_eq!(top.len(), 3);
        assert_eq!(items(top), [10_000, 9_999, 9_998]);
    }

    #[test]
    fn merged_lists_equal_one_list() {
        let scores: Vec<f32> = (0..500u32).map(|i| ((i * 7919) % 101) as f32).collect();
        let mut whole = TopN::new(20);
        whole.push_block(1, &scores);
        let (mut left, mut right) = (TopN::new(20), TopN::new(20));
        left.push_block(1, &scores[..123]);
        right.push_block(124, &scores[123..]);
        right.merge(left);
        assert_eq!(whole.into_sorted(), right.into_sorted());
    }

    #[test]
    #[should_panic(expected = "exceed u32")]
    fn ids_beyond_u32_are_refused() {
        TopN::new(1).push_block(u32::MAX, &[1.0, 2.0]);
    }
}
