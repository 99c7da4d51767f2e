//! A lexer for as much of Rust as the rules need.
//!
//! It tells code from comments and from literals. It accepts more than Rust does (rustc refuses
//! the rest), and it reads punctuation one character at a time.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tidy) enum TokenKind {
    /// A name or keyword; the text of a raw identifier lacks its `r#`.
    Ident,
    /// One character of punctuation.
    Punct,
    /// A string literal of any kind; the text is what stands between the quotes, escapes kept.
    Text,
    /// A character, byte, number or lifetime.
    Other,
}

/// A piece of code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::tidy) struct Token {
    /// What it is.
    pub(in crate::tidy) kind: TokenKind,
    /// Its text.
    pub(in crate::tidy) text: String,
    /// The line on which it begins, counted from 1.
    pub(in crate::tidy) line: usize,
}

impl Token {
    /// Whether this is the punctuation character `punct`.
    pub(in crate::tidy) fn is_punct(&self, punct: &str) -> bool {
        self.kind == TokenKind::Punct && self.text == punct
    }

    /// Whether this is the name or keyword `ident`.
    pub(in crate::tidy) fn is_ident(&self, ident: &str) -> bool {
        self.kind == TokenKind::Ident && self.text == ident
    }
}

/// A comment with its markers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::tidy) struct Comment {
    /// Its text.
    pub(in crate::tidy) text: String,
    /// The line on which it begins, counted from 1.
    pub(in crate::tidy) line: usize,
}

/// Tokens and comments, each in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Lexed {
    pub(super) tokens: Vec<Token>,
    pub(super) comments: Vec<Comment>,
}

/// Splits `text` into tokens and comments.
pub(super) fn lex(text: &str) -> Lexed {
    let mut lexer = Lexer { rest: text, line: 1, out: Lexed::default() };
    while lexer.step() {}
    lexer.out
}

struct Lexer<'a> {
    rest: &'a str,
    line: usize,
    out: Lexed,
}

impl<'a> Lexer<'a> {
    /// Reads one token or comment; false at the end.
    fn step(&mut self) -> bool {
        self.rest = {
            let trimmed = self.rest.trim_start();
            self.line += newlines(&self.rest[..self.rest.len() - trimmed.len()]);
            trimmed
        };
        let Some(first) = self.rest.chars().next() else { return false };
        let rest = self.rest;
        if rest.starts_with("//") {
            self.comment(rest.find('\n').unwrap_or(rest.len()));
        } else if rest.starts_with("/*") {
            self.comment(block_comment(rest));
        } else if let Some((open, hashes)) = raw_string(rest) {
            let close = format!("\"{}", "#".repeat(hashes));
            let body = &rest[open..];
            let length = body.find(&close).unwrap_or(body.len());
            self.literal(open, length, close.len());
        } else if let Some(open) =
            ["\"", "b\"", "c\""].iter().find(|p| rest.starts_with(**p)).map(|p| p.len())
        {
            self.literal(open, quoted(&rest[open..], '"'), 1);
        } else if let Some(length) = character(rest) {
            self.token(TokenKind::Other, length, 0);
        } else if first == '\'' {
            self.token(TokenKind::Other, 1 + word(&rest[1..]), 0);
        } else if first.is_ascii_digit() {
            self.token(TokenKind::Other, number(rest), 0);
        } else if is_word(first) {
            let prefix = if rest.starts_with("r#") { 2 } else { 0 };
            self.token(TokenKind::Ident, prefix + word(&rest[prefix..]), prefix);
        } else {
            self.token(TokenKind::Punct, first.len_utf8(), 0);
        }
        true
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.line += newlines(taken);
        self.rest = rest;
        taken
    }

    fn comment(&mut self, length: usize) {
        let line = self.line;
        let text = self.take(length).to_owned();
        self.out.comments.push(Comment { text, line });
    }

    fn token(&mut self, kind: TokenKind, length: usize, prefix: usize) {
        let line = self.line;
        let text = self.take(length)[prefix..].to_owned();
        self.out.tokens.push(Token { kind, text, line });
    }

    fn literal(&mut self, open: usize, length: usize, close: usize) {
        let line = self.line;
        self.take(open);
        let text = self.take(length).to_owned();
        self.take(close);
        self.out.tokens.push(Token { kind: TokenKind::Text, text, line });
    }
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|&byte| byte == b'\n').count()
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// Length of the word that `text` starts with.
fn word(text: &str) -> usize {
    text.find(|c| !is_word(c)).unwrap_or(text.len())
}

