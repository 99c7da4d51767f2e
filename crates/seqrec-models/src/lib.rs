//! The built-in sequential recommenders.
//!
//! One model, one folder, the same files everywhere: `config.rs` (documented defaults, checks) and
//! `model.rs` (equations, shapes, tests against the worked numbers). A model stands on
//! [`seqrec_core`] alone and has no privilege that a stranger's crate lacks.
//!
//! | model | contract | source |
//! |---|---|---|
//! | [`ComiRecSa`] | retriever, K interests | Cen et al., KDD 2020 |
//! | [`SasRec`] | retriever | Kang & McAuley, ICDM 2018 |
//! | [`Gru4Rec`] | retriever, whole sequences | Tan et al., DLRS 2016 |
//! | [`Din`] | ranker | Zhou et al., KDD 2018 |
//!
//! ```
//! use burn::tensor::Tensor;
//! use seqrec_core::{
//!     Backend, Retriever, Seed, StepContext, Stream,
//!     batch::{Histories, Padded, Rows},
//!     items::ItemVectors,
//! };
//! use seqrec_models::ComiRecSaConfig;
//!
//! let device = Backend::default().device()?;
//! let mut rng = Seed(1).rng(Stream::Init, 0);
//! let config = ComiRecSaConfig { dim: 8, interests: 2, ..Default::default() };
//! let model = config.init(&mut rng, &device)?;
//!
//! let items = ItemVectors::tied(Tensor::ones([10, 8], &device));
//! let histories = Histories::new(&Padded::new([&[3, 1, 4][..]], 20), &Rows::all(9), &device);
//! let interests = model.interests(&histories, &items, &mut StepContext::inference());
//! assert_eq!(interests.vectors.dims(), [1, 2, 8]);
//! # Ok::<(), seqrec_core::CoreError>(())
//! ```

pub mod comirec_sa;
pub mod din;
pub mod gru4rec;
pub mod sasrec;

pub use comirec_sa::{ComiRecSa, ComiRecSaConfig};
pub use din::{AttentionWeights, Din, DinConfig};
pub use gru4rec::{Gru4Rec, Gru4RecConfig};
pub use sasrec::{SasRec, SasRecConfig};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
