//! The tables of a report, laid out once for every rendering.

mod environment;
mod figures;
mod groups;
mod lambdas;
mod metrics;
mod seeds;

pub use environment::environment;
pub use figures::{figures, tone};
pub use groups::groups;
pub use lambdas::lambdas;
pub use metrics::metrics;
pub use seeds::seeds;

/// Stands for a value that does not exist.
pub const ABSENT: &str = "–";

/// Columns and rows of cells; every row has a cell for each column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Columns from the left.
    pub columns: Vec<Column>,
    /// Rows from the top.
    pub rows: Vec<Vec<Cell>>,
}

/// Head of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its title.
    pub title: String,
    /// Whether it holds numbers, which are aligned right.
    pub numeric: bool,
}

/// A cell of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// What it says.
    pub text: String,
    /// What it says besides, set smaller.
    pub sub: Option<String>,
    /// Numbers of its footnotes.
    pub notes: Vec<usize>,
    /// How it is coloured.
    pub tone: Tone,
}

/// Colour of a cell or badge, where there is colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    /// Plain text.
    #[default]
    Plain,
    /// As hoped for.
    Good,
    /// Below what was hoped for.
    Low,
    /// Above what was expected.
    High,
    /// Of less weight than the rest.
    Muted,
}

impl Column {
    /// A column of text.
    pub fn text(title: impl Into<String>) -> Self {
        Self { title: title.into(), numeric: false }
    }

    /// A column of numbers.
    pub fn number(title: impl Into<String>) -> Self {
        Self { title: title.into(), numeric: true }
    }
}

impl Cell {
    /// A cell that says `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A cell for a value that may not exist.
    pub fn maybe(value: Option<String>) -> Self {
        value.map_or_else(|| Self { tone: Tone::Muted, ..Self::new(ABSENT) }, Self::new)
    }

    /// The same cell with something besides.
    pub fn sub(self, sub: impl Into<String>) -> Self {
        Self { sub: Some(sub.into()), ..self }
    }

    /// The same cell with a footnote.
    pub fn note(mut self, number: usize) -> Self {
        self.notes.push(number);
        self
    }
}
