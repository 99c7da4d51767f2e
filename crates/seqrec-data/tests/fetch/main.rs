//! Fetching against a real HTTP server on this machine, with real zip archives.
#![cfg(feature = "fetch")]

mod fixture;
mod server;

mod archives;
mod concurrency;
mod downloads;
mod failures;
#[cfg(unix)]
mod pip;
mod places;
