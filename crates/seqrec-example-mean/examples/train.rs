//! Trains the model on made-up users and compares it with the most popular items.
//!
//! `cargo run -p seqrec-example-mean --example train_example_mean`

use std::{error::Error, sync::atomic::AtomicBool};

use seqrec_core::{Backend, Seed, Stream, items::IdEncoderConfig};
use seqrec_data::{SplitConfig, SyntheticConfig, UserRatio};
use seqrec_example_mean::MeanConfig;
use seqrec_train::{
    Learner,
    evaluate::{EvaluationConfig, catalogue, evaluate_most_popular, evaluate_retriever},
    fit,
    loader::{RetrievalConfig, RetrievalSource},
    trainer::{Event, FitConfig, FitProgress, OptimizerConfig, Retrieval},
};

const DIM: usize = 32;

fn main() -> Result<(), Box<dyn Error>> {
    let data = SyntheticConfig::default().generate()?.sequences;
    let (data, split) = SplitConfig::UserRatio(UserRatio::default()).apply(data)?;
    let catalogue = catalogue(&data, &split)?;
    let evaluation = EvaluationConfig::default();

    let seed = Seed(1);
    let device = Backend::default().device()?;
    let model = MeanConfig { dim: DIM }.init(&mut seed.rng(Stream::Init, 0), &device.clone().autodiff())?;
    let encoder = IdEncoderConfig { dim: DIM, ..Default::default() }.init()?;
    let optimizer = OptimizerConfig { learning_rate: 5e-3, ..Default::default() };
    let mut learner = Learner::new(model, encoder, data.num_items(), optimizer, seed, &device)?;

    let batches = RetrievalConfig { batch_size: 32, ..Default::default() };
    let source = RetrievalSource::new(&data, &split, batches, seed)?;
    let config = FitConfig { max_steps: 600, validate_every: 200, ..Default::default() };
    fit(
        &mut learner,
        &Retrieval { seed },
        source,
        &config,
        FitProgress::default(),
        None,
        |learner| {
            let (model, items) = learner.frozen();
            let report = evaluate_retriever(&model, &items, &data, &split.valid, &catalogue, &evaluation)?;
            Ok(report.first().metrics.clone())
        },
        |event| {
            if let Event::Validated { point, .. } = event {
                let recall = point.validation["recall@20"];
                println!("step {:4}  loss {:.3}  validation recall@20 {recall:.3}", point.step, point.loss);
            }
        },
        &AtomicBool::new(false),
    )?;

    let (model, items) = learner.frozen();
    let report = evaluate_retriever(&model, &items, &data, &split.test, &catalogue, &evaluation)?;
    let popular = evaluate_most_popular(&data, &split.test, &catalogue, &evaluation)?;
    println!("test recall@20:        {:.3}", report.first().metrics["recall@20"]);
    println!("most popular recall@20: {:.3}", popular.metrics["recall@20"]);
    Ok(())
}
