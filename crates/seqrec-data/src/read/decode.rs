//! Brings a block into the one form the parser takes: UTF-8, `\n`, a one-byte separator.

use super::bad_rows::Fault;
use super::blocks::Block;
use crate::manifest::{Encoding, Format};

/// Stands in for separators of more than one byte.
const UNIT_SEPARATOR: u8 = 0x1F;

/// The byte that separates fields after [`decode`].
pub(super) fn separator_byte(format: &Format) -> u8 {
    match format.separator.as_bytes() {
        &[byte] => byte,
        _ => UNIT_SEPARATOR,
    }
}

/// Text of a block.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    /// As many lines as the block has.
    pub(super) text: String,
    /// Lines that could not be decoded faithfully, counted from 0 in the block.
    pub(super) faults: Vec<(u64, Fault)>,
}

/// Text of a block, in which a replacement character stands for what cannot be decoded.
pub(super) fn decode(format: &Format, block: Block) -> Decoded {
    let mut faults = Vec::new();
    let text = match format.encoding {
        Encoding::Latin1 => block.bytes.iter().map(|&byte| char::from(byte)).collect(),
        Encoding::Utf8 => String::from_utf8(block.bytes).unwrap_or_else(|error| {
            let fault = "not valid UTF-8; if the file is ISO 8859-1, set encoding = \"latin-1\"";
            replace_lossily(error.as_bytes(), &mut faults, &Fault::plain(fault))
        }),
    };
    let mut text = if text.contains('\r') { text.replace("\r\n", "\n") } else { text };
    if format.separator.len() > 1 {
        let stand_in = char::from(UNIT_SEPARATOR);
        if text.contains(stand_in) {
            let fault = Fault::plain("holds the control character U+001F");
            let lines = text.lines().zip(0..).filter(|(line, _)| line.contains(stand_in));
            faults.extend(lines.map(|(_, at)| (at, fault.clone())));
            faults.sort_by_key(|&(at, _)| at);
            text = text.replace(stand_in, "\u{FFFD}");
        }
        text = text.replace(&format.separator, "\u{1F}");
    }
    Decoded { text, faults }
}

fn replace_lossily(bytes: &[u8], faults: &mut Vec<(u64, Fault)>, fault: &Fault) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut line = 0;
    for chunk in bytes.utf8_chunks() {
        line += chunk.valid().matches('\n').count() as u64;
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
            if faults.last().is_none_or(|&(last, _)| last < line) {
                faults.push((line, fault.clone()));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decoded(separator: &str, encoding: Encoding, bytes: &[u8]) -> Decoded {
        let format = Format { separator: separator.to_owned(), encoding, ..Format::default() };
        decode(&format, Block { first_line: 5, bytes: bytes.to_vec() })
    }

    fn bad_lines(decoded: &Decoded) -> Vec<u64> {
        decoded.faults.iter().map(|&(line, _)| line).collect()
    }

    #[test]
    fn latin_1_and_long_separators() {
        let decoded = decoded("::", Encoding::Latin1, b"1::Caf\xE9: a\r\n2::b\n");
        assert_eq!(decoded.text, "1\u{1F}Caf\u{e9}: a\n2\u{1F}b\n");
        assert!(decoded.faults.is_empty());
    }

    #[test]
    fn bad_utf_8_names_its_lines_once() {
        let decoded = decoded(",", Encoding::Utf8, b"a\nb\xE9\xE9c\nd\n\xE9");
        assert_eq!(bad_lines(&decoded), [1, 3]);
        assert_eq!(decoded.text.lines().count(), 4);
    }

    #[test]
    fn stand_in_separator_in_the_text_is_a_fault() {
        assert_eq!(bad_lines(&decoded("::", Encoding::Utf8, b"b\na\x1Fb\n")), [1]);
        assert!(decoded(",", Encoding::Utf8, b"a\x1Fb\n").faults.is_empty());
    }

    proptest! {
        #[test]
        fn lines_are_never_lost(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let lines = bytes.iter().filter(|&&byte| byte == b'\n').count();
            for separator in [",", "::"] {
                let decoded = decoded(separator, Encoding::Utf8, &bytes);
                prop_assert_eq!(decoded.text.matches('\n').count(), lines);
                prop_assert!(bad_lines(&decoded).iter().all(|&line| line as usize <= lines));
            }
        }
    }
}
