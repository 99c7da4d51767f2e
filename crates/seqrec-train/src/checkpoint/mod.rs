//! Checkpoints: complete, atomic, resumable to the same bits.
//!
//! ```text
//! checkpoints/
//!   best               name of the best step's folder
//!   last               name of the last step's folder
//!   step-000029000/
//!     weights.safetensors   dense parameters and item tables
//!     optimizer.safetensors Adam's moments of the dense parameters
//!     tables.safetensors    Adam's moments of the item tables
//!     carried.safetensors   states of sessions that go on with the next step
//!     progress.toml         step, curve, early stopping, identity of the run
//!     SHA256SUMS            checksums of the above, checked before anything is loaded
//! ```
//!
//! A folder is written under a temporary name and renamed when complete; `best` and `last` are
//! then replaced by a rename. A kill at any moment leaves the previous checkpoint in force.

mod carried;
mod checksums;
mod files;
mod store;

pub use files::{load_weights, save_weights};
pub use store::CheckpointStore;
