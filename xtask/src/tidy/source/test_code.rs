//! Which tokens are compiled for tests alone.

use super::lexer::{Token, TokenKind};

/// The test code of a file.
#[derive(Debug)]
pub(super) struct Marked {
    /// For each token, whether it belongs to an item under `#[cfg(test)]`.
    pub(super) in_test: Vec<bool>,
    /// Names of the modules in other files that stand under `#[cfg(test)]`.
    pub(super) modules: Vec<String>,
}

/// Finds the items under `#[cfg(test)]` or `#[cfg(all(test, ..))]`.
pub(super) fn mark(tokens: &[Token]) -> Marked {
    let mut marked = Marked { in_test: vec![false; tokens.len()], modules: Vec::new() };
    let mut at = 0;
    while at < tokens.len() {
        let Some((inner, end)) = attribute(tokens, at) else {
            at += 1;
            continue;
        };
        if !is_test_only(&tokens[at..end]) {
            at = end;
            continue;
        }
        let item = skip_attributes(tokens, end);
        let item_end = if inner { tokens.len() } else { item_end(tokens, item) };
        marked.in_test[at..item_end].fill(true);
        marked.modules.extend(module_elsewhere(&tokens[item..item_end]));
        at = item_end;
    }
    marked
}

/// Whether the attribute at `at` is an inner one (`#![..]`), and the index after it.
fn attribute(tokens: &[Token], at: usize) -> Option<(bool, usize)> {
    let mut next = at + 1;
    if !tokens[at].is_punct("#") {
        return None;
    }
    let inner = tokens.get(next)?.is_punct("!");
    next += usize::from(inner);
    if !tokens.get(next)?.is_punct("[") {
        return None;
    }
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(next) {
        if token.is_punct("[") {
            depth += 1;
        } else if token.is_punct("]") {
            depth -= 1;
            if depth == 0 {
                return Some((inner, index + 1));
            }
        }
    }
    None
}

fn is_test_only(attribute: &[Token]) -> bool {
    let words: Vec<_> = attribute.iter().skip_while(|token| token.kind == TokenKind::Punct).collect();
    let starts = |pattern: &[&str]| {
        words.len() > pattern.len() && words.iter().zip(pattern).all(|(token, text)| token.text == *text)
    };
    if starts(&["cfg", "(", "test", ")"]) {
        return true;
    }
    // Inside `all`, `test` must be a condition of its own: not under a further `not` or `any`.
    let mut depth = 0_usize;
    starts(&["cfg", "(", "all", "("])
        && words[4..].iter().any(|token| {
            depth += usize::from(token.is_punct("("));
            depth = depth.saturating_sub(usize::from(token.is_punct(")")));
            depth == 0 && token.is_ident("test")
        })
}

fn skip_attributes(tokens: &[Token], mut at: usize) -> usize {
    while let Some((_, end)) = tokens.get(at).and_then(|_| attribute(tokens, at)) {
        at = end;
    }
    at
}

/// The index after the item at `start`: its `;`, its closing brace, or the end of what encloses it.
fn item_end(tokens: &[Token], start: usize) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(start) {
        if token.kind != TokenKind::Punct {
            continue;
        }
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" if depth == 0 => return index,
            "}" if depth == 1 => return index + 1,
            "}" | ")" | "]" => depth -= 1,
            ";" if depth == 0 => return index + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// The name in `mod name;`, with or without visibility.
fn module_elsewhere(item: &[Token]) -> Option<String> {
    match item {
        [.., keyword, name, end] if keyword.is_ident("mod") && end.is_punct(";") => Some(name.text.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexer::lex;
    use super::*;

    /// The names that are left outside of test code.
    fn library_names(text: &str) -> Vec<String> {
        let tokens = lex(text).tokens;
        let marked = mark(&tokens);
        tokens
            .iter()
            .zip(marked.in_test)
            .filter(|(token, in_test)| token.kind == TokenKind::Ident && !in_test)
            .map(|(token, _)| token.text.clone())
            .collect()
    }

    #[test]
    fn a_module_is_test_code_to_its_last_brace() {
        let text = "a; #[cfg(test)] mod tests { fn b() { if c { \"}\" } } } d;";
        assert_eq!(library_names(text), ["a", "d"]);
    }

    #[test]
    fn further_attributes_and_arrays_belong_to_the_item() {
        let text = "#[cfg(test)] #[allow(x)] static A: [u8; 2] = [1, 2]; b";
        assert_eq!(library_names(text), ["b"]);
    }

    #[test]
    fn only_what_needs_test_counts() {
        assert_eq!(library_names("#[cfg(all(unix, test))] mod a {} b"), ["b"]);
        assert_eq!(
            library_names("#[cfg(all(not(test), unix))] b"),
            ["cfg", "all", "not", "test", "unix", "b"]
        );
        assert_eq!(library_names("#[cfg(any(test, x))] b"), ["cfg", "any", "test", "x", "b"]);
        assert_eq!(library_names("#[cfg(not(test))] b"), ["cfg", "not", "test", "b"]);
        assert_eq!(library_names("#[test] b"), ["test", "b"]);
    }

    #[test]
    fn a_field_under_test_does_not_reach_beyond_its_struct() {
        assert_eq!(
            library_names("struct S { a: u8, #[cfg(test)] b: u8 } c"),
            ["struct", "S", "a", "u8", "c"]
        );
    }

    #[test]
    fn an_inner_attribute_marks_the_whole_file() {
        assert!(library_names("#![cfg(test)] fn a() {} fn b() {}").is_empty());
    }

    #[test]
    fn modules_in_other_files_are_named() {
        let tokens = lex("#[cfg(test)] pub(crate) mod a; #[cfg(test)] mod b {} mod c;").tokens;
        assert_eq!(mark(&tokens).modules, ["a"]);
    }
}
