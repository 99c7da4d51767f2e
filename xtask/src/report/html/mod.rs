//! The report as one page that needs nothing else: style, script and charts are inside.

mod document;
mod parts;
mod table;

use maud::{Markup, html};

use super::format::{capitalised, counted, duration};
use super::model::RunReport;
use super::plots::{HEADLINE, Plot};
use super::{prose, tables};
use table::class_of;

#[cfg(test)]
pub use document::check;
pub use document::document;
pub use parts::{fact, figure, pairs};
pub use table::table;

/// The whole report.
pub fn page(report: &RunReport, plots: &[Plot]) -> String {
    let (top, plots): (Vec<&Plot>, Vec<&Plot>) = plots.iter().partition(|plot| plot.name == HEADLINE);
    let body = html! {
        (head(report, &top))
        main {
            (figures(report))
            (charts(&plots))
            (sweep(report))
            (groups(report))
            (metrics(report))
            (data_and_environment(report))
            (again(report))
        }
        footer { "seqrec " (report.environment.version) ", recipe " code { (report.recipe.name) } }
    };
    document(&report.recipe.title, &body)
}

fn head(report: &RunReport, plots: &[&Plot]) -> Markup {
    let (recipe, verdict) = (&report.recipe, report.verdict());
    html! {
        header {
            div {
                p class="eyebrow" { "Reproduction report" }
                h1 { (recipe.title) }
                p class={ "badge " (class_of(tables::tone(verdict))) } { (capitalised(&verdict.to_string())) }
                p class="summary" { (prose::summary(report)) }
                dl class="facts" {
                    (fact("Model", &recipe.model))
                    (fact("Data", &recipe.dataset))
                    (fact("Runs", &counted(report.seeds.len(), "seed")))
                    (fact("Time", &duration(report.environment.total_seconds)))
                    (fact("Ran on", report.environment.adapter.as_deref().unwrap_or(&report.environment.backend)))
                }
                p class="protocol" { (recipe.protocol) }
            }
            @for plot in plots { (figure(plot)) }
        }
    }
}

fn figures(report: &RunReport) -> Markup {
    let (figures, notes) = tables::figures(report);
    html! {
        section {
            h2 { "Figures" }
            (table(&figures))
            @if !notes.is_empty() {
                ol class="footnotes" {
                    @for (i, note) in notes.iter().enumerate() { li id={ "note-" (i + 1) } { (note) } }
                }
            }
            @if !report.notes.is_empty() {
                div class="notes" { @for note in &report.notes { p { (note) } } }
            }
            details open {
                summary { "How to read this" }
                ul { @for line in prose::how_to_read(report) { li { (line) } } }
            }
        }
    }
}

fn charts(plots: &[&Plot]) -> Markup {
    html! {
        @if !plots.is_empty() {
            section { h2 { "Plots" } div class="plots" { @for plot in plots { (figure(plot)) } } }
        }
    }
}

fn sweep(report: &RunReport) -> Markup {
    html! {
        @if let Some(sweep) = tables::lambdas(report) {
            section {
                h2 { "Diversity sweep" }
                p class="aside" {
                    "Test metrics against the weight λ of diversity"
                    @if report.seeds.len() > 1 { ", mean over seeds" } "."
                }
                (table(&sweep))
            }
        }
    }
}

fn groups(report: &RunReport) -> Markup {
    html! {
        @if let Some(groups) = tables::groups(report) {
            section { h2 { "Cases apart" } (table(&groups)) }
        }
    }
}

fn metrics(report: &RunReport) -> Markup {
    html! {
        section { h2 { "All test metrics" } (table(&tables::metrics(report))) }
        section { h2 { "Runs" } (table(&tables::seeds(report))) }
    }
}

fn data_and_environment(report: &RunReport) -> Markup {
    html! {
        div class="columns" {
            section { h2 { "Data" } (pairs(&report.card)) }
            section { h2 { "Environment" } (pairs(&tables::environment(report))) }
        }
    }
}

fn again(report: &RunReport) -> Markup {
    html! {
        section {
            h2 { "Run it again" }
            pre { code { (report.command) } }
            details {
                summary { "Resolved configuration" }
                pre { code { (report.config.trim_end()) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check::{reached, unbalanced};
    use super::*;
    use crate::report::{fixture, plots};

    fn page_of(report: &RunReport) -> String {
        page(report, &plots::all(report))
    }

    #[test]
    fn every_element_is_closed() {
        for report in fixture::all() {
            assert_eq!(unbalanced(&page_of(&report)), Vec::<String>::new());
        }
    }

    #[test]
    fn the_page_needs_nothing_else() {
        for report in fixture::all() {
            let page = page_of(&report);
            assert_eq!(reached(&page), Vec::<&str>::new());
        }
    }

    #[test]
    fn text_of_the_report_cannot_become_markup() {
        let mut report = fixture::full();
        report.recipe.title = "<script>alert(1)</script>".into();
        report.notes = vec!["a </section> & more".into()];
        report.card.push(("<b>".into(), "\"x\"".into()));
        let page = page_of(&report);
        assert_eq!(page.matches("<script>").count(), 1);
        assert!(page.contains("a &lt;/section&gt; &amp; more") && page.contains("&lt;b&gt;"));
    }

    #[test]
    fn what_was_not_measured_has_no_section() {
        let (full, bare) = (page_of(&fixture::full()), page_of(&fixture::no_reference()));
        assert!(full.contains("Diversity sweep") && !bare.contains("Diversity sweep"));
        assert!(full.contains("Cases apart") && !bare.contains("Cases apart"));
        assert_eq!(full.matches("<svg").count(), 6);
        assert_eq!(bare.matches("<svg").count(), 3);
    }
}
