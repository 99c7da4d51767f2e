//! Training learns what there is to learn.

use std::sync::atomic::AtomicBool;

use seqrec_core::{optim::RowScope, samplers::SamplerConfig};
use seqrec_train::{
    loader::{BatchNegatives, BatchSource as _, LossConfig, RetrievalSource},
    trainer::{Event, FitConfig, OptimizerConfig, Period, StepDecay, StopReason},
};

use crate::common::{Run, World};

fn sampled(sampler: SamplerConfig) -> LossConfig {
    LossConfig::SampledSoftmax { negatives_per_example: 3, sampler }
}

fn run(loss: LossConfig, steps: u64) -> Run {
    let mut run = Run::default();
    run.batches.loss = loss;
    run.fit = FitConfig { max_steps: steps, validate_every: steps, ..run.fit };
    run
}

fn first_loss(run: &Run, world: &World) -> f64 {
    let mut first = None;
    let observe = |event: Event<'_>| {
        if let Event::Step { loss, .. } = event {
            first.get_or_insert(f64::from(loss));
        }
    };
    run.continued(world, None, observe, &AtomicBool::new(false)).unwrap();
    first.expect("a step was done")
}

/// With scores near 0 the softmax is uniform.
#[test]
fn the_full_softmax_starts_at_the_log_of_the_catalogue() {
    let world = World::new();
    let loss = first_loss(&run(LossConfig::FullSoftmax, 1), &world);
    let theory = (world.sequences.num_items() as f64).ln();
    assert!((loss - theory).abs() < 0.01, "{loss} {theory}");
}

/// With scores near 0 only the corrections are left: the loss of a target is
/// `ln(1 + sum of Q(target) / Q(s))` over the negatives `s` that are not the target.
#[test]
fn the_sampled_softmax_starts_at_what_the_corrections_alone_give() {
    let world = World::new();
    let samplers =
        [SamplerConfig::LogUniform, SamplerConfig::Uniform, SamplerConfig::Popularity { alpha: 0.75 }];
    for sampler in samplers {
        let run = run(sampled(sampler), 1);
        let loss = first_loss(&run, &world);
        let mut source = RetrievalSource::new(&world.sequences, &world.split, run.batches, run.seed).unwrap();
        let batch = source.batch(0).unwrap();
        let BatchNegatives::Shared(negatives) = &batch.negatives else { panic!("{:?}", batch.negatives) };
        let log_q = |ids: &[u32]| -> Vec<f32> {
            batch.rows.local(ids).iter().map(|&row| negatives.log_q[row as usize]).collect()
        };
        let of_negatives = log_q(&negatives.ids);
        let of_target = |(&target, log_q): (&u32, f32)| {
            let others = negatives.ids.iter().zip(&of_negatives).filter(|(id, _)| **id != target);
            let sum: f64 = others.map(|(_, other)| f64::from(log_q - other).exp()).sum();
            sum.ln_1p()
        };
        let losses: Vec<f64> = batch.targets.iter().zip(log_q(&batch.targets)).map(of_target).collect();
        let theory = losses.iter().sum::<f64>() / losses.len() as f64;
        assert!((loss - theory).abs() < 0.01, "{sampler:?}: {loss} {theory}");
    }
}

/// Measured: 1.9 to 2.2 times the baseline's recall.
#[test]
fn every_loss_beats_the_most_popular_items() {
    let world = World::large();
    let popular = world.most_popular();
    assert!(popular > 0.05, "a baseline of {popular} is none");
    let losses = [
        LossConfig::FullSoftmax,
        sampled(SamplerConfig::LogUniform),
        sampled(SamplerConfig::Uniform),
        sampled(SamplerConfig::Popularity { alpha: 0.75 }),
    ];
    for loss in losses {
        let trained = run(loss, 400).train(&world);
        let recall = world.test(&trained.learner).metrics["recall@20"];
        assert!(recall > 1.6 * popular, "{loss:?}: {recall} against {popular}");
    }
}

/// Lazy Adam leaves out the momentum of rows that a batch does not touch. That changes the path,
/// not the quality: 0.99 of the recall was measured.
#[test]
fn touched_rows_alone_reach_what_all_rows_reach() {
    let world = World::large();
    let recall = |scope| {
        let mut run = run(sampled(SamplerConfig::LogUniform), 800);
        run.optimizer = OptimizerConfig { rows: scope, ..run.optimizer };
        world.test(&run.train(&world).learner).metrics["recall@20"]
    };
    let (all, touched) = (recall(RowScope::All), recall(RowScope::Touched));
    assert!(touched > 0.9 * all, "{touched} against {all}");
}

/// A rate that has fallen to next to nothing leaves all weights where they are.
#[test]
fn the_learning_rate_falls_where_the_decay_says() {
    let world = World::new();
    let loss = || sampled(SamplerConfig::LogUniform);
    let vectors =
        |run: Run| run.train(&world).learner.frozen().1.input.into_data().try_to_vec::<f32>().unwrap();
    let mut decayed = run(loss(), 30);
    decayed.optimizer.decay = Some(StepDecay { factor: 1e-20, every: Period::Steps(20) });
    let decayed = vectors(decayed);
    assert_eq!(decayed, vectors(run(loss(), 20)));
    assert_ne!(decayed, vectors(run(loss(), 21)));
}

#[test]
fn with_nothing_to_validate_on_the_last_weights_are_the_best() {
    let mut world = World::new();
    world.split.valid.clear();
    let mut run = Run::default();
    run.fit.patience = 1;
    let folder = tempfile::tempdir().unwrap();
    let store = run.store(folder.path());
    let trained = run.continued(&world, Some(&store), |_| {}, &AtomicBool::new(false)).unwrap();
    assert_eq!(trained.outcome.reason, StopReason::Finished);
    assert_eq!(trained.outcome.progress.step, run.fit.max_steps);
    let mut best = run.learner(world.sequences.num_items());
    store.load_best(&mut best).unwrap();
    assert_eq!(world.test(&best), world.test(&trained.learner));
}
