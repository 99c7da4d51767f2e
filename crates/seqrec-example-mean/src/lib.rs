//! A retriever that averages the history.
//!
//! The crate depends on [`seqrec_core`] alone, and is trained, evaluated and served by crates that have
//! never heard of it. It has
//!
//! 1. a configuration with documented defaults whose `init` checks it ([`MeanConfig`]);
//! 2. a burn module that holds the parameters ([`Mean`]), without the item table;
//! 3. an implementation of [`Retriever`](seqrec_core::Retriever);
//! 4. tests that sign up for the proofs that every model owes.
//!
//! ```
//! use seqrec_core::{
//!     Backend, Retriever, Seed, StepContext, Stream,
//!     batch::{Histories, Padded, Rows},
//!     burn::tensor::Tensor,
//!     items::ItemVectors,
//! };
//! use seqrec_example_mean::MeanConfig;
//!
//! let device = Backend::default().device()?;
//! let model = MeanConfig { dim: 8 }.init(&mut Seed(1).rng(Stream::Init, 0), &device)?;
//!
//! let items = ItemVectors::tied(Tensor::ones([10, 8], &device));
//! let histories = Histories::new(&Padded::new([&[3, 1, 4][..]], 20), &Rows::all(9), &device);
//! let interests = model.interests(&histories, &items, &mut StepContext::inference());
//! assert_eq!(interests.vectors.dims(), [1, 1, 8]);
//! # Ok::<(), seqrec_core::CoreError>(())
//! ```

mod config;
mod model;

pub use config::MeanConfig;
pub use model::Mean;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
