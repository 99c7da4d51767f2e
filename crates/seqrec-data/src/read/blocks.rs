//! Cuts a file into blocks of whole lines, so that memory does not grow with the file.

use std::path::Path;

use super::input::Input;
use crate::error::Result;

const BLOCK_BYTES: usize = 64 << 20;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Some consecutive whole lines of a file.
#[derive(Debug)]
pub(super) struct Block {
    /// Line number of the first line, from 1.
    pub(super) first_line: u64,
    pub(super) bytes: Vec<u8>,
}

/// Iterator over the blocks of a file. A file without bytes has no block.
pub(super) struct Blocks {
    input: Input,
    block_bytes: usize,
    quoted: bool,
    rest: Vec<u8>,
    next_line: u64,
    done: bool,
}

impl Blocks {
    /// With `quoted`, a line break between double quotes does not end a row.
    pub(super) fn open(path: &Path, quoted: bool) -> Result<Self> {
        Self::with_block_bytes(path, quoted, BLOCK_BYTES)
    }

    fn with_block_bytes(path: &Path, quoted: bool, block_bytes: usize) -> Result<Self> {
        let mut input = Input::open(path)?;
        let mut rest = Vec::new();
        input.fill(&mut rest, BYTE_ORDER_MARK.len())?;
        if rest == BYTE_ORDER_MARK {
            rest.clear();
        }
        Ok(Self { input, block_bytes, quoted, rest, next_line: 1, done: false })
    }

    fn next_block(&mut self) -> Result<Option<Block>> {
        let mut bytes = std::mem::take(&mut self.rest);
        let end = loop {
            let wanted = self.block_bytes;
            self.done |= self.input.fill(&mut bytes, wanted)? < wanted;
            if self.done {
                break bytes.len();
            }
            // A row longer than a block makes the block grow.
            if let Some(end) = last_row_end(&bytes, self.quoted) {
                break end;
            }
        };
        self.rest = bytes.split_off(end);
        if bytes.is_empty() {
            return Ok(None);
        }
        let first_line = self.next_line;
        self.next_line += bytes.iter().filter(|&&byte| byte == b'\n').count() as u64;
        Ok(Some(Block { first_line, bytes }))
    }
}

impl Iterator for Blocks {
    type Item = Result<Block>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let block = self.next_block();
        self.done |= block.is_err();
        block.transpose()
    }
}

fn last_row_end(bytes: &[u8], quoted: bool) -> Option<usize> {
    if !quoted || !bytes.contains(&b'"') {
        return bytes.iter().rposition(|&byte| byte == b'\n').map(|at| at + 1);
    }
    let (mut inside, mut end) = (false, None);
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'"' => inside = !inside,
            b'\n' if !inside => end = Some(at + 1),
            _ => {}
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn blocks(bytes: &[u8], quoted: bool, size: usize) -> Vec<Block> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        std::fs::write(&path, bytes).unwrap();
        Blocks::with_block_bytes(&path, quoted, size).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn empty_file_has_no_block() {
        assert!(blocks(b"", false, 8).is_empty());
        assert!(blocks(BYTE_ORDER_MARK, false, 8).is_empty());
    }

    #[test]
    fn byte_order_mark_is_dropped() {
        assert_eq!(blocks(b"\xEF\xBB\xBFab\n", false, 8)[0].bytes, b"ab\n");
        assert_eq!(blocks(b"a\n", false, 8)[0].bytes, b"a\n");
    }

    #[test]
    fn quoted_line_breaks_do_not_end_a_row() {
        let cut = blocks(b"1,\"a\nb\"\n2,c\n", true, 6);
        assert_eq!(cut[0].bytes, b"1,\"a\nb\"\n");
        assert_eq!(cut[1].first_line, 3);
    }

    proptest! {
        #[test]
        fn blocks_join_to_the_file(text in "[ab\n]{0,60}", size in 1usize..12) {
            let cut = blocks(text.as_bytes(), false, size);
            let mut line = 1;
            let mut joined = Vec::new();
            for (i, block) in cut.iter().enumerate() {
                prop_assert_eq!(block.first_line, line);
                line += block.bytes.iter().filter(|&&b| b == b'\n').count() as u64;
                prop_assert!(i + 1 == cut.len() || block.bytes.ends_with(b"\n"));
                joined.extend_from_slice(&block.bytes);
            }
            prop_assert_eq!(joined, text.as_bytes());
        }
    }
}
