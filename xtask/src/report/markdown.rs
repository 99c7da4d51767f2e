//! The report as Markdown, with links to the plots beside it.

use super::format::capitalised;
use super::model::RunReport;
use super::plots::Plot;
use super::tables::{self, Cell, Table};
use super::{PLOT_FOLDER, prose};

/// The whole report; plots are linked as files of [`PLOT_FOLDER`].
pub fn markdown(report: &RunReport, plots: &[Plot]) -> String {
    let recipe = &report.recipe;
    let mut page = Page::default();
    page.line(&format!("# {}", recipe.title));
    page.line(&format!("**{}.** {}", capitalised(&report.verdict().to_string()), prose::summary(report)));
    page.line(&format!("{} on {}. {}", recipe.model, recipe.dataset, recipe.protocol));

    page.line("## Figures");
    let (figures, notes) = tables::figures(report);
    page.table(&figures);
    page.list(&prose::how_to_read(report));
    page.list(&report.notes);
    for (i, note) in notes.iter().enumerate() {
        page.line(&format!("[^{}]: {note}", i + 1));
    }

    page.line("## Plots");
    for plot in plots {
        page.line(&format!("### {}", plot.title));
        page.line(&format!("![{}]({PLOT_FOLDER}/{}.svg)", plot.title, plot.name));
        page.line(&plot.caption);
    }
    if let Some(table) = tables::lambdas(report) {
        page.line("## Diversity sweep");
        page.table(&table);
    }
    if let Some(table) = tables::groups(report) {
        page.line("## Cases apart");
        page.table(&table);
    }
    page.line("## All test metrics");
    page.table(&tables::metrics(report));
    page.line("## Runs");
    page.table(&tables::seeds(report));
    page.line("## Data");
    page.pairs(&report.card);
    page.line("## Environment");
    page.pairs(&tables::environment(report));
    page.line("## Run it again");
    page.code("sh", &report.command);
    page.line("## Configuration");
    page.code("toml", &report.config);
    page.0
}

/// Blocks of Markdown, an empty line between them.
#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, text: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn list(&mut self, items: &[String]) {
        if !items.is_empty() {
            self.line(&items.iter().map(|item| format!("- {item}")).collect::<Vec<_>>().join("\n"));
        }
    }

    fn table(&mut self, table: &Table) {
        let row = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
        let mut lines = vec![
            row(table.columns.iter().map(|column| escaped(&column.title)).collect()),
            row(table.columns.iter().map(|c| if c.numeric { "---:" } else { "---" }.to_owned()).collect()),
        ];
        lines.extend(table.rows.iter().map(|cells| row(cells.iter().map(cell).collect())));
        self.line(&lines.join("\n"));
    }

    fn pairs(&mut self, pairs: &[(String, String)]) {
        let columns = vec![tables::Column::text(""), tables::Column::text("")];
        let rows = pairs.iter().map(|(label, value)| vec![Cell::new(label), Cell::new(value)]);
        self.table(&Table { columns, rows: rows.collect() });
    }

    /// A fenced block; the fence is longer than any run of backticks inside.
    fn code(&mut self, language: &str, text: &str) {
        let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(3.max(longest + 1));
        self.line(&format!("{fence}{language}\n{}\n{fence}", text.trim_end()));
    }
}

fn cell(cell: &Cell) -> String {
    let notes: String = cell.notes.iter().map(|note| format!("[^{note}]")).collect();
    let sub = cell.sub.as_ref().map(|sub| format!(", {sub}")).unwrap_or_default();
    format!("{}{notes}", escaped(&format!("{}{sub}", cell.text)))
}

/// Text that cannot break out of a cell.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{fixture, plots};

    #[test]
    fn every_row_has_as_many_cells_as_its_head() {
        let mut report = fixture::full();
        report.card.push(("a | b".into(), "two\nlines".into()));
        let text = markdown(&report, &plots::all(&report));
        let cells = |line: &str| line.replace("\\|", "").matches('|').count();
        let mut head = None;
        for line in text.lines() {
            match head {
                _ if !line.starts_with('|') => head = None,
                None => head = Some(cells(line)),
                Some(columns) => assert_eq!(cells(line), columns, "{line}"),
            }
        }
        assert!(text.contains("a \\| b"));
    }

    #[test]
    fn every_footnote_is_defined() {
        let text = markdown(&fixture::full(), &[]);
        for note in 1..=tables::figures(&fixture::full()).1.len() {
            assert_eq!(text.matches(&format!("[^{note}]: ")).count(), 1);
            assert!(text.matches(&format!("[^{note}]")).count() > 1);
        }
    }

    #[test]
    fn a_fence_outlasts_its_content() {
        let mut page = Page::default();
        page.code("toml", "a = \"```\"");
        assert!(page.0.starts_with("````toml\n") && page.0.ends_with("\n````\n"));
    }
}
