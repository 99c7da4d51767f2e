//! One seed, one result: to the bit, on any number of threads.

use std::fs;

use seqrec_core::Seed;
use seqrec_train::{
    loader::{LossConfig, RetrievalConfig},
    trainer::FitConfig,
};

use crate::{
    child,
    common::{Run, World},
};

fn hash(seed: u64) -> String {
    let folder = tempfile::tempdir().unwrap();
    Run { seed: Seed(seed), ..Run::default() }.hash(&World::new(), folder.path())
}

#[test]
fn a_seed_fixes_every_bit_of_the_weights() {
    let first = hash(19);
    assert_eq!(first.len(), 64);
    assert_eq!(first, hash(19));
    assert_ne!(first, hash(20));
}

/// Batches so large that the backend spreads products and element-wise work over threads.
#[test]
fn the_number_of_threads_changes_no_bit() {
    let hash = |threads: &str| {
        let folder = tempfile::tempdir().unwrap();
        let mut command = child::command("determinism::threaded_child", folder.path());
        child::succeed(command.env("RAYON_NUM_THREADS", threads));
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("threads"), threads, "the child has the threads it was given");
        read("hash")
    };
    let one = hash("1");
    assert_eq!(one, hash("2"));
    assert_eq!(one, hash("5"));
}

#[test]
#[ignore = "started by another test as a process of its own"]
fn threaded_child() {
    let Some(folder) = child::folder() else { return };
    let write = |name: &str, text: String| fs::write(folder.join(name), text).unwrap();
    write("threads", rayon::current_num_threads().to_string());
    let mut run = Run::default();
    run.batches = RetrievalConfig { batch_size: 768, loss: LossConfig::FullSoftmax, ..run.batches };
    run.fit = FitConfig { max_steps: 10, validate_every: 5, ..run.fit };
    write("hash", run.hash(&World::new(), &folder.join("checkpoints")));
}
