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

/// The footer's length and the magic number, at the end of the file.
const END: u64 = 4 + 4;

/// Rows, or unpacked bytes, for each byte of a file, which no writer comes near: a run of equal values
/// takes a few bytes whatever its length, but pages and row groups end long before.
const MAX_RATIO: u64 = 1 << 16;

/// Fails if the file at `path` claims more rows or longer pages than its bytes could hold, or has a
/// list or text that is longer than the part it is in. What else is wrong with a file is left to the
/// engine.
pub(crate) fn check(path: &Path) -> PolarsResult<()> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    check_footer(&mut file, size)?;
    let mut reader = ParquetReader::new(file.try_clone()?);
    let metadata = reader.get_metadata()?;
    // Headers are short and far from one another.
    let mut file = BufReader::with_capacity(1 << 10, file);
    let most = size.saturating_mul(MAX_RATIO);
    for group in &metadata.row_groups {
        let columns = group.parquet_columns();
        let rows = columns.iter().map(|column| column.num_values() as u64).chain([group.num_rows() as u64]);
        if rows.max() > Some(most) {
            return Err(damaged("more rows than its bytes could hold"));
        }
        for range in group.byte_ranges_iter() {
            check_pages(&mut file, size, most, range)?;
        }
    }
    Ok(())
}

fn check_footer(file: &mut File, size: u64) -> PolarsResult<()> {
    let Some(end) = size.checked_sub(END) else { return Ok(()) };
    let mut length = [0; 4];
    file.seek(SeekFrom::Start(end))?;
    file.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length).into();
    let Some(start) = end.checked_sub(length) else { return Err(damaged("its footer is longer than it")) };
    let mut file = BufReader::new(file);
    file.seek(SeekFrom::Start(start))?;
    let whole = Compact::new(&mut file, length).structure(&mut |_, _| ());
    whole.ok_or_else(|| damaged("its footer claims more than its length"))
}

/// Passes over the pages of a column of a row group.
fn check_pages(file: &mut BufReader<File>, size: u64, most: u64, range: Range<u64>) -> PolarsResult<()> {
    if range.end > size {
        return Err(damaged("a column lies outside of it"));
    }
    file.seek(SeekFrom::Start(range.start))?;
    let mut left = range.end - range.start;
    while left > 0 {
        let mut page = Page::default();
        let mut column = Compact::new(file, left);
        let whole = column.structure(&mut |path, value| page.note(path, value));
        let next = whole.and(page.length).and_then(|length| column.skip(length));
        if next.is_none() || page.largest > most {
            return Err(damaged("a page claims more than its bytes could hold"));
        }
        left = column.left();
    }
    Ok(())
}

/// What the header of a page claims.
#[derive(Default)]
struct Page {
    /// Bytes that follow the header.
    length: Option<u64>,
    /// The largest of its counts and sizes.
    largest: u64,
}

impl Page {
    /// Takes note of a number; `path` has the numbers of its field and of those around it.
    fn note(&mut self, path: &[i16], value: i64) {
        // Negative counts would be read as very large ones.
        let count = u64::try_from(value).unwrap_or(u64::MAX);
        match path {
            [2] => self.largest = self.largest.max(count),
            [3] => self.length = Some(count),
            // Values, and in the second version nulls and rows, of data and dictionary pages.
            [5 | 7, 1] | [8, 1..=3] => self.largest = self.largest.max(count),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// The pages of a column: one with a header of these numbers, and four bytes.
    fn pages(unpacked: i8, length: i8, values: i8) -> PolarsResult<()> {
        let zigzag = |number: i8| ((number << 1) ^ (number >> 7)) as u8;
        let (field, structure, stop) = (0x15, 0x2C, 0);
        let mut bytes = vec![field, zigzag(0), field, zigzag(unpacked), field, zigzag(length)];
        bytes.extend([structure, field, zigzag(values), stop, stop, b'a', b'b', b'c', b'd']);
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        let size = bytes.len() as u64;
        check_pages(&mut BufReader::new(file), size, 60, 0..size)
    }

    #[test]
    fn pages_hold_what_they_claim() {
        assert!(pages(60, 4, 60).is_ok());
        for (unpacked, length, values) in [(61, 4, 60), (60, 4, 61), (60, 4, -1), (60, 5, 60), (60, -1, 60)] {
            assert!(pages(unpacked, length, values).is_err(), "{unpacked}, {length}, {values}");
        }
    }
}
