//! The charts over time.

use seqrec_data::profile::{Period, Timeline};

use super::Count;
use crate::report::chart::{Axis, Drawing, Hover, Marker, Point, Series, XyChart, padded};
use crate::report::explore::time::{day, minute, span};
use crate::report::format::{count, fine_percent};
use crate::report::plots::Plot;

/// All charts; none of a single period, which is no development.
pub fn all(timeline: &Timeline) -> Vec<Plot> {
    let plots = [events(timeline), density(timeline), users(timeline), items(timeline)];
    plots.into_iter().flatten().collect()
}

fn events(timeline: &Timeline) -> Option<Plot> {
    let lines = vec![line("events", "s0", 0, timeline, |period| Some(period.events as f64), count_of)];
    Some(Plot {
        name: "events-over-time",
        title: "Events".into(),
        caption: format!("Events in each period of {}, marked at its start.", span(timeline.seconds)),
        drawing: chart("events over time", timeline, lines, counts("events in a period"))?.draw(),
    })
}

fn users(timeline: &Timeline) -> Option<Plot> {
    Some(Plot {
        name: "users-over-time",
        title: "Users".into(),
        caption: "Active ones have an event in the period; new ones have their first.".into(),
        drawing: active_and_new("users", timeline, |period| period.users, |period| period.new_users)?,
    })
}

fn items(timeline: &Timeline) -> Option<Plot> {
    Some(Plot {
        name: "items-over-time",
        title: "Items".into(),
        caption: "New items late in the data are ones that a model trained before has never seen.".into(),
        drawing: active_and_new("items", timeline, |period| period.items, |period| period.new_items)?,
    })
}

fn active_and_new(what: &'static str, timeline: &Timeline, active: Count, new: Count) -> Option<Drawing> {
    let line = |name: String, class, index, of: Count| {
        line(&name, class, index, timeline, |period| Some(of(period) as f64), count_of)
    };
    let lines = vec![
        line(format!("active {what}"), "s0", 0, active),
        Series { dashed: true, ..line(format!("new {what}"), "s1", 1, new) },
    ];
    Some(chart(&format!("{what} over time"), timeline, lines, counts(what))?.draw())
}

fn density(timeline: &Timeline) -> Option<Plot> {
    let percent = |share: Option<f64>| share.map(|share| 100.0 * share);
    let text = |value: f64| fine_percent(value / 100.0);
    let lines = vec![
        line("within the period", "s0", 0, timeline, move |period| percent(period.density), text),
        line(
            "from the start to its end",
            "s1",
            1,
            timeline,
            move |period| percent(period.density_so_far),
            text,
        ),
    ];
    let log = |values: Vec<f64>| {
        let (low, high) = padded(values, 0.0)?;
        Some(Axis::log("density (%, log scale)", (low / 1.3, high * 1.3)))
    };
    Some(Plot {
        name: "density-over-time",
        title: "Sparsity".into(),
        caption:
            "Events over pairs of users and items: those active in the period, and all since the start. \
                  The lower, the sparser."
                .into(),
        drawing: chart("density over time", timeline, lines, log)?.draw(),
    })
}

fn count_of(value: f64) -> String {
    count(value as u64)
}

/// A vertical axis of counts.
fn counts(title: &'static str) -> impl Fn(Vec<f64>) -> Option<Axis> {
    move |values| Some(Axis::linear(title, (0.0, padded(values.into_iter().chain([0.0]), 0.05)?.1), 5))
}

fn line(
    name: &str,
    class: &'static str,
    index: usize,
    timeline: &Timeline,
    value: impl Fn(&Period) -> Option<f64>,
    text: impl Fn(f64) -> String,
) -> Series {
    let points = timeline.periods.iter().filter_map(|period| {
        let y = value(period)?;
        let (x, head) = (period.start as f64, format!("from {}", minute(period.start)));
        Some(Point { x, y, head, tip: format!("{name}: {}", text(y)), label: None, ring: false })
    });
    let (name, marker) = (name.to_owned(), Marker::nth(index));
    Series { name, class, marker, dashed: false, points: points.collect() }
}

/// The chart of `series`; `None` for a single period.
fn chart(
    label: &str,
    timeline: &Timeline,
    series: Vec<Series>,
    y: impl Fn(Vec<f64>) -> Option<Axis>,
) -> Option<XyChart> {
    let starts: Vec<i64> = timeline.periods.iter().map(|period| period.start).collect();
    let ends = (*starts.first()?, *starts.last()?);
    if ends.0 == ends.1 {
        return None;
    }
    let y = y(series.iter().flat_map(|series| &series.points).map(|point| point.y).collect())?;
    let x = Axis::linear("start of the period (UTC)", (ends.0 as f64, ends.1 as f64), 1);
    let x = x.with_ticks(starts.iter().step_by(starts.len().div_ceil(5)).map(|&start| {
        let text = if ends.1 - ends.0 < 5 * 86_400 { minute(start) } else { day(start) };
        (start as f64, text)
    }));
    Some(XyChart { label: label.to_owned(), x, y, series, hover: Hover::Column })
}
