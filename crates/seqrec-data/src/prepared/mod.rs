//! Prepared data on disk: a folder of Parquet files and a card.
//!
//! ```text
//! card.json               counts, settings, key, contents, sizes and checksums of the files
//! events/                 user, position, item, [time], [rating], [field_*]
//! items/                  item, item_id, listed, [title], [field_*]
//! users/                  user, user_id, events, [part], [field_*]
//! names/                  table, column, code, name
//! ```
//!
//! Each table is a folder of Parquet files with any names; rows may stand in any order and in any
//! file, so that every engine can write it. Events may be partitioned by user:
//! `events/user_hash=3/part-00000.parquet`, see [`user_hash`]. Columns in brackets are there if the
//! data set has them.
//!
//! | column | type | holds |
//! |---|---|---|
//! | `user` | integer | `0..users` |
//! | `user_id`, `item_id` | text | the id as in the data set's files |
//! | `position` | integer | place in the user's history, from 0, oldest first |
//! | `item` | integer | `1..=items` |
//! | `time` | integer | in the card's `time_unit` |
//! | `rating` | 32-bit float | |
//! | `events` | integer | length of the user's history |
//! | `part` | text | `train`, `valid` or `test`, where the data set is published in parts |
//! | `listed` | integer | place among the items that the item file lists, from 0; empty: it lacks the item |
//! | `title` | text | empty: none |
//! | `field_NAME` | text, list of text, or 32-bit float | a field of one category, of lists, of numbers |
//!
//! `names` numbers the values of every column of categories from 1, in the order in which models see
//! them: `table` is `events`, `items` or `users`, `column` the column's name.
//!
//! ```
//! use seqrec_data::prepared::{Description, read_prepared, write_prepared};
//! use seqrec_data::{PrepareConfig, Sequences, SkippedRows};
//!
//! # let parent = tempfile::tempdir().unwrap();
//! # let dir = parent.path().join("tiny");
//! let sequences = Sequences::from_histories(&[vec![1, 2], vec![2]], 2)?;
//! let prepare = PrepareConfig::default();
//! let skipped = SkippedRows::default();
//! let description =
//!     Description { name: "tiny", prepare: &prepare, skipped: &skipped, key: None, partitions: 1 };
//! write_prepared(&sequences, &description, &dir)?;
//! assert_eq!(read_prepared(&dir)?.0, sequences);
//! # Ok::<(), seqrec_data::Error>(())
//! ```

mod card;
mod columns;
mod compare;
mod contents;
mod events;
mod folder;
mod items;
mod key;
mod names;
mod output;
mod partition;
mod read;
mod slots;
mod store;
mod table_file;
mod users;
mod values;
mod write;

pub use card::{FileRecord, PreparedCard};
pub use compare::compare_prepared;
pub use contents::contents;
pub use key::prepared_key;
pub use partition::user_hash;
pub use read::{is_prepared, read_prepared};
pub use store::{Origin, PreparedStore, Stored};
pub use write::{Description, write_prepared};
