//! Criterion benches of seqrec; the code is in `benches/`, run it with `cargo bench --profile dev --package seqrec-benches`.
