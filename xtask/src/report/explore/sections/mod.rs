//! The sections of an exploration, one statistic a file.

mod calendar;
mod categories;
mod distribution;
mod gaps;
mod lengths;
mod popularity;
mod repetition;
mod timeline;

use seqrec_data::profile::Profile;

use super::text_chart::TextChart;
use crate::report::format::{count, fine_percent};
use crate::report::plots::Plot;
use crate::report::tables::Table;

/// One statistic: what it says, and its charts.
pub struct Section {
    /// Title.
    pub title: &'static str,
    /// What is counted, and how to read it.
    pub about: String,
    /// Labels with values.
    pub facts: Vec<(String, String)>,
    /// Charts of the page.
    pub plots: Vec<Plot>,
    /// A table of the page, with its title.
    pub table: Option<(&'static str, Table)>,
    /// Charts of the terminal.
    pub text_charts: Vec<TextChart>,
}

/// All sections; a statistic that the data does not allow has one that says so.
pub fn all(profile: &Profile) -> Vec<Section> {
    vec![
        lengths::section(profile),
        popularity::section(profile),
        repetition::section(profile),
        categories::section(profile),
        timeline::section(profile),
        gaps::section(profile),
        calendar::section(profile),
    ]
}

impl Section {
    /// A section for what the data does not tell.
    fn absent(title: &'static str, reason: &str) -> Self {
        Self {
            title,
            about: reason.to_owned(),
            facts: Vec::new(),
            plots: Vec::new(),
            table: None,
            text_charts: Vec::new(),
        }
    }
}

const NO_TIMES: &str = "The files have no times: only the order of a user's events is known.";

fn fact(label: impl Into<String>, value: impl Into<String>) -> (String, String) {
    (label.into(), value.into())
}

/// `1,234 (5.67 %)`, without the share where it is undefined.
fn with_share(number: u64, share: Option<f64>) -> String {
    match share {
        Some(share) => format!("{} ({})", count(number), fine_percent(share)),
        None => count(number),
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::fixture;
    use super::*;

    #[test]
    fn what_the_data_does_not_tell_is_said() {
        let sections = all(&fixture::no_times().profile);
        let bare: Vec<_> = sections.iter().filter(|section| section.facts.is_empty()).collect();
        let titles: Vec<_> = bare.iter().map(|section| section.title).collect();
        assert_eq!(titles, ["Category spread", "Growth and sparsity", "Gaps", "Week and day"]);
        assert!(bare.iter().all(|section| section.about.starts_with("The files have no")));
        assert!(bare.iter().all(|section| section.plots.is_empty() && section.text_charts.is_empty()));
    }

    #[test]
    fn a_full_data_set_has_every_chart() {
        let sections = all(&fixture::full().profile);
        let plots: Vec<_> =
            sections.iter().flat_map(|section| &section.plots).map(|plot| plot.name).collect();
        let expected = [
            "lengths",
            "popularity-by-rank",
            "popularity",
            "categories-of-a-user",
            "top-categories",
            "events-over-time",
            "density-over-time",
            "users-over-time",
            "items-over-time",
            "gaps",
            "hours",
            "weekdays",
        ];
        assert_eq!(plots, expected);
    }
}
