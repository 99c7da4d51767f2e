//! Folders of prepared data, from the outside.

#[path = "../common/mod.rs"]
mod common;
mod killed;
mod round_trip;
mod store;