/// Length of the number that `text` starts with; in `1..2` and `1.max(2)` the point is not part of it.
fn number(text: &str) -> usize {
    let whole = word(text);
    match text[whole..].strip_prefix('.') {
        Some(fraction) if fraction.starts_with(|c: char| c.is_ascii_digit()) => whole + 1 + word(fraction),
        _ => whole,
    }
}

/// Length of the block comment that `text` starts with; block comments nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

/// Lengths of the opening of a raw string (`br##"` has 5) and of its hashes.
fn raw_string(text: &str) -> Option<(usize, usize)> {
    let prefix = ["r", "br", "cr"].into_iter().find(|prefix| {
        text.strip_prefix(prefix).is_some_and(|rest| rest.trim_start_matches('#').starts_with('"'))
    })?;
    let hashes = text[prefix.len()..].bytes().take_while(|&byte| byte == b'#').count();
    Some((prefix.len() + hashes + 1, hashes))
}

/// Length of `text` up to the closing `quote`, over escaped characters.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at,
            _ => {}
        }
    }
    text.len()
}

/// Length of the character or byte literal that `text` starts with. `'a` is a lifetime and `'a'` is not.
fn character(text: &str) -> Option<usize> {
    let open = ["'", "b'"].into_iter().find(|open| text.starts_with(open))?.len();
    let body = &text[open..];
    let mut chars = body.chars();
    match (chars.next()?, chars.next()) {
        ('\\', _) => Some(open + quoted(body, '\'') + 1),
        (c, Some('\'')) => Some(open + c.len_utf8() + 1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tokens in short: literals in guillemets, everything else as written.
    fn code(text: &str) -> String {
        let show = |token: &Token| match token.kind {
            TokenKind::Text => format!("«{}»", token.text),
            _ => token.text.clone(),
        };
        lex(text).tokens.iter().map(show).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn strings_keep_their_escapes_and_do_not_end_early() {
        let text = r#"f("a \" b", b"c", c"d\\") "e""#;
        assert_eq!(code(text), r#"f ( «a \" b» , «c» , «d\\» ) «e»"#);
    }

    #[test]
    fn raw_strings_end_at_as_many_hashes_as_they_began_with() {
        assert_eq!(code(r###"r"a\" r#"b "c" d"# br##"e"# f"##;"###), r##"«a\» «b "c" d» «e"# f» ;"##);
    }

    #[test]
    fn raw_identifiers_are_identifiers() {
        assert_eq!(code("r#match rest b r"), "match rest b r");
        assert!(lex("r#match").tokens[0].is_ident("match"));
    }

    #[test]
    fn block_comments_nest_and_line_comments_end_with_the_line() {
        let lexed = lex("a /* b /* c */ d */ e // f */ \"\ng");
        let names: Vec<_> = lexed.tokens.iter().map(|token| token.text.as_str()).collect();
        assert_eq!(names, ["a", "e", "g"]);
        let comments: Vec<_> = lexed.comments.iter().map(|comment| comment.text.as_str()).collect();
        assert_eq!(comments, ["/* b /* c */ d */", "// f */ \""]);
    }

    #[test]
    fn quotes_in_characters_open_no_string_and_lifetimes_are_no_characters() {
        assert_eq!(code(r#"'"' 'a b'"' '\'' '\u{1F}' 'é' x"#), r#"'"' 'a b'"' '\'' '\u{1F}' 'é' x"#);
        assert_eq!(code("fn f<'a>(x: &'a str)"), "fn f < 'a > ( x : & 'a str )");
        assert_eq!(lex("'a 'b'").tokens.len(), 2);
    }

    #[test]
    fn numbers_leave_ranges_and_methods_alone() {
        assert_eq!(code("1..2 1.5e3 0xFF_u8 1.max(2)"), "1 . . 2 1.5e3 0xFF_u8 1 . max ( 2 )");
    }

    #[test]
    fn a_comment_in_a_string_is_text_and_a_string_in_a_comment_is_not() {
        assert_eq!(code("\"// a /* b\" c /* \" */ d"), "«// a /* b» c d");
    }

    #[test]
    fn lines_are_counted_through_strings_and_comments() {
        let lexed = lex("a\n\"x\ny\" b\n/* p\nq */ c\nr#\"\n\"# d");
        let lines: Vec<_> = lexed.tokens.iter().map(|token| token.line).collect();
        assert_eq!(lines, [1, 2, 3, 5, 6, 7]);
        assert_eq!(lexed.comments[0].line, 4);
    }

    #[test]
    fn what_never_ends_is_read_to_the_end() {
        for text in ["\"a", "r#\"a", "/* a", "'\\", "b'", "'"] {
            lex(text);
        }
    }
}
