//! Reports for tests, after runs of the original ComiRec-SA on MovieLens-1M.

use std::collections::BTreeMap;

use super::model::{
    CurvePoint, Environment, Figure, Group, InterestDiagnostics, LambdaPoint, Ours, Quoted, RecipeHead,
    Reference, RunReport, SeedRun,
};
use super::verdict::{Verdict, judge};

/// Every kind of report that has to render.
pub fn all() -> Vec<RunReport> {
    vec![full(), one_seed(), no_reference(), empty()]
}

/// Three seeds with everything measured.
pub fn full() -> RunReport {
    let seeds = vec![
        seed(
            19,
            [0.1056, 0.7235, 0.1050, 0.2201, 0.9089, 0.1488, 0.6055],
            [6.769, 5.218, 4.871, 4.713, 4.644, 4.606, 4.568],
            [0.1219, 0.1640, 0.1849, 0.2095, 0.2123, 0.2206, 0.2247],
        ),
        seed(
            20,
            [0.1034, 0.7500, 0.1037, 0.2275, 0.9139, 0.1514, 0.6014],
            [6.776, 5.272, 4.806, 4.698, 4.641, 4.608, 4.572],
            [0.1275, 0.1636, 0.1876, 0.2027, 0.2120, 0.2142, 0.2182],
        ),
        seed(
            21,
            [0.1047, 0.7202, 0.1051, 0.2319, 0.9040, 0.1538, 0.5962],
            [6.696, 5.231, 4.808, 4.697, 4.638, 4.617, 4.573],
            [0.1177, 0.1675, 0.1956, 0.2076, 0.2150, 0.2190, 0.2193],
        ),
    ];
    RunReport {
        recipe: RecipeHead {
            name: "comirec-sa".into(),
            title: "ComiRec-SA on MovieLens-1M".into(),
            model: "ComiRec-SA".into(),
            dataset: "ml-1m".into(),
            protocol:
                "Items and users with at least 5 events; users split 8:1:1; the first 80 % of a test user's \
                       events are the history, the rest is to be found among all items."
                    .into(),
        },
        command: "cargo xtask reproduce comirec-sa".into(),
        primary: "recall@50".into(),
        figures: figures(),
        seeds,
        most_popular: metrics(&TESTED, [0.0464, 0.5000, 0.0573, 0.1084, 0.7252, 0.0796, 0.7510]),
        groups: vec![group("warm users", 500, 0.2422), group("cold users", 104, 0.1510)],
        reference_curve: curve(
            [6.747, 5.240, 4.828, 4.703, 4.641, 4.610, 4.571],
            [0.1224, 0.1650, 0.1894, 0.2066, 0.2131, 0.2179, 0.2207],
        ),
        reference_lambdas: lambdas(0.0),
        card: [
            ("Data set", "ml-1m"),
            ("Users kept", "6,040 of 6,040"),
            ("Items kept", "3,416 of 3,706"),
            ("Events kept", "999,611 of 1,000,209"),
            ("Test users", "604"),
            ("Test targets", "20,828"),
            ("Fingerprint", "4c1d6f0be1a97f7c0d5cf6a2b8e4a1790f3e2d1c5b6a79880123456789abcdef"),
        ]
        .map(|(label, value)| (label.to_owned(), value.to_owned()))
        .into(),
        config:
            "[model]\nkind = \"comirec-sa\"\ninterests = 4\ndim = 64\n\n[train]\nbatch = 128\nsteps = 29000\n"
                .into(),
        environment: Environment {
            backend: "flex".into(),
            adapter: None,
            threads: 2,
            version: "0.1.0".into(),
            os: "linux x86_64".into(),
            total_seconds: 2610.0,
        },
        notes: vec!["Items of the history are not excluded from the ranking, as in the original.".into()],
    }
}

/// One seed, still with a reference.
pub fn one_seed() -> RunReport {
    let mut report = full();
    report.seeds.truncate(1);
    for figure in &mut report.figures {
        let ours = &mut figure.ours;
        ours.spread = None;
        ours.mean = report.seeds[0].test.get(&figure.metric).copied().unwrap_or(ours.mean);
        figure.verdict = judge(ours, figure.published.as_ref(), figure.reference.as_ref(), figure.tolerance);
    }
    report
}

/// No reference of any kind, no sweep, and metrics at one cut-off.
pub fn no_reference() -> RunReport {
    let mut report = one_seed();
    report.reference_curve.clear();
    report.reference_lambdas.clear();
    report.groups.clear();
    report.figures.truncate(1);
    for figure in &mut report.figures {
        (figure.published, figure.reference, figure.verdict) = (None, None, Verdict::NotJudged);
    }
    for run in &mut report.seeds {
        run.lambdas.clear();
        run.interests = None;
        run.test.retain(|name, _| name == "recall@50");
    }
    report.most_popular.clear();
    report
}

/// Nothing was measured.
pub fn empty() -> RunReport {
    let mut report = no_reference();
    report.figures.clear();
    report.seeds.clear();
    report.card.clear();
    report.notes.clear();
    report
}

