//! One line a data set.

use seqrec_data::{
    Manifest,
    manifest::{EventsKind, TimeFormat},
};

use super::{head, row};
use crate::report::format::count;

/// The table of all sets, with links to their sections.
pub(super) fn table(manifests: &[Manifest]) -> String {
    let mut table = head(["name", "what", "events", "users or sessions", "items", "times", "download"]);
    for manifest in manifests {
        let size = |of: fn(&seqrec_data::manifest::Size) -> u64| {
            manifest.size.as_ref().map(|size| count(of(size))).unwrap_or_default()
        };
        table.push_str(&row([
            format!("[`{0}`](#{0})", manifest.name),
            manifest.title.clone(),
            size(|size| size.events),
            size(|size| size.users),
            size(|size| size.items),
            times(manifest).to_owned(),
            if manifest.sources.is_empty() { "by hand" } else { "by program" }.to_owned(),
        ]));
    }
    table
}

/// How times are written.
pub(super) fn times(manifest: &Manifest) -> &'static str {
    let events = &manifest.layout.events;
    let timed = events.columns.as_ref().is_some_and(|columns| columns.time.is_some());
    match (events.kind, events.time_format) {
        (EventsKind::SequenceLines | EventsKind::SessionLines, _) => "order only",
        _ if !timed => "none",
        (_, TimeFormat::Seconds) => "seconds",
        (_, TimeFormat::Milliseconds) => "milliseconds",
        (_, TimeFormat::FractionalSeconds) => "seconds with a fraction",
        (_, TimeFormat::Iso) => "ISO 8601",
    }
}
