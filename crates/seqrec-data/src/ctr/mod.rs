//! Labelled samples for rankers: who was shown what, after which history, and did they take it?
//!
//! | labels come from | samples |
//! |---|---|
//! | the data: impressions with a click or rating | [`CtrData::from_labels`] |
//! | events that are all positive | [`CtrData::from_positives`], then negatives |
//!
//! Samples are cut into training, validation and test at two times. Drawn negatives of validation and
//! test are fixed in a file ([`FixedNegatives`]), so that every model answers the same questions;
//! those of training may be drawn anew each epoch ([`NegativeConfig::train`]).
//!
//! ```
//! use seqrec_data::Sequences;
//! use seqrec_data::ctr::{CtrConfig, CtrData, FixedNegatives, NegativeConfig};
//!
//! let sequences = Sequences::from_histories(&[vec![1, 2, 3, 4], vec![2, 3, 5, 1, 4]], 9)?
//!     .with_times(vec![10, 20, 30, 40, 10, 15, 25, 35, 45])?;
//! let config = CtrConfig { valid_from: seqrec_data::split::Cut::Time(30), ..CtrConfig::default() };
//! let data = CtrData::from_positives(&sequences, &config)?;
//! let fixed = FixedNegatives::draw(&data, NegativeConfig::default())?;
//! let test = data.test().with_negatives(fixed.test());
//! assert_eq!((test.items()[0], test.labels()), (4, &[true, false][..]));
//! let history = &data.positives().items(test.users()[0])[..test.histories()[0] as usize];
//! assert_eq!(history, [2, 3, 5, 1]);
//! # Ok::<(), seqrec_data::Error>(())
//! ```

mod data;
mod file;
mod negatives;
mod positives;
mod samples;

pub use data::{CtrConfig, CtrData};
pub use file::FixedNegatives;
pub use negatives::{Exclude, NegativeConfig};
pub use positives::Positives;
pub use samples::Samples;
