//! Evaluates two scorers over one catalogue and asks whether they really differ.
//!
//! Run with `cargo run -p seqrec-eval --example evaluate`.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use seqrec_eval::bootstrap::{BootstrapConfig, compare_reports, mean_interval};
use seqrec_eval::{Catalogue, Categories, Evaluator, EvaluatorConfig, Metric, Report, Result, TopN};

const ITEMS: usize = 500;
const USERS: u32 = 400;
const CATEGORIES: u32 = 10;

fn main() -> Result<()> {
    // Popularity falls with the id; categories alternate.
    let counts = (0..=ITEMS).map(|id| if id == 0 { 0 } else { 2000 / id as u64 + 1 }).collect();
    let categories: Vec<u32> = (0..=ITEMS as u32).map(category).collect();
    let catalogue = Catalogue::new(counts)?.with_categories(Categories::single(&categories))?;

    let popular = evaluate(&catalogue, |item, _, _| 1.0 / item as f32)?;
    let personal = evaluate(&catalogue, |item, favourite, noise| {
        let liked = if category(item) == favourite { 1.0 } else { 0.0 };
        liked + 10.0 / (10.0 + item as f32) + noise
    })?;

    println!("{:<24} {:>12} {:>12}", "", "MostPopular", "personal");
    for (name, figure) in &personal.metrics {
        let other = popular.metric(name).map_or("undefined".to_owned(), |figure| format!("{figure:.4}"));
        println!("{name:<24} {other:>12} {figure:>12.4}");
    }

    let bootstrap = BootstrapConfig::default();
    let recall = personal.per_user("recall@10").unwrap_or_default();
    let interval = mean_interval(recall, &bootstrap)?;
    println!("\nrecall@10 {:.4} [{:.4}, {:.4}]", interval.mean, interval.lower, interval.upper);
    let gain = compare_reports(&personal, &popular, "recall@10", &bootstrap)?;
    println!("gain over MostPopular {:+.4}, p = {:.4}", gain.difference.mean, gain.p_value);
    Ok(())
}

fn category(item: u32) -> u32 {
    1 + item % CATEGORIES
}

/// Each user holds out three items of a favourite category; `score` sees item, favourite, noise.
fn evaluate(catalogue: &Catalogue, score: impl Fn(u32, u32, f32) -> f32) -> Result<Report> {
    let mut metrics = Metric::DEFAULT.to_vec();
    metrics.push(Metric::CategoryDiversity);
    let config = EvaluatorConfig { cutoffs: vec![10], metrics, ..EvaluatorConfig::default() };
    let depth = config.depth();
    let mut evaluator = Evaluator::new(config, catalogue)?;
    let mut random = ChaCha8Rng::seed_from_u64(7);
    for user in 0..USERS {
        let favourite = 1 + user % CATEGORIES;
        let mut liked = || favourite - 1 + CATEGORIES * (1 + random.random_range(0..20_u32));
        let (truth, history) = ([liked(), liked(), liked()], [liked(), liked()]);
        let mut top = TopN::new(depth);
        for item in 1..=ITEMS as u32 {
            top.push(item, score(item, favourite, random.random_range(0.0..0.5)));
        }
        let ranked: Vec<u32> = top.into_sorted().iter().map(|scored| scored.item).collect();
        evaluator.observe(user, &ranked, &truth, &history)?;
    }
    Ok(evaluator.finish())
}
