//! Renders what a reproduction run found: for the terminal, as Markdown, as a page, as plots. And what
//! a data set looks like, with the same charts.
//!
//! | module | answers |
//! |---|---|
//! | [`model`] | what was found, as it is stored in `report.json` |
//! | [`verdict`] | when a figure counts as reproduced |
//! | [`tables`], [`plots`], [`prose`] | what is shown, laid out once for every rendering |
//! | [`terminal`], [`markdown`], [`html`] | one rendering each |
//! | [`chart`] | small charts as SVG |
//! | [`store`] | the files of a report |
//! | [`explore`] | the same for a data set, in a terminal and as a page |

pub mod datasets;
pub mod explore;
pub mod model;
pub mod verdict;

mod chart;
#[cfg(test)]
pub mod fixture;
pub mod format;
mod html;
mod lambdas;
mod markdown;
mod metric_name;
mod plots;
mod prose;
mod store;
mod tables;
mod terminal;

pub use store::{read, write_all};
pub use terminal::terminal_table;

/// Folder of the plots, below that of the report.
const PLOT_FOLDER: &str = "plots";

#[cfg(test)]
mod tests {
    use super::format::decimal;
    use super::model::RunReport;
    use super::{fixture, html, markdown, plots, terminal_table};

    /// Every number of the comparison as it has to be read.
    fn numbers(report: &RunReport) -> Vec<String> {
        let of_figure = report.figures.iter().flat_map(|figure| {
            let ours = &figure.ours;
            let published = figure.published.iter().map(|quoted| quoted.value);
            let reference = figure.reference.iter().flat_map(|r| [Some(r.mean), r.spread]).flatten();
            let ours = [ours.mean, ours.interval.0, ours.interval.1].into_iter().chain(ours.spread);
            published.chain(reference).chain(ours).chain(figure.most_popular).collect::<Vec<_>>()
        });
        of_figure.map(decimal).collect()
    }

    #[test]
    fn every_rendering_shows_every_number_of_the_figures() {
        for report in fixture::all() {
            let plots = plots::all(&report);
            let pages = [
                terminal_table(&report, false),
                markdown::markdown(&report, &plots),
                html::page(&report, &plots),
            ];
            for page in pages {
                for number in numbers(&report) {
                    assert!(page.contains(&number), "{number} is missing in\n{page}");
                }
                assert!(!page.contains("NaN"));
            }
        }
    }

    #[test]
    fn the_fixtures_have_every_verdict() {
        let report = fixture::full();
        let mut verdicts: Vec<String> = report.figures.iter().map(|f| f.verdict.to_string()).collect();
        verdicts.extend(fixture::no_reference().figures.iter().map(|f| f.verdict.to_string()));
        verdicts.sort_unstable();
        verdicts.dedup();
        assert_eq!(verdicts, ["above by 0.0134", "not judged", "reproduced", "short by 0.0121"]);
    }

    #[test]
    fn plots_depend_on_what_was_measured() {
        let names = |report| plots::all(&report).iter().map(|plot| plot.name).collect::<Vec<_>>();
        let all =
            ["headline", "training-loss", "training-validation", "recall-at-n", "diversity", "interests"];
        assert_eq!(names(fixture::full()), all);
        assert_eq!(names(fixture::one_seed()), all);
        assert_eq!(names(fixture::no_reference()), all[..3]);
        assert!(names(fixture::empty()).is_empty());
    }
}
