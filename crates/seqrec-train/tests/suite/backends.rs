//! Every backend trains the same model.

use std::sync::atomic::AtomicBool;

use seqrec_core::Backend;
use seqrec_train::trainer::{Event, FitConfig};

use crate::common::{Run, World};

/// Losses of twenty steps, and recall@20 after them.
fn run(backend: Backend, world: &World) -> (Vec<f32>, f64) {
    let base = Run::default();
    let fit = FitConfig { max_steps: 20, validate_every: 20, ..base.fit.clone() };
    let mut losses = Vec::new();
    let observe = |event: Event<'_>| {
        if let Event::Step { loss, .. } = event {
            losses.push(loss);
        }
    };
    let run = Run { backend, fit, ..base };
    let trained = run.continued(world, None, observe, &AtomicBool::new(false)).unwrap();
    (losses, world.test(&trained.learner).metrics["recall@20"])
}

#[test]
fn backends_agree_on_losses_and_recall() {
    let default = Backend::default();
    let others: Vec<_> = Backend::compiled().into_iter().filter(|&backend| backend != default).collect();
    if others.is_empty() {
        eprintln!("skipped: {default} is the only backend that is compiled in");
        return;
    }
    let world = World::new();
    let (expected, expected_recall) = run(default, &world);
    assert_eq!(expected.len(), 20);
    for backend in others {
        let (losses, recall) = run(backend, &world);
        for (step, (got, want)) in losses.iter().zip(&expected).enumerate() {
            let error = (got - want).abs() / want;
            assert!(error < 1e-3, "{backend}, step {step}: {got}, {default} has {want}");
        }
        let gap = (recall - expected_recall).abs();
        assert!(gap < 0.02, "{backend}: recall@20 {recall}, {default} has {expected_recall}");
    }
}
