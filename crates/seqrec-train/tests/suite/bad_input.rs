//! What goes wrong says what it was, and leaves the last good state alone.

use std::{collections::BTreeMap, fs, path::Path, sync::atomic::AtomicBool};

use seqrec_core::{CoreError, samplers::SamplerConfig};
use seqrec_train::{
    Result, TrainError,
    checkpoint::{CheckpointStore, load_weights},
    loader::LossConfig,
    trainer::FitConfig,
};

use crate::{
    child,
    common::{Run, Trained, World},
};

fn run(max_steps: u64) -> Run {
    let base = Run::default();
    Run { fit: FitConfig { max_steps, validate_every: 5, ..base.fit.clone() }, ..base }
}

fn resume(run: &Run, world: &World, store: &CheckpointStore) -> Result<Trained> {
    run.continued(world, Some(store), |_| {}, &AtomicBool::new(false))
}

/// A store that holds the checkpoint of step 5.
fn trained(world: &World, folder: &Path) -> CheckpointStore {
    let store = run(5).store(folder);
    resume(&run(5), world, &store).unwrap();
    store
}

fn error(result: Result<Trained>) -> TrainError {
    result.err().expect("this must fail")
}

/// The last checkpoint loads, is finite, and is that of step 5.
fn assert_intact(world: &World, store: &CheckpointStore, hash: &str) {
    assert_eq!(store.last_weights_sha256().unwrap(), hash);
    let mut learner = run(5).learner(world.sequences.num_items());
    let progress = store.resume(&mut learner).unwrap().expect("there is a checkpoint");
    assert_eq!(progress.step, 5);
    learner.check_finite(progress.step).unwrap();
    world.test(&learner);
}

#[test]
fn a_diverging_run_names_step_and_tensor_and_keeps_the_last_good_checkpoint() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let store = trained(&world, folder.path());
    let hash = store.last_weights_sha256().unwrap();

    // Weights of 1e20 are finite, their products are not; a step of 1e39 leaves f32 at once.
    for (rate, in_parameters) in [(1e20, false), (1e39, true)] {
        let mut run = run(30);
        run.optimizer.learning_rate = rate;
        let error = error(resume(&run, &world, &store));
        let TrainError::Diverged { step, tensor, learning_rate } = &error else { panic!("{error}") };
        assert_eq!((*step, *learning_rate), (6, rate), "the step after the first bad update");
        assert_eq!(tensor != "loss", in_parameters, "{tensor}");
        if in_parameters {
            assert!(tensor.starts_with("model."), "{tensor}");
        }
        assert!(error.to_string().contains(tensor.as_str()), "{error}");
        assert_intact(&world, &store, &hash);
    }
}

#[test]
fn a_learning_rate_that_is_no_positive_number_is_refused() {
    use seqrec_core::{Seed, Stream, items::IdEncoderConfig};
    use seqrec_models::ComiRecSaConfig;
    let device = seqrec_core::Backend::default().device().unwrap();
    for rate in [0.0, -1e-3, f64::NAN, f64::INFINITY] {
        let mut rng = Seed(1).rng(Stream::Init, 0);
        let model = ComiRecSaConfig::default().init(&mut rng, &device.clone().autodiff()).unwrap();
        let encoder = IdEncoderConfig::default().init().unwrap();
        let config = seqrec_train::trainer::OptimizerConfig { learning_rate: rate, ..Default::default() };
        let error = seqrec_train::Learner::new(model, encoder, 9, config, Seed(1), &device).err().unwrap();
        assert!(error.to_string().contains("learning_rate must be positive"), "{error}");
    }
}

/// A limit on the size of files fails a write half way, as a full disk does, for any user.
#[cfg(unix)]
#[test]
fn a_write_that_fails_half_way_names_the_file_and_keeps_the_last_checkpoint() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let store = trained(&world, folder.path());
    let hash = store.last_weights_sha256().unwrap();

    // Blocks of 512 or 1,024 bytes, by shell: either is less than the weights.
    let setup = "ulimit -f 8; trap '' XFSZ";
    child::succeed(&mut child::command_after(setup, "bad_input::limited_child", folder.path()));
    let message = fs::read_to_string(folder.path().join("error")).unwrap();
    assert!(message.contains("weights.safetensors"), "{message}");
    assert!(message.contains(&*folder.path().to_string_lossy()), "{message}");
    assert!(message.contains("File too large"), "the system's reason: {message}");

    assert_intact(&world, &store, &hash);
    let folders = fs::read_dir(folder.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_type().unwrap().is_dir());
    assert_eq!(folders.count(), 1, "the unfinished checkpoint is cleared away");
    resume(&run(10), &world, &store).unwrap();
}

#[test]
#[ignore = "started by another test as a process of its own"]
fn limited_child() {
    let Some(folder) = child::folder() else { return };
    let store = run(10).store(&folder);
    let error = error(resume(&run(10), &World::new(), &store));
    assert!(matches!(error, TrainError::Checkpoint { .. }), "{error}");
    fs::write(folder.join("error"), error.to_string()).unwrap();
}

