//! Thrift's compact protocol, without knowing what its structures mean.
//!
//! Format: <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>.

use std::io::{BufReader, Read, Seek};

/// Structures that may lie in one another; those of Parquet have six levels.
const MAX_DEPTH: usize = 32;

/// Passes over values that must end before a limit. Each method gives `None` where one does not.
pub(super) struct Compact<'a, R> {
    reader: &'a mut BufReader<R>,
    left: u64,
    /// Numbers of the fields on the way here.
    path: Vec<i16>,
}

impl<'a, R: Read + Seek> Compact<'a, R> {
    /// Values that end within `limit` bytes.
    pub(super) fn new(reader: &'a mut BufReader<R>, limit: u64) -> Self {
        Self { reader, left: limit, path: Vec::new() }
    }

    /// A structure; tells `note` every whole number in it with the numbers of the fields around it.
    pub(super) fn structure(&mut self, note: &mut impl FnMut(&[i16], i64)) -> Option<()> {
        if self.path.len() == MAX_DEPTH {
            return None;
        }
        self.path.push(0);
        while let field @ 1.. = self.byte()? {
            let step = i16::from(field >> 4);
            let before = self.path.last_mut()?;
            *before = before.checked_add(step)?;
            if step == 0 {
                let number = self.integer()?;
                *self.path.last_mut()? = i16::try_from(number).ok()?;
            }
            match field & 0x0F {
                0 => return None,
                // A truth value is in its type.
                1 | 2 => {}
                kind => self.value(kind, note)?,
            }
        }
        self.path.pop().map(drop)
    }

    /// Passes over bytes.
    pub(super) fn skip(&mut self, length: u64) -> Option<()> {
        self.left = self.left.checked_sub(length)?;
        self.reader.seek_relative(i64::try_from(length).ok()?).ok()
    }

    fn value(&mut self, kind: u8, note: &mut impl FnMut(&[i16], i64)) -> Option<()> {
        match kind {
            1..=3 => self.skip(1),
            4..=6 => {
                let value = self.integer()?;
                note(&self.path, value);
                Some(())
            }
            7 => self.skip(8),
            8 => {
                let length = self.varint()?;
                self.skip(length)
            }
            9 | 10 => self.list(note),
            12 => self.structure(note),
            // Parquet has no maps.
            _ => None,
        }
    }

    fn list(&mut self, note: &mut impl FnMut(&[i16], i64)) -> Option<()> {
        let head = self.byte()?;
        let length = match head >> 4 {
            15 => self.varint()?,
            short => short.into(),
        };
        // An element takes a byte at least.
        if length > self.left {
            return None;
        }
        // No list of Parquet has lists in it.
        let kind = Some(head & 0x0F).filter(|kind| !matches!(kind, 9 | 10))?;
        (0..length).try_for_each(|_| self.value(kind, note))
    }

    /// A whole number with its sign in the lowest bit.
    fn integer(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn byte(&mut self) -> Option<u8> {
        self.left = self.left.checked_sub(1)?;
        let mut byte = [0];
        self.reader.read_exact(&mut byte).ok()?;
        Some(byte[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn numbers(bytes: &[u8], limit: u64) -> Option<Vec<(Vec<i16>, i64)>> {
        let mut reader = BufReader::new(Cursor::new(bytes));
        let mut found = Vec::new();
        let mut compact = Compact::new(&mut reader, limit);
        compact.structure(&mut |path, value| found.push((path.to_vec(), value)))?;
        assert_eq!(compact.left, 0);
        Some(found)
    }

    #[test]
    fn numbers_are_found_with_their_fields() {
        // 1: -3; 3: [5, 300]; 20 (written out): {2: true, 4: "ab", 5: 7}; then the end.
        let bytes = [0x15, 5, 0x29, 0x25, 10, 0xD8, 4, 0x0C, 40, 0x21, 0x28, 2, b'a', b'b', 0x15, 14, 0, 0];
        let found = numbers(&bytes, bytes.len() as u64).unwrap();
        let expected = [(vec![1], -3), (vec![3], 5), (vec![3], 300), (vec![20, 5], 7)];
        assert_eq!(found, expected);
        for limit in 0..bytes.len() as u64 {
            assert_eq!(numbers(&bytes, limit), None);
        }
    }

    #[test]
    fn what_claims_too_much_does_not_fit() {
        let long_text = [0x18, 0xFF, 0x7F, b'a', 0];
        let long_list = [0x19, 0xF5, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 1, 0];
        let deep = [0x1C; 100];
        for bytes in [&long_text[..], &long_list, &deep] {
            assert_eq!(numbers(bytes, bytes.len() as u64), None);
        }
    }
}
