use seqrec_core::Interests;
use serde::{Deserialize, Serialize};

/// Whether several interests are really several.
///
/// Collapse shows in two ways: the vectors point the same way (mean cosine near 1), or one of them
/// wins nearly all targets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InterestDiagnostics {
    /// Mean cosine over users and pairs of interests.
    pub mean_pairwise_cosine: f64,
    /// Share of held-out targets whose best score comes from each interest.
    pub target_shares: Vec<f64>,
}

/// Sums over users, from which [`InterestDiagnostics`] are made.
#[derive(Clone, Debug)]
pub(super) struct InterestTally {
    cosines: f64,
    pairs: u64,
    wins: Vec<u64>,
}

impl InterestTally {
    pub fn new() -> Self {
        Self { cosines: 0.0, pairs: 0, wins: Vec::new() }
    }

    /// Adds a block of users; `targets` gives each user's held-out items, `output` is the item
    /// table `[n, d]` row-major. Masked interests take no part.
    pub fn add(&mut self, interests: &Interests, targets: &[&[u32]], output: &[f32]) {
        let [batch, count, d] = interests.vectors.dims();
        self.wins.resize(count, 0);
        let values = interests.vectors.to_data().try_to_vec::<f32>().expect("interests are f32");
        let mask = match &interests.mask {
            Some(mask) => mask.to_data().try_to_vec::<f32>().expect("masks are f32"),
            None => vec![1.0; batch * count],
        };
        let users = values.chunks(count * d).zip(mask.chunks(count));
        for ((vectors, mask), targets) in users.zip(targets) {
            let vectors: Vec<&[f32]> = vectors.chunks(d).collect();
            let counted: Vec<usize> = (0..count).filter(|&k| mask[k] != 0.0).collect();
            for (place, &i) in counted.iter().enumerate() {
                for &j in &counted[place + 1..] {
                    let (a, b) = (vectors[i], vectors[j]);
                    let norms = (dot(a, a) * dot(b, b)).sqrt();
                    self.cosines += if norms > 0.0 { dot(a, b) / norms } else { 0.0 };
                    self.pairs += 1;
                }
            }
            for &target in *targets {
                let item = &output[target as usize * d..][..d];
                let best = counted
                    .iter()
                    .copied()
                    .max_by(|&a, &b| dot(vectors[a], item).total_cmp(&dot(vectors[b], item)).then(b.cmp(&a)));
                self.wins[best.expect("at least one interest")] += 1;
            }
        }
    }

    /// The figures; `None` for single-interest models.
    pub fn finish(self) -> Option<InterestDiagnostics> {
        let total: u64 = self.wins.iter().sum();
        (self.pairs > 0).then(|| InterestDiagnostics {
            mean_pairwise_cosine: self.cosines / self.pairs as f64,
            target_shares: self.wins.iter().map(|&wins| wins as f64 / total.max(1) as f64).collect(),
        })
    }
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Tensor;
    use seqrec_core::Backend;

    #[test]
    fn orthogonal_interests_share_the_targets() {
        let device = Backend::default().device().unwrap();
        let vectors = Tensor::<3>::from_data([[[2.0, 0.0], [0.0, 1.0]]], &device);
        let mut tally = InterestTally::new();
        let output = [0.0, 0.0, 1.0, 0.0, 0.0, 3.0, 1.0, 0.1];
        tally.add(&Interests { vectors, mask: None }, &[&[1, 2, 3]], &output);
        let figures = tally.finish().unwrap();
        assert_eq!(figures.mean_pairwise_cosine, 0.0);
        assert_eq!(figures.target_shares, [2.0 / 3.0, 1.0 / 3.0]);
    }

    #[test]
    fn masked_interests_win_nothing_and_make_no_pairs() {
        let device = Backend::default().device().unwrap();
        let vectors = Tensor::<3>::from_data([[[2.0, 0.0], [0.0, 1.0]]], &device);
        let mask = Some(Tensor::from_data([[1.0, 0.0]], &device));
        let mut tally = InterestTally::new();
        tally.add(&Interests { vectors, mask }, &[&[0]], &[0.0, 5.0]);
        assert_eq!((tally.wins.as_slice(), tally.pairs), ([1, 0].as_slice(), 0));
    }

    #[test]
    fn equal_interests_have_a_cosine_of_one() {
        let device = Backend::default().device().unwrap();
        let vectors = Tensor::<3>::from_data([[[1.0, 2.0], [1.0, 2.0]]], &device);
        let mut tally = InterestTally::new();
        tally.add(&Interests { vectors, mask: None }, &[&[]], &[0.0, 0.0]);
        assert!((tally.finish().unwrap().mean_pairwise_cosine - 1.0).abs() < 1e-12);
    }
}
