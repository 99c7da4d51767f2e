//! SASRecF: self-attention over items with features.
//!
//! A baseline of RecBole (`sasrecf.py`), without a paper. Every position of the history is the item's
//! own vector mixed with vectors of what is known of the item; the post-norm network of
//! [`SasRec`](crate::SasRec) follows:
//!
//! ```text
//! x_t = [e_0 ; e_1 ; ... ; e_F] W + b          seqrec_core::items::FeatureEncoder
//! u   = SasRec(post-norm)(x_1 .. x_t)
//! s_i = u . E_i
//! ```
//!
//! So the model is a [`SasRec`](crate::SasRec), and what is new is the item encoder.
//! [`SasRecFConfig`] makes both.

mod config;

pub use config::SasRecFConfig;
