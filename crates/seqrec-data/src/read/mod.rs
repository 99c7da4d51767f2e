//! From files to plain arrays: bytes, unpacked -> blocks of whole lines -> UTF-8 with a one-byte
//! separator -> columns of strings -> strictly cast values, in one lazy query a block. JSON lines and
//! columnar files join where the columns are there.

mod attributes;
mod bad_rows;
mod blocks;
mod columnar;
mod decode;
mod delimited;
mod events;
mod fields;
mod guard;
mod input;
mod items;
mod key;
mod lines;
mod python_literal;
mod rows;
mod sequence_lines;
mod table;
mod time;
mod users;

pub use bad_rows::{BadRow, OnBadRows, SkippedRows};

pub(crate) use bad_rows::BadRows;
pub(crate) use columnar::check_parquet_sizes;
pub(crate) use events::read_events;
pub(crate) use guard::guarded;
pub(crate) use input::{find, locate};
pub(crate) use items::{ItemTable, read_items};
pub(crate) use users::{UserTable, read_users};
