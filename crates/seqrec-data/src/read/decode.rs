//! Brings a block into the one form the parser takes: UTF-8, `\n`, a one-byte separator.

use std::path::Path;

use super::blocks::Block;
use crate::error::{Error, Result};
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

/// Text of a block. Line numbers are kept.
pub(super) fn decode(path: &Path, format: &Format, block: Block) -> Result<String> {
    let Block { first_line, bytes } = block;
    let text = match format.encoding {
        Encoding::Latin1 => bytes.iter().map(|&byte| char::from(byte)).collect(),
        Encoding::Utf8 => String::from_utf8(bytes).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            Error::MalformedRow {
                path: path.to_owned(),
                line: first_line + line_breaks(&error.as_bytes()[..good]),
                reason: "not valid UTF-8; if the file is ISO 8859-1, set encoding = \"latin-1\"".to_owned(),
                more: 0,
            }
        })?,
    };
    let text = if text.contains('\r') { text.replace("\r\n", "\n") } else { text };
    if format.separator.len() == 1 {
        return Ok(text);
    }
    if let Some(at) = text.find(char::from(UNIT_SEPARATOR)) {
        return Err(Error::MalformedRow {
            path: path.to_owned(),
            line: first_line + line_breaks(&text.as_bytes()[..at]),
            reason: "holds the control character U+001F".to_owned(),
            more: 0,
        });
    }
    Ok(text.replace(&format.separator, "\u{1F}"))
}

fn line_breaks(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|&&byte| byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(separator: &str, encoding: Encoding, bytes: &[u8]) -> Result<String> {
        let format = Format { separator: separator.to_owned(), encoding, ..Format::default() };
        let block = Block { first_line: 5, bytes: bytes.to_vec() };
        decode(Path::new("x"), &format, block)
    }

    #[test]
    fn latin_1_and_long_separators() {
        let text = decoded("::", Encoding::Latin1, b"1::Caf\xE9: a\r\n2::b\n").unwrap();
        assert_eq!(text, "1\u{1F}Caf\u{e9}: a\n2\u{1F}b\n");
    }

    #[test]
    fn bad_utf_8_names_its_line() {
        let error = decoded(",", Encoding::Utf8, b"a\nb\xE9\n").unwrap_err();
        assert!(matches!(error, Error::MalformedRow { line: 6, .. }), "{error}");
    }

    #[test]
    fn stand_in_separator_in_the_text_is_refused() {
        assert!(decoded("::", Encoding::Utf8, b"a\x1Fb\n").is_err());
        assert!(decoded(",", Encoding::Utf8, b"a\x1Fb\n").is_ok());
    }
}
