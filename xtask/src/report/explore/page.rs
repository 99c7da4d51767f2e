//! The exploration as one page that needs nothing else.

use maud::{Markup, html};
use seqrec_data::profile::Profile;

use super::model::Exploration;
use super::sections::{self, Section};
use super::time::{day, span};
use crate::report::format::{count, fine_percent, quantity};
use crate::report::html::{document, fact, figure, pairs, table};

/// The whole page.
pub fn page(found: &Exploration) -> String {
    let body = html! {
        (head(found))
        main {
            @for section in sections::all(&found.profile) { (section_of(&section)) }
            (origin(found))
            (again(found))
        }
        footer { "seqrec " (found.version) ", the numbers are in " code { "explore.json" } " beside this page" }
    };
    document(&format!("{}: what the data looks like", found.origin.title), &body)
}

fn head(found: &Exploration) -> Markup {
    let size = &found.profile.size;
    html! {
        header {
            div {
                p class="eyebrow" { "Data set " (found.name) }
                h1 { (found.origin.title) }
                p class="summary" { (summary(&found.profile)) }
                dl class="facts" {
                    (fact("Users", &count(size.users)))
                    (fact("Items", &count(size.items)))
                    (fact("Events", &count(size.events)))
                    @if let Some(density) = size.density { (fact("Density", &fine_percent(density))) }
                    @if let Some(timeline) = &found.profile.timeline {
                        (fact("From", &day(timeline.first)))
                        (fact("To", &day(timeline.last)))
                    }
                }
                p class="protocol" { (found.selection()) }
            }
        }
    }
}

/// What is worth knowing first, in sentences.
fn summary(profile: &Profile) -> String {
    let mut sentences = Vec::new();
    if let Some(lengths) = &profile.lengths.quantiles {
        sentences.push(format!("The median number of events of a user is {}.", quantity(lengths.median)));
    }
    if let (Some(head), Some(repeats)) = (profile.popularity.heads.last(), profile.repetition.of_events) {
        sentences.push(format!(
            "The most popular {:.0} % of the items have {} of the events; {} of the events repeat an item that the \
             user has met before.",
            100.0 * head.of_items,
            fine_percent(head.of_events),
            fine_percent(repeats),
        ));
    }
    if let Some(gaps) = profile.gaps.as_ref().and_then(|gaps| gaps.quantiles) {
        sentences.push(format!("The median time to a user's next event is {}.", span(gaps.median)));
    }
    sentences.join(" ")
}

fn section_of(section: &Section) -> Markup {
    html! {
        section {
            h2 { (section.title) }
            p class="aside" { (section.about) }
            // Charts stand in pairs; facts fill the place of the one that is missing.
            @if section.plots.len().is_multiple_of(2) {
                @if !section.facts.is_empty() {
                    dl class="facts spaced" { @for (label, value) in &section.facts { (fact(label, value)) } }
                }
                @if !section.plots.is_empty() { div class="plots" { (charts(section)) } }
            } @else {
                div class="plots" { div { (pairs(&section.facts)) } (charts(section)) }
            }
            @if let Some((title, rows)) = &section.table { h3 class="below" { (title) } (table(rows)) }
        }
    }
}

fn charts(section: &Section) -> Markup {
    html! { @for plot in &section.plots { (figure(plot)) } }
}

fn origin(found: &Exploration) -> Markup {
    let raw = found.profile.size.raw;
    let mut rows = vec![
        ("Events read".to_owned(), count(raw.events as u64)),
        ("Users in them".to_owned(), count(raw.users as u64)),
        ("Items in them".to_owned(), count(raw.items as u64)),
    ];
    if found.recipe.is_some() {
        rows.push(("Filter".to_owned(), found.prepare.filter.to_string()));
        rows.extend(
            found.prepare.min_rating.map(|least| ("Ratings".to_owned(), format!("{least} and above"))),
        );
    }
    let told = [
        ("As published", &found.origin.description),
        ("Licence", &found.origin.licence),
        ("To cite", &found.origin.citation),
        ("Homepage", &found.origin.homepage),
    ];
    let told = told.into_iter().filter(|(_, text)| !text.is_empty());
    rows.extend(told.map(|(label, text)| (label.to_owned(), text.clone())));
    html! { section { h2 { "Origin" } (pairs(&rows)) } }
}

fn again(found: &Exploration) -> Markup {
    html! {
        section {
            h2 { "Make this page again" }
            pre { code { (found.command) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::fixture;
    use super::*;
    use crate::report::html::check::{reached, unbalanced};

    #[test]
    fn every_page_is_sound_and_needs_nothing_else() {
        for found in fixture::all() {
            let page = page(&found);
            assert_eq!(unbalanced(&page), Vec::<String>::new());
            assert_eq!(reached(&page), Vec::<&str>::new());
            assert!(!page.contains("NaN") && !page.contains(">inf"));
        }
    }

    #[test]
    fn names_of_the_data_cannot_become_markup() {
        let mut found = fixture::full();
        found.profile.popularity.top[0].title = Some("<b>Tom & Jerry</b>".into());
        found.origin.licence = "<script>".into();
        let page = page(&found);
        assert!(page.contains("&lt;b&gt;Tom &amp; Jerry&lt;/b&gt;"));
        assert_eq!(page.matches("<script>").count(), 1);
    }
}
