//! Sizes that a Parquet file claims, held against the file before the table engine allocates by them.
//!
//! Format: <https://parquet.apache.org/docs/file-format/>.

mod compact;

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use polars::prelude::{ParquetReader, PolarsResult, SerReader};

use self::compact::Compact;
use super::damaged;

const MAGIC: &[u8; 4] = b"PAR1";

/// The footer's length and the magic number, at the end of the file.
const END: u64 = 4 + 4;

/// Fails if the file at `path` contradicts itself in what it claims: a list or text that is longer than
/// the part it is in, pages that do not have the values of their column, a row group with more rows
/// than a column has values. What else is wrong with a file is left to the engine.
pub(crate) fn check(path: &Path) -> PolarsResult<()> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let Some(end) = size.checked_sub(END) else { return Ok(()) };
    let mut tail = [0; END as usize];
    file.seek(SeekFrom::Start(end))?;
    file.read_exact(&mut tail)?;
    let [length @ .., _, _, _, _] = tail;
    if !tail.ends_with(MAGIC) {
        return Ok(());
    }
    check_footer(&mut file, end, u32::from_le_bytes(length).into())?;

    let mut reader = ParquetReader::new(file.try_clone()?);
    let metadata = reader.get_metadata()?;
    // Headers are short and far from one another.
    let mut file = BufReader::with_capacity(1 << 10, file);
    let rows = metadata.row_groups.iter().fold(0, |rows: usize, group| rows.saturating_add(group.num_rows()));
    if rows != metadata.num_rows {
        return Err(damaged("its row groups do not have its number of rows"));
    }
    for group in &metadata.row_groups {
        for (column, range) in group.parquet_columns().iter().zip(group.byte_ranges_iter()) {
            // An element of a nested column is a value.
            let values = column.num_values() as u64;
            if group.num_rows() as u64 > values {
                return Err(damaged("a row group has more rows than a column of it has values"));
            }
            if range.end > size {
                return Err(damaged("a column lies outside of the file"));
            }
            check_pages(&mut file, range, values)?;
        }
    }
    Ok(())
}

/// `end`: where the footer ends.
fn check_footer(file: &mut File, end: u64, length: u64) -> PolarsResult<()> {
    let Some(start) = end.checked_sub(length) else {
        return Err(damaged("the footer is longer than the file"));
    };
    let mut file = BufReader::new(file);
    file.seek(SeekFrom::Start(start))?;
    let whole = Compact::new(&mut file, length).structure(&mut |_, _| ());
    whole.ok_or_else(|| damaged("a part of the footer is longer than the footer"))
}

/// Passes over the pages of a column of a row group.
fn check_pages(file: &mut BufReader<File>, range: Range<u64>, values: u64) -> PolarsResult<()> {
    file.seek(SeekFrom::Start(range.start))?;
    let mut column = Compact::new(file, range.end - range.start);
    let mut found: u64 = 0;
    while found < values {
        let mut page = Page::default();
        let whole = column.structure(&mut |path, value| page.note(path, value));
        if whole.and_then(|()| column.skip(page.length?)).is_none() {
            return Err(damaged("a page is longer than its column"));
        }
        // A value of a dictionary takes a byte at least.
        if page.dictionary_values > page.unpacked {
            return Err(damaged("a dictionary has more values than bytes"));
        }
        found = found.saturating_add(page.values);
    }
    match found == values {
        true => Ok(()),
        false => Err(damaged("the pages of a column have more values than the column")),
    }
}

/// What the header of a page claims.
#[derive(Default)]
struct Page {
    /// Bytes that follow the header.
    length: Option<u64>,
    /// Bytes of the page when it is unpacked.
    unpacked: u64,
    /// Values of a page of data, nulls included.
    values: u64,
    dictionary_values: u64,
}

impl Page {
    /// Takes note of a number; `path` has the numbers of its field and of those around it.
    fn note(&mut self, path: &[i16], value: i64) {
        // Negative numbers would be read as very large ones.
        let value = u64::try_from(value).unwrap_or(u64::MAX);
        match path {
            [2] => self.unpacked = value,
            [3] => self.length = Some(value),
            // Both versions of pages of data.
            [5 | 8, 1] => self.values = value,
            [7, 1] => self.dictionary_values = value,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// The field of a page's header that says how many values a page has.
    const DATA: u8 = 5;
    const DICTIONARY: u8 = 7;

    /// The only page of a column of 60 values: a header of these numbers, and four bytes.
    fn page(unpacked: i8, length: i8, kind: u8, values: i8) -> PolarsResult<()> {
        let zigzag = |number: i8| ((number << 1) ^ (number >> 7)) as u8;
        let (field, structure, stop) = (0x15, (kind - 3) << 4 | 0x0C, 0);
        let mut bytes = vec![field, zigzag(0), field, zigzag(unpacked), field, zigzag(length)];
        bytes.extend([structure, field, zigzag(values), stop, stop, b'a', b'b', b'c', b'd']);
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        check_pages(&mut BufReader::new(file), 0..bytes.len() as u64, 60)
    }

    #[test]
    fn pages_hold_what_they_claim() {
        assert!(page(9, 4, DATA, 60).is_ok());
        for (length, kind, values, fault) in [
            (4, DATA, 61, "more values than the column"),
            (4, DATA, -1, "more values than the column"),
            (4, DATA, 59, "a page is longer"),
            (5, DATA, 60, "a page is longer"),
            (-1, DATA, 60, "a page is longer"),
            (4, DICTIONARY, 10, "a dictionary has more values"),
            (4, DICTIONARY, -1, "a dictionary has more values"),
        ] {
            let error = page(9, length, kind, values).unwrap_err().to_string();
            assert!(error.contains(fault), "{length}, {kind}, {values}: {error}");
        }
    }
}
