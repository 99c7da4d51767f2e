//! Charts out of letters.

use crate::report::format::shortened;

/// A chart for a terminal.
#[derive(Debug, Clone, PartialEq)]
pub enum TextChart {
    /// One bar a row: its name, its length and what to say of it.
    Bars(Vec<(String, f64, String)>),
    /// One column a value, all in one line, with what to say of it before and after.
    Strip {
        /// What the values are.
        name: String,
        /// Heights.
        values: Vec<f64>,
        /// What to say of them.
        text: String,
    },
}

/// Columns for names, at most.
const NAME: usize = 18;
/// Columns of the longest bar.
const BAR: usize = 36;

impl TextChart {
    /// The chart's lines; lengths and heights are in proportion to the largest value.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Self::Bars(rows) => {
                let most = rows.iter().map(|(_, value, _)| *value).fold(0.0, f64::max);
                let line = |(name, value, text): &(String, f64, String)| {
                    let bar = bar(*value, most);
                    let rest = " ".repeat(BAR - bar.chars().count());
                    format!("{:>NAME$} {bar}{rest} {text}", shortened(name, NAME))
                };
                rows.iter().map(line).collect()
            }
            Self::Strip { name, values, text } => {
                let most = values.iter().copied().fold(0.0, f64::max);
                let strip: String = values.iter().map(|&value| column(value, most)).collect();
                vec![format!("{:>NAME$} {strip} {text}", shortened(name, NAME))]
            }
        }
    }
}

/// A bar with a resolution of an eighth of a letter.
fn bar(value: f64, most: f64) -> String {
    let eighths = eighths(value, most, BAR);
    let end = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
    "█".repeat(eighths / 8) + end
}

/// A letter filled from below.
fn column(value: f64, most: f64) -> char {
    [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'][eighths(value, most, 1)]
}

/// Eighths of `letters`, in proportion to `most`. What is above zero can be seen.
fn eighths(value: f64, most: f64, letters: usize) -> usize {
    let full = 8 * letters;
    if value > 0.0 { ((value / most * full as f64).round() as usize).clamp(1, full) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_in_proportion() {
        let row = |name: &str, value| (name.to_owned(), value, format!("{value}"));
        let rows = vec![row("a", 72.0), row("b", 36.0), row("a name too long for it", 0.01), row("d", 0.0)];
        let lines = TextChart::Bars(rows).lines();
        let blocks = |line: &str| line.matches('█').count();
        assert_eq!(lines.iter().map(|line| blocks(line)).collect::<Vec<_>>(), [36, 18, 0, 0]);
        assert!(lines[2].starts_with("a name too long f… ▏"), "{}", lines[2]);
        assert!(!lines[3].contains('▏'));
        let ends: Vec<_> = lines.iter().map(|line| line.chars().position(char::is_numeric)).collect();
        assert!(ends.iter().all(|end| *end == ends[0]), "texts line up");
    }

    #[test]
    fn a_strip_has_one_letter_a_value() {
        let strip = TextChart::Strip { name: "s".into(), values: vec![0.0, 1.0, 4.0, 8.0], text: "t".into() };
        assert_eq!(strip.lines(), [format!("{:>18}  ▁▄█ t", "s")]);
        let empty = TextChart::Strip { name: "s".into(), values: vec![0.0; 3], text: String::new() };
        assert_eq!(empty.lines()[0].trim(), "s");
    }
}
