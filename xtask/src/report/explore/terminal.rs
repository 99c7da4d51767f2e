//! The exploration for a terminal of 80 columns.

use super::model::Exploration;
use super::sections::{self, Section};
use crate::report::format::{count, fine_percent};

/// Columns of a label.
const LABEL: usize = 32;

/// The statistics with charts out of letters. Colours are ANSI escapes, on demand.
pub fn terminal(found: &Exploration, colour: bool) -> String {
    let size = &found.profile.size;
    let density = size.density.map(|share| format!(", density {}", fine_percent(share))).unwrap_or_default();
    let mut lines = vec![
        bold(&found.origin.title, colour),
        format!(
            "{} users, {} items, {} events{density}",
            count(size.users),
            count(size.items),
            count(size.events)
        ),
        found.selection(),
    ];
    for section in sections::all(&found.profile) {
        lines.push(String::new());
        lines.push(bold(section.title, colour));
        lines.extend(rows(&section));
    }
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

fn rows(section: &Section) -> Vec<String> {
    if section.facts.is_empty() {
        return vec![format!("  {}", section.about)];
    }
    let facts = section.facts.iter().map(|(label, value)| format!("  {label:<LABEL$} {value}"));
    let charts = section.text_charts.iter().flat_map(|chart| chart.lines());
    facts.chain(charts.map(|line| line.trim_end().to_owned())).collect()
}

fn bold(text: &str, colour: bool) -> String {
    if colour { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::model::fixture;
    use super::*;

    /// Columns that a line may take.
    const WIDTH: usize = 80;

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for found in fixture::all() {
            let text = terminal(&found, false);
            let widest = text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
            assert!(widest <= WIDTH, "{widest} columns\n{text}");
            assert!(!text.contains("NaN"));
        }
    }

    #[test]
    fn every_fact_is_shown_and_colour_is_on_demand() {
        let found = fixture::full();
        let (plain, painted) = (terminal(&found, false), terminal(&found, true));
        for section in sections::all(&found.profile) {
            for (label, value) in section.facts {
                assert!(plain.contains(&label) && plain.contains(&value), "{label}: {value}");
            }
        }
        assert!(!plain.contains('\x1b'));
        assert_eq!(painted.replace("\x1b[1m", "").replace("\x1b[0m", ""), plain);
    }
}