#[test]
fn a_checkpoint_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("occupied");
    fs::write(&file, "not a folder").unwrap();
    let error = run(5).store(&file.join("checkpoints")).last().unwrap_err();
    assert!(error.to_string().contains("occupied"), "{error}");
}

#[test]
fn damaged_files_are_named() {
    type Damage = fn(&Path);
    let truncate: Damage = |path| {
        let bytes = fs::read(path).unwrap();
        fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    };
    let flip: Damage = |path| {
        let mut bytes = fs::read(path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(path, &bytes).unwrap();
    };
    let garble: Damage = |path| fs::write(path, b"\xff\xfe no file of ours").unwrap();
    let remove: Damage = |path| fs::remove_file(path).unwrap();
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let store = trained(&world, folder.path());
    let hash = store.last_weights_sha256().unwrap();
    let files =
        ["weights.safetensors", "optimizer.safetensors", "tables.safetensors", "progress.toml", "SHA256SUMS"];
    let ways = [("cut in half", truncate), ("one bit off", flip), ("garbage", garble), ("missing", remove)];
    for name in files {
        let path = store.last().unwrap().unwrap().join(name);
        let good = fs::read(&path).unwrap();
        for (how, damage) in ways {
            damage(&path);
            let result = store.resume(&mut run(10).learner(world.sequences.num_items()));
            let error = result.map(drop).expect_err(&format!("{name} is {how}"));
            assert!(matches!(error, TrainError::Checkpoint { .. }), "{error}");
            assert!(error.to_string().contains(name), "{name} is {how}: {error}");
            fs::write(&path, &good).unwrap();
        }
    }
    assert_intact(&world, &store, &hash);
}

#[test]
fn weights_of_another_shape_are_refused_by_name() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let store = trained(&world, folder.path());
    let mut learner = run(5).learner(world.sequences.num_items() + 1);
    let error = store.resume(&mut learner).unwrap_err();
    assert!(error.to_string().contains("`table.items` has shape [251, 16], expected [252, 16]"), "{error}");
}

#[test]
fn the_checkpoint_of_another_run_is_refused_with_what_differs() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    trained(&world, folder.path());
    let identity = |data: &str| BTreeMap::from([("data".to_owned(), data.to_owned())]);
    let seed = BTreeMap::from([("seed".to_owned(), "20".to_owned())]);
    let other = CheckpointStore::new(folder.path(), seed);
    let refused = error(resume(&run(10), &world, &other));
    assert!(refused.to_string().contains("seed was 19, now 20"), "{refused}");
    assert!(matches!(refused, TrainError::OtherRun { .. }));

    let unknown = CheckpointStore::new(folder.path(), identity("ml-1m"));
    let refused = error(resume(&run(10), &world, &unknown));
    assert!(matches!(&refused, TrainError::OtherRun { what, .. } if what == "data"), "{refused}");
}

#[test]
fn without_a_checkpoint_there_is_nothing_to_load() {
    let folder = tempfile::tempdir().unwrap();
    let store = run(5).store(folder.path());
    let mut learner = run(5).learner(9);
    assert!(store.resume(&mut learner).unwrap().is_none());
    let error = store.load_best(&mut learner).unwrap_err();
    assert!(error.to_string().contains("no best checkpoint"), "{error}");
    let missing = folder.path().join("weights.safetensors");
    assert!(load_weights(&missing).unwrap_err().to_string().contains("weights.safetensors"));
}

#[test]
fn an_unknown_monitor_is_answered_with_what_there_is() {
    let mut run = run(5);
    run.fit.monitor = "recal@20".into();
    let error = error(run.continued(&World::new(), None, |_| {}, &AtomicBool::new(false)));
    assert!(matches!(error, TrainError::UnknownMonitor { .. }));
    let text = error.to_string();
    assert!(text.contains("`recal@20`") && text.contains("recall@20"), "{text}");
}

#[test]
fn more_negatives_than_items_are_refused() {
    let world = World::new();
    let mut run = run(5);
    let sampler = SamplerConfig::Uniform;
    run.batches.loss = LossConfig::SampledSoftmax { negatives_per_example: 100, sampler };
    let error = error(run.continued(&world, None, |_| {}, &AtomicBool::new(false)));
    assert!(
        matches!(error, TrainError::Core(CoreError::TooManyNegatives { asked: 3200, items: 250 })),
        "{error}"
    );
}

#[test]
fn a_length_of_zero_is_refused_where_something_must_happen() {
    let world = World::new();
    for broken in ["max_steps", "validate_every"] {
        let mut run = run(5);
        match broken {
            "max_steps" => run.fit.max_steps = 0,
            _ => run.fit.validate_every = 0,
        }
        let error = error(run.continued(&world, None, |_| {}, &AtomicBool::new(false)));
        assert!(error.to_string().contains(&format!("{broken} must be positive")), "{error}");
    }
}
