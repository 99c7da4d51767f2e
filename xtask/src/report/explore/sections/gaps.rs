//! Time between two events of a user.

use seqrec_data::profile::{Gaps, Profile, Quantiles};

use super::distribution::{Names, by_octave, histogram, spread};
use super::{NO_TIMES, Section, fact};
use crate::report::explore::text_chart::TextChart;
use crate::report::explore::time::{span, ticks};
use crate::report::format::{count, fine_percent};
use crate::report::plots::Plot;

const TITLE: &str = "Gaps";

/// Distribution of the time from one event to the next.
pub fn section(profile: &Profile) -> Section {
    let Some(gaps) = &profile.gaps else { return Section::absent(TITLE, NO_TIMES) };
    let Some(quantiles) = &gaps.quantiles else { return Section::absent(TITLE, "No user has two events.") };
    let mut facts = spread(quantiles, span);
    facts.extend(gaps.same_time.map(|share| fact("At the same time", fine_percent(share))));
    Section {
        title: TITLE,
        about: "Time from one event of a user to the next. Of events at the same time, only the order in the file \
                says which came first. A valley between two hills is where sessions can be cut."
            .into(),
        facts,
        plots: plot(gaps, quantiles).into_iter().collect(),
        table: None,
        text_charts: strip(gaps, quantiles).into_iter().collect(),
    }
}

fn plot(gaps: &Gaps, quantiles: &Quantiles) -> Option<Plot> {
    let names = Names { x: "time to the next event", y: "pairs", unit: "s" };
    let mut chart = histogram(&gaps.histogram, Some(quantiles), &names)?;
    chart.x = chart.x.with_ticks(ticks());
    if let Some((_, name)) = &mut chart.mark {
        *name = format!("median {}", span(quantiles.median));
    }
    let zeros = gaps.histogram.zeros;
    Some(Plot {
        name: "gaps",
        title: "Pairs of neighbouring events by the time between them".into(),
        caption: match zeros {
            0 => "Columns widen by a factor of about √2.".into(),
            _ => format!("{} pairs are less than a second apart and not drawn.", count(zeros)),
        },
        drawing: chart.draw(),
    })
}

fn strip(gaps: &Gaps, quantiles: &Quantiles) -> Option<TextChart> {
    let first = gaps.histogram.bins.first()?.first;
    let text = format!("{} to {}", span(first as f64), span(quantiles.max));
    let values = by_octave(&gaps.histogram).map(|octave| octave.count as f64).collect();
    Some(TextChart::Strip { name: "pairs (log scale)".into(), values, text })
}
