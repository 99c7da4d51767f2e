//! MostPopular on real data under ComiRec's protocol, against the reference figures.
//!
//! The references were computed outside of this workspace, on the files that the ComiRec authors'
//! preparation writes. They test data, split, catalogue, metrics and the driver at once.

use std::path::PathBuf;

use seqrec_data::{Filter, Manifest, PrepareConfig, SplitConfig, UserRatio, load};
use seqrec_eval::{EvaluatorConfig, Metric};
use seqrec_train::evaluate::{EvaluationConfig, SeenItems, catalogue, evaluate_most_popular};

/// Folder of a data set below `SEQREC_DATA`; without it the test is skipped with a message, unless
/// `SEQREC_REQUIRE_DATA=1`.
fn folder(name: &str) -> Option<PathBuf> {
    let required = std::env::var("SEQREC_REQUIRE_DATA").is_ok_and(|value| value == "1");
    let found =
        std::env::var_os("SEQREC_DATA").map(|root| PathBuf::from(root).join(name)).filter(|dir| dir.is_dir());
    if found.is_none() {
        assert!(!required, "SEQREC_REQUIRE_DATA=1, but SEQREC_DATA holds no {name}");
        eprintln!("skipped: SEQREC_DATA holds no {name}");
    }
    found
}

fn check(name: &str, seen: SeenItems, expected: &[(&str, f64)]) {
    let manifest = Manifest::builtin(name).unwrap();
    let Some(dir) = folder(manifest.folder()) else { return };
    let filter = Filter::OnePass { item_min: 5, user_min: 5 };
    let prepare = PrepareConfig { filter, ..PrepareConfig::default() };
    let sequences = load(&manifest, dir).unwrap().prepare(&prepare).unwrap();
    let (sequences, split) = SplitConfig::UserRatio(UserRatio::default()).apply(sequences).unwrap();
    let catalogue = catalogue(&sequences, &split).unwrap();
    let metrics = EvaluatorConfig {
        metrics: vec![
            Metric::Recall,
            Metric::HitRate,
            Metric::Ndcg,
            Metric::NdcgComirecMaster,
            Metric::CategoryDiversity,
        ],
        ..EvaluatorConfig::default()
    };
    let config = EvaluationConfig { metrics, seen, ..EvaluationConfig::default() };
    let report = evaluate_most_popular(&sequences, &split.test, &catalogue, &config).unwrap();
    for &(metric, figure) in expected {
        let got = report.metrics[metric];
        assert!((got - figure).abs() <= 0.5e-4, "{name} {metric}: {got}, the reference is {figure}");
    }
}

#[test]
fn movielens_1m() {
    let expected = [
        ("recall@20", 0.0464),
        ("hit_rate@20", 0.5000),
        ("ndcg@20", 0.0573),
        ("ndcg_comirec_master@20", 0.2128),
        ("recall@50", 0.1084),
        ("hit_rate@50", 0.7252),
        ("ndcg@50", 0.0796),
        ("ndcg_comirec_master@50", 0.2611),
        ("category_diversity@50", 0.7510),
    ];
    check("ml-1m", SeenItems::Keep, &expected);
}

#[test]
fn movielens_1m_without_what_the_user_has_seen() {
    let expected = [
        ("recall@20", 0.0709),
        ("hit_rate@20", 0.6258),
        ("ndcg@20", 0.1211),
        ("ndcg_comirec_master@20", 0.3275),
    ];
    check("ml-1m", SeenItems::Mask, &expected);
}

#[test]
fn movielens_100k() {
    let expected = [
        ("recall@20", 0.0549),
        ("hit_rate@20", 0.4737),
        ("ndcg@20", 0.0502),
        ("ndcg_comirec_master@20", 0.1787),
        ("recall@50", 0.1308),
        ("hit_rate@50", 0.7158),
        ("ndcg@50", 0.0816),
        ("ndcg_comirec_master@50", 0.2384),
        ("category_diversity@50", 0.7233),
    ];
    check("ml-100k", SeenItems::Keep, &expected);
}

#[test]
fn amazon_beauty() {
    let expected = [
        ("recall@20", 0.0248),
        ("hit_rate@20", 0.0447),
        ("ndcg@20", 0.0113),
        ("ndcg_comirec_master@20", 0.0172),
        ("recall@50", 0.0432),
        ("hit_rate@50", 0.0814),
        ("ndcg@50", 0.0159),
        ("ndcg_comirec_master@50", 0.0245),
        ("category_diversity@50", 0.9657),
    ];
    check("beauty", SeenItems::Keep, &expected);
}
