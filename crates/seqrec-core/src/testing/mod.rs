//! The proofs that every model owes, stated once for all model crates.
//!
//! A model signs up in one test and names what it promises beyond the contract:
//!
//! ```
//! use burn::{module::Module, nn::Linear};
//! use seqrec_core::{
//!     Interests, Retriever, StepContext,
//!     batch::Histories,
//!     init::Init,
//!     items::ItemVectors,
//!     layers::masked_mean,
//!     testing::{self, Order, RetrieverHarness},
//! };
//!
//! /// The mean of the history, then a linear layer.
//! #[derive(Module, Debug)]
//! struct Mean {
//!     output: Linear,
//! }
//!
//! impl Retriever for Mean {
//!     fn interests(&self, histories: &Histories, items: &ItemVectors, _: &mut StepContext) -> Interests {
//!         let mean = masked_mean(items.history(histories), histories.mask.clone());
//!         Interests { vectors: self.output.forward(mean).unsqueeze_dim(1), mask: None }
//!     }
//! }
//!
//! let glorot = Init::GlorotUniform;
//! let init = |device: &_| Mean { output: glorot.linear(6, 6, true, &mut testing::rng(), device) };
//! RetrieverHarness::new(6, init).order(Order::Ignored).check();
//! ```
//!
//! Checks run on every backend that is compiled in and panic with what was violated, as tests do.
//! What needs training (a tiny set learned by heart, serving what was saved) is in the module of the same name
//! in `seqrec-train`.

#[cfg(test)]
mod faults;
mod inputs;
mod ranker;
mod retriever;
mod values;
mod weights;

pub use inputs::{ITEMS, ranker_input, retriever_input};
pub use ranker::RankerHarness;
pub use retriever::{Order, RetrieverHarness};
pub use values::{AGREEMENT, TOLERANCE, host, max_difference, rng, tensor, values};
pub use weights::{assert_all_gradients, moved};
