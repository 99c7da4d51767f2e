//! Words of a text.

/// Words of a text: the longest runs of letters and digits (Unicode `Alphabetic` and `Numeric`), in
/// Unicode lower case. Order and repeats are kept.
///
/// There is no stemming and no list of stop words, and a script that puts no space between words
/// comes out as whole runs.
///
/// ```
/// let words: Vec<String> = seqrec_data::tokens("Toy Story (1995): it's a toy!").collect();
/// assert_eq!(words, ["toy", "story", "1995", "it", "s", "a", "toy"]);
/// ```
pub fn tokens(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn letters_of_all_scripts_count() {
        let words: Vec<_> = tokens("Mis\u{e9}rables, Les \u{2014} \u{c9}T\u{c9}").collect();
        assert_eq!(words, ["mis\u{e9}rables", "les", "\u{e9}t\u{e9}"]);
        assert_eq!(tokens(" ... ").count(), 0);
    }

    proptest! {
        #[test]
        fn ascii_words_hold_letters_and_digits_only_and_lose_none(text in "[ -~]{0,40}") {
            let words: Vec<_> = tokens(&text).collect();
            prop_assert!(words.iter().all(|word| !word.is_empty()));
            let kept: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
            prop_assert_eq!(words.concat(), kept.to_lowercase());
        }
    }
}
