//! Worked numbers, each computed by hand from the definition.

use seqrec_eval::accuracy::{
    Hits, NdcgKind, TruthRule, average_precision, hit_rate, ndcg, precision, recall, reciprocal_rank,
};
use seqrec_eval::aggregate::value;
use seqrec_eval::beyond::{category_diversity, entropy, gini, novelty, popularity_lift};
use seqrec_eval::pointwise::{GaucWeight, auc, gauc, log_loss_from_logits, log_loss_from_probabilities};
use seqrec_eval::{
    Candidates, Catalogue, Categories, Evaluator, EvaluatorConfig, ItemVectors, Metric, Scored, TieRule,
    UserCounts, rank_of,
};

/// Five recommended items, of which the first and the third are relevant; two relevant items are
/// missed. In the ground truth the found ones stand second and third.
const RANKED: [u32; 5] = [1, 2, 3, 4, 5];
const TRUTH: [u32; 4] = [8, 1, 3, 9];

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 5e-7, "found {found}, expected {expected}");
}

#[test]
fn accuracy_of_hits_at_places_one_and_three() {
    let hits = Hits::new(&RANKED, &TRUTH, TruthRule::Set).unwrap();
    close(recall(&hits, 5), 0.5);
    close(hit_rate(&hits, 5), 1.0);
    close(precision(&hits, 5), 0.4);
    close(reciprocal_rank(&hits, 5), 1.0);
    close(average_precision(&hits, 5), 5.0 / 12.0);
    close(ndcg(&hits, 5, NdcgKind::Standard), 0.585_570);
    close(ndcg(&hits, 5, NdcgKind::ComirecMaster), 0.919_721);
    close(ndcg(&hits, 5, NdcgKind::ComirecPaper), 0.693_426);
}

#[test]
fn the_evaluator_reports_the_same_numbers() {
    // Two users with the same list, of whom one has no hit: every accuracy figure halves.
    // Items 1 and 2 point one way, all others across.
    let mut vectors = [[0.0, 3.0]; 10];
    vectors[1..=2].fill([2.0, 0.0]);
    let catalogue = Catalogue::new(vec![0, 8, 4, 2, 1, 1, 0, 0, 0, 0])
        .unwrap()
        .with_categories(Categories::single(&[0, 1, 1, 2, 3, 0, 0, 0, 0, 0]))
        .unwrap()
        .with_vectors(ItemVectors::new(2, vectors.concat()).unwrap())
        .unwrap()
        .with_user_counts(UserCounts::new(vec![0, 8, 4, 2, 1, 1, 0, 0, 0, 0], 16).unwrap())
        .unwrap();
    let config = EvaluatorConfig {
        cutoffs: vec![4, 5],
        metrics: vec![
            Metric::Recall,
            Metric::HitRate,
            Metric::Precision,
            Metric::Mrr,
            Metric::Map,
            Metric::Ndcg,
            Metric::NdcgComirecMaster,
            Metric::NdcgComirecPaper,
            Metric::CategoryDiversity,
            Metric::IntraListDiversity,
            Metric::UserNovelty,
            Metric::Coverage,
            Metric::Gini,
            Metric::Entropy,
            Metric::AveragePopularity,
            Metric::TailShare,
        ],
        ..EvaluatorConfig::default()
    };
    let mut evaluator = Evaluator::new(config, &catalogue).unwrap();
    evaluator.observe(1, &RANKED, &TRUTH, &[2]).unwrap();
    evaluator.observe(2, &RANKED, &[6], &[2]).unwrap();
    evaluator.observe(3, &RANKED, &[], &[2]).unwrap();
    let report = evaluator.finish();
    assert_eq!((report.users_evaluated, report.users_skipped), (2, 1));
    for (name, expected) in [
        ("recall@5", 0.5 / 2.0),
        ("hit_rate@5", 1.0 / 2.0),
        ("precision@5", 0.4 / 2.0),
        ("precision@4", 0.5 / 2.0),
        ("mrr@5", 1.0 / 2.0),
        ("map@5", 5.0 / 24.0),
        ("ndcg@5", 0.585_570 / 2.0),
        ("ndcg_comirec_master@5", 0.919_721 / 2.0),
        ("ndcg_comirec_paper@5", 0.693_426 / 2.0),
        ("category_diversity@4", 5.0 / 6.0),
        ("intra_list_diversity@5", 6.0 / 10.0),
        ("user_novelty@5", (1.0 + 2.0 + 3.0 + 4.0 + 4.0) / 5.0),
        ("coverage@5", 5.0 / 9.0),
        ("gini@5", 4.0 / 9.0),
        ("entropy@5", 5_f64.ln()),
        ("average_popularity@5", 16.0 / 5.0),
        // Items 1, 2 and 3 hold 14 of 16 interactions, items 1 and 2 only 12.
        ("tail_share@5", 2.0 / 5.0),
    ] {
        close(report.metric(name).unwrap_or_else(|| panic!("no {name}")), expected);
    }
    assert_eq!(report.per_user("recall@5"), Some(&[0.5, 0.0][..]));
}

