//! Machine, program and what they made.

use crate::report::format::duration;
use crate::report::model::{RunReport, SeedRun};

/// Label and value of everything known about machine and program, and the identity of the weights.
pub fn environment(report: &RunReport) -> Vec<(String, String)> {
    let environment = &report.environment;
    let mut pairs = vec![("Backend".to_owned(), environment.backend.clone())];
    pairs.extend(environment.adapter.clone().map(|adapter| ("Adapter".to_owned(), adapter)));
    pairs.push(("Threads".to_owned(), environment.threads.to_string()));
    pairs.push(("System".to_owned(), environment.os.clone()));
    pairs.push(("seqrec".to_owned(), environment.version.clone()));
    pairs.push(("Total time".to_owned(), duration(environment.total_seconds)));
    let weights =
        |run: &SeedRun| (format!("Weights of seed {}, SHA-256", run.seed), run.weights_sha256.clone());
    pairs.extend(report.seeds.iter().map(weights));
    pairs
}
