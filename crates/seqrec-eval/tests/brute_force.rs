//! Every algorithm against the plainest possible form of its definition.

use std::collections::{BTreeSet, HashSet};

use proptest::prelude::*;
use seqrec_eval::accuracy::{
    Hits, NdcgKind, TruthRule, average_precision, hit_rate, ndcg, precision, recall, reciprocal_rank,
};
use seqrec_eval::beyond::{category_diversity, gini};
use seqrec_eval::pointwise::{GaucWeight, auc, gauc};
use seqrec_eval::{Candidates, Categories, Scored, TieRule, TopN, rank_of};

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() < 1e-12
}

/// Scores on a coarse grid, so that ties are frequent and sums of a few of them exact.
fn grid_score() -> impl Strategy<Value = f32> {
    (-8_i8..8).prop_map(|step| f32::from(step) / 4.0)
}

fn ranked_list() -> impl Strategy<Value = Vec<u32>> {
    (Just((1..=20).collect::<Vec<u32>>()).prop_shuffle(), 0_usize..=12).prop_map(|(mut items, length)| {
        items.truncate(length);
        items
    })
}

fn log2_discount(place: usize) -> f64 {
    1.0 / ((place + 1) as f64).log2()
}

proptest! {
    #[test]
    fn accuracy_over_sets(
        ranked in ranked_list(),
        truth in prop::collection::vec(1_u32..=25, 1..10),
        n in 1_usize..15,
    ) {
        let hits = Hits::new(&ranked, &truth, TruthRule::Set).unwrap();
        let relevant: HashSet<u32> = truth.iter().copied().collect();
        let shown: HashSet<u32> = ranked.iter().take(n).copied().collect();
        let found = relevant.intersection(&shown).count() as f64;
        prop_assert!(close(recall(&hits, n), found / relevant.len() as f64));
        prop_assert_eq!(hit_rate(&hits, n), f64::from(!relevant.is_disjoint(&shown)));
        prop_assert!(close(precision(&hits, n), found / n as f64));

        let first = (0..ranked.len().min(n)).find(|&index| relevant.contains(&ranked[index]));
        prop_assert!(close(reciprocal_rank(&hits, n), first.map_or(0.0, |index| 1.0 / (index + 1) as f64)));

        // Precision is counted anew at every place.
        let mut precisions = 0.0;
        for k in 1..=ranked.len().min(n) {
            if relevant.contains(&ranked[k - 1]) {
                let so_far = ranked[..k].iter().filter(|item| relevant.contains(item)).count();
                precisions += so_far as f64 / k as f64;
            }
        }
        prop_assert!(close(average_precision(&hits, n), precisions / relevant.len().min(n) as f64));
    }

    #[test]
    fn ndcg_in_its_three_forms(
        ranked in ranked_list(),
        truth in prop::collection::vec(1_u32..=25, 1..10),
        n in 1_usize..15,
    ) {
        let hits = Hits::new(&ranked, &truth, TruthRule::Set).unwrap();
        let shown: Vec<u32> = ranked.iter().take(n).copied().collect();
        let mut distinct: Vec<u32> = Vec::new();
        for item in truth {
            if !distinct.contains(&item) {
                distinct.push(item);
            }
        }
        let gain = |list: &[u32], of: &[u32]| -> f64 {
            (0..list.len()).filter(|&i| of.contains(&list[i])).map(|i| log2_discount(i + 1)).sum()
        };
        let ideal = |count: usize| -> f64 { (1..=count).map(log2_discount).sum() };
        let found = shown.iter().filter(|item| distinct.contains(item)).count();
        let (standard, master, paper) = if found == 0 {
            (0.0, 0.0, 0.0)
        } else {
            (
                gain(&shown, &distinct) / ideal(distinct.len().min(n)),
                gain(&shown, &distinct) / ideal(found),
                gain(&distinct, &shown) / ideal(found),
            )
        };
        prop_assert!(close(ndcg(&hits, n, NdcgKind::Standard), standard));
        prop_assert!(close(ndcg(&hits, n, NdcgKind::ComirecMaster), master));
        prop_assert!(close(ndcg(&hits, n, NdcgKind::ComirecPaper), paper));
        prop_assert!(ndcg(&hits, n, NdcgKind::ComirecMaster) >= ndcg(&hits, n, NdcgKind::Standard));
    }

    #[test]
    fn repeated_held_out_items(
        ranked in ranked_list(),
        truth in prop::collection::vec(1_u32..=6, 1..12),
        n in 1_usize..15,
    ) {
        let recall_of = |rule| recall(&Hits::new(&ranked, &truth, rule).unwrap(), n);
        let shown = &ranked[..n.min(ranked.len())];
        let entries = truth.iter().filter(|item| shown.contains(item)).count();
        let items = shown.iter().filter(|item| truth.contains(item)).count();
        prop_assert!(close(recall_of(TruthRule::Positions), entries as f64 / truth.len() as f64));
        prop_assert!(close(recall_of(TruthRule::List), items as f64 / truth.len() as f64));

        let hits = Hits::new(&ranked, &truth, TruthRule::Positions).unwrap();
        let dcg: f64 =
            (0..truth.len()).filter(|&p| shown.contains(&truth[p])).map(|p| log2_discount(p + 1)).sum();
        let ideal: f64 = (1..=entries).map(log2_discount).sum();
        let expected = if entries == 0 { 0.0 } else { dcg / ideal };
        prop_assert!(close(ndcg(&hits, n, NdcgKind::ComirecPaper), expected));
    }

    #[test]
    fn top_n_of_any_order_and_any_blocks(
        scores in prop::collection::vec(
            prop_oneof![8 => grid_score(), 1 => Just(f32::NAN), 1 => Just(f32::NEG_INFINITY)],
            0..200,
        ),
        cuts in prop::collection::vec(0_usize..200, 0..4),
        shuffle in any::<u64>(),
        n in 0_usize..40,
    ) {
        let mut expected: Vec<Scored> =
            scores.iter().zip(1..).map(|(&score, item)| Scored::new(item, score)).collect();
        let nan_count = expected.iter().filter(|s| s.score.is_nan()).count() as u64;
        expected.retain(|s| s.score > f32::NEG_INFINITY);
        expected.sort_by(|a, b| (b.score, a.item).partial_cmp(&(a.score, b.item)).unwrap());
        expected.truncate(n);

        let mut blocks = TopN::new(n);
        let bounds: BTreeSet<usize> = cuts.iter().map(|cut| cut % (scores.len() + 1)).chain([0]).collect();
        let starts: Vec<usize> = bounds.into_iter().collect();
        // The last block first.
        for (index, &start) in starts.iter().enumerate().rev() {
            let end = starts.get(index + 1).copied().unwrap_or(scores.len());
            blocks.push_block(start as u32 + 1, &scores[start..end]);
        }
        prop_assert_eq!(blocks.nan_count(), nan_count);
        prop_assert_eq!(blocks.into_sorted(), expected.clone());

        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by_key(|&index| (index as u64 + 1).wrapping_mul(shuffle | 1));
        let mut single = TopN::new(n);
        for index in order {
            single.push(index as u32 + 1, scores[index]);
        }
        prop_assert_eq!(single.nan_count(), nan_count);
        prop_assert_eq!(single.into_sorted(), expected);
    }

    #[test]
    fn rank_is_the_place_in_a_sorted_list(
        scores in prop::collection::vec(grid_score(), 1..40),
        pick in any::<prop::sample::Index>(),
    ) {
        let target = pick.index(scores.len());
        let mut sorted = scores.clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let first = sorted.iter().position(|&s| s == scores[target]).unwrap() + 1;
        let last = sorted.iter().rposition(|&s| s == scores[target]).unwrap() + 1;
        let rank = |rule| rank_of(&scores, target, rule).unwrap().rank;
        prop_assert_eq!(rank(TieRule::Standard), first as f64);
        prop_assert_eq!(rank(TieRule::Conservative), last as f64);
        prop_assert_eq!(rank(TieRule::Mean), (first + last) as f64 / 2.0);
    }

    #[test]
    fn greedy_selection_by_category_and_by_distance(
        scores in prop::collection::vec(grid_score(), 0..25),
        categories in prop::collection::vec(0_u32..5, 25),
        lambda in prop_oneof![(0_u8..12).prop_map(|step| f32::from(step) / 4.0), Just(f32::INFINITY)],
        n in 0_usize..30,
    ) {
        let list: Vec<Scored> =
            scores.iter().zip(1..).map(|(&score, item)| Scored::new(item, score)).collect();
        let candidates = Candidates::new(&list).unwrap();
        let table: Vec<u32> = [0].into_iter().chain(categories).collect();
        let table = Categories::single(&table[..=list.len()]);

        // All candidates are compared anew for every place.
        let mut expected: Vec<u32> = Vec::new();
        while expected.len() < n.min(list.len()) {
            let apart = |item: u32| expected.iter().filter(|&&of| table.differ(item, of)).count() as f64;
            let gain = |s: &Scored| {
                if lambda.is_infinite() {
                    (apart(s.item), f64::from(s.score))
                } else {
                    (f64::from(s.score) + f64::from(lambda) * apart(s.item), 0.0)
                }
            };
            let open = list.iter().filter(|s| !expected.contains(&s.item));
            let best = open.max_by(|a, b| gain(a).partial_cmp(&gain(b)).unwrap().then(b.item.cmp(&a.item)));
            expected.push(best.unwrap().item);
        }
        let items = |list: Vec<Scored>| list.iter().map(|s| s.item).collect::<Vec<_>>();
        let by_category = candidates.diversify_by_category(n, lambda, |item| table.main(item)).unwrap();
        prop_assert_eq!(items(by_category), expected.clone());
        let by_distance = candidates.diversify(n, lambda, |a, b| f64::from(table.differ(a, b))).unwrap();
        prop_assert_eq!(items(by_distance), expected);
    }

    #[test]
    fn merging_interests(
        lists in prop::collection::vec(prop::collection::vec((0_u32..15, grid_score()), 0..12), 0..5),
        n in 0_usize..20,
    ) {
        let scored: Vec<Vec<Scored>> =
            lists.iter().map(|list| list.iter().map(|&(i, s)| Scored::new(i, s)).collect()).collect();
        let mut expected: Vec<(f32, u32)> = Vec::new();
        for item in 1..15 {
            let scores = lists.iter().flatten().filter(|pair| pair.0 == item).map(|pair| pair.1);
            if let Some(best) = scores.reduce(f32::max) {
                expected.push((best, item));
            }
        }
        expected.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        expected.truncate(n);
        let merged = Candidates::merge(&scored).unwrap();
        let top: Vec<(f32, u32)> = merged.top(n).iter().map(|s| (s.score, s.item)).collect();
        prop_assert_eq!(top, expected);
        let plain = merged.diversify_by_category(n, 0.0, |item| Some(item % 2)).unwrap();
        prop_assert_eq!(plain, merged.top(n));
    }

    #[test]
    fn gini_is_the_mean_difference_of_pairs(counts in prop::collection::vec(0_u64..20, 0..30)) {
        let total: u64 = counts.iter().sum();
        let differences: u64 = counts.iter().flat_map(|a| counts.iter().map(|b| a.abs_diff(*b))).sum();
        match gini(&counts) {
            Some(found) => {
                let expected = differences as f64 / (2.0 * counts.len() as f64 * total as f64);
                prop_assert!(close(found, expected));
            }
            None => prop_assert_eq!(total, 0),
        }
    }

    #[test]
    fn category_diversity_counts_pairs(
        list in ranked_list(),
        categories in prop::collection::vec(0_u32..4, 21),
    ) {
        let table = Categories::single(&categories);
        let (mut differing, mut all) = (0, 0);
        for (i, &a) in list.iter().enumerate() {
            for &b in &list[i + 1..] {
                let (a, b) = (categories[a as usize], categories[b as usize]);
                all += 1;
                differing += u32::from(a != b || a == 0);
            }
        }
        let expected = if all == 0 { 0.0 } else { f64::from(differing) / f64::from(all) };
        prop_assert!(close(category_diversity(&list, &table), expected));
    }

    #[test]
    fn auc_counts_won_pairs(samples in prop::collection::vec((grid_score(), any::<bool>()), 0..60)) {
        let scores: Vec<f32> = samples.iter().map(|sample| sample.0).collect();
        let labels: Vec<bool> = samples.iter().map(|sample| sample.1).collect();
        let found = auc(&scores, &labels).unwrap();
        match (found, auc_by_pairs(&samples)) {
            (Some(found), Some(expected)) => prop_assert!(close(found, expected)),
            (found, expected) => prop_assert_eq!(found, expected),
        }
    }

    #[test]
    fn gauc_averages_users(samples in prop::collection::vec((0_u32..5, grid_score(), any::<bool>()), 0..60)) {
        let users: Vec<u32> = samples.iter().map(|sample| sample.0).collect();
        let scores: Vec<f32> = samples.iter().map(|sample| sample.1).collect();
        let labels: Vec<bool> = samples.iter().map(|sample| sample.2).collect();
        for weight in [GaucWeight::Impressions, GaucWeight::Positives, GaucWeight::Equal] {
            let (mut sum, mut weights, mut used) = (0.0, 0.0, 0);
            for user in 0..5 {
                let own: Vec<(f32, bool)> =
                    samples.iter().filter(|s| s.0 == user).map(|s| (s.1, s.2)).collect();
                if let Some(auc) = auc_by_pairs(&own) {
                    let weight = match weight {
                        GaucWeight::Impressions => own.len(),
                        GaucWeight::Positives => own.iter().filter(|s| s.1).count(),
                        GaucWeight::Equal => 1,
                    };
                    sum += weight as f64 * auc;
                    weights += weight as f64;
                    used += 1;
                }
            }
            let found = gauc(&users, &scores, &labels, weight).unwrap();
            prop_assert_eq!(found.users, used);
            match found.value {
                Some(value) => prop_assert!(close(value, sum / weights)),
                None => prop_assert_eq!(used, 0),
            }
        }
    }
}

fn auc_by_pairs(samples: &[(f32, bool)]) -> Option<f64> {
    let (mut won, mut all) = (0.0, 0);
    for positive in samples.iter().filter(|sample| sample.1) {
        for negative in samples.iter().filter(|sample| !sample.1) {
            all += 1;
            if positive.0 > negative.0 {
                won += 1.0;
            } else if positive.0 == negative.0 {
                won += 0.5;
            }
        }
    }
    (all > 0).then(|| won / f64::from(all))
}
