//! Published, reference, ours, popularity and verdict.

use super::{Cell, Column, Table, Tone};
use crate::report::format::{counted, decimal, interval, with_spread};
use crate::report::metric_name::label;
use crate::report::model::{Figure, Quoted, Reference, RunReport};
use crate::report::verdict::Verdict;

/// The comparison and its footnotes; footnote 1 is the first.
pub fn figures(report: &RunReport) -> (Table, Vec<String>) {
    let mut notes = Footnotes::default();
    let rows = report.figures.iter().map(|figure| row(figure, &mut notes)).collect();
    let columns = vec![
        Column::text("Metric"),
        Column::number("Published"),
        Column::number("Reference"),
        Column::number("Ours"),
        Column::number("MostPopular"),
        Column::text("Verdict"),
    ];
    (Table { columns, rows }, notes.0)
}

/// Colour of a verdict.
pub fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Reproduced => Tone::Good,
        Verdict::Short { .. } => Tone::Low,
        Verdict::Above { .. } => Tone::High,
        Verdict::NotJudged => Tone::Muted,
    }
}

fn row(figure: &Figure, notes: &mut Footnotes) -> Vec<Cell> {
    let ours = &figure.ours;
    let verdict = Cell { tone: tone(figure.verdict), ..Cell::new(figure.verdict.to_string()) };
    vec![
        Cell::new(label(&figure.metric)),
        figure.published.as_ref().map_or_else(|| Cell::maybe(None), |quoted| published(quoted, notes)),
        figure.reference.as_ref().map_or_else(|| Cell::maybe(None), |found| reference(found, notes)),
        Cell::new(with_spread(ours.mean, ours.spread)).sub(interval(ours.interval)),
        Cell::maybe(figure.most_popular.map(decimal)),
        match figure.verdict {
            Verdict::NotJudged => verdict,
            _ => verdict.sub(format!("tolerance {}", decimal(figure.tolerance))),
        },
    ]
}

fn published(quoted: &Quoted, notes: &mut Footnotes) -> Cell {
    let cell = Cell::new(decimal(quoted.value));
    match &quoted.protocol_differs {
        None => cell.note(notes.number(quoted.source.clone())),
        Some(why) => {
            let note = notes.number(format!("{}. Not comparable: {why}", quoted.source));
            Cell { tone: Tone::Muted, ..cell.sub("not comparable").note(note) }
        }
    }
}

fn reference(found: &Reference, notes: &mut Footnotes) -> Cell {
    Cell::new(with_spread(found.mean, found.spread))
        .sub(counted(found.seeds, "seed"))
        .note(notes.number(found.source.clone()))
}

/// Footnotes in order of first use, each once.
#[derive(Default)]
struct Footnotes(Vec<String>);

impl Footnotes {
    fn number(&mut self, text: String) -> usize {
        let known = self.0.iter().position(|note| *note == text);
        let index = known.unwrap_or(self.0.len());
        if known.is_none() {
            self.0.push(text);
        }
        index + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn equal_sources_share_a_footnote() {
        let report = fixture::full();
        let (table, notes) = figures(&report);
        assert_eq!(table.rows.len(), report.figures.len());
        let unique: std::collections::BTreeSet<_> = notes.iter().collect();
        assert_eq!(unique.len(), notes.len());
        let used = table.rows.iter().flatten().flat_map(|cell| &cell.notes).max().copied();
        assert_eq!(used, Some(notes.len()));
    }

    #[test]
    fn a_figure_of_another_protocol_is_marked() {
        let (table, notes) = figures(&fixture::full());
        let marked = table.rows.iter().flatten().find(|cell| cell.sub.as_deref() == Some("not comparable"));
        let number = marked.map(|cell| cell.notes[0]).unwrap_or_default();
        assert!(notes[number - 1].contains("Not comparable: "));
    }
}
