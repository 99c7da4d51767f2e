//! A run that is killed or stopped at any moment ends as if nothing had happened.

use std::{
    env, fs,
    path::Path,
    process::Stdio,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use rand::RngExt as _;
use seqrec_core::{Seed, Stream};
use seqrec_train::trainer::{CurvePoint, Event, FitConfig, OptimizerConfig, Period, StepDecay, StopReason};

use crate::{
    child,
    common::{Run, Trained, World, without_times},
};

/// Kills before the run may end in peace.
const KILLS: usize = 8;
/// A checkpoint every other step: many of the kills strike while one is being written.
const VALIDATE_EVERY: u64 = 2;

fn run() -> Run {
    let base = Run::default();
    let fit = FitConfig { max_steps: 240, validate_every: VALIDATE_EVERY, patience: 0, ..base.fit.clone() };
    let decay = Some(StepDecay { factor: 0.5, every: Period::Steps(50) });
    Run { fit, optimizer: OptimizerConfig { decay, ..base.optimizer }, ..base }
}

/// Hash of the last weights in `folder`, and the curve that was saved with them.
fn result(folder: &Path) -> (String, Vec<CurvePoint>) {
    let run = run();
    let store = run.store(folder);
    let mut learner = run.learner(World::new().sequences.num_items());
    let progress = store.resume(&mut learner).unwrap().expect("there is a checkpoint");
    assert_eq!(progress.step, run.fit.max_steps, "the run is over");
    (store.last_weights_sha256().unwrap(), without_times(progress.curve))
}

#[test]
fn a_killed_run_ends_with_the_bits_of_an_uninterrupted_one() {
    let undisturbed = tempfile::tempdir().unwrap();
    let start = Instant::now();
    child::succeed(&mut child::command("resume::training_child", undisturbed.path()));
    let whole = start.elapsed();

    // Set the variable to try other moments.
    let seed = env::var("SEQREC_KILL_SEED").map_or(1, |seed| seed.parse().expect("a number"));
    let mut rng = Seed(seed).rng(Stream::Data, 0);
    let killed = tempfile::tempdir().unwrap();
    let mut waits: Vec<Duration> = Vec::new();
    let finished = loop {
        if waits.len() == KILLS {
            break false;
        }
        let mut command = child::command("resume::training_child", killed.path());
        let mut process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // After a checkpoint or before the first one, and then at a random moment.
        let seen = fs::read_to_string(killed.path().join("last")).ok();
        let checkpoint = waits.len() % 4 != 3;
        let moved = || fs::read_to_string(killed.path().join("last")).ok() != seen;
        while checkpoint && !moved() && process.try_wait().unwrap().is_none() {
            thread::sleep(Duration::from_millis(1));
        }
        let wait = whole.mul_f64(rng.random_range(0.0..0.08));
        thread::sleep(wait);
        if let Some(status) = process.try_wait().unwrap() {
            assert!(status.success(), "seed {seed}, kills after {waits:?}: the resumed run failed");
            break true;
        }
        process.kill().unwrap();
        process.wait().unwrap();
        waits.push(wait);
    };
    assert!(waits.len() >= 3, "the run of {whole:?} ended after {waits:?}: too short to be killed");
    if !finished {
        child::succeed(&mut child::command("resume::training_child", killed.path()));
    }
    assert_eq!(result(killed.path()), result(undisturbed.path()), "seed {seed}, kills after {waits:?}");
    assert_eq!(left_over(killed.path()), Vec::<String>::new(), "seed {seed}, kills after {waits:?}");
}

/// Folders of checkpoints that neither pointer names.
fn left_over(folder: &Path) -> Vec<String> {
    let named = ["best", "last"].map(|pointer| fs::read_to_string(folder.join(pointer)).unwrap());
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|name| !named.contains(name))
        .collect()
}

#[test]
#[ignore = "started by another test as a process of its own"]
fn training_child() {
    let Some(folder) = child::folder() else { return };
    run().hash(&World::new(), &folder);
}

/// Stops after each of `steps`, resumes in a fresh learner each time, and trains to the end.
fn stopped_after(steps: &[u64], run: &Run, folder: &Path) {
    let world = World::new();
    let store = run.store(folder);
    for &at in steps {
        let stop = AtomicBool::new(false);
        let observe = |event: Event<'_>| match event {
            Event::Step { step, .. } if step == at => stop.store(true, Ordering::Relaxed),
            _ => {}
        };
        let trained = run.continued(&world, Some(&store), observe, &stop).unwrap();
        assert_eq!(trained.outcome.reason, StopReason::Interrupted);
        assert_eq!(trained.outcome.progress.step, at);
    }
    let trained = run.continued(&world, Some(&store), |_| {}, &AtomicBool::new(false)).unwrap();
    assert_eq!(trained.outcome.reason, StopReason::Finished);
}

#[test]
fn a_stopped_run_resumes_between_and_at_validations() {
    let base = Run::default();
    let run = Run { fit: FitConfig { max_steps: 30, validate_every: 10, ..base.fit.clone() }, ..base };
    let straight = tempfile::tempdir().unwrap();
    stopped_after(&[], &run, straight.path());
    let stopped = tempfile::tempdir().unwrap();
    stopped_after(&[1, 7, 10, 11, 29], &run, stopped.path());

    let end = |folder: &Path| {
        let store = run.store(folder);
        let mut learner = run.learner(World::new().sequences.num_items());
        let progress = store.resume(&mut learner).unwrap().unwrap();
        (store.last_weights_sha256().unwrap(), without_times(progress.curve), progress.stopping)
    };
    assert_eq!(end(stopped.path()), end(straight.path()));
    assert_eq!(left_over(stopped.path()), Vec::<String>::new());
}

#[test]
fn saving_a_step_again_takes_nothing_away_before_it_is_replaced() {
    let world = World::new();
    let run = Run::default();
    let folder = tempfile::tempdir().unwrap();
    let store = run.store(folder.path());
    let Trained { learner, outcome } = run.train(&world);
    store.save(&learner, &outcome.progress, true).unwrap();
    let (first, hash) = (store.last().unwrap().unwrap(), store.last_weights_sha256().unwrap());
    store.save(&learner, &outcome.progress, true).unwrap();
    assert_ne!(store.last().unwrap().unwrap(), first, "written beside the folder that was in force");
    assert_eq!(store.best().unwrap(), store.last().unwrap());
    assert_eq!(store.last_weights_sha256().unwrap(), hash);
    assert!(!first.exists());
}

#[test]
fn a_stop_at_a_validation_leaves_the_best_checkpoint_in_place() {
    let world = World::new();
    let base = Run::default();
    let run = Run { fit: FitConfig { max_steps: 20, validate_every: 5, ..base.fit.clone() }, ..base };
    let folder = tempfile::tempdir().unwrap();
    let store = run.store(folder.path());
    let stop = AtomicBool::new(false);
    let observe = |event: Event<'_>| {
        if matches!(event, Event::Validated { best: true, .. }) {
            stop.store(true, Ordering::Relaxed);
        }
    };
    let trained = run.continued(&world, Some(&store), observe, &stop).unwrap();
    assert_eq!(trained.outcome.progress.step, 5);
    assert_eq!(store.best().unwrap(), store.last().unwrap());
    let mut learner = run.learner(world.sequences.num_items());
    store.load_best(&mut learner).unwrap();
    assert_eq!(world.test(&learner), world.test(&trained.learner));
}
