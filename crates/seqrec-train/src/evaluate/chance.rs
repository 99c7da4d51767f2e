use std::collections::HashSet;

use seqrec_data::{Case, Sequences};

use super::{
    SeenItems,
    retrieval::{future, past},
};

/// Recall at `k` of lists in random order, mean over `cases` of a catalogue of `items`; `None` without
/// cases.
///
/// Each item that a user may be shown is among the first `k` with the same chance. Targets that may not be
/// shown are never found.
pub fn chance_of_recall<'a>(
    sequences: &Sequences,
    cases: impl IntoIterator<Item = &'a Case>,
    items: usize,
    k: usize,
    seen: SeenItems,
) -> Option<f64> {
    let of_case = |case: &Case| {
        let targets = future(sequences, case);
        let hidden: HashSet<u32> = match seen {
            SeenItems::Keep => HashSet::new(),
            SeenItems::Mask => past(sequences, case).iter().copied().collect(),
        };
        let visible = targets.iter().filter(|&target| !hidden.contains(target)).count();
        let found = k as f64 / (items - hidden.len()).max(k) as f64;
        found * visible as f64 / targets.len() as f64
    };
    let (mut sum, mut count) = (0.0, 0usize);
    for case in cases {
        sum += of_case(case);
        count += 1;
    }
    (count > 0).then(|| sum / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_that_may_be_shown_has_the_same_chance() {
        let sequences = Sequences::from_histories(&[vec![1, 2, 1, 5], vec![3, 4]], 10).unwrap();
        let cases =
            [Case { user: 0, history: 0..2, targets: 2..4 }, Case { user: 1, history: 0..1, targets: 1..2 }];
        let chance = |k, seen| chance_of_recall(&sequences, &cases, 10, k, seen).unwrap();
        assert!((chance(4, SeenItems::Keep) - 0.4).abs() < 1e-12);
        // Of the first user's two targets one is hidden, and 8 items are left; of the second's 9.
        assert!((chance(4, SeenItems::Mask) - (0.25 + 4.0 / 9.0) / 2.0).abs() < 1e-12);
        assert!((chance(20, SeenItems::Keep) - 1.0).abs() < 1e-12);
        assert_eq!(chance_of_recall(&sequences, &[], 10, 4, SeenItems::Keep), None);
    }
}
