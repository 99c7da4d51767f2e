//! Trains, checkpoints, evaluates and serves the models of `seqrec-core`'s two contracts.
//!
//! - [`features`]: item fields of the data, as item encoders read them;
//! - [`loader`]: batches made ahead on another thread, each a function of its step number;
//! - [`trainer`]: one step on the rows that a batch touches, and the loop around it;
//! - [`checkpoint`]: complete, atomic, resumable to the same bits;
//! - [`evaluate`]: exact full ranking in blocks, baselines, interest diagnostics;
//! - [`serve`]: recommendations for histories, in process; [`serve_sessions`]: event by event;
//! - `testing` (feature of that name): what a model must prove once it is trained.
//!
//! Nothing here prints: progress goes to the observer given to [`fit`].
//!
//! ```
//! use std::sync::atomic::AtomicBool;
//! use seqrec_core::{Backend, Seed, Stream, items::IdEncoderConfig};
//! use seqrec_data::{SplitConfig, SyntheticConfig, UserRatio};
//! use seqrec_models::ComiRecSaConfig;
//! use seqrec_train::{
//!     Learner,
//!     evaluate::{EvaluationConfig, catalogue, evaluate_retriever},
//!     loader::{LossConfig, RetrievalConfig, RetrievalSource},
//!     trainer::{FitConfig, FitProgress, Retrieval, fit},
//! };
//!
//! let data = SyntheticConfig { users: 60, items: 80, ..Default::default() }.generate()?.sequences;
//! let (data, split) = SplitConfig::UserRatio(UserRatio::default()).apply(data)?;
//! let seed = Seed(1);
//! let device = Backend::default().device()?;
//!
//! let training = device.clone().autodiff();
//! let mut rng = seed.rng(Stream::Init, 0);
//! let model = ComiRecSaConfig { dim: 16, ..Default::default() }.init(&mut rng, &training)?;
//! let encoder = IdEncoderConfig { dim: 16, ..Default::default() }.init()?;
//! let items = data.num_items();
//! let mut learner = Learner::new(model, encoder, items, Default::default(), seed, &device)?;
//!
//! let batches = RetrievalConfig { batch_size: 16, loss: LossConfig::FullSoftmax, ..Default::default() };
//! let source = RetrievalSource::new(&data, &split, batches, seed)?;
//! let catalogue = catalogue(&data, &split)?;
//! let config = FitConfig { max_steps: 20, validate_every: 10, ..Default::default() };
//! let outcome = fit(
//!     &mut learner,
//!     &Retrieval { seed },
//!     source,
//!     &config,
//!     FitProgress::default(),
//!     None,
//!     |learner| {
//!         let (model, items) = learner.frozen();
//!         let config = EvaluationConfig::default();
//!         let report = evaluate_retriever(&model, &items, &data, &split.valid, &catalogue, &config)?;
//!         Ok(report.first().metrics.clone())
//!     },
//!     |_event| {},
//!     &AtomicBool::new(false),
//! )?;
//! assert_eq!(outcome.progress.curve.len(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod checkpoint;
mod error;
pub mod evaluate;
pub mod features;
pub mod loader;
pub mod serve;
pub mod serve_sessions;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod trainer;

pub use error::TrainError;
pub use serve::Recommender;
pub use serve_sessions::{Session, SessionRecommender};
pub use trainer::{Learner, fit};

/// Result of this crate's fallible functions.
pub type Result<T, E = TrainError> = std::result::Result<T, E>;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
