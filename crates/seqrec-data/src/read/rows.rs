//! What a row is: a line, or several where a quoted field holds line breaks. Empty lines are none.

use std::borrow::Cow;

/// A row of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row<'a> {
    /// Lines before it.
    pub(super) lines_before: u64,
    /// Bytes up to and with its line break.
    pub(super) end: usize,
    /// Its text without the line break.
    pub(super) text: &'a str,
}

/// Iterates over the rows of a text with `\n` line breaks.
pub(super) fn rows(text: &str, quoted: bool) -> impl Iterator<Item = Row<'_>> {
    let (mut lines, mut at) = (0, 0);
    std::iter::from_fn(move || {
        while at < text.len() {
            let start = at;
            let lines_before = lines;
            let mut inside = false;
            loop {
                let rest = &text[at..];
                let end = rest.find('\n').map_or(text.len(), |length| at + length + 1);
                inside ^= quoted && !text[at..end].bytes().filter(|&b| b == b'"').count().is_multiple_of(2);
                at = end;
                lines += 1;
                if !inside || at == text.len() {
                    break;
                }
            }
            let row = &text[start..at];
            let row = row.strip_suffix('\n').unwrap_or(row);
            if !row.is_empty() {
                return Some(Row { lines_before, end: at, text: row });
            }
        }
        None
    })
}

/// The text without empty lines outside quotes.
pub(super) fn without_empty_lines(text: &str, quoted: bool) -> Cow<'_, str> {
    if !text.starts_with('\n') && !text.contains("\n\n") {
        return Cow::Borrowed(text);
    }
    let mut dense = String::with_capacity(text.len());
    for row in rows(text, quoted) {
        dense.push_str(row.text);
        dense.push('\n');
    }
    Cow::Owned(dense)
}

/// Fields of a row. `Err` only for a row that the CSV grammar refuses.
pub(super) fn fields(row: &str, separator: u8, quoted: bool) -> csv::Result<csv::StringRecord> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .quoting(quoted)
        .from_reader(row.as_bytes());
    let mut record = csv::StringRecord::new();
    reader.read_record(&mut record)?;
    Ok(record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn empty_lines_count_but_are_no_rows() {
        let found: Vec<_> = rows("\na\n\n\nb", false).map(|row| (row.lines_before, row.text)).collect();
        assert_eq!(found, [(1, "a"), (4, "b")]);
    }

    #[test]
    fn quoted_line_breaks_stay_inside_the_row() {
        let text = "1,\"a\n\nb\"\n\n2,c\n";
        let found: Vec<_> = rows(text, true).map(|row| (row.lines_before, row.text)).collect();
        assert_eq!(found, [(0, "1,\"a\n\nb\""), (4, "2,c")]);
        assert_eq!(without_empty_lines(text, true), "1,\"a\n\nb\"\n2,c\n");
        assert_eq!(fields(found[0].1, b',', true).unwrap(), vec!["1", "a\n\nb"]);
    }

    proptest! {
        #[test]
        fn unquoted_rows_are_the_lines_that_are_not_empty(text in "[ab,\n]{0,40}") {
            let expected: Vec<_> = text.split('\n').zip(0u64..).filter(|(line, _)| !line.is_empty()).collect();
            let found: Vec<_> = rows(&text, false).map(|row| (row.text, row.lines_before)).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