#[test]
fn ranks_of_a_tied_target() {
    // Two items above, three with the target's score, one below.
    let scores = [0.5, 0.9, 0.5, 0.8, 0.1, 0.5];
    let rank = |rule| rank_of(&scores, 2, rule).unwrap().rank;
    assert_eq!(rank(TieRule::Conservative), 5.0);
    assert_eq!(rank(TieRule::Standard), 3.0);
    assert_eq!(rank(TieRule::Mean), 4.0);
}

#[test]
fn pointwise_metrics() {
    close(auc(&[0.8, 0.4, 0.4, 0.1], &[true, true, false, false]).unwrap().unwrap(), 0.875);

    // AUC 0.5 over 4 impressions with 3 positives; AUC 1 over 2 impressions with 1 positive.
    let users = [1, 1, 1, 1, 2, 2];
    let scores = [0.2, 0.2, 0.2, 0.2, 0.7, 0.3];
    let labels = [true, true, true, false, true, false];
    let weighted = |weight| gauc(&users, &scores, &labels, weight).unwrap().value.unwrap();
    close(weighted(GaucWeight::Impressions), 2.0 / 3.0);
    close(weighted(GaucWeight::Positives), 0.625);
    close(weighted(GaucWeight::Equal), 0.75);

    let loss = log_loss_from_probabilities(&[0.8, 0.3], &[true, false]).unwrap();
    close(loss.log_loss, 0.289_909);
    close(loss.baseline, std::f64::consts::LN_2);
    close(loss.relative_information_gain.unwrap(), 1.0 - 0.289_909_25 / std::f64::consts::LN_2);
    let logits = [(0.8_f32 / 0.2).ln(), (0.3_f32 / 0.7).ln()];
    close(log_loss_from_logits(&logits, &[true, false]).unwrap().log_loss, 0.289_909);
}

#[test]
fn beyond_accuracy() {
    close(category_diversity(&[1, 2, 3, 4], &Categories::single(&[0, 1, 1, 2, 3])), 5.0 / 6.0);
    close(gini(&[0, 0, 2, 2]).unwrap(), 0.5);
    close(gini(&[0, 0, 0, 4]).unwrap(), 0.75);
    close(gini(&[3, 3, 3, 3, 3]).unwrap(), 0.0);
    close(entropy(&[0, 0, 2, 2]).unwrap(), std::f64::consts::LN_2);
    let half_and_eighth = Catalogue::new(vec![0, 4, 1, 3]).unwrap();
    close(novelty(&[1, 2], half_and_eighth.popularity()).unwrap(), 2.0);
    close(popularity_lift(30.0, 20.0).unwrap(), 0.5);
}

#[test]
fn controllable_diversity() {
    // Items a to e are 1 to 5; a, b and c share a category.
    let scores = [10.0, 9.9, 9.8, 9.0, 8.5];
    let list: Vec<Scored> = scores.iter().zip(1..).map(|(&score, item)| Scored::new(item, score)).collect();
    let candidates = Candidates::new(&list).unwrap();
    let categories = Categories::single(&[0, 1, 1, 1, 2, 3]);
    let differ = |a, b| f64::from(categories.differ(a, b));

    for (lambda, expected, differing_pairs) in
        [(0.0, [1, 2, 3], 0.0), (0.5, [1, 2, 4], 2.0), (1.0, [1, 4, 2], 2.0), (2.0, [1, 4, 5], 3.0)]
    {
        let by_category = candidates.diversify_by_category(3, lambda, |item| categories.main(item)).unwrap();
        assert_eq!(by_category.iter().map(|s| s.item).collect::<Vec<_>>(), expected, "{lambda}");
        assert_eq!(candidates.diversify(3, lambda, differ).unwrap(), by_category, "{lambda}");

        let relevance: f64 = by_category.iter().map(|s| f64::from(s.score)).sum();
        let expected_value = relevance + f64::from(lambda) * 2.0 * differing_pairs;
        close(value(&by_category, lambda, differ).unwrap(), expected_value);
    }
}
