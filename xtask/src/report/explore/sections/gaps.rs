//! Time between two events of a user.

use seqrec_data::profile::{Gaps, Profile};

use super::{NO_TIMES, Names, Section, by_octave, fact, histogram, spread};
use crate::report::explore::text_chart::TextChart;
use crate::report::explore::time::{span, ticks};
use crate::report::format::{count, fine_percent};
use crate::report::plots::Plot;

const TITLE: &str = "Gaps";

/// Distribution of the time from one event to the next.
pub fn section(profile: &Profile) -> Section {
    let Some(gaps) = &profile.gaps else { return Section::absent(TITLE, NO_TIMES) };
    let mut facts: Vec<_> = gaps.quantiles.iter().flat_map(|quantiles| spread(quantiles, span)).collect();
    facts.extend(gaps.same_time.map(|share| fact("At the same time", fine_percent(share))));
    Section {
        title: TITLE,
        about: "Time from one event of a user to the next. Of events at the same time, only the order in the file \
                says which came first. A valley between two hills is where sessions can be cut."
            .into(),
        facts,
        plots: plot(gaps).into_iter().collect(),
        table: None,
        text_charts: strip(gaps).into_iter().collect(),
    }
}

fn plot(gaps: &Gaps) -> Option<Plot> {
    let names = Names { x: "time to the next event", y: "pairs", unit: "s" };
    let mut chart = histogram(&gaps.histogram, gaps.quantiles.as_ref(), &names)?;
    chart.x = chart.x.with_ticks(ticks());
    if let (Some((_, name)), Some(quantiles)) = (&mut chart.mark, &gaps.quantiles) {
        *name = format!("median {}", span(quantiles.median));
    }
    let zeros = gaps.histogram.zeros;
    Some(Plot {
        name: "gaps",
        title: "Pairs of neighbouring events by the time between them".into(),
        caption: match zeros {
            0 => "Each column is about √2 times as wide as the one before.".into(),
            _ => format!("{} pairs are less than a second apart and not drawn.", count(zeros)),
        },
        drawing: chart.draw(),
    })
}

fn strip(gaps: &Gaps) -> Option<TextChart> {
    let (first, most) = (gaps.histogram.bins.first()?, gaps.quantiles?.max);
    let text = format!("{} to {}", span(first.first as f64), span(most));
    let values = by_octave(&gaps.histogram).map(|octave| octave.count as f64).collect();
    Some(TextChart::Strip { name: "pairs (log scale)".into(), values, text })
}
