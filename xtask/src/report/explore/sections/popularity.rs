//! How unevenly events fall on items.

use seqrec_data::profile::{Popularity, Profile};

use super::distribution::{Names, histogram, octaves};
use super::{Section, fact, with_share};
use crate::report::chart::{Axis, Hover, Marker, Point, Series, XyChart};
use crate::report::format::{count, fine_percent};
use crate::report::plots::Plot;
use crate::report::tables::{Cell, Column, Table};

/// Distribution of the number of events of an item.
pub fn section(profile: &Profile) -> Section {
    let (popularity, items) = (&profile.popularity, profile.size.items);
    let of_items = |number: u64| with_share(number, (items > 0).then(|| number as f64 / items as f64));
    let mut facts: Vec<_> = popularity
        .heads
        .iter()
        .map(|head| {
            let share = fine_percent(head.of_events);
            let label = format!("Events on the top {:.0} % of items", 100.0 * head.of_items);
            fact(label, format!("{share} ({})", items_text(head.items)))
        })
        .collect();
    facts.extend(popularity.gini.map(|gini| fact("Gini index", format!("{gini:.3}"))));
    facts.push(fact("Items with one event", of_items(popularity.once)));
    if popularity.never > 0 {
        facts.push(fact("Items without an event", of_items(popularity.never)));
    }
    Section {
        title: "Item popularity",
        about: "Events of an item, over the whole data: held-out events count as well, so these are not the \
                counts that a model may learn from. A Gini index of 0 means that all items are equally popular, \
                one near 1 that a few have everything."
            .into(),
        facts,
        plots: [by_rank(popularity), by_events(popularity)].into_iter().flatten().collect(),
        table: (!popularity.top.is_empty())
            .then(|| ("Most popular items", top(popularity, profile.size.events))),
        text_charts: vec![octaves(&popularity.histogram)],
    }
}

fn items_text(number: u64) -> String {
    if number == 1 { "1 item".to_owned() } else { format!("{} items", count(number)) }
}

fn by_rank(popularity: &Popularity) -> Option<Plot> {
    let (first, last) = (popularity.by_rank.first()?, popularity.by_rank.last()?);
    let points = popularity.by_rank.iter().map(|at| Point {
        x: at.rank as f64,
        y: at.events as f64,
        head: format!("rank {}", count(at.rank)),
        tip: format!("{} events", count(at.events)),
        label: None,
        ring: false,
    });
    let chart = XyChart {
        label: "events of an item against its rank".into(),
        x: Axis::log("rank of the item by events (log scale)", (0.9, 1.1 * last.rank as f64)),
        y: Axis::log("events (log scale)", (0.9 * last.events as f64, 1.1 * first.events as f64)),
        series: vec![Series {
            name: "items".into(),
            class: "s0",
            marker: Marker::Circle,
            dashed: false,
            points: points.collect(),
        }],
        hover: Hover::Column,
    };
    Some(Plot {
        name: "popularity-by-rank",
        title: "Events by rank".into(),
        caption:
            "A straight line is a power law; a drop at the right end is a tail of items that are hardly met."
                .into(),
        drawing: chart.draw(),
    })
}

fn by_events(popularity: &Popularity) -> Option<Plot> {
    let names = Names { x: "events of an item", y: "items", unit: "events" };
    let chart = histogram(&popularity.histogram, None, &names)?;
    Some(Plot {
        name: "popularity",
        title: "Items by number of events".into(),
        caption: "Items at the left have too few events to learn much from.".into(),
        drawing: chart.draw(),
    })
}

/// The most popular items; without titles there is no column for them.
fn top(popularity: &Popularity, events: u64) -> Table {
    let titled = popularity.top.iter().any(|item| item.title.is_some());
    let titles = titled.then(|| Column::text("Title"));
    let columns = [Column::text("Rank"), Column::text("Item")].into_iter().chain(titles);
    let columns = columns.chain([Column::number("Events"), Column::number("Share")]);
    let rows = (1..).zip(&popularity.top).map(|(rank, item)| {
        let names = [Cell::new(rank.to_string()), Cell::new(&item.id)].into_iter();
        let names = names.chain(titled.then(|| Cell::maybe(item.title.clone())));
        let share = fine_percent(item.events as f64 / events as f64);
        names.chain([Cell::new(count(item.events)), Cell::new(share)]).collect()
    });
    Table { columns: columns.collect(), rows: rows.collect() }
}
