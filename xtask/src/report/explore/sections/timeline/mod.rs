//! How a data set grows, and how sparse it is, over time.

mod plots;

use seqrec_data::profile::{Period, Profile, Timeline};

use super::{NO_TIMES, Section, fact};
use crate::report::explore::text_chart::TextChart;
use crate::report::explore::time::{minute, span};
use crate::report::format::{count, fine_percent};

const TITLE: &str = "Growth and sparsity";

/// What is counted in a period.
type Count = fn(&Period) -> u64;

/// What happened in equal periods of time.
pub fn section(profile: &Profile) -> Section {
    let Some(timeline) = &profile.timeline else { return Section::absent(TITLE, NO_TIMES) };
    Section {
        title: TITLE,
        about:
            "Equal periods of time. New users and items are those that occur for the first time. Density is \
                the number of events over the number of pairs of a user and an item. At each end, one event in a \
                thousand at most is set aside: a single wrong clock would stretch the periods."
                .into(),
        facts: facts(profile, timeline),
        plots: plots::all(timeline),
        table: None,
        text_charts: strips(timeline),
    }
}

fn facts(profile: &Profile, timeline: &Timeline) -> Vec<(String, String)> {
    let periods = timeline.periods.len();
    let mut facts = vec![
        fact("First event (UTC)", minute(timeline.first)),
        fact("Last event (UTC)", minute(timeline.last)),
        fact(
            "Periods",
            format!("{periods} of {} from {}", span(timeline.seconds), minute(timeline.periods[0].start)),
        ),
    ];
    if timeline.before + timeline.after > 0 {
        let text = format!("{} before, {} after", count(timeline.before), count(timeline.after));
        facts.push(fact("Set aside at the ends", text));
    }
    facts.extend(profile.size.density.map(|share| fact("Density of the whole", fine_percent(share))));
    let mut densities: Vec<f64> = timeline.periods.iter().filter_map(|period| period.density).collect();
    densities.sort_unstable_by(f64::total_cmp);
    if let (Some(&low), Some(&high)) = (densities.first(), densities.last()) {
        facts.push(fact("Density of a period", format!("{} to {}", fine_percent(low), fine_percent(high))));
    }
    facts
}

fn strips(timeline: &Timeline) -> Vec<TextChart> {
    let counts: [(&str, Count); 5] = [
        ("events", |period| period.events),
        ("active users", |period| period.users),
        ("active items", |period| period.items),
        ("new users", |period| period.new_users),
        ("new items", |period| period.new_items),
    ];
    let strip = |(name, of): (&str, Count)| {
        let values: Vec<u64> = timeline.periods.iter().map(of).collect();
        let most = values.iter().copied().max().unwrap_or(0);
        TextChart::Strip {
            name: name.to_owned(),
            values: values.into_iter().map(|value| value as f64).collect(),
            text: format!("at most {}", count(most)),
        }
    };
    counts.into_iter().map(strip).collect()
}