const TESTED: [&str; 7] =
    ["recall@20", "hit_rate@20", "ndcg@20", "recall@50", "hit_rate@50", "ndcg@50", "category_diversity@50"];

fn metrics<const N: usize>(names: &[&str; N], values: [f64; N]) -> BTreeMap<String, f64> {
    names.iter().map(|name| (*name).to_owned()).zip(values).collect()
}

fn group(name: &str, cases: usize, recall: f64) -> Group {
    let of = |recall| metrics(&["recall@50"], [recall]);
    Group { name: name.into(), cases, metrics: of(recall), most_popular: of(0.1084), chance: of(0.0146) }
}

fn figures() -> Vec<Figure> {
    let source = "Original code (TensorFlow), same data and split, 29,000 steps";
    let figure =
        |metric: &str, published: Option<f64>, reference, ours: (f64, f64), interval, popular, tolerance| {
            let published = published.map(|value| Quoted {
                value,
                source: "Cen et al., KDD 2020, table 3".into(),
                protocol_differs: Some("Amazon Books instead of MovieLens-1M".into()),
            });
            let (mean, spread) = reference;
            let reference = Some(Reference { mean, spread: Some(spread), seeds: 3, source: source.into() });
            let ours = Ours { mean: ours.0, spread: Some(ours.1), interval, level: 0.95 };
            let verdict = judge(&ours, published.as_ref(), reference.as_ref(), tolerance);
            let most_popular = Some(popular);
            Figure { metric: metric.into(), published, reference, ours, most_popular, tolerance, verdict }
        };
    vec![
        figure("recall@50", Some(0.0847), (0.2278, 0.0060), (0.2265, 0.0060), (0.2098, 0.2441), 0.1084, 0.01),
        figure("recall@20", Some(0.0549), (0.1046, 0.0011), (0.1049, 0.0013), (0.0941, 0.1162), 0.0464, 0.01),
        figure("ndcg@50", None, (0.1513, 0.0025), (0.1392, 0.0031), (0.1287, 0.1498), 0.0796, 0.01),
        figure(
            "ndcg_comirec_master@50",
            None,
            (0.3601, 0.0011),
            (0.3735, 0.0017),
            (0.3602, 0.3869),
            0.2611,
            0.01,
        ),
        figure(
            "category_diversity@50",
            None,
            (0.6010, 0.0047),
            (0.6012, 0.0049),
            (0.5921, 0.6107),
            0.7510,
            0.02,
        ),
    ]
}

fn seed(seed: u64, test: [f64; 7], losses: [f64; 7], recalls: [f64; 7]) -> SeedRun {
    let shares = match seed {
        19 => [0.312, 0.274, 0.221, 0.193],
        20 => [0.402, 0.249, 0.201, 0.148],
        _ => [0.266, 0.258, 0.251, 0.225],
    };
    SeedRun {
        seed,
        steps: 29_000,
        best_step: if seed == 21 { 23_000 } else { 29_000 },
        train_seconds: 702.4,
        samples_per_second: 5287.0,
        loader_wait_share: 0.0125,
        padded_share: 0.0625,
        curve: curve(losses, recalls),
        test: metrics(&TESTED, test),
        lambdas: lambdas(0.0005 * (seed - 18) as f64),
        interests: Some(InterestDiagnostics { mean_pairwise_cosine: 0.344, target_shares: shares.into() }),
        weights_sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
    }
}

fn curve(losses: [f64; 7], recalls: [f64; 7]) -> Vec<CurvePoint> {
    let steps = [1, 5, 10, 15, 20, 23, 29].map(|thousands| 1000 * thousands);
    let points = steps.into_iter().zip(losses).zip(recalls);
    let point = |((step, loss), recall)| CurvePoint {
        step,
        seconds: 0.0,
        loss,
        validation: metrics(&["recall@50"], [recall]),
    };
    points.map(point).collect()
}

/// The sweep of the original code, recall lowered by `less`.
fn lambdas(less: f64) -> Vec<LambdaPoint> {
    let sweep = [
        (0.0, 0.2278, 0.9089, 0.1513, 0.6010),
        (0.01, 0.2267, 0.9089, 0.1504, 0.6474),
        (0.05, 0.2156, 0.9128, 0.1445, 0.7504),
        (0.1, 0.2060, 0.9089, 0.1389, 0.7997),
        (0.25, 0.1925, 0.9123, 0.1311, 0.8428),
        (0.5, 0.1835, 0.9029, 0.1255, 0.8574),
        (1.0, 0.1779, 0.8957, 0.1212, 0.8621),
    ];
    let names = ["recall@50", "hit_rate@50", "ndcg@50", "category_diversity@50"];
    let point = |(lambda, recall, hit_rate, ndcg, diversity)| LambdaPoint {
        lambda,
        metrics: metrics(&names, [recall - less, hit_rate, ndcg, diversity]),
    };
    sweep.map(point).into()
}
