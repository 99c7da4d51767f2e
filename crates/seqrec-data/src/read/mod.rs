//! From files to plain arrays: bytes -> blocks of whole lines -> UTF-8 with a one-byte separator
//! -> columns of strings -> strictly cast values.

mod attributes;
mod blocks;
mod decode;
mod diagnose;
mod events;
mod fields;
mod items;
mod rows;
mod sequence_lines;
mod table;
mod users;

pub(crate) use events::read_events;
pub(crate) use items::{ItemTable, read_items};
pub(crate) use users::{UserTable, read_users};
