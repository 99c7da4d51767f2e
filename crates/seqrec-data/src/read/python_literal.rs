//! Python literals as JSON.

/// Rewrites a line that holds a Python literal of dictionaries, lists, strings, numbers, `True`,
/// `False` and `None` as JSON. What is no such literal comes out as something that JSON refuses.
pub(super) fn to_json(line: &str) -> String {
    let mut json = String::with_capacity(line.len() + 16);
    let mut rest = line;
    while let Some(next) = rest.chars().next() {
        if let '\'' | '"' = next {
            rest = string(&rest[1..], next, &mut json);
            continue;
        }
        let word: usize = rest.chars().take_while(|c| c.is_alphabetic()).map(char::len_utf8).sum();
        match &rest[..word] {
            // The prefix of a Unicode string.
            "u" if rest[1..].starts_with(['\'', '"']) => {}
            "True" => json.push_str("true"),
            "False" => json.push_str("false"),
            "None" => json.push_str("null"),
            // A word of JSON alone is no Python.
            "true" | "false" | "null" => json.push('?'),
            other => json.push_str(other),
        }
        rest = &rest[word..];
        if word == 0 {
            json.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    json
}

/// Copies a string whose opening quote was passed, and returns what follows it.
fn string<'a>(text: &'a str, quote: char, json: &mut String) -> &'a str {
    json.push('"');
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => match characters.next().map(|(_, escaped)| escaped) {
                Some('\'') => json.push('\''),
                Some('x') => json.push_str("\\u00"),
                Some(escaped @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u')) => {
                    json.extend(['\\', escaped]);
                }
                Some('0') => json.push_str("\\u0000"),
                Some('a') => json.push_str("\\u0007"),
                Some('v') => json.push_str("\\u000b"),
                // Python leaves an unknown escape as it stands.
                Some(other) => {
                    json.push_str("\\\\");
                    json.push(other);
                }
                None => json.push('\\'),
            },
            end if end == quote => {
                json.push('"');
                return &text[at + quote.len_utf8()..];
            }
            '"' => json.push_str("\\\""),
            '\t' => json.push_str("\\t"),
            other => json.push(other),
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn value(text: &str) -> serde_json::Result<Value> {
        serde_json::from_str(&to_json(text))
    }

    #[test]
    fn literals_become_json() {
        for (python, expected) in [
            ("{'a': 1, 'b': [2.5, -3]}", json!({"a": 1, "b": [2.5, -3]})),
            ("{'a': True, 'b': False, 'c': None}", json!({"a": true, "b": false, "c": null})),
            (r#"{"it's": "a 'b'"}"#, json!({"it's": "a 'b'"})),
            (r#"{'q': 'a "b" \'c\' \\ \n \xe9 \u00e9 \d'}"#, json!({"q": "a \"b\" 'c' \\ \n é é \\d"})),
            ("{'u': u'x', 'True': 'None'}", json!({"u": "x", "True": "None"})),
        ] {
            assert_eq!(value(python).unwrap(), expected, "{python}");
        }
    }

    #[test]
    fn what_is_no_literal_is_refused() {
        for text in ["{'a': 'b}", "{'a': b}", "{a: 1}", "{'a': true}", "{'a': (1, 2)}", "'\\", "{'a' 1}"] {
            assert!(value(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in "\\PC{0,40}") {
            let _ = value(&text);
        }

        #[test]
        fn strings_survive(text in "[a-z'\"\\\\éu ]{0,20}") {
            let quoted = format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
            prop_assert_eq!(value(&quoted).unwrap(), Value::String(text));
        }
    }
}
