//! What is measured: training steps and full rankings of fixed shapes.
//!
//! The benches time them with criterion; the `workload` program runs one in a process of its own, so
//! that its memory can be told and a peer's process can take turns with it.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod data;
mod evaluation;
mod loss;
mod steps;

pub use data::sequences;

/// Something to run again and again.
pub struct Workload {
    /// Training examples, or users, of one run.
    pub samples: usize,
    /// One run.
    pub run: Box<dyn FnMut()>,
}

/// A named workload.
#[derive(Clone, Copy)]
pub struct Case {
    /// Name on the command line, and of the peers' side.
    pub name: &'static str,
    /// What it is, in a line.
    pub what: &'static str,
    /// Whether it is a training step.
    pub is_step: bool,
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

/// Every case.
pub const CASES: &[Case] = &[
    Case {
        name: "comirec-10000",
        what: "ComiRec-SA step, batch 128, history 20, 1,280 negatives, 10,000 items, touched rows",
        is_step: true,
        make: || steps::comirec_sa(10_000, true),
    },
    Case {
        name: "comirec-50000-dense",
        what: "the same, 50,000 items, Adam on all rows",
        is_step: true,
        make: || steps::comirec_sa(50_000, false),
    },
    Case {
        name: "comirec-500000",
        what: "the same, 500,000 items, touched rows",
        is_step: true,
        make: || steps::comirec_sa(500_000, true),
    },
    Case {
        name: "comirec-10000000",
        what: "the same, 10,000,000 items, touched rows",
        is_step: true,
        make: || steps::comirec_sa(10_000_000, true),
    },
    Case {
        name: "sasrec-3700",
        what: "SASRec step, batch 256, history 50, softmax over 3,700 items at the last position",
        is_step: true,
        make: || steps::sasrec(3_700, 0.0),
    },
    Case {
        name: "sasrec-3700-dropout",
        what: "the same with dropout .2",
        is_step: true,
        make: || steps::sasrec(3_700, 0.2),
    },
    Case {
        name: "sasrec-50000",
        what: "the same, 50,000 items, no dropout",
        is_step: true,
        make: || steps::sasrec(50_000, 0.0),
    },
    Case {
        name: "sasrec-12101-short",
        what: "the same, 12,101 items, histories as short as Beauty's (mean 8 of 50)",
        is_step: true,
        make: steps::sasrec_short,
    },
    Case {
        name: "gru4rec-3700",
        what: "GRU step, batch 256, history 20, hidden 100, softmax over 3,700 items",
        is_step: true,
        make: || steps::gru4rec(3_700),
    },
    Case {
        name: "sr-gnn-43000",
        what: "SR-GNN step, batch 100, prefixes of sessions of 3 to 8 events, softmax over 43,000 items",
        is_step: true,
        make: || steps::sr_gnn(43_000),
    },
    Case { name: "sr-gnn-3700", what: "the same, 3,700 items", is_step: true, make: || steps::sr_gnn(3_700) },
    Case {
        name: "cross-entropy",
        what: "cross-entropy of 12,800 queries over 50,000 items, d 64, forward and backward",
        is_step: false,
        make: loss::cross_entropy,
    },
    Case {
        name: "full-ranking",
        what: "top 50 of 100,000 items for 512 users, d 64",
        is_step: false,
        make: evaluation::full_ranking,
    },
    Case {
        name: "full-ranking-metrics",
        what: "the same, with five metrics of the lists",
        is_step: false,
        make: evaluation::full_ranking_with_metrics,
    },
];
