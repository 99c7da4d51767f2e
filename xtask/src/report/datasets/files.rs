//! The files of a data set and how they are read.

use seqrec_data::{
    Manifest,
    manifest::{Encoding, EventsKind, FileEntry, FileKind, Format, ItemsKind, Layout, Source},
};

use super::{head, row};
use crate::report::format::count;

/// All files, those of other sources after the official ones.
pub(super) fn table(manifest: &Manifest) -> String {
    let mut table = head(["file", "holds", "format", "bytes", "SHA-256"]);
    manifest.files.iter().for_each(|file| table.push_str(&line(file, &manifest.layout)));
    for source in &manifest.sources {
        if let (Source::Pip(pip), Some(layout)) = (source, source.layout()) {
            pip.files.iter().for_each(|file| table.push_str(&line(file, layout)));
        }
    }
    table
}

fn line(file: &FileEntry, layout: &Layout) -> String {
    let uses = uses(&file.path, layout);
    let holds: Vec<&str> = uses.iter().map(|(holds, _)| holds.as_str()).collect();
    row([
        format!("`{}`", file.path),
        holds.join(", "),
        uses.first().map(|(_, format)| format.clone()).unwrap_or_default(),
        file.bytes.map(count).unwrap_or_default(),
        file.sha256.as_deref().map(|hex| format!("`{}...`", &hex[..8])).unwrap_or_default(),
    ])
}

/// What a file is read for, and its format.
fn uses(path: &str, layout: &Layout) -> Vec<(String, String)> {
    let events = &layout.events;
    let mut uses = Vec::new();
    for (_, part) in events.files().filter(|(file, _)| *file == path) {
        let holds = part.map_or("events".to_owned(), |part| format!("events ({part})"));
        uses.push((
            holds,
            match events.kind {
                EventsKind::Table => format(&events.format),
                EventsKind::SequenceLines => "a user and their items a line".to_owned(),
                EventsKind::SessionLines => "a session's items a line".to_owned(),
            },
        ));
    }
    if let Some(items) = layout.items.as_ref().filter(|items| items.file == path) {
        uses.push((
            "items".to_owned(),
            match items.kind {
                ItemsKind::Table => format(&items.format),
                ItemsKind::JsonAttributes => "a JSON object, item to attributes".to_owned(),
            },
        ));
    }
    let flags = layout.items.as_ref().and_then(|items| items.genre_flags.as_ref());
    if flags.is_some_and(|flags| flags.names_file == path) {
        uses.push(("names of genres".to_owned(), "a name a line".to_owned()));
    }
    if let Some(users) = layout.users.as_ref().filter(|users| users.file == path) {
        uses.push(("users".to_owned(), format(&users.format)));
    }
    uses
}

fn format(format: &Format) -> String {
    match format.kind {
        FileKind::JsonLines => "a JSON object a line".to_owned(),
        FileKind::PythonLines => "a Python dictionary a line".to_owned(),
        FileKind::Parquet => "Parquet".to_owned(),
        FileKind::Arrow => "Arrow".to_owned(),
        FileKind::Delimited => {
            let separator = match format.separator.as_str() {
                "," => "commas".to_owned(),
                "\t" => "tabs".to_owned(),
                other => format!("`{other}`"),
            };
            let header = match (format.header, format.typed_header) {
                (false, _) => "no header",
                (true, false) => "header",
                (true, true) => "header with types",
            };
            let encoding = match format.encoding {
                Encoding::Utf8 => "",
                Encoding::Latin1 => ", ISO 8859-1",
            };
            format!("{separator}, {header}{encoding}")
        }
    }
}
