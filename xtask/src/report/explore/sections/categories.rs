//! How many categories a user's items come from.

use seqrec_data::profile::{CategorySpread, Profile};

use super::distribution::{Names, histogram};
use super::{Section, fact};
use crate::report::chart::{Axis, DotChart, DotRow, Marker, padded};
use crate::report::explore::text_chart::TextChart;
use crate::report::format::{count, fine_percent, quantity, shortened};
use crate::report::plots::Plot;

const TITLE: &str = "Category spread";
/// Categories that the terminal shows.
const SHOWN: usize = 6;
/// Letters that the chart has room for at the left.
const ROOM: usize = 14;

/// Distribution of a user's events over categories.
pub fn section(profile: &Profile) -> Section {
    let Some(spread) = &profile.categories else {
        return Section::absent(TITLE, "The files have no categories.");
    };
    let rows = spread.top.iter().take(SHOWN).map(|category| {
        let text = format!("{:>11} {:>9}", count(category.events), fine_percent(category.of_events));
        (category.name.clone(), category.events as f64, text)
    });
    Section {
        title: TITLE,
        about:
            "Each item counts with one category, the first where the files list several. Entropy tells how \
                evenly a user's events fall on categories: 0 bits is a single one, b bits are as much as 2^b \
                categories in equal parts."
                .into(),
        facts: facts(spread),
        plots: [per_user(spread), top(spread)].into_iter().flatten().collect(),
        table: None,
        text_charts: vec![TextChart::Bars(rows.collect())],
    }
}

fn facts(spread: &CategorySpread) -> Vec<(String, String)> {
    let mut facts = vec![fact("Categories", count(spread.categories))];
    facts.extend(spread.without.map(|share| fact("Events without a category", fine_percent(share))));
    if let Some(users) = &spread.per_user {
        let (q1, median, q3) = (quantity(users.q1), quantity(users.median), quantity(users.q3));
        facts.push(fact("Categories of a user, median", format!("{median} (half: {q1} to {q3})")));
    }
    if let Some(bits) = &spread.user_entropy {
        let text = format!("{:.2} bits (half: {:.2} to {:.2})", bits.median, bits.q1, bits.q3);
        facts.push(fact("Entropy of a user, median", text));
    }
    facts.extend(spread.entropy.map(|bits| fact("Entropy of all events", format!("{bits:.2} bits"))));
    facts
}

fn per_user(spread: &CategorySpread) -> Option<Plot> {
    let names = Names { x: "categories of a user", y: "users", unit: "categories" };
    let chart = histogram(&spread.histogram, spread.per_user.as_ref(), &names)?;
    Some(Plot {
        name: "categories-of-a-user",
        title: "Users by number of categories".into(),
        caption: "Users with an event that has a category.".into(),
        drawing: chart.draw(),
    })
}

fn top(spread: &CategorySpread) -> Option<Plot> {
    let most = 100.0 * spread.top.first()?.of_events;
    let rows = spread.top.iter().map(|category| {
        let (share, percent) = (fine_percent(category.of_events), 100.0 * category.of_events);
        let (events, items) = (count(category.events), count(category.items));
        DotRow {
            name: shortened(&category.name, ROOM),
            class: "s0",
            marker: Marker::Circle,
            value: percent,
            range: Some((0.0, percent)),
            singles: Vec::new(),
            text: share.clone(),
            tip: format!("{}\n{share} of events\n{events} events on {items} items", category.name),
        }
    });
    let chart = DotChart {
        label: "share of events of the largest categories".into(),
        x: Axis::linear("share of events with a category (%)", (0.0, padded([0.0, most], 0.05)?.1), 5),
        rows: rows.collect(),
        band: None,
    };
    Some(Plot {
        name: "top-categories",
        title: "Largest categories".into(),
        caption: "By number of events.".into(),
        drawing: chart.draw(),
    })
}
