use crate::error::{Result, RunError};

/// A model's name in the forms that code needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// `two-towers`: recipe, kind, and after `seqrec-` the package.
    pub kebab: String,
    /// `two_towers`: after `seqrec_` the crate in code.
    pub snake: String,
    /// `TwoTowers`: the type.
    pub camel: String,
}

impl Names {
    /// The forms of `name`.
    ///
    /// # Errors
    ///
    /// [`RunError::Usage`] unless it is words of a to z and digits, each led by a letter, joined by
    /// single hyphens: any other name has no form that leads back to it.
    pub fn new(name: &str) -> Result<Self> {
        let word = |word: &str| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        if !name.split('-').all(word) {
            let rule = "a model's name is lower-case words joined by hyphens, each led by a letter";
            return Err(RunError::Usage(format!("{rule}, such as `sr-gnn`; `{name}` is not")));
        }
        let capital = |word: &str| word[..1].to_ascii_uppercase() + &word[1..];
        Ok(Self {
            kebab: name.to_owned(),
            snake: name.replace('-', "_"),
            camel: name.split('-').map(capital).collect(),
        })
    }

    /// `text` about the example's model, under these names.
    pub fn rename(&self, text: &str) -> String {
        let text = text.replace("example-mean", &self.kebab).replace("example_mean", &self.snake);
        let mut renamed = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(at) = rest.find("Mean") {
            let (before, after) = (&rest[..at], &rest[at + "Mean".len()..]);
            let whole = !before.ends_with(char::is_alphanumeric)
                && (after.starts_with("Config") || !after.starts_with(char::is_alphanumeric));
            renamed.push_str(before);
            renamed.push_str(if whole { &self.camel } else { "Mean" });
            rest = after;
        }
        renamed + rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_has_three_forms() {
        let names = Names::new("sr-gnn2").unwrap();
        let expected = ("sr-gnn2".to_owned(), "sr_gnn2".to_owned(), "SrGnn2".to_owned());
        assert_eq!((names.kebab, names.snake, names.camel), expected);
    }

    #[test]
    fn names_without_a_way_back_are_refused() {
        for name in ["", "Narm", "sr_gnn", "-narm", "narm-", "a--b", "gru-4", "4rec", "n\u{e4}rm", "../x"] {
            let error = Names::new(name).unwrap_err().to_string();
            assert!(error.contains(&format!("`{name}` is not")), "{error}");
        }
    }

    #[test]
    fn only_whole_words_are_renamed() {
        let names = Names::new("narm").unwrap();
        let text = "seqrec-example-mean seqrec_example_mean::{Mean, MeanConfig} // Means, the mean";
        assert_eq!(names.rename(text), "seqrec-narm seqrec_narm::{Narm, NarmConfig} // Means, the mean");
    }
}
