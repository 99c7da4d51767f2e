//! What is measured: training steps, requests and full rankings of fixed shapes.
//!
//! The benches time them with criterion; the `workload` program runs one in a process of its own, so
//! that its memory can be told and a peer's process can take turns with it.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod cases;
mod data;
mod evaluation;
mod loss;
mod serving;
mod steps;

pub use cases::CASES;
pub use data::sequences;

/// Something to run again and again.
pub struct Workload {
    /// Training examples, users or requests of one run.
    pub samples: usize,
    /// One run.
    pub run: Box<dyn FnMut()>,
}

/// What a [`Case`] measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A training step.
    Step,
    /// The answer to one user.
    Request,
    /// A part of training or evaluation.
    Part,
}

/// A named workload.
#[derive(Clone, Copy)]
pub struct Case {
    /// Name on the command line, and of the peers' side.
    pub name: &'static str,
    /// What it is, in a line.
    pub what: &'static str,
    /// What it measures.
    pub kind: Kind,
    make: fn() -> Workload,
}

impl Case {
    /// Prepares the data and the model.
    pub fn make(&self) -> Workload {
        (self.make)()
    }

    /// The case of this name.
    pub fn find(name: &str) -> Option<Self> {
        CASES.iter().find(|case| case.name == name).copied()
    }
}
