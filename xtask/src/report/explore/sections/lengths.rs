//! How long the sequences are.

use seqrec_data::profile::Profile;

use super::Section;
use super::distribution::{Names, histogram, octaves, spread};
use crate::report::format::quantity;
use crate::report::plots::Plot;

/// Distribution of the number of events of a user.
pub fn section(profile: &Profile) -> Section {
    let lengths = &profile.lengths;
    let names = Names { x: "events of a user", y: "users", unit: "events" };
    let chart = histogram(&lengths.histogram, lengths.quantiles.as_ref(), &names);
    let plot = chart.map(|chart| Plot {
        name: "lengths",
        title: "Users by number of events".into(),
        caption: "Columns widen by a factor of about √2.".into(),
        drawing: chart.draw(),
    });
    Section {
        title: "Sequence length",
        about: "Events of a user.".into(),
        facts: lengths.quantiles.iter().flat_map(|quantiles| spread(quantiles, quantity)).collect(),
        plots: plot.into_iter().collect(),
        table: None,
        text_charts: vec![octaves(&lengths.histogram)],
    }
}
