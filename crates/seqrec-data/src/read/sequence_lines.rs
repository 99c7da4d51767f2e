//! Files with one user or one session a line: the items from oldest to latest.

use std::path::Path;

use super::bad_rows::{BadRows, Fault};
use super::blocks::Blocks;
use super::decode::{decode, separator_byte};
use crate::error::Result;
use crate::events::EventLog;
use crate::manifest::Format;
use crate::part::Part;

/// Whose events a line has.
#[derive(Clone, Copy)]
pub(super) enum Lines {
    /// Those of the user that it begins with.
    Users,
    /// A session's, named by the file's part, if it has one, and the line.
    Sessions(Option<Part>),
}

impl Lines {
    /// Name of the session on line `number`.
    fn session(self, number: u64) -> Option<String> {
        match self {
            Self::Users => None,
            Self::Sessions(None) => Some(number.to_string()),
            Self::Sessions(Some(part)) => Some(format!("{part}:{number}")),
        }
    }
}

/// Appends the events of a file.
pub(super) fn read_sequence_lines(
    path: &Path,
    format: &Format,
    lines: Lines,
    log: &mut EventLog,
    bad: &mut BadRows,
) -> Result<()> {
    let separator = char::from(separator_byte(format));
    let mut header = format.header;
    let mut rows = 0;
    for block in Blocks::open(path, false)? {
        let block = block?;
        let first_line = block.first_line;
        let decoded = decode(format, block);
        let mut undecoded = decoded.faults.into_iter().peekable();
        for (line, at) in decoded.text.lines().zip(0..) {
            let undecoded = undecoded.next_if(|&(bad, _)| bad == at).map(|(_, fault)| fault);
            if std::mem::take(&mut header) || line.trim().is_empty() {
                continue;
            }
            let number = first_line + at;
            let id = lines.session(number);
            let read = match undecoded {
                Some(fault) => Err(fault),
                None => read_line(line, separator, id.as_deref(), log),
            };
            match read {
                Ok((user, items)) => {
                    rows += 1;
                    if bad.wants_the_rest() {
                        items.into_iter().try_for_each(|item| log.push_unchecked(user, item, None, None))?;
                    }
                }
                Err(fault) => bad.add(path, number, fault),
            }
        }
    }
    bad.finish_file(path, rows)
}

fn read_line<'a>(
    line: &'a str,
    separator: char,
    id: Option<&'a str>,
    log: &EventLog,
) -> std::result::Result<(&'a str, Vec<&'a str>), Fault> {
    let line = line.trim_end();
    let (user, items) = match id {
        Some(id) => (id, line),
        None => line
            .split_once(separator)
            .ok_or_else(|| Fault::new("a user without items", format!("user {line:?} has no items")))?,
    };
    if user.is_empty() {
        return Err(Fault::plain("the user is empty"));
    }
    if log.users().code(user).is_some() {
        return Err(Fault::new("a second line of a user", format!("user {user:?} has a second line")));
    }
    let items: Vec<&str> = items.split(separator).collect();
    match items.iter().position(|item| item.is_empty()) {
        Some(at) => Err(Fault::new("an item is empty", format!("item {} is empty", at + 1))),
        None => Ok((user, items)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    fn read(text: &str) -> Result<EventLog> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.txt");
        std::fs::write(&path, text).unwrap();
        let format = Format { separator: " ".to_owned(), header: false, ..Format::default() };
        let mut log = EventLog::new(None, false);
        read_sequence_lines(&path, &format, Lines::Users, &mut log, &mut BadRows::default()).map(|()| log)
    }

    #[test]
    fn lines_become_events_in_order() {
        let log = read("u 3 1\r\n\nv 3\n").unwrap();
        assert_eq!(log.user_codes(), [0, 0, 1]);
        assert_eq!(log.item_codes(), [0, 1, 0]);
        assert_eq!(log.items().name(0), Some("3"));
        assert!(log.times().is_none());
    }

    #[test]
    fn bad_lines_are_named_and_counted() {
        let error = read("u 1\nv\nw 2  3\nu 5\n").unwrap_err();
        assert!(matches!(error, Error::MalformedRow { line: 2, more: 2, .. }), "{error}");
        assert!(matches!(read("\n \n"), Err(Error::EmptyFile { .. })));
    }
}
