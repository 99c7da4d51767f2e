//! Tensors, layers and contracts of sequential recommenders.
//!
//! `seqrec-core` is the lowest crate that knows burn. It holds what every model shares:
//!
//! - the two contracts, [`Retriever`] (history to interest vectors) and [`Ranker`]
//!   (history and candidate to a logit);
//! - [items]: encoders and row-sparse tables. A model never owns the item table, so one step
//!   touches only the rows of its batch;
//! - [layers], [losses] and [samplers] with their equations and sources in the documentation;
//! - [`Backend`], the one place that turns a name into a device;
//! - [`Seed`], the one source of randomness.
//!
//! Conventions: ids are `u32`, `0` is padding (PAD) and real items are `1..=n`; histories are
//! right-padded, oldest event first; models are trained on logits.
//!
//! ```
//! use burn::tensor::Tensor;
//! use seqrec_core::{Backend, layers::masked_softmax};
//!
//! let device = Backend::default().device()?;
//! let scores = Tensor::<2>::from_data([[0.0, 3f32.ln(), 9.0]], &device);
//! let mask = Tensor::<2>::from_data([[1.0, 1.0, 0.0]], &device);
//! let weights = masked_softmax(scores, mask, 1).into_data().try_to_vec::<f32>().unwrap();
//! assert!((weights[0] - 0.25).abs() < 1e-6 && weights[2] == 0.0);
//! # Ok::<(), seqrec_core::CoreError>(())
//! ```

pub mod backend;
pub mod batch;
mod error;
pub mod init;
pub mod items;
pub mod layers;
pub mod losses;
pub mod ops;
pub mod optim;
pub mod params;
mod ranker;
mod recurrent;
mod retriever;
pub mod rng;
pub mod samplers;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use backend::Backend;
pub use burn;
pub use error::CoreError;
pub use ranker::{Impressions, Ranker};
pub use recurrent::{Advanced, Recurrent};
pub use retriever::{Interests, Queries, Retriever, Supervision};
pub use rng::{Rng, Seed, StepContext, Stream};

/// A burn module, as `#[derive(Module)]` makes them.
pub trait Network: burn::module::Module + burn::module::ModuleDisplay {}

impl<T: burn::module::Module + burn::module::ModuleDisplay> Network for T {}

/// The id that fills histories up to their common length; never a real item.
pub const PAD: u32 = 0;

/// Result of this crate's fallible functions.
pub type Result<T, E = CoreError> = std::result::Result<T, E>;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
