//! Data sets for sequential recommendation: from files to time-ordered item sequences.
//!
//! The way of the data, one module each:
//!
//! | step | type |
//! |---|---|
//! | what a data set is, where it comes from, how it is laid out | [`Manifest`] |
//! | read the files | [`load`] -> [`Dataset`] with its [`EventLog`] |
//! | select, filter, number, order | [`Dataset::prepare`] -> [`Sequences`] |
//! | hold out what is to be predicted | [`SplitConfig::apply`] -> [`Sequences`], [`Split`] |
//! | what else is known, as [`Field`]s; as numbers for models | [`Sequences::item_fields`] and the like; [`encode`] |
//! | make labelled samples for rankers | [`ctr`] |
//! | say what it was | [`DataCard`], [`fingerprint()`] |
//! | keep the sequences as Parquet files | [`prepared`] |
//! | say what it looks like | [`profile::Profile`] |
//! | hand it to the ComiRec authors' program | [`export_comirec`] |
//!
//! Tables are parsed by polars, but no public signature shows a data frame: everything handed
//! out is a plain slice.
//!
//! ```
//! use seqrec_data::{DataCard, Dataset, EventLog, LeaveOneOut, PrepareConfig, SplitConfig, TimeUnit};
//!
//! let mut log = EventLog::new(Some(TimeUnit::Seconds), false);
//! for (user, item, time) in [
//!     ("ada", "tea", 30), ("ada", "milk", 10), ("ada", "tea", 20), ("bob", "milk", 5),
//! ] {
//!     log.push(user, item, Some(time), None)?;
//! }
//! let prepare = PrepareConfig::default();
//! let sequences = Dataset::from(log).prepare(&prepare)?;
//! let tea = sequences.item_ids().code("tea").unwrap();
//! let milk = sequences.item_ids().code("milk").unwrap();
//! assert_eq!(sequences.items(0), [milk, tea, tea]);
//!
//! let protocol = SplitConfig::LeaveOneOut(LeaveOneOut::default());
//! let (sequences, split) = protocol.apply(sequences)?;
//! assert_eq!(split.test[0].history, 0..2);
//!
//! let card = DataCard::new("example", &sequences, &split, &prepare, &protocol);
//! assert_eq!(card.events, 4);
//! # Ok::<(), seqrec_data::Error>(())
//! ```

mod card;
pub mod ctr;
mod dataset;
pub mod encode;
mod error;
mod events;
mod export;
mod features;
#[cfg(feature = "fetch")]
pub mod fetch;
mod filter;
mod fingerprint;
pub mod manifest;
mod part;
mod prepare;
pub mod prepared;
pub mod profile;
mod read;
mod sequences;
pub mod split;
mod staging;
mod synthetic;
mod vocabulary;

pub use card::{DataCard, PartSize};
pub use dataset::{Dataset, load, load_with};
pub use error::{Error, Result};
pub use events::EventLog;
pub use export::{ExportedFile, export_comirec};
pub use features::{
    Categories, CategoryLists, Field, FieldKind, FieldOf, FieldSummary, FieldValues, Numbers, dwell, tokens,
};
pub use filter::Filter;
pub use fingerprint::fingerprint;
pub use manifest::{Manifest, TimeUnit};
pub use part::Part;
pub use prepare::{PrepareConfig, Repeats};
pub use read::{BadRow, OnBadRows, SkippedRows};
pub use sequences::{PAD, RawCounts, Sequences};
pub use split::{
    Case, CaseGroup, Given, LeaveOneOut, SessionDays, Shuffle, Span, Split, SplitConfig, Temporal, UserRatio,
    case_groups, train_counts,
};
pub use synthetic::{Synthetic, SyntheticConfig};
pub use vocabulary::Vocabulary;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
