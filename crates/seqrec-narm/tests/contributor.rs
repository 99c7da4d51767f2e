//! A model that nobody below has heard of fulfils the contract and learns through the public API.

use std::sync::atomic::AtomicBool;

use seqrec_core::{
    Backend, Seed, Stream,
    burn::tensor::Device,
    items::IdEncoderConfig,
    testing::{self, Order, RetrieverHarness},
};
use seqrec_data::{SplitConfig, SyntheticConfig, UserRatio};
use seqrec_narm::{Narm, NarmConfig};
use seqrec_train::{
    Learner, Recommender,
    evaluate::{EvaluationConfig, catalogue, evaluate_most_popular, evaluate_retriever},
    fit,
    loader::{RetrievalConfig, RetrievalSource},
    testing::RetrieverLearning,
    trainer::{FitConfig, FitProgress, OptimizerConfig, Retrieval},
};

const CONFIG: NarmConfig = NarmConfig { dim: 16, hidden: 16, input_dropout: 0.0, output_dropout: 0.0 };

fn init(device: &Device) -> Narm {
    CONFIG.init(&mut testing::rng(), device).unwrap()
}

#[test]
fn the_contract_of_a_retriever_is_kept_and_order_matters() {
    RetrieverHarness::new(16, init).order(Order::Matters).check();
}

#[test]
fn a_tiny_set_is_learned_by_heart_and_served_as_saved() {
    RetrieverLearning::new(16, init).check();
}

#[test]
fn it_trains_evaluates_and_serves_like_a_built_in_model() {
    let data = SyntheticConfig { users: 2_000, popularity_exponent: 0.5, ..Default::default() };
    let data = data.generate().unwrap().sequences;
    let (data, split) = SplitConfig::UserRatio(UserRatio::default()).apply(data).unwrap();
    let catalogue = catalogue(&data, &split).unwrap();
    let evaluation = EvaluationConfig::default();
    let evaluate = |learner: &Learner<Narm, _>, cases: &_| {
        let (model, items) = learner.frozen();
        evaluate_retriever(&model, &items, &data, cases, &catalogue, &evaluation)
    };

    let seed = Seed(3);
    let device = Backend::default().device().unwrap();
    let training = device.clone().autodiff();
    let model = CONFIG.init(&mut seed.rng(Stream::Init, 0), &training).unwrap();
    let encoder = IdEncoderConfig { dim: 16, ..Default::default() }.init().unwrap();
    let optimizer = OptimizerConfig { learning_rate: 5e-3, ..Default::default() };
    let mut learner = Learner::new(model, encoder, data.num_items(), optimizer, seed, &device).unwrap();
    let batches = RetrievalConfig { batch_size: 32, ..Default::default() };
    let source = RetrievalSource::new(&data, &split, batches, seed).unwrap();
    let config = FitConfig { max_steps: 600, validate_every: 600, ..Default::default() };
    let outcome = fit(
        &mut learner,
        &Retrieval { seed },
        source,
        &config,
        FitProgress::default(),
        None,
        |learner| Ok(evaluate(learner, &split.valid)?.first().metrics.clone()),
        |_| {},
        &AtomicBool::new(false),
    );
    assert_eq!(outcome.unwrap().progress.step, 600);

    let report = evaluate(&learner, &split.test).unwrap();
    assert!(report.interests.is_none(), "one interest has no pairs to compare");
    let recall = report.first().metrics["recall@20"];
    let popular = evaluate_most_popular(&data, &split.test, &catalogue, &evaluation).unwrap();
    let popular = popular.metrics["recall@20"];
    assert!(recall > 1.5 * popular, "recall@20 {recall}, most popular {popular}");

    let (model, items) = learner.frozen();
    let recommender = Recommender::new(model, items, catalogue.clone(), evaluation.clone());
    let lists = recommender.recommend(&[data.items(0), &[]], 5, 0.0).unwrap();
    assert!(lists.iter().all(|list| list.len() == 5));
}
