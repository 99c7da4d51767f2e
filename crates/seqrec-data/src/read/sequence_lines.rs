//! Files with one user a line: the user, then the items from oldest to latest.

use std::path::Path;

use super::blocks::Blocks;
use super::decode::{decode, separator_byte};
use crate::error::{Error, Result};
use crate::events::EventLog;
use crate::manifest::Format;

pub(super) fn read_sequence_lines(path: &Path, format: &Format) -> Result<EventLog> {
    let separator = char::from(separator_byte(format));
    let mut log = EventLog::new(None, false);
    let mut first_bad: Option<(u64, String)> = None;
    let mut more = 0;
    let mut header = format.header;
    for block in Blocks::open(path, false)? {
        let block = block?;
        let first_line = block.first_line;
        let text = decode(path, format, block)?;
        for (line, number) in text.lines().zip(first_line..) {
            if std::mem::take(&mut header) || line.trim().is_empty() {
                continue;
            }
            match (read_line(line, separator, &log), &first_bad) {
                (Ok(_), Some(_)) => {}
                (Ok((user, items)), None) => {
                    for item in items {
                        log.push_unchecked(user, item, None, None)?;
                    }
                }
                (Err(reason), None) => first_bad = Some((number, reason)),
                (Err(_), Some(_)) => more += 1,
            }
        }
    }
    if let Some((line, reason)) = first_bad {
        return Err(Error::MalformedRow { path: path.to_owned(), line, reason, more });
    }
    if log.is_empty() {
        return Err(Error::EmptyFile { path: path.to_owned() });
    }
    Ok(log)
}

fn read_line<'a>(
    line: &'a str,
    separator: char,
    log: &EventLog,
) -> std::result::Result<(&'a str, Vec<&'a str>), String> {
    let line = line.trim_end();
    let (user, items) = line.split_once(separator).ok_or_else(|| format!("user {line:?} has no items"))?;
    if user.is_empty() {
        return Err("the user is empty".to_owned());
    }
    if log.users().code(user).is_some() {
        return Err(format!("user {user:?} has a second line"));
    }
    let items: Vec<&str> = items.split(separator).collect();
    match items.iter().position(|item| item.is_empty()) {
        Some(at) => Err(format!("item {} is empty", at + 1)),
        None => Ok((user, items)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<EventLog> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.txt");
        std::fs::write(&path, text).unwrap();
        let format = Format { separator: " ".to_owned(), header: false, ..Format::default() };
        read_sequence_lines(&path, &format)
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
