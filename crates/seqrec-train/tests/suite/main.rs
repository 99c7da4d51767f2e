//! What training, evaluation and serving promise, tried from outside on made-up users.
//!
//! One binary, so that the dependencies are linked once; one promise, one module.

mod backends;
mod bad_input;
mod child;
mod common;
mod compact;
mod determinism;
mod learning;
mod most_popular;
mod ranker;
mod resume;
mod serving;
mod sessions;
mod unseen;
