//! From byte offsets to lines.

/// The line, counted from 1, of the byte at `offset`.
pub(in crate::tidy) fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|&byte| byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::line_of;

    #[test]
    fn a_line_ends_with_its_newline() {
        let lines: Vec<_> = (0..4).map(|offset| line_of("a\nb\n", offset)).collect();
        assert_eq!(lines, [1, 1, 2, 2]);
    }
}
