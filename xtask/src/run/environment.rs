use seqrec_core::Backend;

use crate::report::model::Environment;

/// What this run is made on.
pub fn environment(backend: Backend, threads: usize, total_seconds: f64) -> Environment {
    Environment {
        backend: backend.to_string(),
        adapter: backend.adapter(),
        threads,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        os: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        total_seconds,
    }
}
