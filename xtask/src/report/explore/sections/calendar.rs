//! When in the week and on the day events happen.

use seqrec_data::profile::Profile;

use super::{NO_TIMES, Section, fact};
use crate::report::chart::{Axis, Bar, BarChart, BarGroup, padded};
use crate::report::explore::text_chart::TextChart;
use crate::report::format::{count, fine_percent};
use crate::report::plots::Plot;

const TITLE: &str = "Week and day";
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Events by hour and weekday.
pub fn section(profile: &Profile) -> Section {
    let Some(calendar) = &profile.calendar else { return Section::absent(TITLE, NO_TIMES) };
    let weekdays = WEEKDAYS.map(str::to_owned);
    let hours: Vec<String> = (0..calendar.hours.len()).map(|hour| hour.to_string()).collect();
    let strip = |name: &str, counts: &[u64], text: &str| TextChart::Strip {
        name: name.to_owned(),
        values: counts.iter().map(|&count| count as f64).collect(),
        text: text.to_owned(),
    };
    let plots = [
        plot("hours", "Events by hour of the day (UTC)", &hours, &calendar.hours),
        plot("weekdays", "Events by weekday (UTC)", &weekdays, &calendar.weekdays),
    ];
    Section {
        title: TITLE,
        about: "Read from the times as UTC: where the users live is not in the files.".into(),
        facts: vec![
            fact("Busiest hour (UTC)", busiest(&hours, &calendar.hours)),
            fact("Busiest weekday (UTC)", busiest(&weekdays, &calendar.weekdays)),
        ],
        plots: plots.into_iter().flatten().collect(),
        table: None,
        text_charts: vec![
            strip("hour", &calendar.hours, "0 to 23"),
            strip("weekday", &calendar.weekdays, "Monday to Sunday"),
        ],
    }
}

/// The name with the most events, with their share. The first of several.
fn busiest(names: &[String], counts: &[u64]) -> String {
    let total: u64 = counts.iter().sum();
    let most = counts.iter().copied().max().unwrap_or(0);
    let at = counts.iter().position(|&count| count == most).unwrap_or(0);
    format!("{} ({} of events)", names[at], fine_percent(most as f64 / total as f64))
}

fn plot(name: &'static str, title: &str, names: &[String], counts: &[u64]) -> Option<Plot> {
    let total: u64 = counts.iter().sum();
    let groups = names.iter().zip(counts).map(|(name, &events)| {
        let share = fine_percent(events as f64 / total as f64);
        let tip = format!("{name}\n{} events\n{share}", count(events));
        let bar = Bar { value: events as f64, label: String::new(), tip };
        BarGroup { captions: vec![name.clone()], bars: vec![bar] }
    });
    let top = padded(counts.iter().map(|&events| events as f64).chain([0.0]), 0.05)?.1;
    let chart = BarChart {
        label: title.to_lowercase(),
        y: Axis::linear("events", (0.0, top), 5),
        groups: groups.collect(),
        line: None,
    };
    Some(Plot { name, title: title.to_owned(), caption: String::new(), drawing: chart.draw() })
}
