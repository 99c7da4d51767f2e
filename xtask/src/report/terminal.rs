//! The outcome for a terminal of 110 columns.

use super::format::{capitalised, counted, duration};
use super::model::RunReport;
use super::prose;
use super::tables::{Cell, Table, Tone, figures, tone};

/// Columns that a line may take.
const WIDTH: usize = 110;
const GAP: &str = "  ";

/// The comparison, its footnotes and the verdict. Colours are ANSI escapes, on demand.
pub fn terminal_table(report: &RunReport, colour: bool) -> String {
    let (table, notes) = figures(report);
    let paint = Paint { colour };
    let mut lines = vec![paint.bold(&report.recipe.title), run_line(report), String::new()];
    lines.extend(table_lines(&table, paint));
    lines.push(String::new());
    for (i, note) in notes.iter().enumerate() {
        lines.extend(wrapped(note, &format!("{} ", superscript(&[i + 1]))));
    }
    if !notes.is_empty() {
        lines.push(String::new());
    }
    for line in prose::how_to_read(report).iter().chain(&report.notes) {
        lines.extend(wrapped(line, "- "));
    }
    lines.push(String::new());
    let verdict = report.verdict();
    lines.push(paint.tone(&capitalised(&verdict.to_string()), tone(verdict)));
    lines.extend(wrapped(&prose::summary(report), ""));
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

fn run_line(report: &RunReport) -> String {
    let environment = &report.environment;
    format!(
        "{} on {}, {}, {} on {}",
        report.recipe.model,
        report.recipe.dataset,
        counted(report.seeds.len(), "seed"),
        duration(environment.total_seconds),
        environment.adapter.as_deref().unwrap_or(&environment.backend),
    )
}

fn table_lines(table: &Table, paint: Paint) -> Vec<String> {
    let widths: Vec<usize> = (0..table.columns.len())
        .map(|i| {
            let cells = table.rows.iter().map(|row| width(&main_text(&row[i])).max(width(sub_text(&row[i]))));
            cells.chain([width(&table.columns[i].title)]).max().unwrap_or(0)
        })
        .collect();
    let line = |texts: Vec<(String, Tone)>| {
        let cells = texts.iter().enumerate().map(|(i, (text, tone))| {
            let room = " ".repeat(widths[i] - width(text));
            let text = paint.tone(text, *tone);
            if table.columns[i].numeric { room + &text } else { text + &room }
        });
        cells.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
    };
    let titles = table.columns.iter().map(|column| (column.title.clone(), Tone::Plain));
    let rule = "─".repeat(widths.iter().sum::<usize>() + GAP.len() * (widths.len() - 1));
    let mut lines = vec![line(titles.collect()), rule];
    for row in &table.rows {
        lines.push(line(row.iter().map(|cell| (main_text(cell), cell.tone)).collect()));
        if row.iter().any(|cell| cell.sub.is_some()) {
            lines.push(line(row.iter().map(|cell| (sub_text(cell).to_owned(), Tone::Muted)).collect()));
        }
    }
    lines
}

fn main_text(cell: &Cell) -> String {
    format!("{}{}", cell.text, superscript(&cell.notes))
}

fn sub_text(cell: &Cell) -> &str {
    cell.sub.as_deref().unwrap_or_default()
}

fn superscript(notes: &[usize]) -> String {
    let digit = |c: char| match c {
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        c => c.to_digit(10).and_then(|d| char::from_u32(0x2070 + d)).unwrap_or(c),
    };
    notes
        .iter()
        .map(|note| note.to_string().chars().map(digit).collect::<String>())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Columns that `text` takes; every letter in use here takes one.
fn width(text: &str) -> usize {
    text.chars().count()
}

/// Lines of at most [`WIDTH`] columns; `lead` opens the first, the others are set in below it.
fn wrapped(text: &str, lead: &str) -> Vec<String> {
    let indent = " ".repeat(width(lead));
    let mut lines = vec![lead.to_owned()];
    for word in text.split_whitespace() {
        let Some(last) = lines.last_mut() else { break };
        let fresh = width(last) == width(lead);
        if !fresh && width(last) + 1 + width(word) > WIDTH {
            lines.push(format!("{indent}{word}"));
        } else {
            if !fresh {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}

/// Colours text, or leaves it alone.
#[derive(Clone, Copy)]
struct Paint {
    colour: bool,
}

impl Paint {
    fn bold(self, text: &str) -> String {
        self.escape(text, "1")
    }

    fn tone(self, text: &str, tone: Tone) -> String {
        match tone {
            Tone::Plain => text.to_owned(),
            Tone::Good => self.escape(text, "32"),
            Tone::Low => self.escape(text, "33"),
            Tone::High => self.escape(text, "36"),
            Tone::Muted => self.escape(text, "2"),
        }
    }

    fn escape(self, text: &str, code: &str) -> String {
        if self.colour && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for report in fixture::all() {
            let text = terminal_table(&report, false);
            let widest = text.lines().map(width).max().unwrap_or(0);
            assert!(widest <= WIDTH, "{widest} columns\n{text}");
        }
    }

    #[test]
    fn colour_is_on_demand_and_changes_nothing_else() {
        let report = fixture::full();
        let (plain, painted) = (terminal_table(&report, false), terminal_table(&report, true));
        assert!(!plain.contains('\x1b') && painted.contains("\x1b[32mreproduced\x1b[0m"));
        let mut stripped = painted;
        for code in ["\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[32m", "\x1b[33m", "\x1b[36m"] {
            stripped = stripped.replace(code, "");
        }
        assert_eq!(stripped, plain);
    }

    #[test]
    fn columns_line_up() {
        let text = terminal_table(&fixture::full(), false);
        let head = text.lines().find(|line| line.starts_with("Metric")).unwrap_or_default();
        let at = head.find("Verdict").map(|byte| head[..byte].chars().count()).unwrap_or(0);
        let row: Vec<char> =
            text.lines().find(|l| l.starts_with("Recall@50 ")).unwrap_or_default().chars().collect();
        assert_eq!(row[at..].iter().collect::<String>(), "reproduced");
        assert_eq!(row[at - 1], ' ');
    }

    #[test]
    fn long_text_is_wrapped_with_nothing_lost() {
        let text = "word ".repeat(60);
        let lines = wrapped(&text, "- ");
        assert!(lines.len() > 2 && lines.iter().all(|line| width(line) <= WIDTH));
        assert_eq!(lines.join(" ").matches("word").count(), 60);
        assert!(lines[1].starts_with("  word"));
    }
}
