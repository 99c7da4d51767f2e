//! Fields as readers fill them, row by row.

use super::categories::owned;
use super::{Categories, CategoryLists, Field, Numbers, tokens};
use crate::error::Result;
use crate::manifest::{FieldFormat, FieldLayout};
use crate::vocabulary::Vocabulary;

/// A field that grows by one row at a time.
#[derive(Debug)]
pub(crate) struct FieldBuilder {
    name: String,
    column: Column,
}

#[derive(Debug)]
enum Column {
    Single { none: Option<String>, names: Vocabulary, codes: Vec<u32> },
    List { cut: Cut, names: Vocabulary, offsets: Vec<usize>, codes: Vec<u32> },
    Number(Vec<f32>),
    Year(Vec<f32>),
}

/// How a text becomes a list.
#[derive(Debug)]
enum Cut {
    At { separator: String, none: Option<String> },
    Tokens,
}

impl FieldBuilder {
    /// A field as the manifest describes it.
    pub(crate) fn new(name: &str, layout: &FieldLayout) -> Self {
        let none = layout.none.clone();
        match layout.kind {
            FieldFormat::Single => Self::single(name, none),
            FieldFormat::List => Self::list(name, layout.separator.clone().unwrap_or_default(), none),
            FieldFormat::Tokens => Self::with_cut(name, Cut::Tokens),
            FieldFormat::Number => Self { name: name.to_owned(), column: Column::Number(Vec::new()) },
            FieldFormat::Year => Self { name: name.to_owned(), column: Column::Year(Vec::new()) },
        }
    }

    /// One category a row; the text `none` stands for no category.
    pub(crate) fn single(name: &str, none: Option<String>) -> Self {
        let column = Column::Single { none, names: Vocabulary::starting_at(1), codes: Vec::new() };
        Self { name: name.to_owned(), column }
    }

    /// Categories with `separator` between two of them; the text `none` stands for no category.
    pub(crate) fn list(name: &str, separator: String, none: Option<String>) -> Self {
        Self::with_cut(name, Cut::At { separator, none })
    }

    fn with_cut(name: &str, cut: Cut) -> Self {
        let names = Vocabulary::starting_at(1);
        let column = Column::List { cut, names, offsets: vec![0], codes: Vec::new() };
        Self { name: name.to_owned(), column }
    }

    /// Appends a row read from text.
    ///
    /// # Panics
    /// If the field holds numbers that stand for themselves.
    pub(crate) fn push_text(&mut self, text: Option<&str>) -> Result<()> {
        match &mut self.column {
            Column::Single { none, names, codes } => {
                let text = text.filter(|text| !text.is_empty() && none.as_deref() != Some(*text));
                codes.push(text.map_or(Ok(0), |text| names.intern(text))?);
                Ok(())
            }
            Column::List { cut: Cut::At { separator, none }, names, offsets, codes } => {
                let text = text.filter(|text| none.as_deref() != Some(*text)).unwrap_or("");
                for value in text.split(separator.as_str()).filter(|value| !value.is_empty()) {
                    codes.push(names.intern(value)?);
                }
                offsets.push(codes.len());
                Ok(())
            }
            Column::List { cut: Cut::Tokens, names, offsets, codes } => {
                for token in tokens(text.unwrap_or("")) {
                    codes.push(names.intern(&token)?);
                }
                offsets.push(codes.len());
                Ok(())
            }
            Column::Year(values) => {
                values.push(text.and_then(year).unwrap_or(f32::NAN));
                Ok(())
            }
            Column::Number(_) => panic!("{} holds numbers", self.name),
        }
    }

    /// Appends a row with values that are already apart.
    ///
    /// # Panics
    /// If the field holds no lists.
    pub(crate) fn push_values<'a>(&mut self, values: impl IntoIterator<Item = &'a str>) -> Result<()> {
        let Column::List { names, offsets, codes, .. } = &mut self.column else {
            panic!("{} holds no lists", self.name);
        };
        for value in values {
            codes.push(names.intern(value)?);
        }
        offsets.push(codes.len());
        Ok(())
    }

    /// Appends a row to a field of numbers.
    ///
    /// # Panics
    /// If the field does not hold numbers.
    pub(crate) fn push_number(&mut self, number: Option<f32>) {
        let Column::Number(values) = &mut self.column else {
            panic!("{} does not hold numbers", self.name);
        };
        values.push(number.unwrap_or(f32::NAN));
    }

    /// The field with all rows.
    pub(crate) fn finish(self) -> Result<Field> {
        Ok(match self.column {
            Column::Single { names, codes, .. } => {
                Field::new(self.name, Categories::new(owned(&names), codes)?)
            }
            Column::List { names, offsets, codes, .. } => {
                Field::new(self.name, CategoryLists::new(owned(&names), offsets, codes)?)
            }
            Column::Number(values) | Column::Year(values) => Field::new(self.name, Numbers::new(values)?),
        })
    }
}

/// The last four digits that stand alone in round brackets, as MovieLens titles state the year.
fn year(text: &str) -> Option<f32> {
    text.rmatch_indices('(').find_map(|(at, _)| {
        let (digits, _) = text[at + 1..].split_once(')')?;
        let is_year = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_year.then(|| digits.parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_stand_in_brackets() {
        assert_eq!(year("Toy Story (1995)"), Some(1995.0));
        assert_eq!(year("Land (1995) (V) "), Some(1995.0));
        assert_eq!(year("2001: A Space Odyssey (1968)"), Some(1968.0));
        for text in ["unknown", "1995", "Death Note (2006\u{2013}2007)", "(95)", "(1995", "(+199)"] {
            assert_eq!(year(text), None, "{text}");
        }
    }

    #[test]
    fn text_becomes_values() {
        let mut single = FieldBuilder::single("x", Some("NULL".to_owned()));
        let mut list = FieldBuilder::list("y", "|".to_owned(), Some("none".to_owned()));
        for text in [Some("a|b"), Some("NULL"), Some("none"), None, Some("a||a")] {
            single.push_text(text).unwrap();
            list.push_text(text).unwrap();
        }
        let single = single.finish().unwrap();
        let list = list.finish().unwrap();
        assert_eq!(single.single().unwrap().codes(), [1, 0, 2, 0, 3]);
        assert_eq!(list.list().unwrap().names(), ["a", "b", "NULL"]);
        assert_eq!(list.list().unwrap().offsets(), [0, 2, 3, 3, 3, 5]);
    }
}
