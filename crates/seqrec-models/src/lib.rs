//! The built-in sequential recommenders.
//!
//! One model, one folder, the same files everywhere: `config.rs` (documented defaults, checks) and
//! `model.rs` (equations, shapes, tests against the worked numbers). A model stands on
//! [`seqrec_core`] alone and has no privilege that a stranger's crate lacks.
//!
//! | model | contract | source |
//! |---|---|---|
//! | [`ComiRecSa`] | retriever, K interests | Cen et al., KDD 2020 |
//! | [`ComiRecDr`] | retriever, K interests | Cen et al., KDD 2020 |
//! | [`Mind`] | retriever, up to K interests | Li et al., CIKM 2019 |
//! | [`YoutubeDnn`] | retriever | Covington et al., RecSys 2016, as ComiRec compares with it |
//! | [`Gru4RecComiRec`] | retriever | the GRU that ComiRec compares with |
//! | [`SasRec`] | retriever | Kang & McAuley, ICDM 2018 |
//! | SASRecF ([`SasRecFConfig`]) | retriever, items with features | RecBole's baseline, without a paper |
//! | [`Gru4Rec`] | retriever, whole sequences | Tan et al., DLRS 2016 |
//! | [`SessionGru4Rec`] | retriever, event by event | Hidasi et al., ICLR 2016; Hidasi & Karatzoglou, CIKM 2018 |
//! | [`SrGnn`] | retriever, sessions as graphs | Wu et al., AAAI 2019 |
//! | [`Ssr`] | retriever, items by content | PaddleRec's SSR; Song et al., SIGIR 2016 (multi-rate) |
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

pub mod comirec_dr;
pub mod comirec_sa;
pub mod din;
pub mod gru4rec;
pub mod gru4rec_comirec;
pub mod mind;
pub mod sasrec;
pub mod sasrecf;
pub mod session_gru4rec;
mod sizes;
pub mod sr_gnn;
pub mod ssr;
pub mod youtube_dnn;

pub use comirec_dr::{ComiRecDr, ComiRecDrConfig};
pub use comirec_sa::{ComiRecSa, ComiRecSaConfig};
pub use din::{AttentionWeights, Din, DinConfig};
pub use gru4rec::{Gru4Rec, Gru4RecConfig};
pub use gru4rec_comirec::{Gru4RecComiRec, Gru4RecComiRecConfig};
pub use mind::{LabelAttention, Mind, MindConfig};
pub use sasrec::{SasRec, SasRecConfig};
pub use sasrecf::SasRecFConfig;
pub use session_gru4rec::{Embedding, SessionGru4Rec, SessionGru4RecConfig, SessionItems};
pub use sr_gnn::{SrGnn, SrGnnConfig};
pub use ssr::{Ssr, SsrConfig};
pub use youtube_dnn::{YoutubeDnn, YoutubeDnnConfig};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
