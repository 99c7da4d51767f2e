//! What a fetch tells its caller while it runs.

use std::path::Path;
use std::time::Duration;

/// One stretch of work whose progress can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step<'a> {
    /// Another process fetches the same set; this one waits for its lock.
    Wait {
        /// The lock file.
        lock: &'a Path,
    },
    /// An archive is being downloaded.
    Download {
        /// Its address.
        url: &'a str,
    },
    /// `pip` is downloading a package. It reports no bytes.
    Pip {
        /// The package, as given to `pip`.
        package: &'a str,
    },
    /// A file's checksum is being computed.
    Verify {
        /// The file.
        path: &'a Path,
    },
    /// An archive is being unpacked.
    Extract {
        /// The archive.
        archive: &'a Path,
    },
}

/// A report from a running fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A step begins. The events up to the next `Started` belong to it.
    Started(Step<'a>),
    /// Bytes handled by the current step so far. It may go down: a server that cannot resume
    /// starts again from zero.
    Bytes {
        /// Bytes done, counting those kept from an earlier run.
        done: u64,
        /// Bytes in all, where that is known.
        total: Option<u64>,
    },
    /// The current step failed for now and will be tried again.
    Retrying {
        /// What went wrong.
        reason: &'a str,
        /// How long it waits first.
        wait: Duration,
    },
}

/// Receives the events of a fetch. Any `FnMut(Event<'_>)` will do.
pub trait Progress {
    /// Called often (about once per 64 KiB): a terminal should throttle.
    fn event(&mut self, event: Event<'_>);
}

impl<F: FnMut(Event<'_>)> Progress for F {
    fn event(&mut self, event: Event<'_>) {
        self(event);
    }
}

/// Drops every event.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn event(&mut self, _event: Event<'_>) {}
}
